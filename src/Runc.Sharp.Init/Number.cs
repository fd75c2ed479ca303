namespace Runc.Sharp.Init;

/// <summary>The system call numbers of x86_64 that the composite operations need. syscalls(2).</summary>
internal static class Number
{
    internal const long read = 0;
    internal const long write = 1;
    internal const long close = 3;
    internal const long lseek = 8;
    internal const long ioctl = 16;
    internal const long sched_yield = 24;
    internal const long sendmsg = 46;
    internal const long recvmsg = 47;
    internal const long wait4 = 61;
    internal const long kill = 62;
    internal const long getcwd = 79;
    internal const long fchmod = 91;
    internal const long fchown = 93;
    internal const long setsid = 112;
    internal const long execve = 59;
    internal const long exit_group = 231;
    internal const long exit = 60;
    internal const long fstat = 5;
    internal const long fstatfs = 138;
    internal const long prctl = 157;
    internal const long getdents64 = 217;
    internal const long openat = 257;
    internal const long mkdirat = 258;
    internal const long mknodat = 259;
    internal const long fchownat = 260;
    internal const long newfstatat = 262;
    internal const long unlinkat = 263;
    internal const long symlinkat = 266;
    internal const long readlinkat = 267;
    internal const long fchmodat = 268;
    internal const long ppoll = 271;
    internal const long utimensat = 280;
    internal const long accept4 = 288;
    internal const long dup3 = 292;
    internal const long pipe2 = 293;
    internal const long memfd_create = 319;
    internal const long copy_file_range = 326;
    internal const long sendfile = 40;
    internal const long pidfd_open = 434;
    internal const long clone3 = 435;
    internal const long close_range = 436;
    internal const long openat2 = 437;
    internal const long faccessat2 = 439;
    internal const long mount_setattr = 442;
    internal const long mmap = 9;
    internal const long munmap = 11;
    internal const long madvise = 28;
}

/// <summary>The errno values that the composite operations answer with or expect. errno(3).</summary>
internal static class Error
{
    internal const long EPERM = 1;
    internal const long ENOENT = 2;
    internal const long EINTR = 4;
    internal const long EBADF = 9;
    internal const long EACCES = 13;
    internal const long EEXIST = 17;
    internal const long EXDEV = 18;
    internal const long ENOTDIR = 20;
    internal const long EISDIR = 21;
    internal const long EINVAL = 22;
    internal const long ENAMETOOLONG = 36;
    internal const long ENOSYS = 38;
    internal const long ELOOP = 40;
    internal const long EPROTO = 71;
    internal const long EOPNOTSUPP = 95;
    internal const long ETIME = 62;
    internal const long ECANCELED = 125;
}

/// <summary>Other constants of the kernel's interface.</summary>
internal static class Abi
{
    internal const long PROC_SUPER_MAGIC = 0x9fa0;
    internal const int O_WRONLY = 1;
    internal const int O_CREAT = 0x40;
    internal const int O_EXCL = 0x80;
    internal const int O_NONBLOCK = 0x800;
    internal const int O_DIRECTORY = 0x10000;
    internal const int O_NOFOLLOW = 0x20000;
    internal const int O_CLOEXEC = 0x80000;
    internal const int O_PATH = 0x200000;
    internal const int AT_FDCWD = -100;
    internal const int AT_SYMLINK_NOFOLLOW = 0x100;
    internal const int AT_EACCESS = 0x200;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const uint S_IFMT = 0xf000;
    internal const uint S_IFSOCK = 0xc000;
    internal const uint S_IFLNK = 0xa000;
    internal const uint S_IFREG = 0x8000;
    internal const uint S_IFBLK = 0x6000;
    internal const uint S_IFDIR = 0x4000;
    internal const uint S_IFCHR = 0x2000;
    internal const uint S_IFIFO = 0x1000;
    internal const ulong RESOLVE_NO_MAGICLINKS = 2;
    internal const ulong RESOLVE_IN_ROOT = 16;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const ulong CLONE_PARENT = 0x8000;
    internal const ulong CLONE_INTO_CGROUP = 0x200000000;
    internal const int SIGCHLD = 17;
    internal const int SIGKILL = 9;
    internal const int POLLIN = 1;
    internal const int MADV_DONTNEED = 4;
}
