namespace Runc.Sharp.Linux.Plan;

/// <summary>Numbers of the system calls that plans use, for x86_64. syscalls(2).</summary>
public static class Sys
{
#pragma warning disable CS1591 // each is the call of its name, see section 2 of the manual
    public const int write = 1;
    public const int close = 3;
    public const int ioctl = 16;
    public const int socket = 41;
    public const int setuid = 105;
    public const int fcntl = 72;
    public const int fchdir = 81;
    public const int chdir = 80;
    public const int umask = 95;
    public const int setsid = 112;
    public const int setgroups = 116;
    public const int setresuid = 117;
    public const int setresgid = 119;
    public const int capset = 126;
    public const int personality = 135;
    public const int prctl = 157;
    public const int pivot_root = 155;
    public const int chroot = 161;
    public const int mount = 165;
    public const int umount2 = 166;
    public const int sethostname = 170;
    public const int setdomainname = 171;
    public const int keyctl = 250;
    public const int ioprio_set = 251;
    public const int openat = 257;
    public const int mkdirat = 258;
    public const int mknodat = 259;
    public const int fchownat = 260;
    public const int unlinkat = 263;
    public const int symlinkat = 266;
    public const int readlinkat = 267;
    public const int fchmodat = 268;
    public const int unshare = 272;
    public const int dup3 = 292;
    public const int fsetxattr = 190;
    public const int prlimit64 = 302;
    public const int setns = 308;
    public const int sched_setaffinity = 203;
    public const int sched_setattr = 314;
    public const int seccomp = 317;
    public const int execve = 59;
    public const int set_mempolicy = 238;
    public const int fchown = 93;
    public const int open_tree = 428;
    public const int move_mount = 429;
    public const int fsopen = 430;
    public const int fsconfig = 431;
    public const int fsmount = 432;
    public const int fspick = 433;
    public const int close_range = 436;
    public const int openat2 = 437;
    public const int mount_setattr = 442;
#pragma warning restore CS1591
}
