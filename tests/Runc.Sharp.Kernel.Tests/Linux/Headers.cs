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
using static Runc.Sharp.Linux.Processes;
using static Runc.Sharp.Linux.Signals;
using static Runc.Sharp.Linux.Sockets;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>Our numbers, sizes and offsets are those of the C headers: a C program prints them.</summary>
public partial class Headers
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
