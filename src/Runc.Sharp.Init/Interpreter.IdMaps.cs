using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>Id-mapped mounts: the kernel takes a mapping from a user namespace alone, so one is made for the moment.</summary>
internal unsafe partial struct Interpreter<TKernel>
{
    private const ulong NewUser = 0x10000000; // CLONE_NEWUSER
    private const ulong IdMap = 0x100000; // MOUNT_ATTR_IDMAP

    /// <summary>
    /// A helper is born into a new user namespace and waits until our end of a pipe is closed: it ends with us, whatever happens. Its maps
    /// are written from here, and its namespace is handed to mount_setattr(2).
    /// </summary>
    private long MapIds(PlanOp* op)
    {
        int* pipe = stackalloc int[2];
        long result = Kernel.Call(Number.pipe2, (long)pipe, Abi.O_CLOEXEC);
        if (result < 0)
        {
            return result;
        }

        CloneArguments arguments = default;
        arguments.Flags = NewUser;
        arguments.ExitSignal = Abi.SIGCHLD;
        long pid = Kernel.Call(Number.clone3, (long)&arguments, sizeof(CloneArguments));
        if (pid == 0)
        {
            Kernel.Call(Number.close, pipe[1]);
            Kernel.Call(Number.read, pipe[0], (long)pipe, 1);
            Kernel.Call(Number.exit_group, 0);
            return 0;
        }

        Kernel.Call(Number.close, pipe[0]);
        result = pid < 0 ? pid : MapBy(pid, op);
        Kernel.Call(Number.close, pipe[1]);
        if (pid > 0)
        {
            int status;
            while (Kernel.Call(Number.wait4, pid, (long)&status) == -Error.EINTR)
            {
            }
        }

        return result;
    }

    private long MapBy(long pid, PlanOp* op)
    {
        byte* path = stackalloc byte[64];
        ProcessPath(path, pid, 0x70616d5f646975); // "uid_map"
        long result = WriteFile(path, Argument(op, 2), Argument(op, 3));
        if (result < 0)
        {
            return result;
        }

        ProcessPath(path, pid, 0x70616d5f646967); // "gid_map"
        result = WriteFile(path, Argument(op, 4), Argument(op, 5));
        if (result < 0)
        {
            return result;
        }

        ProcessPath(path, pid, 0x726573752f736e); // "ns/user"
        long space = Kernel.Call(Number.openat, Abi.AT_FDCWD, (long)path, Abi.O_CLOEXEC);
        if (space < 0)
        {
            return space;
        }

        ulong* attributes = stackalloc ulong[4];
        attributes[0] = IdMap;
        attributes[1] = 0;
        attributes[2] = 0;
        attributes[3] = (ulong)space;
        path[0] = 0;
        result = Kernel.Call(Number.mount_setattr, Argument(op, 0), (long)path, Argument(op, 1), (long)attributes, 32);
        Kernel.Call(Number.close, space);
        return result;
    }

    /// <summary>/proc/PID/ and a name of at most seven letters, which come as a number.</summary>
    private static void ProcessPath(byte* path, long pid, ulong name)
    {
        *(ulong*)path = 0x2f636f72702f; // "/proc/"
        int at = 6;
        int digits = 1;
        for (long rest = pid; rest >= 10; rest /= 10)
        {
            digits++;
        }

        for (int digit = digits - 1; digit >= 0; digit--)
        {
            path[at + digit] = (byte)('0' + (pid % 10));
            pid /= 10;
        }

        at += digits;
        path[at++] = (byte)'/';
        *(ulong*)(path + at) = name;
    }

    private long WriteFile(byte* path, long text, long length)
    {
        long file = Kernel.Call(Number.openat, Abi.AT_FDCWD, (long)path, Abi.O_WRONLY | Abi.O_CLOEXEC);
        if (file < 0)
        {
            return file;
        }

        long written = Kernel.Call(Number.write, file, text, length);
        Kernel.Call(Number.close, file);
        return written;
    }
}
