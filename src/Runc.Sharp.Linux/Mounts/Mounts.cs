using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>Mounts on the host's side, for tests and for what happens before the container lives; the container's own are made by the plan.</summary>
public static unsafe class Mounts
{
    internal const int FSOPEN_CLOEXEC = 1;
    internal const int FSMOUNT_CLOEXEC = 1;
    internal const int FSCONFIG_SET_FLAG = 0;
    internal const int FSCONFIG_SET_STRING = 1;
    internal const int FSCONFIG_CMD_CREATE = 6;
    internal const int OPEN_TREE_CLONE = 1;
    internal const int OPEN_TREE_CLOEXEC = 0x80000;
    internal const int MOVE_MOUNT_F_EMPTY_PATH = 0x04;
    internal const int MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    /// <summary>Mounts, binds, moves or changes a mount. mount(2).</summary>
    /// <param name="source">The source; may be empty.</param>
    /// <param name="target">Where.</param>
    /// <param name="type">The type of file system; may be empty.</param>
    /// <param name="flags">How.</param>
    /// <param name="data">The file system's own options; may be empty.</param>
    public static SyscallResult Mount(CPath source, CPath target, CPath type, MountFlags flags, CPath data = default)
    {
        // SAFETY: all four are pinned and end with NUL.
        fixed (byte* from = source, at = target, kind = type, options = data)
        {
            return SyscallResult.From(
                Libc.Call(Sys.mount, (nint)from, (nint)at, (nint)kind, (nint)flags, data.IsEmpty ? 0 : (nint)options), "mount", target);
        }
    }

    /// <summary>Takes a mount away. umount2(2).</summary>
    public static SyscallResult Unmount(CPath target, UnmountFlags flags = UnmountFlags.None)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* at = target)
        {
            return SyscallResult.From(Libc.Call(Sys.umount2, (nint)at, (int)flags), "umount2", target);
        }
    }

    /// <summary>Begins a new file system. fsopen(2), Linux 5.2.</summary>
    public static SyscallResult<OwnedFd> FsOpen(CPath type)
    {
        // SAFETY: the name is pinned and ends with NUL.
        fixed (byte* name = type)
        {
            return OwnedFd.From(Libc.Call(Sys.fsopen, (nint)name, FSOPEN_CLOEXEC), "fsopen", type);
        }
    }

    /// <summary>Sets an option of a file system in the making: <c>key=value</c>, or the flag <c>key</c> where the value is empty. fsconfig(2).</summary>
    public static SyscallResult FsSet(OwnedFd context, CPath key, CPath value = default)
    {
        // SAFETY: key and value are pinned and end with NUL.
        fixed (byte* name = key, text = value)
        {
            bool flag = value.IsEmpty;
            return SyscallResult.From(
                Libc.Call(Sys.fsconfig, context.Number, flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, (nint)name, flag ? 0 : (nint)text, 0), "fsconfig", key);
        }
    }

    /// <summary>Makes the file system. fsconfig(2), FSCONFIG_CMD_CREATE.</summary>
    public static SyscallResult FsCreate(OwnedFd context) =>
        SyscallResult.From(Libc.Call(Sys.fsconfig, context.Number, FSCONFIG_CMD_CREATE, 0, 0, 0), "fsconfig", context);

    /// <summary>Makes a mount of the file system that hangs nowhere yet. fsmount(2).</summary>
    public static SyscallResult<OwnedFd> FsMount(OwnedFd context, MountAttributes attributes) =>
        OwnedFd.From(Libc.Call(Sys.fsmount, context.Number, FSMOUNT_CLOEXEC, (nint)attributes), "fsmount");

    /// <summary>A handle to a mount, or to a copy of it that hangs nowhere yet. open_tree(2), Linux 5.2.</summary>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">The place; may be empty with <see cref="AtFlags.EmptyPath"/>.</param>
    /// <param name="copy">Whether to copy.</param>
    /// <param name="flags">How a link in the last place is taken; <see cref="AtFlags.Recursive"/> for the mounts below.</param>
    public static SyscallResult<OwnedFd> OpenTree(OwnedFd directory, CPath path, bool copy, AtFlags flags = AtFlags.None)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return OwnedFd.From(
                Libc.Call(Sys.open_tree, directory.Number, (nint)name, OPEN_TREE_CLOEXEC | (copy ? OPEN_TREE_CLONE : 0) | (int)flags), "open_tree", path);
        }
    }

    /// <summary>Hangs a mount into a directory, both by descriptor. move_mount(2), Linux 5.2.</summary>
    public static SyscallResult Attach(OwnedFd mount, OwnedFd target)
    {
        // SAFETY: both names are the empty string in constant data.
        fixed (byte* empty = "\0"u8)
        {
            return SyscallResult.From(
                Libc.Call(Sys.move_mount, mount.Number, (nint)empty, target.Number, (nint)empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH), "move_mount", target);
        }
    }

    /// <summary>Changes the attributes of a mount. mount_setattr(2), Linux 5.12.</summary>
    public static SyscallResult SetAttributes(OwnedFd mount, MountChange change, bool recursive)
    {
        // SAFETY: the name is the empty string in constant data; the kernel reads the 32 bytes of the structure.
        fixed (byte* empty = "\0"u8)
        {
            int flags = (int)(AtFlags.EmptyPath | (recursive ? AtFlags.Recursive : 0));
            return SyscallResult.From(
                Libc.Call(Sys.mount_setattr, mount.Number, (nint)empty, flags, (nint)(&change), sizeof(MountChange)), "mount_setattr", mount);
        }
    }
}
