using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>Programs: finding them, hooks, the user's home.</summary>
internal unsafe partial struct Interpreter<TKernel>
{
    private const int ReadRoom = 4096;

    /// <summary>The first candidate that is a file the caller may execute. A search that finds none is ENOENT; a single path tells its own errno. execve(2).</summary>
    private long FindExecutable(byte** candidates, long count, bool search)
    {
        long error = -Error.ENOENT;
        for (long at = 0; at < count; at++)
        {
            FileStatus status;
            error = Kernel.Call(Number.newfstatat, Abi.AT_FDCWD, (long)candidates[at], (long)&status, 0);
            if (error == 0 && (status.Mode & Abi.S_IFMT) == Abi.S_IFDIR)
            {
                error = -Error.EISDIR;
            }
            else if (error == 0)
            {
                error = Kernel.Call(Number.faccessat2, Abi.AT_FDCWD, (long)candidates[at], 1, Abi.AT_EACCESS);
            }

            if (error == 0)
            {
                return (long)candidates[at];
            }
        }

        return search ? -Error.ENOENT : error;
    }

    /// <summary>
    /// Runs a hook in a session of its own, so that a time-out reaches all of it. Its standard input is a memory file with the
    /// state: no reader can block us. A failed hook is ECANCELED with its wait status, a late one ETIME. config.md#posix-platform-hooks.
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

    private long RunHook(PlanOp* op, long state)
    {
        CloneArguments arguments = default;
        arguments.ExitSignal = Abi.SIGCHLD;
        long pid = Kernel.Call(Number.clone3, (long)&arguments, sizeof(CloneArguments));
        if (pid == 0)
        {
            Kernel.Call(Number.setsid);
            Kernel.Call(Number.dup3, state, 0, 0);
            Kernel.Call(Number.close_range, 3, uint.MaxValue, 0);
            Kernel.Call(Number.execve, Argument(op, 0), Argument(op, 1), Argument(op, 2));
            Kernel.Call(Number.exit_group, 127);
            return 0;
        }

        if (pid < 0)
        {
            return pid;
        }

        long timedOut = AwaitHook(pid, Argument(op, 5));
        if (timedOut != 0)
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
        if (timedOut != 0)
        {
            return timedOut;
        }

        _extra = status;
        return reaped < 0 ? reaped : status == 0 ? 0 : -Error.ECANCELED;
    }

    /// <summary>Waits at most <paramref name="milliseconds"/>, or for ever where that is 0.</summary>
    private long AwaitHook(long pid, long milliseconds)
    {
        if (milliseconds <= 0)
        {
            return 0;
        }

        long child = Kernel.Call(Number.pidfd_open, pid);
        if (child < 0)
        {
            return child;
        }

        long* time = stackalloc long[2];
        time[0] = milliseconds / 1000;
        time[1] = milliseconds % 1000 * 1000000;
        PollEntry entry;
        entry.Descriptor = (int)child;
        entry.Events = Abi.POLLIN;
        entry.Returned = 0;
        long ready;
        do
        {
            ready = Kernel.Call(Number.ppoll, (long)&entry, 1, (long)time); // the kernel writes back the time that is left
        }
        while (ready == -Error.EINTR);
        Kernel.Call(Number.close, child);
        return ready < 0 ? ready : ready == 0 ? -Error.ETIME : 0;
    }

    /// <summary>The sixth field of the user's line in /etc/passwd, read a block at a time; "/" where there is none. Nothing but a regular file is read.</summary>
    private long FindHome(uint uid, byte* home, long room)
    {
        byte* file = stackalloc byte[16];
        *(ulong*)file = 0x7361702f6374652f; // "/etc/pas"
        *(ulong*)(file + 8) = 0x647773; // "swd"
        *(ulong*)home = 0x2f3d454d4f48; // "HOME=/"
        long passwd = Kernel.Call(Number.openat, Abi.AT_FDCWD, (long)file, Abi.O_CLOEXEC | Abi.O_NONBLOCK);
        if (passwd < 0)
        {
            return 0;
        }

        if (FileType(passwd) == Abi.S_IFREG)
        {
            ScanPasswd(passwd, uid, home + 5, room - 5);
        }

        Kernel.Call(Number.close, passwd);
        return 0;
    }

    private void ScanPasswd(long passwd, uint uid, byte* home, long room)
    {
        const int MaxBlocks = 4096; // 16 MiB of it
        byte* block = stackalloc byte[ReadRoom];
        int field = 0;
        ulong number = 0;
        bool digits = false;
        long length = 0;
        for (int blocks = 0; blocks < MaxBlocks; blocks++)
        {
            long got = Kernel.Call(Number.read, passwd, (long)block, ReadRoom);
            bool end = got <= 0;
            for (long at = 0; at < (end ? 1 : got); at++)
            {
                byte value = end ? (byte)'\n' : block[at];
                if (value == '\n')
                {
                    if (field >= 5 && digits && number == uid && length > 0 && length < room)
                    {
                        home[length] = 0;
                        return;
                    }

                    home[0] = (byte)'/';
                    home[1] = 0;
                    field = 0;
                    number = 0;
                    digits = false;
                    length = 0;
                }
                else if (value == ':')
                {
                    field++;
                }
                else if (field == 2)
                {
                    digits = value >= '0' && value <= '9' && number <= uint.MaxValue && (digits || number == 0);
                    number = (number * 10) + (ulong)(value - '0');
                }
                else if (field == 5 && digits && number == uid)
                {
                    if (length < room - 1)
                    {
                        home[length] = value;
                    }

                    length++;
                }
            }

            if (end)
            {
                return;
            }
        }
    }
}
