using System;
using System.Collections.Generic;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Native;
using Xunit;
using static Runc.Sharp.Linux.Files;
using static Runc.Sharp.Linux.Mounts;
using static Runc.Sharp.Linux.Namespaces;
using static Runc.Sharp.Linux.Processes;
using static Runc.Sharp.Linux.Signals;
using static Runc.Sharp.Linux.Sockets;
using static Runc.Sharp.Linux.Terminals;
using static Runc.Sharp.Linux.TerminalSettings;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>Our numbers, sizes and offsets are those of the C headers: a C program prints them.</summary>
public class Headers
{
    private const string Includes = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <signal.h>
        #include <spawn.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/file.h>
        #include <sys/inotify.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/signalfd.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <sys/un.h>
        #include <sys/vfs.h>
        #include <sys/wait.h>
        #include <sched.h>
        #include <asm/termbits.h>
        #include <asm/ioctls.h>
        #include <linux/bpf.h>
        #include <linux/capability.h>
        #include <linux/keyctl.h>
        #include <linux/magic.h>
        #include <linux/mount.h>
        #include <linux/nsfs.h>
        #include <linux/openat2.h>
        #include <linux/stat.h>
        #include <sys/mount.h>
        """;

    [Fact]
    public void System_call_numbers_are_the_kernels()
    {
        Dictionary<string, long> ours = [];
        foreach (PropertyInfo property in typeof(Sys).GetProperties(BindingFlags.Static | BindingFlags.NonPublic))
        {
            if (property.PropertyType == typeof(int))
            {
                ours.Add("__NR_" + property.Name, (int)property.GetValue(null)!);
            }
        }

        Compare(ours, atLeast: 100);
    }

    [Fact]
    public void Errno_numbers_are_the_C_librarys()
    {
        Dictionary<string, long> ours = [];
        foreach (Errno errno in Enum.GetValues<Errno>())
        {
            if (errno != Errno.None)
            {
                ours.Add(errno.Name(), (int)errno);
            }
        }

        Compare(ours, atLeast: 131);
    }

    [Fact]
    public void Errno_words_are_the_C_librarys()
    {
        StringBuilder program = new(Includes);
        program.AppendLine("\nint main(void) { for (int i = 1; i < 134; i++) printf(\"%d %s\\n\", i, strerror(i)); }");
        foreach (string line in CProgram.Run(program.ToString()))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            Errno errno = (Errno)int.Parse(line[..space], CultureInfo.InvariantCulture);
            if (Enum.IsDefined(errno))
            {
                Assert.Equal(line[(space + 1)..], errno.Words(), ignoreCase: true);
            }
        }
    }

    [Fact]
    public void Flags_of_files_are_the_kernels() => Compare(
        new()
        {
            ["O_WRONLY"] = OpenFlags.WriteOnly.ToKernel(),
            ["O_RDWR"] = OpenFlags.ReadWrite.ToKernel(),
            ["O_CREAT"] = OpenFlags.Create.ToKernel(),
            ["O_EXCL"] = OpenFlags.Exclusive.ToKernel(),
            ["O_NOCTTY"] = OpenFlags.NoControllingTerminal.ToKernel(),
            ["O_TRUNC"] = OpenFlags.Truncate.ToKernel(),
            ["O_APPEND"] = OpenFlags.Append.ToKernel(),
            ["O_NONBLOCK"] = OpenFlags.NonBlocking.ToKernel(),
            ["O_DIRECTORY"] = OpenFlags.Directory.ToKernel(),
            ["O_NOFOLLOW"] = OpenFlags.NoFollow.ToKernel(),
            ["O_CLOEXEC"] = OpenFlags.CloseOnExec.ToKernel(),
            ["O_DSYNC"] = OpenFlags.DataSynchronous.ToKernel(),
            ["O_SYNC"] = OpenFlags.Synchronous.ToKernel(),
            ["O_PATH"] = OpenFlags.Path.ToKernel(),
            ["O_TMPFILE"] = OpenFlags.TemporaryFile.ToKernel(),
            ["RESOLVE_NO_XDEV"] = (long)ResolveFlags.NoMountCrossing,
            ["RESOLVE_NO_MAGICLINKS"] = (long)ResolveFlags.NoMagicLinks,
            ["RESOLVE_NO_SYMLINKS"] = (long)ResolveFlags.NoSymlinks,
            ["RESOLVE_BENEATH"] = (long)ResolveFlags.Beneath,
            ["RESOLVE_IN_ROOT"] = (long)ResolveFlags.InRoot,
            ["RESOLVE_CACHED"] = (long)ResolveFlags.Cached,
            ["AT_FDCWD"] = OwnedFd.Cwd.Number,
            ["AT_SYMLINK_NOFOLLOW"] = (long)AtFlags.NoFollow,
            ["AT_REMOVEDIR"] = (long)AtFlags.RemoveDirectory,
            ["AT_SYMLINK_FOLLOW"] = (long)AtFlags.Follow,
            ["AT_NO_AUTOMOUNT"] = (long)AtFlags.NoAutomount,
            ["AT_EMPTY_PATH"] = (long)AtFlags.EmptyPath,
            ["AT_RECURSIVE"] = (long)AtFlags.Recursive,
            ["RENAME_NOREPLACE"] = (long)RenameFlags.NoReplace,
            ["RENAME_EXCHANGE"] = (long)RenameFlags.Exchange,
            ["S_IFIFO"] = (long)FileType.Fifo,
            ["S_IFCHR"] = (long)FileType.CharacterDevice,
            ["S_IFDIR"] = (long)FileType.Directory,
            ["S_IFBLK"] = (long)FileType.BlockDevice,
            ["S_IFREG"] = (long)FileType.Regular,
            ["S_IFLNK"] = (long)FileType.Symlink,
            ["S_IFSOCK"] = (long)FileType.Socket,
            ["STATX_TYPE"] = (long)StatxMask.Type,
            ["STATX_INO"] = (long)StatxMask.Inode,
            ["STATX_BASIC_STATS"] = (long)StatxMask.Basic,
            ["STATX_MNT_ID"] = (long)StatxMask.MountId,
            ["STATX_MNT_ID_UNIQUE"] = (long)StatxMask.UniqueMountId,
            ["F_SEAL_SEAL"] = (long)SealFlags.Seal,
            ["F_SEAL_SHRINK"] = (long)SealFlags.Shrink,
            ["F_SEAL_GROW"] = (long)SealFlags.Grow,
            ["F_SEAL_WRITE"] = (long)SealFlags.Write,
            ["F_SEAL_FUTURE_WRITE"] = (long)SealFlags.FutureWrite,
            ["F_SEAL_EXEC"] = (long)SealFlags.Exec,
            ["MFD_ALLOW_SEALING"] = (long)MemfdFlags.AllowSealing,
            ["MFD_NOEXEC_SEAL"] = (long)MemfdFlags.NoExecSeal,
            ["MFD_EXEC"] = (long)MemfdFlags.Executable,
            ["F_DUPFD_CLOEXEC"] = F_DUPFD_CLOEXEC,
            ["F_GETFD"] = F_GETFD,
            ["F_SETFD"] = F_SETFD,
            ["F_GETFL"] = F_GETFL,
            ["F_SETFL"] = F_SETFL,
            ["F_OFD_SETLK"] = F_OFD_SETLK,
            ["F_OFD_SETLKW"] = F_OFD_SETLKW,
            ["F_ADD_SEALS"] = F_ADD_SEALS,
            ["F_GET_SEALS"] = F_GET_SEALS,
            ["FD_CLOEXEC"] = FD_CLOEXEC,
            ["F_RDLCK"] = (long)LockKind.Shared,
            ["F_WRLCK"] = (long)LockKind.Exclusive,
            ["LOCK_SH"] = LOCK_SH,
            ["LOCK_EX"] = LOCK_EX,
            ["LOCK_NB"] = LOCK_NB,
            ["LOCK_UN"] = LOCK_UN,
            ["F_UNLCK"] = (long)LockKind.None,
            ["IN_MODIFY"] = FileEvents.Modified,
            ["IN_DELETE_SELF"] = FileEvents.Deleted,
            ["CGROUP_SUPER_MAGIC"] = (long)FileSystemMagic.Cgroup,
            ["CGROUP2_SUPER_MAGIC"] = (long)FileSystemMagic.Cgroup2,
            ["TMPFS_MAGIC"] = (long)FileSystemMagic.Tmpfs,
            ["PROC_SUPER_MAGIC"] = (long)FileSystemMagic.Proc,
            ["SYSFS_MAGIC"] = (long)FileSystemMagic.Sysfs,
            ["DEVPTS_SUPER_MAGIC"] = (long)FileSystemMagic.Devpts,
            ["NSFS_MAGIC"] = (long)FileSystemMagic.Nsfs,
            ["EXT4_SUPER_MAGIC"] = (long)FileSystemMagic.Ext4,
            ["OVERLAYFS_SUPER_MAGIC"] = (long)FileSystemMagic.Overlay,
            ["RDTGROUP_SUPER_MAGIC"] = (long)FileSystemMagic.Resctrl,
        },
        atLeast: 60);

    [Fact]
    public void Flags_of_processes_sockets_and_terminals_are_the_kernels() => Compare(
        new()
        {
            ["WNOHANG"] = WNOHANG,
            ["WEXITED"] = WEXITED,
            ["WNOWAIT"] = WNOWAIT,
            ["P_PIDFD"] = 3,
            ["CLD_EXITED"] = 1,
            ["RLIMIT_NOFILE"] = (long)ResourceKind.OpenFiles,
            ["RLIMIT_NPROC"] = (long)ResourceKind.Processes,
            ["RLIMIT_MEMLOCK"] = (long)ResourceKind.LockedMemory,
            ["RLIMIT_AS"] = (long)ResourceKind.AddressSpace,
            ["RLIMIT_RTTIME"] = (long)ResourceKind.RealtimeMicroseconds,
            ["RLIMIT_SIGPENDING"] = (long)ResourceKind.PendingSignals,
            ["POSIX_SPAWN_SETSIGDEF"] = Libc.POSIX_SPAWN_SETSIGDEF,
            ["POSIX_SPAWN_SETSIGMASK"] = Libc.POSIX_SPAWN_SETSIGMASK,
            ["POSIX_SPAWN_SETSID"] = Libc.POSIX_SPAWN_SETSID,
            ["MSG_CTRUNC"] = MSG_CTRUNC,
            ["MSG_TRUNC"] = MSG_TRUNC,
            ["MSG_DONTWAIT"] = MSG_DONTWAIT,
            ["MSG_NOSIGNAL"] = MSG_NOSIGNAL,
            ["MSG_CMSG_CLOEXEC"] = MSG_CMSG_CLOEXEC,
            ["SCM_RIGHTS"] = SCM_RIGHTS,
            ["SOCK_STREAM"] = (long)SocketKind.Stream,
            ["SOCK_DGRAM"] = (long)SocketKind.Datagram,
            ["SOCK_SEQPACKET"] = (long)SocketKind.SequencedPackets,
            ["POLLIN"] = (long)PollEvents.Readable,
            ["POLLPRI"] = (long)PollEvents.Priority,
            ["POLLOUT"] = (long)PollEvents.Writable,
            ["POLLERR"] = (long)PollEvents.Error,
            ["POLLHUP"] = (long)PollEvents.HungUp,
            ["POLLNVAL"] = (long)PollEvents.Invalid,
            ["TCGETS"] = TCGETS,
            ["TCSETS"] = TCSETS,
            ["TCSETSW"] = TCSETSW,
            ["TIOCGWINSZ"] = TIOCGWINSZ,
            ["TIOCSWINSZ"] = TIOCSWINSZ,
            ["TIOCSPTLCK"] = TIOCSPTLCK,
            ["TIOCGPTN"] = TIOCGPTN,
            ["TIOCGPTPEER"] = TIOCGPTPEER,
            ["TIOCSCTTY"] = TIOCSCTTY,
            ["IGNBRK"] = IGNBRK,
            ["BRKINT"] = BRKINT,
            ["PARMRK"] = PARMRK,
            ["ISTRIP"] = ISTRIP,
            ["INLCR"] = INLCR,
            ["IGNCR"] = IGNCR,
            ["ICRNL"] = ICRNL,
            ["IXON"] = IXON,
            ["ONLCR"] = ONLCR,
            ["CSIZE"] = CSIZE,
            ["CS8"] = CS8,
            ["PARENB"] = PARENB,
            ["ISIG"] = ISIG,
            ["ICANON"] = ICANON,
            ["ECHO"] = ECHO,
            ["ECHONL"] = ECHONL,
            ["IEXTEN"] = IEXTEN,
            ["VTIME"] = 5,
            ["VMIN"] = 6,
        },
        atLeast: 50);

    [Fact]
    public void Flags_of_mounts_namespaces_and_bpf_are_the_kernels() => Compare(
        new()
        {
            ["MS_RDONLY"] = (long)MountFlags.ReadOnly,
            ["MS_NOSUID"] = (long)MountFlags.NoSetId,
            ["MS_NODEV"] = (long)MountFlags.NoDevices,
            ["MS_NOEXEC"] = (long)MountFlags.NoExecute,
            ["MS_SYNCHRONOUS"] = (long)MountFlags.Synchronous,
            ["MS_REMOUNT"] = (long)MountFlags.Remount,
            ["MS_BIND"] = (long)MountFlags.Bind,
            ["MS_MOVE"] = (long)MountFlags.Move,
            ["MS_REC"] = (long)MountFlags.Recursive,
            ["MS_SILENT"] = (long)MountFlags.Silent,
            ["MS_UNBINDABLE"] = (long)MountFlags.Unbindable,
            ["MS_PRIVATE"] = (long)MountFlags.Private,
            ["MS_SLAVE"] = (long)MountFlags.Slave,
            ["MS_SHARED"] = (long)MountFlags.Shared,
            ["MS_RELATIME"] = (long)MountFlags.RelativeTimes,
            ["MS_STRICTATIME"] = (long)MountFlags.StrictTimes,
            ["MNT_FORCE"] = (long)UnmountFlags.Force,
            ["MNT_DETACH"] = (long)UnmountFlags.Detach,
            ["UMOUNT_NOFOLLOW"] = (long)UnmountFlags.NoFollow,
            ["MOUNT_ATTR_RDONLY"] = (long)MountAttributes.ReadOnly,
            ["MOUNT_ATTR_NOSUID"] = (long)MountAttributes.NoSetId,
            ["MOUNT_ATTR_NODEV"] = (long)MountAttributes.NoDevices,
            ["MOUNT_ATTR_NOEXEC"] = (long)MountAttributes.NoExecute,
            ["MOUNT_ATTR_NOATIME"] = (long)MountAttributes.NoAccessTimes,
            ["MOUNT_ATTR_STRICTATIME"] = (long)MountAttributes.StrictAccessTimes,
            ["MOUNT_ATTR__ATIME"] = (long)MountAttributes.AccessTimes,
            ["MOUNT_ATTR_NODIRATIME"] = (long)MountAttributes.NoDirectoryTimes,
            ["MOUNT_ATTR_IDMAP"] = (long)MountAttributes.IdMapped,
            ["MOUNT_ATTR_NOSYMFOLLOW"] = (long)MountAttributes.NoSymlinks,
            ["FSOPEN_CLOEXEC"] = FSOPEN_CLOEXEC,
            ["FSMOUNT_CLOEXEC"] = FSMOUNT_CLOEXEC,
            ["(long)FSCONFIG_SET_FLAG"] = FSCONFIG_SET_FLAG,
            ["(long)FSCONFIG_SET_STRING"] = FSCONFIG_SET_STRING,
            ["(long)FSCONFIG_CMD_CREATE"] = FSCONFIG_CMD_CREATE,
            ["OPEN_TREE_CLONE"] = OPEN_TREE_CLONE,
            ["OPEN_TREE_CLOEXEC"] = OPEN_TREE_CLOEXEC,
            ["MOVE_MOUNT_F_EMPTY_PATH"] = MOVE_MOUNT_F_EMPTY_PATH,
            ["MOVE_MOUNT_T_EMPTY_PATH"] = MOVE_MOUNT_T_EMPTY_PATH,
            ["0x80L"] = (long)NamespaceKinds.Time,
            ["CLONE_NEWNS"] = (long)NamespaceKinds.Mount,
            ["CLONE_NEWCGROUP"] = (long)NamespaceKinds.Cgroup,
            ["CLONE_NEWUTS"] = (long)NamespaceKinds.Uts,
            ["CLONE_NEWIPC"] = (long)NamespaceKinds.Ipc,
            ["CLONE_NEWUSER"] = (long)NamespaceKinds.User,
            ["CLONE_NEWPID"] = (long)NamespaceKinds.Pid,
            ["CLONE_NEWNET"] = (long)NamespaceKinds.Network,
            ["NS_GET_NSTYPE"] = NS_GET_NSTYPE,
            ["KEYCTL_JOIN_SESSION_KEYRING"] = 1,
            ["_LINUX_CAPABILITY_VERSION_3"] = 0x20080522,
            ["(long)BPF_PROG_LOAD"] = Bpf.BPF_PROG_LOAD,
            ["(long)BPF_PROG_ATTACH"] = Bpf.BPF_PROG_ATTACH,
            ["(long)BPF_PROG_DETACH"] = Bpf.BPF_PROG_DETACH,
            ["(long)BPF_PROG_GET_FD_BY_ID"] = Bpf.BPF_PROG_GET_FD_BY_ID,
            ["(long)BPF_PROG_QUERY"] = Bpf.BPF_PROG_QUERY,
            ["(long)BPF_PROG_TYPE_CGROUP_DEVICE"] = Bpf.BPF_PROG_TYPE_CGROUP_DEVICE,
            ["(long)BPF_CGROUP_DEVICE"] = Bpf.BPF_CGROUP_DEVICE,
            ["BPF_F_ALLOW_OVERRIDE"] = (long)BpfAttachFlags.AllowOverride,
            ["BPF_F_ALLOW_MULTI"] = (long)BpfAttachFlags.AllowMultiple,
            ["BPF_F_REPLACE"] = (long)BpfAttachFlags.Replace,
        },
        atLeast: 55);

    [Fact]
    public void Signal_numbers_and_names_are_the_C_librarys()
    {
        Dictionary<string, long> ours = new() { ["SIGRTMIN"] = RealTimeFirst, ["SIGRTMAX"] = Last };
        for (int signal = 1; signal < 32; signal++)
        {
            ours.Add(Name(signal), signal);
        }

        Compare(ours, atLeast: 33);
    }

    [Fact]
    public void Structures_have_the_sizes_and_offsets_of_C() => Compare(
        new()
        {
            ["(long)sizeof(struct open_how)"] = Unsafe.SizeOf<OpenHow>(),
            ["(long)offsetof(struct open_how, resolve)"] = Offset<OpenHow>("Resolve"),
            ["(long)sizeof(struct statx)"] = Unsafe.SizeOf<FileStatus>(),
            ["(long)offsetof(struct statx, stx_mode)"] = Offset<FileStatus>("Mode"),
            ["(long)offsetof(struct statx, stx_ino)"] = Offset<FileStatus>("Inode"),
            ["(long)offsetof(struct statx, stx_size)"] = Offset<FileStatus>("Size"),
            ["(long)offsetof(struct statx, stx_attributes_mask)"] = Offset<FileStatus>("AttributesMask"),
            ["(long)offsetof(struct statx, stx_mtime)"] = Offset<FileStatus>("Modified"),
            ["(long)offsetof(struct statx, stx_rdev_major)"] = Offset<FileStatus>("DeviceMajor"),
            ["(long)offsetof(struct statx, stx_dev_minor)"] = Offset<FileStatus>("HolderMinor"),
            ["(long)offsetof(struct statx, stx_mnt_id)"] = Offset<FileStatus>("MountId"),
            ["(long)sizeof(struct statfs)"] = Unsafe.SizeOf<FileSystemStatus>(),
            ["(long)offsetof(struct statfs, f_bavail)"] = Offset<FileSystemStatus>("BlocksAvailable"),
            ["(long)offsetof(struct statfs, f_fsid)"] = Offset<FileSystemStatus>("Id"),
            ["(long)offsetof(struct statfs, f_flags)"] = Offset<FileSystemStatus>("Flags"),
            ["(long)sizeof(struct flock)"] = Unsafe.SizeOf<Flock>(),
            ["(long)offsetof(struct flock, l_start)"] = Offset<Flock>("Start"),
            ["(long)offsetof(struct flock, l_pid)"] = Offset<Flock>("Pid"),
            ["(long)sizeof(siginfo_t)"] = Unsafe.SizeOf<SignalInfo>(),
            ["(long)offsetof(siginfo_t, si_code)"] = Offset<SignalInfo>("Code"),
            ["(long)offsetof(siginfo_t, si_pid)"] = Offset<SignalInfo>("Pid"),
            ["(long)offsetof(siginfo_t, si_status)"] = Offset<SignalInfo>("Status"),
            ["(long)sizeof(struct signalfd_siginfo)"] = Unsafe.SizeOf<SignalfdInfo>(),
            ["(long)offsetof(struct signalfd_siginfo, ssi_uid)"] = Offset<SignalfdInfo>("UserId"),
            ["(long)sizeof(struct pollfd)"] = Unsafe.SizeOf<PollItem>(),
            ["(long)offsetof(struct pollfd, revents)"] = Offset<PollItem>("_happened"),
            ["(long)sizeof(struct rlimit)"] = Unsafe.SizeOf<ResourceLimit>(),
            ["(long)sizeof(struct sockaddr_un)"] = Unsafe.SizeOf<SocketAddress>(),
            ["(long)sizeof(struct ucred)"] = Unsafe.SizeOf<PeerCredentials>(),
            ["(long)sizeof(struct msghdr)"] = Unsafe.SizeOf<MessageHeader>(),
            ["(long)offsetof(struct msghdr, msg_iov)"] = Offset<MessageHeader>("Vectors"),
            ["(long)offsetof(struct msghdr, msg_controllen)"] = Offset<MessageHeader>("ControlLength"),
            ["(long)offsetof(struct msghdr, msg_flags)"] = Offset<MessageHeader>("Flags"),
            ["(long)sizeof(struct cmsghdr)"] = Unsafe.SizeOf<ControlHeader>(),
            ["(long)offsetof(struct cmsghdr, cmsg_type)"] = Offset<ControlHeader>("Type"),
            ["(long)sizeof(struct iovec)"] = Unsafe.SizeOf<IoVector>(),
            ["(long)sizeof(struct termios)"] = Unsafe.SizeOf<TerminalSettings>(),
            ["(long)offsetof(struct termios, c_lflag)"] = Offset<TerminalSettings>("Local"),
            ["(long)offsetof(struct termios, c_cc)"] = Offset<TerminalSettings>("_characters"),
            ["(long)sizeof(struct winsize)"] = Unsafe.SizeOf<WindowSize>(),
            ["(long)sizeof(struct mount_attr)"] = Unsafe.SizeOf<MountChange>(),
            ["(long)offsetof(struct mount_attr, propagation)"] = Offset<MountChange>("Propagation"),
            ["(long)offsetof(struct mount_attr, userns_fd)"] = Offset<MountChange>("UserNamespace"),
            ["(long)sizeof(struct __user_cap_header_struct)"] = Unsafe.SizeOf<Identity.CapabilityHeader>(),
            ["(long)(2 * sizeof(struct __user_cap_data_struct))"] = Unsafe.SizeOf<Identity.CapabilityData>(),
            ["(long)sizeof(struct timespec)"] = Unsafe.SizeOf<Clocks.Timespec>(),
            ["(long)offsetof(union bpf_attr, insns)"] = Offset<Bpf.Attributes>("Instructions"),
            ["(long)offsetof(union bpf_attr, license)"] = Offset<Bpf.Attributes>("License"),
            ["(long)offsetof(union bpf_attr, log_buf)"] = Offset<Bpf.Attributes>("Log"),
            ["(long)offsetof(union bpf_attr, attach_bpf_fd)"] = Offset<Bpf.Attributes>("AttachedProgram"),
            ["(long)offsetof(union bpf_attr, attach_flags)"] = Offset<Bpf.Attributes>("AttachFlags"),
            ["(long)offsetof(union bpf_attr, replace_bpf_fd)"] = Offset<Bpf.Attributes>("ReplacedProgram"),
            ["(long)offsetof(union bpf_attr, query.attach_type)"] = Offset<Bpf.Attributes>("QueryType"),
            ["(long)offsetof(union bpf_attr, query.attach_flags)"] = Offset<Bpf.Attributes>("AttachFlags"),
            ["(long)offsetof(union bpf_attr, query.prog_ids)"] = Offset<Bpf.Attributes>("QueryIds"),
            ["(long)offsetof(union bpf_attr, query.prog_cnt)"] = Offset<Bpf.Attributes>("QueryCount"),
            ["(long)(sizeof(union bpf_attr) <= 256)"] = 1,
            ["(long)(sizeof(posix_spawnattr_t) <= 512)"] = 1,
            ["(long)(sizeof(posix_spawn_file_actions_t) <= 512)"] = 1,
            ["(long)sizeof(sigset_t)"] = Libc.SignalSetSize,
        },
        atLeast: 57);

    private static long Offset<T>(string field) => Marshal.OffsetOf<T>(field);

    /// <summary>Lets C print each expression; a name that these headers do not know yet is left out.</summary>
    private static void Compare(Dictionary<string, long> ours, int atLeast)
    {
        StringBuilder program = new(Includes);
        program.AppendLine("\nint main(void) {");
        foreach (string expression in ours.Keys)
        {
            // Enumerators and structures are not macros, so they come as expressions and must be known.
            bool macro = !expression.Contains('(', StringComparison.Ordinal) && !char.IsDigit(expression[0]) && expression is not ("P_PIDFD" or "CLD_EXITED");
            string print = $"printf(\"%s|%lld\\n\", \"{expression}\", (long long)({expression}));";
            bool enumerated = macro && expression.StartsWith("RLIMIT_", StringComparison.Ordinal);
            program.AppendLine(macro && !enumerated ? $"#ifdef {expression}\n{print}\n#endif" : print);
        }

        program.AppendLine("return 0; }");
        int compared = 0;
        foreach (string line in CProgram.Run(program.ToString()))
        {
            string[] parts = line.Split('|');
            Assert.True(
                ours[parts[0]] == long.Parse(parts[1], CultureInfo.InvariantCulture),
                $"{parts[0]}: C says {parts[1]}, we say {ours[parts[0]]}");
            compared++;
        }

        Assert.True(compared >= atLeast, $"only {compared} of {ours.Count} are in the headers");
    }
}
