using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>How a process fared on its way into a container.</summary>
internal enum Joined
{
    /// <summary>Its program runs.</summary>
    Runs,

    /// <summary>The v2 cgroup takes no process: it has handed its controllers to children, or is threaded. Nothing has happened.</summary>
    Refused,

    /// <summary>Nobody can be cloned where it was to be born: a cgroup is full, or as <see cref="KilledInClone"/> tells. It may be entered still. Nothing has happened.</summary>
    Unborn,
}

/// <summary>A process on its way into a container. Until its program runs it dies with us, and <see cref="Dispose"/> ends what did not get so far.</summary>
internal sealed class Joining : IDisposable
{
    private const int KillSignal = 9;
    private readonly ExecRequest _request;
    private readonly ContainerRecord _record;
    private readonly JoinFile _join;
    private readonly PlannedContainer _planned;
    private readonly OwnedFd _control;
    private OwnedFd? _process;
    private int _shim;
    private long _listener = -1;
    private readonly ExecCgroups _cgroups;
    private bool _refused;
    private bool _spoke;
    private bool _ready;
    private bool _runs;

    private Joining(ExecRequest request, ContainerRecord record, JoinFile join, PlannedContainer planned, ExecCgroups cgroups, OwnedFd control, int shim)
    {
        _request = request;
        _record = record;
        _join = join;
        _planned = planned;
        _cgroups = cgroups;
        _control = control;
        _shim = shim;
    }

    /// <summary>The process's id.</summary>
    internal int Pid { get; private set; }

    /// <summary>Starts the shim.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="record">The container.</param>
    /// <param name="join">What is kept of it for us.</param>
    /// <param name="planned">What the shim is to play.</param>
    /// <param name="cgroups">What it enters; they outlive us.</param>
    /// <param name="others">Init, and where there are such the v2 cgroup and the cgroup namespace.</param>
    internal static Joining Begin(ExecRequest request, ContainerRecord record, JoinFile join, PlannedContainer planned, ExecCgroups cgroups, IReadOnlyList<OwnedFd> others)
    {
        (OwnedFd ours, OwnedFd theirs) = ShimChannel.Pair();
        try
        {
            using (theirs)
            {
                return new Joining(request, record, join, planned, cgroups, ours, ShimProcess.Start(planned, theirs, gate: null, root: null, others));
            }
        }
        catch
        {
            ours.Dispose();
            throw;
        }
    }

    /// <summary>Answers the shim until it has become the program.</summary>
    /// <param name="foreground">Who takes the terminal, where no socket is asked for.</param>
    /// <exception cref="RuntimeException">It failed; the message says at what.</exception>
    internal Joined Await(Foreground? foreground)
    {
        PlanMessage? failure = null;
        while (!_refused && ShimChannel.Hear(_control, out PlanMessage message, out OwnedFd? descriptor))
        {
            _spoke |= (PlanStage)message.Stage != PlanStage.Cloned;
            if ((PlanStage)message.Stage == PlanStage.Failed)
            {
                failure = message;
            }
            else
            {
                Answer(message, descriptor, foreground);
            }
        }

        if (_refused)
        {
            return Joined.Refused;
        }

        if (failure is { } told)
        {
            bool clone = _planned.Builder.Operations[told.Operation].Code == PlanCode.Clone;
            bool entry = clone || _planned.Builder.Notes[told.Operation].Act == CgroupEntryChapter.Act;
            return (Errno)told.Value switch
            {
                Errno.EBUSY or Errno.EOPNOTSUPP when entry => Joined.Refused,
                Errno.EAGAIN when clone && _cgroups.IsFirstWay => Joined.Unborn,
                _ => throw new RuntimeException(FailureText.Of(_planned.Builder, told, FailureText.InProcess)),
            };
        }

        if (!_ready)
        {
            (ChildStatus ended, string words) = Death();
            return KilledInClone.Is(_cgroups.Birth is not null, _spoke, ended) ? Joined.Unborn : throw new RuntimeException(words);
        }

        _runs = true;
        return Joined.Runs;
    }

    /// <summary>Ends the process after all: the caller cannot be told of it.</summary>
    internal void GiveUp() => _runs = false;

    /// <inheritdoc/>
    public void Dispose()
    {
        _control.Dispose();
        if (_shim > 0)
        {
            Processes.WaitPid(_shim, wait: true).OrThrowUnless(Errno.ECHILD);
        }

        if (!_runs && Pid > 0)
        {
            _process ??= Processes.PidfdOpen(Pid).OrThrow(); // our child, not yet reaped: the number is its own
            Processes.PidfdSendSignal(_process, KillSignal).OrThrowUnless(Errno.ESRCH);
            Processes.WaitPid(Pid, wait: true).OrThrowUnless(Errno.ECHILD);
        }

        _process?.Dispose();
    }

    /// <summary>The process may be ahead of the half that cloned it: what needs its number waits for that.</summary>
    private void Answer(in PlanMessage message, OwnedFd? descriptor, Foreground? foreground)
    {
        switch ((PlanStage)message.Stage)
        {
            case PlanStage.Cloned:
                Pid = (int)message.Value;
                Processes.WaitPid(_shim, wait: true).OrThrow(); // the first half of the shim has done its work
                _shim = 0;
                Place();
                break;
            case PlanStage.Console:
                Console(descriptor!, foreground);
                Tell(PlanStage.Console);
                break;
            case PlanStage.Ready:
                _ready = true;
                break;
            case PlanStage.Listener:
                _listener = message.Value;
                break;
        }

        if (_listener >= 0 && Pid > 0)
        {
            Listener((int)_listener);
            _listener = -1;
        }
    }

    /// <summary>Moves the process where it could not be born, and lets it go on.</summary>
    private void Place()
    {
        if (_cgroups.LateEntries.IsEmpty)
        {
            return;
        }

        byte[] number = Encoding.ASCII.GetBytes(Pid.ToString(CultureInfo.InvariantCulture));
        foreach (string path in _cgroups.LateEntries)
        {
            SyscallResult moved = Files.WriteFileAt(OwnedFd.Cwd, path, number);
            if (moved.Error is Errno.EBUSY or Errno.EOPNOTSUPP)
            {
                _refused = true;
                return; // it waits until we end it
            }

            moved.OrThrow();
        }

        Tell(PlanStage.Placed);
    }

    /// <summary>Lets the process go on; one that is gone has said why, or will be found dead.</summary>
    private void Tell(PlanStage stage)
    {
        Errno error = ShimChannel.Tell(_control, stage, []);
        if (error is not (Errno.None or Errno.EPIPE))
        {
            throw new LinuxException("sendmsg to the process: " + error.Words());
        }
    }

    private void Console(OwnedFd master, Foreground? foreground)
    {
        if (_request.ConsoleSocket is null)
        {
            foreground!.Attach(master);
            return;
        }

        using (master)
        {
            DescriptorSocket.GiveTerminal(_request.ConsoleSocket, master);
        }
    }

    private void Listener(int number)
    {
        _process = Processes.PidfdOpen(Pid).OrThrow();
        using OwnedFd listener = Processes.PidfdGetFd(_process, number).OrThrow();
        byte[] state = HookState.Text(_record.Spec, _record.Id, _record.Bundle, ContainerStatus.Running, _record.Pid);
        SeccompAgent.Tell(_join.ListenerPath, _join.ListenerMetadata, _record.Spec.OciVersion, Pid, state, listener);
        Tell(PlanStage.Listener);
    }

    /// <summary>Why a shim is gone that said nothing.</summary>
    private (ChildStatus Ended, string Words) Death()
    {
        int pid = Pid > 0 ? Pid : _shim;
        ChildStatus ended = Processes.WaitPid(pid, wait: true).OrThrow();
        Pid = 0;
        _shim = 0;
        return (ended, string.Create(CultureInfo.InvariantCulture, $"{FailureText.InProcess}the process ended before its program ran: {(ended.Killed ? "signal" : "status")} {ended.Value}"));
    }
}
