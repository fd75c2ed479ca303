using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>What a call of a plan is called in the manual.</summary>
internal static class CallNames
{
    internal static string Of(int number) => number switch
    {
        Sys.write => "write",
        Sys.close => "close",
        Sys.ioctl => "ioctl",
        Sys.socket => "socket",
        Sys.fcntl => "fcntl",
        Sys.fchdir => "fchdir",
        Sys.chdir => "chdir",
        Sys.umask => "umask",
        Sys.fchown => "fchown",
        Sys.setsid => "setsid",
        Sys.setgroups => "setgroups",
        Sys.setresuid => "setresuid",
        Sys.setresgid => "setresgid",
        Sys.capset => "capset",
        Sys.personality => "personality",
        Sys.prctl => "prctl",
        Sys.pivot_root => "pivot_root",
        Sys.chroot => "chroot",
        Sys.mount => "mount",
        Sys.umount2 => "umount2",
        Sys.sethostname => "sethostname",
        Sys.setdomainname => "setdomainname",
        Sys.keyctl => "keyctl",
        Sys.openat => "openat",
        Sys.mkdirat => "mkdirat",
        Sys.mknodat => "mknodat",
        Sys.fchownat => "fchownat",
        Sys.unlinkat => "unlinkat",
        Sys.fchmodat => "fchmodat",
        Sys.symlinkat => "symlinkat",
        Sys.unshare => "unshare",
        Sys.dup3 => "dup3",
        Sys.prlimit64 => "prlimit64",
        Sys.sched_setaffinity => "sched_setaffinity",
        Sys.sched_setattr => "sched_setattr",
        Sys.ioprio_set => "ioprio_set",
        Sys.set_mempolicy => "set_mempolicy",
        Sys.setns => "setns",
        Sys.seccomp => "seccomp",
        Sys.execve => "execve",
        Sys.open_tree => "open_tree",
        Sys.move_mount => "move_mount",
        Sys.fsopen => "fsopen",
        Sys.fsetxattr => "fsetxattr",
        Sys.fsconfig => "fsconfig",
        Sys.fsmount => "fsmount",
        Sys.fspick => "fspick",
        Sys.close_range => "close_range",
        Sys.openat2 => "openat2",
        Sys.mount_setattr => "mount_setattr",
        _ => "system call",
    };

    internal static string Of(PlanCode code) => code switch
    {
        PlanCode.Clone => "clone3",
        PlanCode.Target => "openat2",
        PlanCode.Check or PlanCode.FileMode => "fstat",
        PlanCode.EachBit => "prctl",
        PlanCode.MapIds => "mount_setattr",
        PlanCode.SendDescriptor => "sendmsg",
        PlanCode.CopyUp => "copy",
        PlanCode.Gate => "accept4",
        PlanCode.Await => "recvmsg",
        _ => "shim",
    };
}
