using System;
using System.Runtime.InteropServices;

namespace Runc.Sharp.Linux;

/// <summary>Flags of mount(2).</summary>
[Flags]
public enum MountFlags : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MS_RDONLY.</summary>
    ReadOnly = 0x1,

    /// <summary>MS_NOSUID.</summary>
    NoSetId = 0x2,

    /// <summary>MS_NODEV.</summary>
    NoDevices = 0x4,

    /// <summary>MS_NOEXEC.</summary>
    NoExecute = 0x8,

    /// <summary>MS_SYNCHRONOUS.</summary>
    Synchronous = 0x10,

    /// <summary>MS_REMOUNT.</summary>
    Remount = 0x20,

    /// <summary>MS_BIND.</summary>
    Bind = 0x1000,

    /// <summary>MS_MOVE.</summary>
    Move = 0x2000,

    /// <summary>MS_REC.</summary>
    Recursive = 0x4000,

    /// <summary>MS_SILENT.</summary>
    Silent = 0x8000,

    /// <summary>MS_UNBINDABLE.</summary>
    Unbindable = 0x20000,

    /// <summary>MS_PRIVATE.</summary>
    Private = 0x40000,

    /// <summary>MS_SLAVE.</summary>
    Slave = 0x80000,

    /// <summary>MS_SHARED.</summary>
    Shared = 0x100000,

    /// <summary>MS_RELATIME.</summary>
    RelativeTimes = 0x200000,

    /// <summary>MS_STRICTATIME.</summary>
    StrictTimes = 0x1000000,
}

/// <summary>Flags of umount2(2).</summary>
[Flags]
public enum UnmountFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MNT_FORCE.</summary>
    Force = 1,

    /// <summary>MNT_DETACH: out of sight now, gone when nobody uses it.</summary>
    Detach = 2,

    /// <summary>UMOUNT_NOFOLLOW.</summary>
    NoFollow = 8,
}

/// <summary>Attributes of a mount. mount_setattr(2), fsmount(2).</summary>
[Flags]
public enum MountAttributes : ulong
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>MOUNT_ATTR_RDONLY.</summary>
    ReadOnly = 0x1,

    /// <summary>MOUNT_ATTR_NOSUID.</summary>
    NoSetId = 0x2,

    /// <summary>MOUNT_ATTR_NODEV.</summary>
    NoDevices = 0x4,

    /// <summary>MOUNT_ATTR_NOEXEC.</summary>
    NoExecute = 0x8,

    /// <summary>MOUNT_ATTR_NOATIME.</summary>
    NoAccessTimes = 0x10,

    /// <summary>MOUNT_ATTR_STRICTATIME.</summary>
    StrictAccessTimes = 0x20,

    /// <summary>MOUNT_ATTR__ATIME: the field of the two above; to be cleared before one of them is set.</summary>
    AccessTimes = 0x70,

    /// <summary>The rest of that field.</summary>
    AccessTimesRest = 0x40,

    /// <summary>MOUNT_ATTR_NODIRATIME.</summary>
    NoDirectoryTimes = 0x80,

    /// <summary>MOUNT_ATTR_IDMAP: ids as a user namespace maps them. Linux 5.12.</summary>
    IdMapped = 0x100000,

    /// <summary>MOUNT_ATTR_NOSYMFOLLOW. Linux 5.14.</summary>
    NoSymlinks = 0x200000,
}

/// <summary>What to change of a mount: <c>struct mount_attr</c>. mount_setattr(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct MountChange
{
    /// <summary>To set.</summary>
    public MountAttributes Set;

    /// <summary>To clear, before setting.</summary>
    public MountAttributes Clear;

    /// <summary>MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE; or none to leave it.</summary>
    public MountFlags Propagation;

    /// <summary>The number of the descriptor of the user namespace for <see cref="MountAttributes.IdMapped"/>.</summary>
    public ulong UserNamespace;
}

/// <summary>The kind of a namespace; also the CLONE_ flags. namespaces(7).</summary>
[Flags]
public enum NamespaceKinds
{
    /// <summary>None, or for setns(2) any.</summary>
    None = 0,

    /// <summary>CLONE_NEWTIME.</summary>
    Time = 0x80,

    /// <summary>CLONE_NEWNS.</summary>
    Mount = 0x20000,

    /// <summary>CLONE_NEWCGROUP.</summary>
    Cgroup = 0x02000000,

    /// <summary>CLONE_NEWUTS.</summary>
    Uts = 0x04000000,

    /// <summary>CLONE_NEWIPC.</summary>
    Ipc = 0x08000000,

    /// <summary>CLONE_NEWUSER.</summary>
    User = 0x10000000,

    /// <summary>CLONE_NEWPID.</summary>
    Pid = 0x20000000,

    /// <summary>CLONE_NEWNET.</summary>
    Network = 0x40000000,
}
