using System;
using System.Collections.Immutable;
using System.Linq;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Seccomp;

/// <summary>config-linux.md#seccomp</summary>
public class SeccompCompilerTests
{
    private const uint X64 = 0xc000003e;
    private const uint I386 = 0x40000003;
    private const uint Allow = 0x7fff0000;
    private const uint NotPermitted = 0x00050001;
    private const uint NoSuchCall = 0x00050026;
    private const uint KillProcess = 0x80000000;
    private const int Read = 0;
    private const int Mkdir = 83;
    private const int Personality = 135;

    [Fact]
    public void A_named_call_is_allowed_and_another_gets_the_default()
    {
        SeccompProgram program = Compile(Rule("SCMP_ACT_ALLOW", "read", "finit_module"));
        Assert.Equal(Allow, Run(program, Read));
        Assert.Equal(NotPermitted, Run(program, Mkdir));
    }

    [Fact]
    public void A_call_newer_than_the_profile_does_not_exist()
    {
        SeccompProgram program = Compile(Rule("SCMP_ACT_ALLOW", "read", "openat2"));
        Assert.Equal(Allow, Run(program, 437));
        Assert.Equal(NoSuchCall, Run(program, 438));
        Assert.Equal(NotPermitted, Run(program, 436));
    }

    [Fact]
    public void A_call_of_an_architecture_that_is_not_named_kills()
    {
        SeccompProgram program = Compile(Rule("SCMP_ACT_ALLOW", "read"));
        Assert.Equal(KillProcess, FilterInterpreter.Run(program.Filter.Span, I386, 3, []));
    }

    [Fact]
    public void A_list_of_what_is_forbidden_cannot_be_passed_by_calls_of_x32()
    {
        var spec = new SeccompSpec { DefaultAction = "SCMP_ACT_ALLOW", Syscalls = [Rule("SCMP_ACT_ERRNO", "mkdir")] };
        SeccompProgram program = SeccompCompiler.Compile(spec, SeccompArch.X64);
        Assert.Equal(NotPermitted, Run(program, Mkdir));
        Assert.Equal(KillProcess, Run(program, Mkdir | 0x40000000));
        Assert.Equal(Allow, Run(program, -1)); // a tracer skips a call
        program = SeccompCompiler.Compile(spec with { Architectures = ["SCMP_ARCH_X32"] }, SeccompArch.X64);
        Assert.Equal(NotPermitted, Run(program, Mkdir | 0x40000000));
        Assert.Equal(Allow, Run(program, 0x40000000));
    }

    [Theory]
    [InlineData("SCMP_ACT_ALLOW", Allow)]
    [InlineData("SCMP_ACT_LOG", 0x7ffc0000)]
    [InlineData("SCMP_ACT_TRACE", 0x7ff00001)]
    [InlineData("SCMP_ACT_ERRNO", NoSuchCall)]
    [InlineData("SCMP_ACT_KILL_PROCESS", NoSuchCall)]
    public void What_is_newer_than_the_profile_is_not_denied_where_the_default_lets_pass(string usual, uint expected)
    {
        SeccompProgram program = SeccompCompiler.Compile(new SeccompSpec { DefaultAction = usual, Syscalls = [Rule("SCMP_ACT_TRAP", "openat2")] }, SeccompArch.X64);
        Assert.Equal(expected, Run(program, 438));
    }

    [Fact]
    public void A_profile_that_names_no_call_answers_with_its_default()
    {
        SeccompProgram program = SeccompCompiler.Compile(new SeccompSpec { DefaultAction = "SCMP_ACT_ERRNO" }, SeccompArch.X64);
        Assert.Equal(NotPermitted, Run(program, Read));
        Assert.Equal(NotPermitted, Run(program, 400));
    }

    [Fact]
    public void I386_may_make_an_allowed_socket_through_socketcall()
    {
        SeccompProgram program = SeccompCompiler.Compile(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ERRNO", Architectures = ["SCMP_ARCH_X86"], Syscalls = [Rule("SCMP_ACT_ALLOW", "socket", "shmget", "openat2")] }, SeccompArch.X64);
        Assert.Equal(Allow, FilterInterpreter.Run(program.Filter.Span, I386, 102, [1]));
        Assert.Equal(NotPermitted, FilterInterpreter.Run(program.Filter.Span, I386, 102, [2]));
        Assert.Equal(Allow, FilterInterpreter.Run(program.Filter.Span, I386, 117, [23]));
        Assert.Equal(NotPermitted, FilterInterpreter.Run(program.Filter.Span, I386, 117, [21]));
        Assert.Equal(Allow, FilterInterpreter.Run(program.Filter.Span, I386, 359, []));
    }

    [Fact]
    public void Architectures_of_other_machines_are_known_and_change_nothing()
    {
        ReadOnlyMemory<byte> plain = Compile(Rule("SCMP_ACT_ALLOW", "read")).Filter;
        foreach (string name in (string[])["AARCH64", "ARM", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32", "PPC", "PPC64", "PPC64LE", "S390", "S390X", "PARISC", "PARISC64", "RISCV64", "LOONGARCH64", "X86_64", "NATIVE"])
        {
            SeccompProgram program = SeccompCompiler.Compile(
                new SeccompSpec { DefaultAction = "SCMP_ACT_ERRNO", Architectures = ["SCMP_ARCH_" + name], Syscalls = [Rule("SCMP_ACT_ALLOW", "read")] }, SeccompArch.X64);
            Assert.Equal(plain.ToArray(), program.Filter.ToArray());
        }

        Assert.Throws<RuntimeException>(() => SeccompCompiler.Compile(new SeccompSpec { DefaultAction = "SCMP_ACT_ERRNO", Architectures = ["SCMP_ARCH_ABACUS"] }, SeccompArch.X64));
    }

    [Fact]
    public void I386_has_its_own_numbers()
    {
        SeccompProgram program = Compile(Rule("SCMP_ACT_ALLOW", "read")) is var _ ? SeccompCompiler.Compile(
            new SeccompSpec { DefaultAction = "SCMP_ACT_ERRNO", Architectures = ["SCMP_ARCH_X86"], Syscalls = [Rule("SCMP_ACT_ALLOW", "read")] }, SeccompArch.X64) : null!;
        Assert.Equal(Allow, FilterInterpreter.Run(program.Filter.Span, I386, 3, []));
        Assert.NotEqual(Allow, FilterInterpreter.Run(program.Filter.Span, I386, 0, []));
        Assert.Equal(Allow, FilterInterpreter.Run(program.Filter.Span, X64, 0, []));
    }

    [Theory]
    [InlineData("SCMP_CMP_EQ", 8UL, 0UL)]
    [InlineData("SCMP_CMP_NE", 8UL, 0UL)]
    [InlineData("SCMP_CMP_LT", 0x1_0000_0008UL, 0UL)]
    [InlineData("SCMP_CMP_LE", 0x1_0000_0008UL, 0UL)]
    [InlineData("SCMP_CMP_GT", 0x1_0000_0008UL, 0UL)]
    [InlineData("SCMP_CMP_GE", 0x1_0000_0008UL, 0UL)]
    [InlineData("SCMP_CMP_MASKED_EQ", 0xffff_0000_0000_00f0UL, 0x0001_0000_0000_0010UL)]
    public void A_condition_compares_all_64_bits(string op, ulong value, ulong second)
    {
        SeccompProgram program = Compile(Rule("SCMP_ACT_ALLOW", "personality") with
        {
            Args = [new SeccompArgumentSpec { Index = 1, Value = value, ValueTwo = second, Op = op }],
        });
        foreach (ulong argument in (ulong[])[0, 7, 8, 9, 0x10, 0x1_0000_0007, 0x1_0000_0008, 0x1_0000_0009, 0x2_0000_0000, 0x0001_0000_0000_0010, 0x0001_0000_0000_0011, 0x0001_0000_0000_0020, ulong.MaxValue])
        {
            bool holds = op switch
            {
                "SCMP_CMP_EQ" => argument == value,
                "SCMP_CMP_NE" => argument != value,
                "SCMP_CMP_LT" => argument < value,
                "SCMP_CMP_LE" => argument <= value,
                "SCMP_CMP_GT" => argument > value,
                "SCMP_CMP_GE" => argument >= value,
                _ => (argument & value) == second,
            };
            Assert.Equal(holds ? Allow : NotPermitted, Run(program, Personality, 0, argument));
        }
    }

    [Fact]
    public void Conditions_of_a_rule_hold_together_but_on_one_argument_are_alternatives()
    {
        SeccompArgumentSpec first = new() { Index = 0, Value = 1, Op = "SCMP_CMP_EQ" };
        SeccompProgram both = Compile(Rule("SCMP_ACT_ALLOW", "personality") with { Args = [first, first with { Index = 1, Value = 2 }] });
        Assert.Equal(Allow, Run(both, Personality, 1, 2));
        Assert.Equal(NotPermitted, Run(both, Personality, 1, 3));
        SeccompProgram either = Compile(Rule("SCMP_ACT_ALLOW", "personality") with { Args = [first, first with { Value = 2 }] });
        Assert.Equal(Allow, Run(either, Personality, 1));
        Assert.Equal(Allow, Run(either, Personality, 2));
        Assert.Equal(NotPermitted, Run(either, Personality, 3));
    }

    [Fact]
    public void Every_call_of_a_large_profile_gets_its_action()
    {
        // every second number allowed: the largest tree there can be
        string[] names = [.. Enumerable.Range(0, 335).Where(static number => number % 2 == 0).Select(Name).OfType<string>()];
        SeccompProgram program = Compile(Rule("SCMP_ACT_ALLOW", names));
        ushort[] starts = SyscallTable.Starts();
        var allowed = names.Select(name => SyscallTable.Number(SyscallMachine.X64, name, starts)).ToHashSet();
        Assert.True(allowed.Count > 150);
        for (int number = 0; number <= allowed.Max(); number++)
        {
            Assert.Equal(allowed.Contains(number) ? Allow : NotPermitted, Run(program, number));
        }
    }

    [Theory]
    [InlineData("SCMP_ACT_FOO", null, "unknown action")]
    [InlineData("SCMP_ACT_ALLOW", 1u, "takes no errno")]
    [InlineData("SCMP_ACT_NOTIFY", null, "SCMP_ACT_NOTIFY cannot be used for the write syscall")]
    public void A_rule_that_cannot_be_kept_is_refused(string action, uint? errno, string words)
    {
        RuntimeException fault = Assert.Throws<RuntimeException>(() => Compile(Rule(action, "write") with { ErrnoRet = errno }));
        Assert.Contains(words, fault.Message, StringComparison.Ordinal);
    }

    private static string? Name(int number)
    {
        ushort[] starts = SyscallTable.Starts();
        foreach (string name in (string[])["read", "open", "stat", "lstat", "lseek", "mprotect", "brk", "rt_sigprocmask", "ioctl", "pread64", "readv", "access", "select", "mremap", "mincore", "shmget", "shmctl", "dup", "pause", "nanosleep", "alarm", "setitimer", "sendfile", "connect", "sendto", "sendmsg", "shutdown", "listen", "getpeername", "setsockopt", "clone", "vfork", "exit", "kill", "semget", "semctl", "msgget", "msgrcv", "fcntl", "fsync", "truncate", "getdents", "chdir", "rename", "rmdir", "link", "symlink", "chmod", "chown", "lchown", "gettimeofday", "getrusage", "times", "getuid", "getgid", "setgid", "getegid", "getppid", "setsid", "setregid", "setgroups", "getresuid", "getresgid", "setfsuid", "getsid", "capset", "rt_sigtimedwait", "rt_sigsuspend", "utime", "uselib", "ustat", "fstatfs", "getpriority", "sched_setparam", "sched_setscheduler", "sched_get_priority_max", "sched_rr_get_interval", "munlock", "munlockall", "modify_ldt", "_sysctl", "arch_prctl", "setrlimit", "sync", "settimeofday", "umount2", "swapoff", "sethostname", "iopl", "create_module", "delete_module", "query_module", "nfsservctl", "putpmsg", "tuxcall", "gettid", "setxattr", "fsetxattr", "lgetxattr", "listxattr", "flistxattr", "lremovexattr", "tkill", "futex", "sched_getaffinity", "io_setup", "io_getevents", "io_cancel", "lookup_dcookie", "epoll_ctl_old", "remap_file_pages", "set_tid_address", "semtimedop", "timer_create", "timer_gettime", "timer_delete", "clock_gettime", "clock_nanosleep", "epoll_wait", "tgkill", "vserver", "set_mempolicy", "mq_open", "mq_timedsend", "mq_notify", "kexec_load", "add_key", "keyctl", "ioprio_get", "inotify_add_watch", "migrate_pages", "mkdirat", "fchownat", "newfstatat", "renameat", "symlinkat", "fchmodat", "pselect6", "unshare", "get_robust_list", "tee", "vmsplice", "utimensat", "signalfd", "eventfd", "timerfd_settime", "accept4", "eventfd2", "dup3", "inotify_init1", "pwritev", "perf_event_open", "fanotify_init", "prlimit64", "open_by_handle_at", "syncfs", "setns", "process_vm_readv", "kcmp", "sched_setattr", "renameat2", "getrandom", "kexec_file_load", "execveat", "membarrier", "copy_file_range", "pwritev2", "pkey_alloc", "statx", "rseq"])
        {
            if (SyscallTable.Number(SyscallMachine.X64, name, starts) == number)
            {
                return name;
            }
        }

        return null;
    }

    private static SeccompRuleSpec Rule(string action, params string[] names) => new() { Action = action, Names = ImmutableArray.Create(names) };

    private static SeccompProgram Compile(SeccompRuleSpec rule) =>
        SeccompCompiler.Compile(new SeccompSpec { DefaultAction = "SCMP_ACT_ERRNO", Syscalls = [rule] }, SeccompArch.X64);

    private static uint Run(SeccompProgram program, int number, params ulong[] arguments) => FilterInterpreter.Run(program.Filter.Span, X64, number, arguments);
}
