using System;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

public static unsafe partial class Files
{
    /// <summary>Makes a directory. mkdirat(2).</summary>
    public static SyscallResult MkdirAt(OwnedFd directory, CPath path, uint mode)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(Libc.CallAgain(Sys.mkdirat, directory.Number, (nint)name, (nint)mode), "mkdirat", path);
        }
    }

    /// <summary>Makes a file, fifo, socket or device node. mknodat(2).</summary>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">The node.</param>
    /// <param name="type">Its kind.</param>
    /// <param name="mode">Its permissions, less the umask.</param>
    /// <param name="major">The device's major number.</param>
    /// <param name="minor">The device's minor number.</param>
    public static SyscallResult MknodAt(OwnedFd directory, CPath path, FileType type, uint mode, uint major = 0, uint minor = 0)
    {
        // new_encode_dev of the kernel: 12 bits of major in the middle of 20 bits of minor.
        uint device = (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xffu) << 12);

        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(Libc.CallAgain(Sys.mknodat, directory.Number, (nint)name, (nint)((uint)type | mode), (nint)device), "mknodat", path);
        }
    }

    /// <summary>Removes a name; a directory with <see cref="AtFlags.RemoveDirectory"/>. unlinkat(2).</summary>
    public static SyscallResult UnlinkAt(OwnedFd directory, CPath path, AtFlags flags = AtFlags.None)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(Libc.CallAgain(Sys.unlinkat, directory.Number, (nint)name, (int)flags), "unlinkat", path);
        }
    }

    /// <summary>Gives a file another name. renameat2(2).</summary>
    public static SyscallResult RenameAt(OwnedFd fromDirectory, CPath from, OwnedFd toDirectory, CPath to, RenameFlags flags = RenameFlags.Replace)
    {
        // SAFETY: both paths are pinned and end with NUL.
        fixed (byte* source = from, target = to)
        {
            return SyscallResult.From(
                Libc.CallAgain(Sys.renameat2, fromDirectory.Number, (nint)source, toDirectory.Number, (nint)target, (int)flags), "renameat2", to);
        }
    }

    /// <summary>Gives a file one more name. linkat(2).</summary>
    public static SyscallResult LinkAt(OwnedFd fromDirectory, CPath from, OwnedFd toDirectory, CPath to, AtFlags flags = AtFlags.None)
    {
        // SAFETY: both paths are pinned and end with NUL.
        fixed (byte* source = from, target = to)
        {
            return SyscallResult.From(
                Libc.CallAgain(Sys.linkat, fromDirectory.Number, (nint)source, toDirectory.Number, (nint)target, (int)flags), "linkat", to);
        }
    }

    /// <summary>Makes a symbolic link. symlinkat(2).</summary>
    /// <param name="target">What it points to.</param>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">The link.</param>
    public static SyscallResult SymlinkAt(CPath target, OwnedFd directory, CPath path)
    {
        // SAFETY: both paths are pinned and end with NUL.
        fixed (byte* content = target, name = path)
        {
            return SyscallResult.From(Libc.CallAgain(Sys.symlinkat, (nint)content, directory.Number, (nint)name), "symlinkat", path);
        }
    }

    /// <summary>What a symbolic link points to; with an empty path the link that <paramref name="directory"/> is. readlinkat(2).</summary>
    public static SyscallResult<CPath> ReadLinkAt(OwnedFd directory, CPath path)
    {
        // A link holds at most PATH_MAX - 1 bytes; those of /proc may be cut there.
        byte* content = stackalloc byte[4096];

        // SAFETY: the path is pinned and ends with NUL; the kernel writes at most the size of the buffer.
        fixed (byte* name = path)
        {
            nint returned = Libc.CallAgain(Sys.readlinkat, directory.Number, (nint)name, (nint)content, 4096);
            return returned < 0
                ? new(SyscallResult.From(returned, "readlinkat", path))
                : new(CPath.FromReadOnlySpan(new ReadOnlySpan<byte>(content, (int)returned)));
        }
    }

    /// <summary>Whether the caller's real ids may do something with a file. faccessat2(2).</summary>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">The file.</param>
    /// <param name="mode">R_OK 4, W_OK 2, X_OK 1, or 0 for being there.</param>
    public static SyscallResult AccessAt(OwnedFd directory, CPath path, int mode)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(Libc.CallAgain(Sys.faccessat2, directory.Number, (nint)name, mode, 0), "faccessat2", path);
        }
    }

    /// <summary>Changes the working directory. fchdir(2).</summary>
    public static SyscallResult ChangeDirectory(OwnedFd directory) =>
        SyscallResult.From(Libc.CallAgain(Sys.fchdir, directory.Number), "fchdir", directory);

    /// <summary>The absolute path of the working directory. getcwd(2).</summary>
    public static SyscallResult<CPath> WorkingDirectory()
    {
        byte* buffer = stackalloc byte[4096];

        // SAFETY: the kernel writes at most the size of the buffer, NUL included.
        nint returned = Libc.Call(Sys.getcwd, (nint)buffer, 4096);
        return returned < 0
            ? new(SyscallResult.From(returned, "getcwd"))
            : new(CPath.FromReadOnlySpan(new ReadOnlySpan<byte>(buffer, (int)returned - 1)));
    }
}
