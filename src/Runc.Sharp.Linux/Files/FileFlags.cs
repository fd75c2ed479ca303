using System;
using System.Runtime.InteropServices;

namespace Runc.Sharp.Linux;

/// <summary>How to open a file; close-on-exec is always added. open(2).</summary>
/// <remarks>The values are those of x86_64; <see cref="FileFlags.ToKernel(OpenFlags)"/> gives those of the machine.</remarks>
[Flags]
public enum OpenFlags
{
    /// <summary>O_RDONLY.</summary>
    ReadOnly = 0,

    /// <summary>O_WRONLY.</summary>
    WriteOnly = 1,

    /// <summary>O_RDWR.</summary>
    ReadWrite = 2,

    /// <summary>O_CREAT.</summary>
    Create = 0x40,

    /// <summary>O_EXCL: with <see cref="Create"/>, fail where something is.</summary>
    Exclusive = 0x80,

    /// <summary>O_NOCTTY: do not make it the controlling terminal.</summary>
    NoControllingTerminal = 0x100,

    /// <summary>O_TRUNC.</summary>
    Truncate = 0x200,

    /// <summary>O_APPEND.</summary>
    Append = 0x400,

    /// <summary>O_NONBLOCK.</summary>
    NonBlocking = 0x800,

    /// <summary>O_DIRECTORY: fail unless it is a directory.</summary>
    Directory = 0x10000,

    /// <summary>O_NOFOLLOW: fail, or with <see cref="Path"/> open the link itself, where the last name is a symbolic link.</summary>
    NoFollow = 0x20000,

    /// <summary>O_CLOEXEC.</summary>
    CloseOnExec = 0x80000,

    /// <summary>O_DSYNC: each write waits for the disk, without times.</summary>
    DataSynchronous = 0x1000,

    /// <summary>The part of O_SYNC that O_DSYNC has not.</summary>
    TimeSynchronous = 0x100000,

    /// <summary>O_SYNC: each write waits for the disk.</summary>
    Synchronous = TimeSynchronous | DataSynchronous,

    /// <summary>O_PATH: a handle to the place, not to the content.</summary>
    Path = 0x200000,

    /// <summary>The part of O_TMPFILE that O_DIRECTORY has not.</summary>
    Unnamed = 0x400000,

    /// <summary>O_TMPFILE: a file without a name in the directory.</summary>
    TemporaryFile = Unnamed | Directory,
}

/// <summary>Limits on the way from the directory to the file. openat2(2).</summary>
[Flags]
public enum ResolveFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>RESOLVE_NO_XDEV: cross no mount.</summary>
    NoMountCrossing = 0x01,

    /// <summary>RESOLVE_NO_MAGICLINKS: follow no link of the /proc/PID/fd kind.</summary>
    NoMagicLinks = 0x02,

    /// <summary>RESOLVE_NO_SYMLINKS: follow no symbolic link.</summary>
    NoSymlinks = 0x04,

    /// <summary>RESOLVE_BENEATH: fail where the path leaves the directory.</summary>
    Beneath = 0x08,

    /// <summary>RESOLVE_IN_ROOT: the directory is the root for <c>..</c> and absolute links.</summary>
    InRoot = 0x10,

    /// <summary>RESOLVE_CACHED: fail unless the answer is in memory.</summary>
    Cached = 0x20,
}

/// <summary>Flags of the *at calls. The AT_ constants.</summary>
[Flags]
public enum AtFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>AT_SYMLINK_NOFOLLOW: a link in the last place is meant itself.</summary>
    NoFollow = 0x100,

    /// <summary>AT_REMOVEDIR: unlinkat removes a directory.</summary>
    RemoveDirectory = 0x200,

    /// <summary>AT_SYMLINK_FOLLOW: linkat follows a link in the last place.</summary>
    Follow = 0x400,

    /// <summary>AT_NO_AUTOMOUNT.</summary>
    NoAutomount = 0x800,

    /// <summary>AT_EMPTY_PATH: an empty path means the descriptor itself.</summary>
    EmptyPath = 0x1000,

    /// <summary>AT_RECURSIVE: the whole tree of mounts.</summary>
    Recursive = 0x8000,
}

/// <summary>What happens when a rename meets something at its target. renameat2(2).</summary>
[Flags]
public enum RenameFlags
{
    /// <summary>It is replaced.</summary>
    Replace = 0,

    /// <summary>RENAME_NOREPLACE: EEXIST.</summary>
    NoReplace = 1,

    /// <summary>RENAME_EXCHANGE: they change places.</summary>
    Exchange = 2,
}

/// <summary>The kind of a file: the S_IFMT bits of its mode. inode(7).</summary>
public enum FileType
{
    /// <summary>Not told.</summary>
    Unknown = 0,

    /// <summary>S_IFIFO.</summary>
    Fifo = 0x1000,

    /// <summary>S_IFCHR.</summary>
    CharacterDevice = 0x2000,

    /// <summary>S_IFDIR.</summary>
    Directory = 0x4000,

    /// <summary>S_IFBLK.</summary>
    BlockDevice = 0x6000,

    /// <summary>S_IFREG.</summary>
    Regular = 0x8000,

    /// <summary>S_IFLNK.</summary>
    Symlink = 0xA000,

    /// <summary>S_IFSOCK.</summary>
    Socket = 0xC000,
}

/// <summary>What of a file's status is asked for. statx(2).</summary>
[Flags]
public enum StatxMask : uint
{
    /// <summary>STATX_TYPE.</summary>
    Type = 0x1,

    /// <summary>STATX_MODE.</summary>
    Mode = 0x2,

    /// <summary>STATX_NLINK.</summary>
    LinkCount = 0x4,

    /// <summary>STATX_UID.</summary>
    UserId = 0x8,

    /// <summary>STATX_GID.</summary>
    GroupId = 0x10,

    /// <summary>STATX_ATIME.</summary>
    Accessed = 0x20,

    /// <summary>STATX_MTIME.</summary>
    Modified = 0x40,

    /// <summary>STATX_CTIME.</summary>
    Changed = 0x80,

    /// <summary>STATX_INO.</summary>
    Inode = 0x100,

    /// <summary>STATX_SIZE.</summary>
    Size = 0x200,

    /// <summary>STATX_BLOCKS.</summary>
    Blocks = 0x400,

    /// <summary>STATX_BASIC_STATS: all that stat(2) tells.</summary>
    Basic = Type | Mode | LinkCount | UserId | GroupId | Accessed | Modified | Changed | Inode | Size | Blocks,

    /// <summary>STATX_MNT_ID: the mount's id as in mountinfo, reused after an unmount. Linux 5.8.</summary>
    MountId = 0x1000,

    /// <summary>STATX_MNT_ID_UNIQUE: the mount's id, never reused. Linux 6.8.</summary>
    UniqueMountId = 0x4000,
}

/// <summary>What may no longer be done to a memory file. fcntl(2), F_ADD_SEALS.</summary>
[Flags]
public enum SealFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>F_SEAL_SEAL: add seals.</summary>
    Seal = 0x01,

    /// <summary>F_SEAL_SHRINK.</summary>
    Shrink = 0x02,

    /// <summary>F_SEAL_GROW.</summary>
    Grow = 0x04,

    /// <summary>F_SEAL_WRITE.</summary>
    Write = 0x08,

    /// <summary>F_SEAL_FUTURE_WRITE. Linux 5.1.</summary>
    FutureWrite = 0x10,

    /// <summary>F_SEAL_EXEC: change the executable bits. Linux 6.3.</summary>
    Exec = 0x20,
}

/// <summary>How a memory file is made; close-on-exec is always added. memfd_create(2).</summary>
[Flags]
public enum MemfdFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MFD_ALLOW_SEALING.</summary>
    AllowSealing = 0x02,

    /// <summary>MFD_NOEXEC_SEAL: never executable. Linux 6.3.</summary>
    NoExecSeal = 0x08,

    /// <summary>MFD_EXEC: executable, said out loud. Linux 6.3; before it EINVAL.</summary>
    Executable = 0x10,
}

/// <summary>The flags in the kernel's numbers.</summary>
public static class FileFlags
{
    /// <summary>The value of the flags on this machine: arm64 has its own numbers for four of them (asm/fcntl.h).</summary>
    public static int ToKernel(this OpenFlags flags)
    {
        int value = (int)flags;
        if (RuntimeInformation.ProcessArchitecture != Architecture.Arm64)
        {
            return value;
        }

        const int Moved = (int)(OpenFlags.Directory | OpenFlags.NoFollow);
        return (value & ~Moved) | ((value & Moved) >> 2);
    }
}
