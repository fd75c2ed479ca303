using System;
using System.Diagnostics.CodeAnalysis;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

public static unsafe partial class Files
{
    /// <summary>What is known of a file. statx(2).</summary>
    /// <param name="directory">Where a relative path begins, or with <see cref="AtFlags.EmptyPath"/> the file itself.</param>
    /// <param name="path">The file.</param>
    /// <param name="flags">How a link in the last place is taken.</param>
    /// <param name="mask">What is asked for.</param>
    public static SyscallResult<FileStatus> Statx(OwnedFd directory, CPath path, AtFlags flags = AtFlags.None, StatxMask mask = StatxMask.Basic)
    {
        FileStatus status = default;

        // SAFETY: the path is pinned and ends with NUL; the kernel writes the 256 bytes of the structure.
        fixed (byte* name = path)
        {
            nint returned = Libc.CallAgain(Sys.statx, directory.Number, (nint)name, (int)flags, (nint)(uint)mask, (nint)(&status));
            return returned < 0 ? new(SyscallResult.From(returned, "statx", path)) : new(status);
        }
    }

    /// <summary>What is known of an open file. statx(2).</summary>
    public static SyscallResult<FileStatus> Fstat(OwnedFd fd, StatxMask mask = StatxMask.Basic)
    {
        SyscallResult<FileStatus> status = Statx(fd, default, AtFlags.EmptyPath, mask);
        return status.Failed ? new(status.Result.About(fd.ToString())) : status;
    }

    /// <summary>What is known of a file's file system. statfs(2).</summary>
    public static SyscallResult<FileSystemStatus> Statfs(CPath path)
    {
        FileSystemStatus status = default;

        // SAFETY: the path is pinned and ends with NUL; the kernel writes the 120 bytes of the structure.
        fixed (byte* name = path)
        {
            nint returned = Libc.CallAgain(Sys.statfs, (nint)name, (nint)(&status));
            return returned < 0 ? new(SyscallResult.From(returned, "statfs", path)) : new(status);
        }
    }

    /// <summary>What is known of an open file's file system. fstatfs(2).</summary>
    public static SyscallResult<FileSystemStatus> Fstatfs(OwnedFd fd)
    {
        FileSystemStatus status = default;

        // SAFETY: the kernel writes the 120 bytes of the structure.
        nint returned = Libc.CallAgain(Sys.fstatfs, fd.Number, (nint)(&status));
        return returned < 0 ? new(SyscallResult.From(returned, "fstatfs", fd)) : new(status);
    }

    /// <summary>Sets a file's permissions; follows links. fchmodat(2).</summary>
    public static SyscallResult FchmodAt(OwnedFd directory, CPath path, uint mode)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(Libc.CallAgain(Sys.fchmodat, directory.Number, (nint)name, (nint)mode), "fchmodat", path);
        }
    }

    /// <summary>Sets an open file's permissions. fchmod(2).</summary>
    public static SyscallResult Fchmod(OwnedFd fd, uint mode) =>
        SyscallResult.From(Libc.CallAgain(Sys.fchmod, fd.Number, (nint)mode), "fchmod", fd);

    /// <summary>Sets a file's owner and group. fchownat(2).</summary>
    /// <param name="directory">Where a relative path begins, or with <see cref="AtFlags.EmptyPath"/> the file itself.</param>
    /// <param name="path">The file.</param>
    /// <param name="userId">The owner; <see cref="uint.MaxValue"/> leaves it.</param>
    /// <param name="groupId">The group; <see cref="uint.MaxValue"/> leaves it.</param>
    /// <param name="flags">How a link in the last place is taken.</param>
    public static SyscallResult FchownAt(OwnedFd directory, CPath path, uint userId, uint groupId, AtFlags flags = AtFlags.NoFollow)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(
                Libc.CallAgain(Sys.fchownat, directory.Number, (nint)name, (nint)userId, (nint)groupId, (int)flags), "fchownat", path);
        }
    }

    /// <summary>Sets an open file's owner and group. fchown(2).</summary>
    public static SyscallResult Fchown(OwnedFd fd, uint userId, uint groupId) =>
        SyscallResult.From(Libc.CallAgain(Sys.fchown, fd.Number, (nint)userId, (nint)groupId), "fchown", fd);

    /// <summary>The process's mask of permissions that new files do not get. umask(2).</summary>
    /// <returns>The mask before.</returns>
    public static uint Umask(uint mask) => (uint)Libc.Call(Sys.umask, (nint)mask);

    /// <summary>The value of an extended attribute. getxattr(2).</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">E.g. <c>security.selinux</c>.</param>
    [SuppressMessage("Performance", "CA1825", Justification = "The array is of the size the kernel told.")]
    public static SyscallResult<byte[]> GetExtendedAttribute(CPath path, CPath name)
    {
        // SAFETY: path and name are pinned and end with NUL; the kernel writes at most the size of the buffer.
        fixed (byte* file = path, attribute = name)
        {
            nint size = Libc.CallAgain(Sys.getxattr, (nint)file, (nint)attribute, 0, 0);
            if (size < 0)
            {
                return new(SyscallResult.From(size, "getxattr", path));
            }

            byte[] value = new byte[size];
            fixed (byte* buffer = value)
            {
                nint returned = Libc.CallAgain(Sys.getxattr, (nint)file, (nint)attribute, (nint)buffer, size);
                return returned < 0 ? new(SyscallResult.From(returned, "getxattr", path)) : new(value.AsSpan(0, (int)returned).ToArray());
            }
        }
    }
}
