using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>Hooks that run in the container's namespaces. config.md#posix-platform-hooks.</summary>
internal unsafe partial struct Interpreter<TKernel>
{
    private const int Kept = PlanMessage.TextRoom;
    private const int LastReads = 512; // more than any pipe holds; what a hook left behind may write for ever

    /// <summary>
    /// Runs a hook in a session of its own, so that a time-out reaches all of it. Its standard input is a memory file with the
    /// state: no reader can block us. A failed hook is ECANCELED with its wait status, a late one ETIME; its last words go with the message.
    /// </summary>
    private long Hook(PlanOp* op)
    {
        byte* name = stackalloc byte[6];
        *(uint*)name = 0x74617473; // "stat"
        name[4] = (byte)'e';
        name[5] = 0;
        long state = Kernel.Call(Number.memfd_create, (long)name, 1); // MFD_CLOEXEC
        if (state < 0)
        {
            return state;
        }

        long written = Kernel.Call(Number.write, state, Argument(op, 3), Argument(op, 4));
        if (written >= 0)
        {
            written = Kernel.Call(Number.lseek, state, 0, 0);
        }

        long result = written < 0 ? written : RunHook(op, state);
        Kernel.Call(Number.close, state);
        return result;
    }

    /// <summary>With its standard output and standard error into pipes. A pipe, as in runc, and no file: it grows without end under no hook.</summary>
    private long RunHook(PlanOp* op, long state)
    {
        int* ends = stackalloc int[4]; // of each pipe the one to read, the one to write
        long result = Kernel.Call(Number.pipe2, (long)ends, Abi.O_CLOEXEC);
        if (result < 0)
        {
            return result;
        }

        result = Kernel.Call(Number.pipe2, (long)(ends + 2), Abi.O_CLOEXEC);
        if (result >= 0)
        {
            CloneArguments arguments = default;
            arguments.ExitSignal = Abi.SIGCHLD;
            result = Kernel.Call(Number.clone3, (long)&arguments, sizeof(CloneArguments));
            if (result == 0)
            {
                BecomeHook(op, state, ends);
                return 0;
            }

            Kernel.Call(Number.close, ends[3]);
        }

        Kernel.Call(Number.close, ends[1]);
        if (result > 0)
        {
            result = FollowHook(op, result, ends[0], ends[2]);
            Kernel.Call(Number.close, ends[2]);
        }

        Kernel.Call(Number.close, ends[0]);
        return result;
    }

    private void BecomeHook(PlanOp* op, long state, int* ends)
    {
        Kernel.Call(Number.setsid);
        Kernel.Call(Number.dup3, state, 0, 0);
        Kernel.Call(Number.dup3, ends[1], 1, 0);
        Kernel.Call(Number.dup3, ends[3], 2, 0);
        Kernel.Call(Number.close_range, 3, uint.MaxValue, 0);
        Kernel.Call(Number.execve, Argument(op, 0), Argument(op, 1), Argument(op, 2));
        Kernel.Call(Number.exit_group, 127);
    }

    private long FollowHook(PlanOp* op, long pid, int output, int error)
    {
        byte* room = stackalloc byte[sizeof(PlanMessage) + (4 * Kept)];
        HookStream* streams = stackalloc HookStream[2];
        streams[0].Descriptor = output;
        streams[0].Length = 0;
        streams[0].Room = room + sizeof(PlanMessage);
        streams[1].Descriptor = error;
        streams[1].Length = 0;
        streams[1].Room = streams[0].Room + (2 * Kept);
        long result = AwaitHook(pid, Argument(op, 5), streams);
        if (result != 0)
        {
            Kernel.Call(Number.kill, -pid, Abi.SIGKILL); // its session's process group; the leader is unreaped, so the number is ours
        }

        int status = 0;
        long reaped;
        do
        {
            reaped = Kernel.Call(Number.wait4, pid, (long)&status);
        }
        while (reaped == -Error.EINTR);
        if (result == 0)
        {
            _extra = status;
            result = reaped < 0 ? reaped : status == 0 ? 0 : -Error.ECANCELED;
        }

        return result == 0 ? 0 : TellHook(op, -result, streams);
    }

    /// <summary>Reads what the hook writes until it has ended, at most so many milliseconds, or as long as it takes where that is 0.</summary>
    private long AwaitHook(long pid, long milliseconds, HookStream* streams)
    {
        long child = Kernel.Call(Number.pidfd_open, pid);
        if (child < 0)
        {
            return child;
        }

        PollEntry* entries = stackalloc PollEntry[3];
        for (int at = 0; at < 3; at++)
        {
            entries[at].Descriptor = at == 0 ? (int)child : streams[at - 1].Descriptor;
            entries[at].Events = Abi.POLLIN;
            entries[at].Returned = 0;
        }

        long* time = stackalloc long[2];
        time[0] = milliseconds / 1000;
        time[1] = milliseconds % 1000 * 1000000;
        long ready;
        do
        {
            ready = Kernel.Call(Number.ppoll, (long)entries, 3, milliseconds > 0 ? (long)time : 0); // the kernel writes back the time that is left
            if (ready > 0)
            {
                Read(entries + 1, streams);
                Read(entries + 2, streams + 1);
            }
        }
        while (ready == -Error.EINTR || (ready > 0 && entries[0].Returned == 0));
        if (ready > 0)
        {
            Drain(entries + 1, streams);
            Drain(entries + 2, streams + 1);
        }

        Kernel.Call(Number.close, child);
        return ready < 0 ? ready : ready == 0 ? -Error.ETIME : 0;
    }

    /// <summary>Reads what is left when the hook has ended, and waits for nobody who may hold its end still: a hook may leave something running.</summary>
    private void Drain(PollEntry* entry, HookStream* stream)
    {
        long* time = stackalloc long[2];
        for (int left = LastReads; left > 0 && entry->Descriptor >= 0; left--)
        {
            time[0] = 0;
            time[1] = 0;
            if (Kernel.Call(Number.ppoll, (long)entry, 1, (long)time) <= 0)
            {
                return;
            }

            Read(entry, stream);
        }
    }

    /// <summary>Reads what is there, and keeps the last of it. At the end the stream is no longer asked for.</summary>
    private void Read(PollEntry* entry, HookStream* stream)
    {
        if (entry->Returned == 0 || entry->Descriptor < 0)
        {
            return;
        }

        if (stream->Length > Kept)
        {
            Move(stream->Room, stream->Room + stream->Length - Kept, Kept);
            stream->Length = Kept;
        }

        long got = Kernel.Call(Number.read, stream->Descriptor, (long)(stream->Room + stream->Length), (2 * Kept) - stream->Length);
        if (got > 0)
        {
            stream->Length += (int)got;
        }
        else if (got != -Error.EINTR)
        {
            entry->Descriptor = -1;
            entry->Returned = 0;
        }
    }

    /// <summary>Tells the failure and what the hook said last. The two texts are brought together behind the message, which stands where nothing is kept.</summary>
    private long TellHook(PlanOp* op, long error, HookStream* streams)
    {
        int first = streams[0].Length < Kept ? streams[0].Length : Kept;
        int second = streams[1].Length < Kept ? streams[1].Length : Kept;
        byte* text = streams[0].Room + streams[0].Length - first;
        Move(text + first, streams[1].Room + streams[1].Length - second, second);
        var message = (PlanMessage*)(text - sizeof(PlanMessage));
        message->Stage = (int)PlanStage.Failed;
        message->Operation = (int)(op - _operations);
        message->Value = error;
        message->Extra = _extra | ((long)first << 32);
        Kernel.Call(Number.write, _control, (long)message, sizeof(PlanMessage) + first + second);
        _ended = true;
        return FailureStatus;
    }

    /// <summary>Moves bytes towards the beginning; the places may overlap.</summary>
    private static void Move(byte* to, byte* from, int count)
    {
        for (int at = 0; at < count; at++)
        {
            to[at] = from[at];
        }
    }
}
