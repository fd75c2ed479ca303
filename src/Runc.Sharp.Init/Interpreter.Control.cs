using System.Runtime.CompilerServices;
using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>Birth, and the talk with the host.</summary>
internal unsafe partial struct Interpreter<TKernel>
{
    /// <summary>clone3(2) with CLONE_PARENT: init is the host's child, so that the host can wait for it. The parent's work is done then.</summary>
    private long Clone(ulong flags, long cgroup)
    {
        CloneArguments arguments = default;
        arguments.Flags = flags | Abi.CLONE_PARENT;
        arguments.ExitSignal = 0; // with CLONE_PARENT the child takes the parent's own
        if (cgroup >= 0)
        {
            arguments.Flags |= Abi.CLONE_INTO_CGROUP;
            arguments.Cgroup = (ulong)cgroup;
        }

        long pid = Kernel.Call(Number.clone3, (long)&arguments, sizeof(CloneArguments));
        if (pid > 0)
        {
            Send(PlanStage.Cloned, 0, pid);
            _ended = true;
            return 0;
        }

        return pid;
    }

    private long Send(PlanStage stage, int operation, long value)
    {
        PlanMessage message;
        message.Stage = (int)stage;
        message.Operation = operation;
        message.Value = value;
        message.Extra = _extra;
        // write: seccomp profiles that let anything run allow it, and NOTIFY may not be asked of it
        long sent = Kernel.Call(Number.write, _control, (long)&message, sizeof(PlanMessage));
        return sent < 0 ? sent : 0;
    }

    /// <summary>Where the host is gone there is nobody to be ready for: the process ends.</summary>
    private long Await(long stage, byte* payload, long room)
    {
        PlanMessage message;
        IoVector* vectors = stackalloc IoVector[2];
        vectors[0].Base = &message;
        vectors[0].Length = (ulong)sizeof(PlanMessage);
        vectors[1].Base = payload;
        vectors[1].Length = (ulong)room;
        MessageHeader header = default;
        header.Vectors = vectors;
        header.VectorCount = room > 0 ? 2UL : 1UL;
        long got;
        do
        {
            got = Kernel.Call(Number.recvmsg, _control, (long)&header, Abi.MSG_CMSG_CLOEXEC);
        }
        while (got == -Error.EINTR);
        if (got < sizeof(PlanMessage))
        {
            _ended = true;
            return FailureStatus;
        }

        return message.Stage == stage ? got - sizeof(PlanMessage) : -Error.EPROTO;
    }

    private long Gate(long socket, byte* operation, byte* needed)
    {
        if (needed != null)
        {
            Release(operation, needed);
        }

        long peer;
        do
        {
            peer = Kernel.Call(Number.accept4, socket, 0, 0, Abi.O_CLOEXEC);
        }
        while (peer == -Error.EINTR);
        if (peer >= 0)
        {
            _control = (int)peer;
        }

        return peer;
    }

    /// <summary>A container may wait for its start for days: what was played, and what stood deep on the stack, is given back. Only whole pages go.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)] // its frame is small: what it leaves of the stack is told from there
    private void Release(byte* operation, byte* needed)
    {
        const long page = 4096;
        const long depth = 16 * page;
        long played = (long)operation & -page;
        long first = (long)_operations & -page;
        if (played > first)
        {
            Kernel.Call(Number.munmap, first, played - first);
        }

        long behind = ((long)(_operations + _count) + page - 1) & -page;
        long late = (long)needed & -page;
        if (late > behind)
        {
            Kernel.Call(Number.munmap, behind, late - behind);
        }

        // What stands at most half a kB below a local of ours is our frame and the call's; a signal's cannot come, none is handled.
        const long frame = 512;
        long below = ((long)&late - frame) & -page;
        Kernel.Call(Number.madvise, below - depth, depth, Abi.MADV_DONTNEED);
    }

    private long SendDescriptor(PlanStage stage, int descriptor)
    {
        PlanMessage message;
        message.Stage = (int)stage;
        message.Operation = 0;
        message.Value = 0;
        message.Extra = 0;
        IoVector vector;
        vector.Base = &message;
        vector.Length = (ulong)sizeof(PlanMessage);
        DescriptorMessage control = default;
        control.Length = 20; // a header of 16 bytes and one descriptor
        control.Level = 1; // SOL_SOCKET
        control.Type = 1; // SCM_RIGHTS
        control.Descriptor = descriptor;
        MessageHeader header = default;
        header.Vectors = &vector;
        header.VectorCount = 1;
        header.Control = &control;
        header.ControlLength = (ulong)sizeof(DescriptorMessage);
        long sent = Kernel.Call(Number.sendmsg, _control, (long)&header, Abi.MSG_NOSIGNAL);
        return sent < 0 ? sent : 0;
    }
}
