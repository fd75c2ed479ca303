namespace Runc.Sharp.Linux;

/// <summary>One sentence for each errno that says something else than what is the matter.</summary>
public static class Hints
{
    /// <summary>The sentence for this failure of this call, or null where the errno's own words are right.</summary>
    /// <param name="call">The kernel's name of the call.</param>
    /// <param name="error">Its errno.</param>
    public static string? For(string? call, Errno error) => (call, error) switch
    {
        ("mount" or "move_mount" or "fsmount", Errno.ENOSPC) => "the limit of mounts per namespace is reached, see /proc/sys/fs/mount-max",
        ("move_mount", Errno.EINVAL) => "not a directory: source and target must both be one, or neither; or the mount may not be attached there",
        ("mount" or "fsopen", Errno.ENODEV) => "the kernel does not know this type of file system, or its module is not loaded",
        ("mount" or "fsconfig" or "fsmount", Errno.EINVAL) => "the file system refuses one of the mount options; the kernel log may name it",
        ("mount" or "fsconfig", Errno.EBUSY) => "the file system is in use elsewhere with other options",
        ("mount_setattr", Errno.EINVAL) => "the file system may not take this, e.g. id mappings; or the mount is not as the call wants it",
        ("openat2", Errno.EXDEV) => "the path leaves the directory it must stay in, or crosses a mount",
        ("openat2", Errno.ELOOP) => "the path has a symbolic link where none is allowed",
        ("openat2", Errno.EAGAIN) => "a name on the path was changed during the look-up",
        ("openat" or "openat2", Errno.ENXIO) => "it is a fifo without a reader or a socket",
        ("openat" or "openat2" or "memfd_create" or "pipe2" or "socket" or "socketpair", Errno.EMFILE) => "the limit of open files is reached, see ulimit -n",
        ("setns" or "unshare", Errno.EINVAL) => "the namespace cannot be entered by a process with more than one thread, or is the wrong kind",
        ("unshare" or "clone3", Errno.ENOSPC) => "the limit of namespaces is reached, see /proc/sys/user",
        ("unshare" or "clone3", Errno.EUSERS) => "user namespaces are nested too deeply",
        ("clone3", Errno.EBUSY) => "the cgroup has controllers enabled for its children, so it takes no process",
        ("posix_spawn" or "execve" or "execveat", Errno.ENOENT) => "the file is missing, or the interpreter it names is",
        ("posix_spawn" or "execve" or "execveat", Errno.EACCES) => "the file is not executable, or its file system is mounted noexec",
        ("posix_spawn" or "execve" or "execveat", Errno.ETXTBSY) => "the file is open for writing",
        ("posix_spawn" or "clone3" or "posix_spawn_file_actions", Errno.EAGAIN) => "the limit of processes is reached, see ulimit -u and the pids cgroup",
        ("write" or "pwrite64", Errno.EDQUOT) => "the disk quota of the user is used up",
        ("write" or "pwrite64", Errno.EBUSY) => "for a cgroup file: it still has processes or children",
        ("umount2", Errno.EINVAL) => "nothing is mounted there, or it belongs to a mount namespace that the container was made from",
        ("unlinkat", Errno.EBUSY) => "it is a mount point, or a cgroup with processes or children",
        ("mknodat", Errno.EPERM) => "device nodes cannot be made in a user namespace or without CAP_MKNOD",
        ("prlimit64", Errno.EPERM) => "more than the limit there is takes CAP_SYS_RESOURCE, and for open files /proc/sys/fs/nr_open holds for all",
        ("keyctl", Errno.EDQUOT) => "the key quota of the user is used up, see /proc/key-users",
        ("connect", Errno.ECONNREFUSED) => "nobody listens on the socket",
        ("bpf", Errno.EPERM) => "CAP_BPF or CAP_SYS_ADMIN is missing, or the limit of locked memory is reached",
        ("bpf", Errno.E2BIG) => "the program is too long, or too many are attached",
        (_, Errno.ENOSYS) => "the kernel is too old for this call, or a filter blocks it",
        _ => null,
    };
}
