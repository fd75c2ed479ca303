using System.Runtime.InteropServices;

namespace Runc.Sharp.Linux;

/// <summary>A moment as files keep it.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public struct FileTime
{
    /// <summary>Seconds since 1970.</summary>
    public long Seconds;

    /// <summary>Nanoseconds within the second.</summary>
    public uint Nanoseconds;
}

/// <summary>What is known of a file: <c>struct statx</c>. statx(2).</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
public struct FileStatus
{
    /// <summary>What the kernel filled in.</summary>
    public StatxMask Mask;

    /// <summary>The preferred block size in bytes.</summary>
    public uint BlockSize;

    /// <summary>STATX_ATTR_ bits.</summary>
    public ulong Attributes;

    /// <summary>The number of names.</summary>
    public uint LinkCount;

    /// <summary>The owner.</summary>
    public uint UserId;

    /// <summary>The group.</summary>
    public uint GroupId;

    /// <summary>Type and permissions.</summary>
    public ushort Mode;

    private readonly ushort _padding;

    /// <summary>The inode number.</summary>
    public ulong Inode;

    /// <summary>The size in bytes.</summary>
    public ulong Size;

    /// <summary>The size on the disk in 512-byte blocks.</summary>
    public ulong Blocks;

    /// <summary>The bits of <see cref="Attributes"/> that the file system supports.</summary>
    public ulong AttributesMask;

    /// <summary>Last access.</summary>
    public FileTime Accessed;

    /// <summary>Birth.</summary>
    public FileTime Born;

    /// <summary>Last change of the status.</summary>
    public FileTime Changed;

    /// <summary>Last change of the content.</summary>
    public FileTime Modified;

    /// <summary>Major number of the device that it is.</summary>
    public uint DeviceMajor;

    /// <summary>Minor number of the device that it is.</summary>
    public uint DeviceMinor;

    /// <summary>Major number of the device that holds it.</summary>
    public uint HolderMajor;

    /// <summary>Minor number of the device that holds it.</summary>
    public uint HolderMinor;

    /// <summary>The mount's id, of the kind that was asked for.</summary>
    public ulong MountId;

    /// <summary>STATX_ATTR_MOUNT_ROOT: whether it is the root of a mount.</summary>
    public readonly bool IsMountRoot => (Attributes & 0x2000) != 0;

    /// <summary>The kind of the file.</summary>
    public readonly FileType Type => (FileType)(Mode & 0xF000);

    /// <summary>The permission bits, with set-id and sticky.</summary>
    public readonly uint Permissions => (uint)(Mode & 0xFFF);
}

/// <summary>What is known of a file system: <c>struct statfs</c>. statfs(2).</summary>
[StructLayout(LayoutKind.Sequential, Size = 120)]
public struct FileSystemStatus
{
    /// <summary>Its magic number.</summary>
    public FileSystemMagic Type;

    /// <summary>The block size in bytes.</summary>
    public long BlockSize;

    /// <summary>Blocks in all.</summary>
    public ulong Blocks;

    /// <summary>Blocks free.</summary>
    public ulong BlocksFree;

    /// <summary>Blocks free to users.</summary>
    public ulong BlocksAvailable;

    /// <summary>Inodes in all.</summary>
    public ulong Files;

    /// <summary>Inodes free.</summary>
    public ulong FilesFree;

    /// <summary>The id of the file system.</summary>
    public ulong Id;

    /// <summary>The longest name in bytes.</summary>
    public long NameLength;

    /// <summary>The fragment size in bytes.</summary>
    public long FragmentSize;

    /// <summary>ST_ bits: 1 read-only, 2 nosuid, 4 nodev, 8 noexec, 1024 noatime, 2048 nodiratime, 4096 relatime.</summary>
    public long Flags;
}

/// <summary>Magic numbers of file systems. linux/magic.h.</summary>
public enum FileSystemMagic : long
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>CGROUP_SUPER_MAGIC: cgroup v1.</summary>
    Cgroup = 0x27e0eb,

    /// <summary>CGROUP2_SUPER_MAGIC.</summary>
    Cgroup2 = 0x63677270,

    /// <summary>TMPFS_MAGIC.</summary>
    Tmpfs = 0x01021994,

    /// <summary>PROC_SUPER_MAGIC.</summary>
    Proc = 0x9fa0,

    /// <summary>SYSFS_MAGIC.</summary>
    Sysfs = 0x62656572,

    /// <summary>DEVPTS_SUPER_MAGIC.</summary>
    Devpts = 0x1cd1,

    /// <summary>NSFS_MAGIC.</summary>
    Nsfs = 0x6e736673,

    /// <summary>PID_FS_MAGIC: pidfds since Linux 6.9.</summary>
    Pidfs = 0x50494446,

    /// <summary>EXT4_SUPER_MAGIC.</summary>
    Ext4 = 0xef53,

    /// <summary>OVERLAYFS_SUPER_MAGIC.</summary>
    Overlay = 0x794c7630,

    /// <summary>RDTGROUP_SUPER_MAGIC: resctrl.</summary>
    Resctrl = 0x7655821,
}
