namespace Runc.Sharp.Init;

/// <summary>tmpcopyup: the content of the directory that a tmpfs will hide is copied into it.</summary>
internal unsafe partial struct Interpreter<TKernel>
{
    private const int MaxDepth = 64;
    private const int EntryRoom = 2048;

    private long CopyDirectory(long source, long destination, int depth)
    {
        if (depth > MaxDepth)
        {
            return -Error.ELOOP;
        }

        byte* here = stackalloc byte[2];
        here[0] = (byte)'.';
        here[1] = 0;
        long listing = Kernel.Call(Number.openat, source, (long)here, Abi.O_DIRECTORY | Abi.O_CLOEXEC | Abi.O_NOFOLLOW);
        if (listing < 0)
        {
            return listing;
        }

        byte* entries = stackalloc byte[EntryRoom];
        long result;
        while ((result = Kernel.Call(Number.getdents64, listing, (long)entries, EntryRoom)) > 0)
        {
            long end = result;
            for (long at = 0; at < end; at += *(ushort*)(entries + at + 16))
            {
                byte* name = entries + at + 19;
                if (name[0] == '.' && (name[1] == 0 || (name[1] == '.' && name[2] == 0)))
                {
                    continue;
                }

                result = CopyEntry(listing, destination, name, depth);
                if (result < 0)
                {
                    Kernel.Call(Number.close, listing);
                    return result;
                }
            }
        }

        Kernel.Call(Number.close, listing);
        return result;
    }

    private long CopyEntry(long source, long destination, byte* name, int depth)
    {
        FileStatus status = default;
        long result = Kernel.Call(Number.newfstatat, source, (long)name, (long)&status, Abi.AT_SYMLINK_NOFOLLOW);
        if (result < 0)
        {
            return result;
        }

        uint type = status.Mode & Abi.S_IFMT;
        switch (type)
        {
            case Abi.S_IFDIR:
                result = CopySubdirectory(source, destination, name, depth);
                break;
            case Abi.S_IFREG:
                result = CopyFile(source, destination, name);
                break;
            case Abi.S_IFLNK:
                result = CopyLink(source, destination, name);
                break;
            default:
                result = Kernel.Call(Number.mknodat, destination, (long)name, status.Mode, (long)status.RawDevice);
                break;
        }

        if (result < 0)
        {
            return result;
        }

        result = Kernel.Call(Number.fchownat, destination, (long)name, status.Uid, status.Gid, Abi.AT_SYMLINK_NOFOLLOW);
        if (result >= 0 && type != Abi.S_IFLNK)
        {
            result = Kernel.Call(Number.fchmodat, destination, (long)name, status.Mode & 0xfff); // after chown, which clears set-id bits
        }

        long* times = stackalloc long[4];
        times[0] = status.AccessSeconds;
        times[1] = status.AccessNanoseconds;
        times[2] = status.ModifySeconds;
        times[3] = status.ModifyNanoseconds;
        return result < 0 ? result : Kernel.Call(Number.utimensat, destination, (long)name, (long)times, Abi.AT_SYMLINK_NOFOLLOW);
    }

    private long CopySubdirectory(long source, long destination, byte* name, int depth)
    {
        long result = Kernel.Call(Number.mkdirat, destination, (long)name, 0x1c0);
        if (result < 0 && result != -Error.EEXIST)
        {
            return result;
        }

        long from = Kernel.Call(Number.openat, source, (long)name, Abi.O_DIRECTORY | Abi.O_NOFOLLOW | Abi.O_CLOEXEC);
        if (from < 0)
        {
            return from;
        }

        long to = Kernel.Call(Number.openat, destination, (long)name, Abi.O_DIRECTORY | Abi.O_NOFOLLOW | Abi.O_CLOEXEC);
        result = to < 0 ? to : CopyDirectory(from, to, depth + 1);
        Kernel.Call(Number.close, from);
        if (to >= 0)
        {
            Kernel.Call(Number.close, to);
        }

        return result;
    }

    private long CopyFile(long source, long destination, byte* name)
    {
        long from = Kernel.Call(Number.openat, source, (long)name, Abi.O_NOFOLLOW | Abi.O_CLOEXEC | Abi.O_NONBLOCK);
        if (from < 0)
        {
            return from;
        }

        long to = Kernel.Call(Number.openat, destination, (long)name, Abi.O_WRONLY | Abi.O_CREAT | Abi.O_EXCL | Abi.O_NOFOLLOW | Abi.O_CLOEXEC, 0x180);
        long copied = to;
        while (copied > 0 || copied == -Error.EINTR)
        {
            copied = Kernel.Call(Number.sendfile, to, from, 0, 1 << 24);
        }

        Kernel.Call(Number.close, from);
        if (to >= 0)
        {
            Kernel.Call(Number.close, to);
        }

        return copied;
    }

    private long CopyLink(long source, long destination, byte* name)
    {
        byte* text = stackalloc byte[PathRoom];
        long length = Kernel.Call(Number.readlinkat, source, (long)name, (long)text, PathRoom - 1);
        if (length < 0)
        {
            return length;
        }

        text[length] = 0;
        return Kernel.Call(Number.symlinkat, (long)text, destination, (long)name);
    }
}
