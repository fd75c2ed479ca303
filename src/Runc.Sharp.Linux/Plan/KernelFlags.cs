namespace Runc.Sharp.Linux.Plan;

/// <summary>Flag words of the system calls that plans use; each has its name from the manual.</summary>
public static class KernelFlags
{
#pragma warning disable CS1591 // named as in the manual of the call
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_RECURSIVE = 0x8000;

    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_DIRECTORY = 0x10000;
    public const int O_NOFOLLOW = 0x20000;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    public const int F_DUPFD_CLOEXEC = 1030;

    public const uint S_IFMT = 0xf000;
    public const uint S_IFREG = 0x8000;
    public const uint S_IFBLK = 0x6000;
    public const uint S_IFDIR = 0x4000;
    public const uint S_IFCHR = 0x2000;
    public const uint S_IFIFO = 0x1000;

    public const long CLONE_NEWTIME = 0x80;
    public const long CLONE_NEWNS = 0x20000;
    public const long CLONE_NEWCGROUP = 0x2000000;
    public const long CLONE_NEWUTS = 0x4000000;
    public const long CLONE_NEWIPC = 0x8000000;
    public const long CLONE_NEWUSER = 0x10000000;
    public const long CLONE_NEWPID = 0x20000000;
    public const long CLONE_NEWNET = 0x40000000;

    public const int FSOPEN_CLOEXEC = 1;
    public const int FSMOUNT_CLOEXEC = 1;
    public const int FSCONFIG_SET_FLAG = 0;
    public const int FSCONFIG_SET_STRING = 1;
    public const int FSCONFIG_CMD_CREATE = 6;
    public const int FSCONFIG_CMD_RECONFIGURE = 7;
    public const int FSPICK_CLOEXEC = 1;
    public const int FSPICK_EMPTY_PATH = 8;
    public const int OPEN_TREE_CLONE = 1;
    public const int OPEN_TREE_CLOEXEC = O_CLOEXEC;
    public const int MOVE_MOUNT_F_EMPTY_PATH = 4;
    public const int MOVE_MOUNT_T_EMPTY_PATH = 0x40;

    public const int MOUNT_ATTR_RDONLY = 1;
    public const int MOUNT_ATTR_NOSUID = 2;
    public const int MOUNT_ATTR_NODEV = 4;
    public const int MOUNT_ATTR_NOEXEC = 8;
    public const int MOUNT_ATTR__ATIME = 0x70;
    public const int MOUNT_ATTR_RELATIME = 0;
    public const int MOUNT_ATTR_NOATIME = 0x10;
    public const int MOUNT_ATTR_STRICTATIME = 0x20;
    public const int MOUNT_ATTR_NODIRATIME = 0x80;
    public const int MOUNT_ATTR_IDMAP = 0x100000;
    public const int MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

    public const int MS_RDONLY = 1;
    public const int MS_SYNCHRONOUS = 16;
    public const int MS_MANDLOCK = 64;
    public const int MS_DIRSYNC = 128;
    public const int MS_LAZYTIME = 1 << 25;
    public const int MS_UNBINDABLE = 1 << 17;
    public const int MS_PRIVATE = 1 << 18;
    public const int MS_SLAVE = 1 << 19;
    public const int MS_SHARED = 1 << 20;
    public const int MNT_DETACH = 2;

    public const ulong RESOLVE_NO_XDEV = 1;
    public const ulong RESOLVE_NO_MAGICLINKS = 2;
    public const ulong RESOLVE_NO_SYMLINKS = 4;
    public const ulong RESOLVE_BENEATH = 8;
    public const ulong RESOLVE_IN_ROOT = 16;

    public const int PR_SET_PDEATHSIG = 1;
    public const int PR_SET_DUMPABLE = 4;
    public const int PR_SET_KEEPCAPS = 8;
    public const int PR_CAPBSET_DROP = 24;
    public const int PR_SET_NO_NEW_PRIVS = 38;
    public const int PR_CAP_AMBIENT = 47;
    public const int PR_CAP_AMBIENT_RAISE = 2;
    public const int PR_CAP_AMBIENT_CLEAR_ALL = 4;

    public const int SIGKILL = 9;
    public const int CLOSE_RANGE_CLOEXEC = 4;
    public const int SECCOMP_SET_MODE_FILTER = 1;
    public const int KEYCTL_JOIN_SESSION_KEYRING = 1;
    public const int KEYCTL_SETPERM = 5;
    public const int KEYCTL_DESCRIBE = 6;

    public const int AF_INET = 2;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_CLOEXEC = O_CLOEXEC;
    public const int SIOCSIFFLAGS = 0x8914;
    public const int IFF_UP = 1;

    public const int TIOCSPTLCK = 0x40045431;
    public const int TIOCGPTPEER = 0x5441;
    public const int TIOCSCTTY = 0x540e;
    public const int TIOCSWINSZ = 0x5414;

    public const long PROC_SUPER_MAGIC = 0x9fa0;
    public const long DEVPTS_SUPER_MAGIC = 0x1cd1;
#pragma warning restore CS1591

    /// <summary>makedev(3) as the kernel reads it in mknod(2) and tells it in stat(2).</summary>
    public static long Device(long major, long minor) =>
        (minor & 0xff) | ((major & 0xfff) << 8) | ((minor & ~0xffL) << 12) | ((major & ~0xfffL) << 32);
}
