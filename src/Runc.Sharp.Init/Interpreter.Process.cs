namespace Runc.Sharp.Init;

/// <summary>Programs: finding them, the user's home.</summary>
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

        if (FileMode(passwd, Abi.S_IFMT) == Abi.S_IFREG)
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
