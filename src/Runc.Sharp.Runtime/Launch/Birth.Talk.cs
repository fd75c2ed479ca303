using System;
using System.Collections.Generic;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The host's half of the talk with the shim.</summary>
internal sealed partial class Birth
{
    private bool _startsAtOnce;
    private readonly Queue<(PlanMessage Message, OwnedFd? Descriptor)> _early = new(0);
    private int _shim;
    private byte[] _words = [];
    private bool _initSpoke;
    private bool _killedInClone;

    private void Launch(bool startsAtOnce)
    {
        _startsAtOnce = startsAtOnce;
        (OwnedFd ours, OwnedFd theirs) = ShimChannel.Pair();
        _control = ours;
        var others = new List<OwnedFd>();
        try
        {
            foreach (NamespaceSpec item in _planned.Descriptors.Namespaces)
            {
                others.Add(HostMounts.OpenNamespace(item, BirthChapter.IndexOf(_bundle.Spec, item)));
            }

            foreach (int index in _planned.Descriptors.Sources)
            {
                others.Add(HostMounts.OpenSource(_bundle.Spec.Mounts[index], index, _bundle.Path));
            }

            using OwnedFd? gate = startsAtOnce ? null : Directory.MakeGate();
            _shim = ShimProcess.Start(_planned, theirs, gate, _rootfs, others);
        }
        finally
        {
            theirs.Dispose();
            _rootfs?.Dispose();
            foreach (OwnedFd other in others)
            {
                other.Dispose();
            }
        }

        if (_facts.Host is { HasCgroups: true, PlacedOnceBorn: false })
        {
            Place(); // beside the shim's own start; it waits for them before it clones
        }

        KeepForExec();
    }

    /// <summary>Makes the cgroups, and lets the shim go on.</summary>
    private void Place()
    {
        _facts.Cgroups.Create(Pid > 0 ? Pid : _shim);
        Directory.Write(_intent with { Cgroups = _facts.Cgroups.Text }); // what is ours to remove, before a process of the container's is in it
        Tell(PlanStage.Placed, []);
    }

    /// <summary>Answers the shim until it reaches <paramref name="last"/>; null is until it has become the program.</summary>
    private void Listen(PlanStage? last)
    {
        while (true)
        {
            if (!Next(out PlanMessage message, out OwnedFd? descriptor))
            {
                if (last is null)
                {
                    return; // close-on-exec: the socket went with the shim, the program runs
                }

                throw new RuntimeException(Death());
            }

            Answer(message, descriptor);
            if ((PlanStage)message.Stage == last)
            {
                return;
            }
        }
    }

    /// <summary>The next message to answer. Init may be ahead of the half that cloned it: what it says is held until its name is known.</summary>
    private bool Next(out PlanMessage message, out OwnedFd? descriptor)
    {
        if (Pid > 0 && _early.TryDequeue(out (PlanMessage Message, OwnedFd? Descriptor) held))
        {
            (message, descriptor) = held;
            return true;
        }

        while (ShimChannel.Hear(_control!, out message, out descriptor, out _words))
        {
            if (Pid > 0 || (PlanStage)message.Stage is PlanStage.Cloned or PlanStage.Failed)
            {
                return true;
            }

            _early.Enqueue((message, descriptor));
        }

        return false;
    }

    private void Answer(in PlanMessage message, OwnedFd? descriptor)
    {
        _initSpoke |= (PlanStage)message.Stage != PlanStage.Cloned;
        switch ((PlanStage)message.Stage)
        {
            case PlanStage.Cloned:
                Cloned((int)message.Value);
                break;
            case PlanStage.Mounted:
                RuntimeHooks();
                break;
            case PlanStage.Console:
                Console(descriptor!);
                break;
            case PlanStage.Listener:
                Listener((int)message.Value);
                break;
            case PlanStage.Failed:
                throw new RuntimeException(FailureText.Of(_planned.Builder, message, text: _bundle.Text, words: _words));
        }
    }

    private void Cloned(int pid)
    {
        Pid = pid;
        Processes.WaitPid(_shim, wait: true).OrThrow(); // the first half of the shim has done its work
        _shim = 0;
        _process = Processes.PidfdOpen(pid).OrThrow();
        if (BirthChapter.Joins(_bundle.Spec, "user"))
        {
            IdMaps.CheckJoined(pid, _bundle.Spec.Linux!);
        }

        _born = true;
        if (_facts.Host.PlacedOnceBorn)
        {
            Place();
        }

        if (_planned.NeedsIdMaps)
        {
            IdMaps.Write(pid, _bundle.Spec.Linux!);
            Tell(PlanStage.Mapped, []);
        }

        if (_bundle.Spec.Linux is { NetDevices.Length: > 0 } linux)
        {
            NetDevices.Move(linux.NetDevices, pid);
        }
    }

    private void RuntimeHooks()
    {
        byte[] state = State(ContainerStatus.Creating);
        HostHooks.Run(HostHooks.BeforePivot(_bundle.Spec.Hooks), state, _bundle.Directory);
        Tell(PlanStage.Mounted, _planned.HookState ? state : []);
    }

    private void Console(OwnedFd master)
    {
        if (_request.ConsoleSocket is null)
        {
            _master = master;
            return;
        }

        using (master)
        {
            DescriptorSocket.GiveTerminal(_request.ConsoleSocket, master);
        }
    }

    private void Listener(int number)
    {
        SeccompSpec seccomp = _bundle.Spec.Linux!.Seccomp!;
        using OwnedFd listener = Processes.PidfdGetFd(_process!, number).OrThrow();
        SeccompAgent.Tell(seccomp.ListenerPath!, seccomp.ListenerMetadata, _bundle.Spec.OciVersion, Pid, State(ContainerStatus.Creating), listener);
        Tell(PlanStage.Listener, []);
    }

    private byte[] State(string status) => HookState.Text(_bundle.Spec, _request.Id, _bundle.Path, status, Pid);

    private void Tell(PlanStage stage, ReadOnlySpan<byte> payload)
    {
        Errno error = ShimChannel.Tell(_control!, stage, payload);
        if (error is Errno.EPIPE or Errno.ECONNRESET)
        {
            // its last words, if it had any, are in the socket still
            while (ShimChannel.Hear(_control!, out PlanMessage message, out _, out byte[] words))
            {
                if ((PlanStage)message.Stage == PlanStage.Failed)
                {
                    throw new RuntimeException(FailureText.Of(_planned.Builder, message, text: _bundle.Text, words: words));
                }
            }

            throw new RuntimeException(Death());
        }

        if (error != Errno.None)
        {
            throw new LinuxException("sendmsg to the container's init: " + error.Words());
        }
    }

    /// <summary>Why a shim is gone that said nothing.</summary>
    private string Death()
    {
        int pid = Pid > 0 ? Pid : _shim;
        ChildStatus ended = Processes.WaitPid(pid, wait: true).OrThrow();
        if (Pid > 0)
        {
            Pid = 0;
            _killedInClone = KilledInClone.Is(_facts.Host.CgroupOfBirth is not null, _initSpoke, ended);
        }
        else
        {
            _shim = 0;
        }

        if (_facts.Cgroups.WasOutOfMemory())
        {
            return "unable to start container process: container init was OOM-killed (memory limit too low?)";
        }

        return string.Create(CultureInfo.InvariantCulture, $"unable to start container process: container init ended before it was ready: {(ended.Killed ? "signal" : "status")} {ended.Value}");
    }

    /// <summary>Takes back what was done: processes, cgroups, the directory.</summary>
    private void Undo()
    {
        if (_shim > 0)
        {
            Settle();
        }

        _control?.Dispose(); // where init waits for us, it ends now
        while (_early.TryDequeue(out (PlanMessage Message, OwnedFd? Descriptor) held))
        {
            held.Descriptor?.Dispose();
        }

        if (_process is null && Pid > 0)
        {
            _process = Processes.PidfdOpen(Pid).OrThrow(); // our child, not yet reaped: the number is its own
        }

        if (_process is not null)
        {
            Processes.PidfdSendSignal(_process, KillSignal).OrThrowUnless(Errno.ESRCH);
        }

        if (Pid > 0)
        {
            Processes.WaitPid(Pid, wait: true).OrThrowUnless(Errno.ECHILD);
        }

        _facts.Cgroups.Undo();
        Directory.Remove();
        if (_born && !_killedInClone && HostHooks.RunPoststop(_bundle.Spec, _request.Id, _bundle.Path) is { } fault)
        {
            _warn(fault); // what its other hooks made goes with the container. runtime.md#lifecycle
        }
    }

    /// <summary>Lets the shim's first half end, and learns whether it had cloned init by then: its word of that is in the socket.</summary>
    private void Settle()
    {
        ShimChannel.EndTalk(_control!);
        ChildStatus ended = Processes.WaitPid(_shim, wait: true).OrThrow();
        _shim = 0;
        while (!ended.Killed && ended.Value == 0 && ShimChannel.Hear(_control!, out PlanMessage message, out OwnedFd? descriptor))
        {
            descriptor?.Dispose();
            if ((PlanStage)message.Stage == PlanStage.Cloned)
            {
                Pid = (int)message.Value;
                return;
            }
        }
    }
}
