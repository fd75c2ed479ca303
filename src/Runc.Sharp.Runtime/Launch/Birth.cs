using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// A container on its way from a bundle to an init that waits for its start. Until <see cref="Commit"/> everything is
/// undone by <see cref="Dispose"/>, and init dies with us where we are killed.
/// </summary>
internal sealed partial class Birth : IDisposable
{
    private const int KillSignal = 9;
    private readonly CreateRequest _request;
    private readonly BundleFile _bundle;
    private readonly StateRoot _root;
    private readonly MachineFacts _facts;
    private readonly PlannedContainer _planned;
    private readonly ContainerRecord _intent;
    private bool _notifies;
    private OwnedFd? _rootfs;
    private OwnedFd? _control;
    private OwnedFd? _master;
    private OwnedFd? _process;
    private bool _committed;
    private bool _born;
    private Action<string> _warn = static _ => { };

    private Birth(CreateRequest request, BundleFile bundle, StateRoot root, ContainerDirectory directory, MachineFacts facts, PlannedContainer planned, ContainerRecord intent)
    {
        _request = request;
        _bundle = bundle;
        _root = root;
        Directory = directory;
        _facts = facts;
        _planned = planned;
        _intent = intent;
        Record = intent;
    }

    /// <summary>Init's process id.</summary>
    internal int Pid { get; private set; }

    internal ContainerDirectory Directory { get; }

    /// <summary>What is remembered of the container: before <see cref="Commit"/> the intent.</summary>
    internal ContainerRecord Record { get; private set; }

    /// <summary>Goes as far as <see cref="PlanStage.Ready"/>.</summary>
    internal static Birth Begin(CreateRequest request, bool startsAtOnce, bool foreground, Action<string> warn, Action<string> debug) =>
        Begin(request, startsAtOnce, foreground, warn, debug, cloned: true);

    private static Birth Begin(CreateRequest request, bool startsAtOnce, bool foreground, Action<string> warn, Action<string> debug, bool cloned)
    {
        // Told when all went well: who hears that nothing was done need not hear of what would have been left out.
        var warnings = new List<string>(0);
        Birth birth = Prepare(request, startsAtOnce, foreground, warnings, cloned);
        birth._warn = warn;
        try
        {
            birth.Directory.LockNew();
            birth.Directory.Write(birth._intent);
            if (birth._notifies)
            {
                NotifySocket.Make(birth.Directory);
            }

            birth.Launch(startsAtOnce);
            birth.Listen(PlanStage.Ready);
            foreach (string note in birth._facts.Cgroups.Dropped)
            {
                debug(note);
            }

            foreach (string warning in warnings)
            {
                warn(warning);
            }

            return birth;
        }
        catch (RuntimeException) when (birth._killedInClone)
        {
            birth.Dispose();
            return Begin(request, startsAtOnce, foreground, warn, debug, cloned: false);
        }
        catch (RuntimeException refusal) when (!refusal.Refusals.IsEmpty)
        {
            birth.Dispose();
            throw birth._bundle.Text.Located(refusal);
        }
        catch
        {
            birth.Dispose();
            throw;
        }
    }

    /// <summary>All that can be refused is refused here: the last thing is the container's directory, and until then nothing is made.</summary>
    private static Birth Prepare(CreateRequest request, bool startsAtOnce, bool foreground, List<string> warnings, bool cloned)
    {
        ContainerId.Check(request.Id);
        BundleFile bundle = BundleFile.Open(request.Bundle, request.Config, warnings.Add);
        OwnedFd? rootfs = null;
        StateRoot? state = null;
        try
        {
            CallerDescriptors.CheckTerminal(bundle.Spec.Process?.Terminal == true, !foreground, request.ConsoleSocket);
            CallerDescriptors.CheckPreserved(request.PreserveFds + request.ListenFds);
            bool mounts = BirthChapter.Has(bundle.Spec, "mount");
            bool notifies = request.NotifySocket is not null && mounts;
            if (notifies)
            {
                bundle.AddNotifySocket(System.IO.Path.Join(request.Globals.Root, request.Id));
            }

            (MachineFacts facts, PlannedContainer planned) = bundle.Plan(request, startsAtOnce, cloned);
            warnings.AddRange(planned.Warnings);
            warnings.AddRange(facts.Cgroups.Warnings);
            rootfs = mounts ? HostMounts.OpenRoot(bundle) : null;
            state = StateRoot.Open(request.Globals.Root, create: true)!;
            return new Birth(request, bundle, state, state.Create(request.Id), facts, planned, Intent(request, bundle, facts)) { _rootfs = rootfs, _notifies = notifies };
        }
        catch (Exception fault)
        {
            rootfs?.Dispose();
            state?.Dispose();
            bundle.Dispose();
            if (fault is RuntimeException { Refusals.IsEmpty: false } refusal)
            {
                throw bundle.Text.Located(refusal);
            }

            throw;
        }
    }

    internal static PlanRequest PlanRequest(CreateRequest request, BundleFile bundle, bool startsAtOnce) => new()
    {
        Id = request.Id,
        Bundle = bundle.Path,
        PreservedDescriptors = request.PreserveFds + request.ListenFds,
        NoPivot = request.NoPivot,
        NoNewKeyring = request.NoNewKeyring,
        StartsAtOnce = startsAtOnce,
        ListenDescriptors = request.ListenFds,
        ListenNames = request.ListenFdNames,
        HookStateRoom = bundle.Spec.Hooks is { } hooks && (hooks.CreateContainer is not null || hooks.StartContainer is not null)
            ? HookState.Room(bundle.Spec, request.Id, bundle.Path)
            : 0,
    };

    /// <summary>The point of no return: the record names init, and init may live on without us.</summary>
    internal void Commit()
    {
        ulong startTime = Processes.Stat(Pid).OrThrow().StartTime;
        var notes = ImmutableArray.CreateBuilder<string>();
        if (!_startsAtOnce)
        {
            for (int at = _planned.FirstAfterGate; at < _planned.Builder.Count; at++)
            {
                notes.Add(at.ToString(CultureInfo.InvariantCulture) + "\n" + FailureText.Keep(_planned.Builder.Operations[at], _planned.Builder.Notes[at]));
            }
        }

        Record = _intent with { Cgroups = _facts.Cgroups.Text, Pid = Pid, StartTime = startTime, Notes = notes.ToImmutable() };
        Directory.Write(Record);
        if (_request.PidFile is { } file)
        {
            PidFile.Write(file, Pid);
        }

        if (_request.PidfdSocket is { } socket)
        {
            DescriptorSocket.GiveProcess(socket, _process!, "standard"u8);
        }

        Tell(PlanStage.Ready, _planned.HookState ? State(ContainerStatus.Created) : []);
        Listen(PlanStage.Committed); // before that, our end would be its end
        _committed = true;
    }

    /// <summary>Lets the program run, and returns when it does. From then on other commands may change the container.</summary>
    internal void Start()
    {
        try
        {
            Tell(PlanStage.Start, []);
            Listen(null);
            if (_bundle.Spec.Hooks?.Poststart is { IsDefaultOrEmpty: false })
            {
                HostHooks.Run(HostHooks.BehindStart(_bundle.Spec.Hooks), State(ContainerStatus.Running), _bundle.Directory);
            }
        }
        catch
        {
            _committed = false;
            throw;
        }

        Directory.Unlock();
    }

    /// <summary>The terminal's master side, for who relays it.</summary>
    internal OwnedFd? TakeMaster()
    {
        OwnedFd? master = _master;
        _master = null;
        return master;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rootfs?.Dispose();
        _master?.Dispose();
        if (!_committed)
        {
            Undo();
        }

        _control?.Dispose();
        _process?.Dispose();
        Directory.Dispose();
        _root.Dispose();
        _bundle.Dispose();
    }

    internal static ContainerRecord Intent(CreateRequest request, BundleFile bundle, MachineFacts facts) => new()
    {
        Id = request.Id,
        Bundle = bundle.Path,
        Rootfs = bundle.Rootfs,
        Created = Timestamps.Rfc3339(Clocks.RealtimeNanoseconds),
        Owner = Identity.EffectiveUserId,
        Cgroups = facts.Cgroups.Text,
        OwnPidNamespace = BirthChapter.Makes(bundle.Spec, "pid"), // in a joined one its processes outlive it
        Spec = bundle.Spec,
    };
}
