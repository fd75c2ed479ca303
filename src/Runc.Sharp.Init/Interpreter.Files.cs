using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>Mount targets, and what files are.</summary>
internal unsafe partial struct Interpreter<TKernel>
{
    private const int PathRoom = 4096;
    private const int MaxLinks = 40;

    /// <summary>openat2(2) as if <paramref name="root"/> were the root: no link leads out. CVE-2021-30465, CVE-2024-45310.</summary>
    private long OpenInRoot(long root, byte* path, int flags)
    {
        OpenHow how;
        how.Flags = (ulong)(uint)(flags | Abi.O_CLOEXEC);
        how.Mode = 0;
        how.Resolve = Abi.RESOLVE_IN_ROOT | Abi.RESOLVE_NO_MAGICLINKS;
        return Kernel.Call(Number.openat2, root, (long)path, (long)&how, sizeof(OpenHow));
    }

    /// <summary>
    /// Opens a mount target, and makes what is missing of it one component at a time, each through a descriptor of its parent.
    /// A dangling link is followed inside the root, as runc does.
    /// </summary>
    private long Target(long root, byte* path, PlanTarget make)
    {
        long target = OpenTarget(root, path, (PlanTarget)((int)make & ~(int)PlanTarget.OutsideProc));
        if (target < 0 || ((int)make & (int)PlanTarget.OutsideProc) == 0)
        {
            return target;
        }

        long* fileSystem = stackalloc long[15];
        long result = Kernel.Call(Number.fstatfs, target, (long)fileSystem);
        if (result == 0 && fileSystem[0] == Abi.PROC_SUPER_MAGIC)
        {
            result = -Error.EPERM;
        }

        if (result < 0)
        {
            Kernel.Call(Number.close, target);
        }

        return result < 0 ? result : target;
    }

    private long OpenTarget(long root, byte* path, PlanTarget make)
    {
        long opened = OpenInRoot(root, path, Abi.O_PATH);
        if (opened != -Error.ENOENT || make == PlanTarget.Existing)
        {
            return opened;
        }

        byte* whole = stackalloc byte[PathRoom];
        if (!CopyText(whole, 0, path))
        {
            return -Error.ENAMETOOLONG;
        }

        for (int links = 0; links < MaxLinks; links++)
        {
            long made = MakeMissing(root, whole, make);
            if (made != -Error.ELOOP)
            {
                return made < 0 ? made : OpenInRoot(root, path, Abi.O_PATH);
            }
        }

        return -Error.ELOOP;
    }

    /// <summary>Makes the first missing components of <paramref name="path"/>; ELOOP says that a dangling link was replaced by its text, and to begin again.</summary>
    private long MakeMissing(long root, byte* path, PlanTarget make)
    {
        int at = 0;
        while (true)
        {
            while (path[at] == '/')
            {
                at++;
            }

            if (path[at] == 0)
            {
                return 0;
            }

            int end = at;
            while (path[end] != 0 && path[end] != '/')
            {
                end++;
            }

            int rest = end;
            while (path[rest] == '/')
            {
                rest++;
            }

            bool last = path[rest] == 0;
            byte kept = path[end];
            path[end] = 0;
            long found = OpenInRoot(root, path, Abi.O_PATH);
            if (found >= 0)
            {
                Kernel.Call(Number.close, found);
            }
            else if (found != -Error.ENOENT)
            {
                return found;
            }
            else
            {
                long made = MakeOne(root, path, at, last ? make : PlanTarget.Directory, kept);
                if (made < 0)
                {
                    return made;
                }
            }

            path[end] = kept;
            at = end;
        }
    }

    private long MakeOne(long root, byte* path, int name, PlanTarget make, byte kept)
    {
        byte* here = stackalloc byte[2];
        here[0] = (byte)'.';
        here[1] = 0;
        byte first = path[name];
        path[name] = 0;
        long parent = OpenInRoot(root, name == 0 ? here : path, Abi.O_PATH | Abi.O_DIRECTORY);
        path[name] = first;
        if (parent < 0)
        {
            return parent;
        }

        // mknod, never open: what another made meanwhile is not opened, let alone truncated
        long made = make == PlanTarget.File
            ? Kernel.Call(Number.mknodat, parent, (long)(path + name), Abi.S_IFREG | 0x1ed, 0)
            : Kernel.Call(Number.mkdirat, parent, (long)(path + name), 0x1ed);
        if (made == -Error.EEXIST)
        {
            made = Substitute(parent, path, name, kept);
        }

        Kernel.Call(Number.close, parent);
        return made;
    }

    /// <summary>Replaces the component at <paramref name="name"/>, a dangling link, by the link's text.</summary>
    private long Substitute(long parent, byte* path, int name, byte kept)
    {
        byte* text = stackalloc byte[PathRoom];
        long length = Kernel.Call(Number.readlinkat, parent, (long)(path + name), (long)text, PathRoom - 1);
        if (length == -Error.EINVAL)
        {
            return 0; // not a link: somebody made it meanwhile
        }

        if (length < 0)
        {
            return length;
        }

        text[length] = 0;
        int end = name;
        while (path[end] != 0)
        {
            end++;
        }

        byte* tail = stackalloc byte[PathRoom];
        path[end] = kept;
        if (!CopyText(tail, 0, path + end))
        {
            return -Error.ENAMETOOLONG;
        }

        // an absolute text begins at the root, a relative one beside the link
        int at = text[0] == '/' ? 0 : name;
        if (!CopyText(path, at, text) || !CopyText(path, at + (int)length, tail))
        {
            return -Error.ENAMETOOLONG;
        }

        return -Error.ELOOP;
    }

    private static bool CopyText(byte* destination, int at, byte* text)
    {
        for (int from = 0; at < PathRoom; from++, at++)
        {
            destination[at] = text[from];
            if (text[from] == 0)
            {
                return true;
            }
        }

        return false;
    }

    private long Check(long descriptor, uint type, long device, long magic, long errno)
    {
        FileStatus status = default;
        long result = Kernel.Call(Number.fstat, descriptor, (long)&status);
        if (result < 0)
        {
            return result;
        }

        if ((type != 0 && (status.Mode & Abi.S_IFMT) != type) || (device >= 0 && (long)status.RawDevice != device))
        {
            return -errno;
        }

        if (magic != 0)
        {
            long* fileSystem = stackalloc long[15];
            result = Kernel.Call(Number.fstatfs, descriptor, (long)fileSystem);
            if (result < 0)
            {
                return result;
            }

            if (fileSystem[0] != magic)
            {
                return -errno;
            }
        }

        return 0;
    }

    private long FileMode(long descriptor, uint bits)
    {
        FileStatus status = default;
        long result = Kernel.Call(Number.fstat, descriptor, (long)&status);
        return result < 0 ? result : status.Mode & bits;
    }

    private long CheckWorkingDirectory()
    {
        byte* path = stackalloc byte[PathRoom];
        long length = Kernel.Call(Number.getcwd, (long)path, PathRoom);
        return length < 0 ? length : path[0] == '/' ? 0 : -Error.EXDEV;
    }
}
