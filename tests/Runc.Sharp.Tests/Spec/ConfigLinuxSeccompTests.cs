using System.Linq;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>config-linux.md#seccomp. Tests bear the names of the clauses; ¦ marks the place.</summary>
public class ConfigLinuxSeccompTests
{
    [Theory]
    [InlineData("""{"defaultAction":¦"ERRNO"}""", "SeccompAction", "/defaultAction", null)]
    [InlineData("""{"defaultAction":¦""}""", "SeccompAction", "/defaultAction", null)]
    [InlineData("""{"defaultAction":¦"SCMP_ACT_NOTIFY"}""", "SeccompNotifyDefault", "/defaultAction", "SCMP_ACT_NOTIFY cannot be used as default action")]
    [InlineData("""{"defaultAction":"SCMP_ACT_ALLOW","defaultErrnoRet":¦1}""", "SeccompErrnoAction", "/defaultErrnoRet", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":¦4096}""", "SeccompErrnoRange", "/defaultErrnoRet", "must be at most 4095, is 4096")]
    [InlineData("""{"defaultAction":"SCMP_ACT_TRACE","defaultErrnoRet":¦65536}""", "SeccompErrnoRange", "/defaultErrnoRet", "must be at most 65535, is 65536")]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","architectures":["SCMP_ARCH_X86",¦"x86_64"]}""", "SeccompArch", "/architectures/1", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","architectures":[¦"SCMP_ARCH_"]}""", "SeccompArch", "/architectures/0", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","flags":[¦"SECCOMP_FILTER_FLAG_NEW_LISTENER"]}""", "SeccompFlag", "/flags/0", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","listenerMetadata":¦"SECRET"}""", "SeccompListenerMetadata", "/listenerMetadata", "must not be given without listenerPath")]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":¦[],"action":"SCMP_ACT_ALLOW"}]}""", "SeccSyscallsNamesRequired", "/syscalls/0/names", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a",¦""],"action":"SCMP_ACT_ALLOW"}]}""", "SeccSyscallsNamesRequired", "/syscalls/0/names/1", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"action":¦"allow"}]}""", "SeccompAction", "/syscalls/0/action", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"action":¦"allow","errnoRet":1}]}""", "SeccompAction", "/syscalls/0/action", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"action":"SCMP_ACT_KILL","errnoRet":¦1}]}""", "SeccompErrnoAction", "/syscalls/0/errnoRet", "can only be given for SCMP_ACT_ERRNO and SCMP_ACT_TRACE, the action is SCMP_ACT_KILL")]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"action":"SCMP_ACT_ERRNO","errnoRet":¦9999}]}""", "SeccompErrnoRange", "/syscalls/0/errnoRet", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"action":"SCMP_ACT_KILL","args":[{"index":0,"value":0,"op":"SCMP_CMP_EQ"},{"index":¦6,"value":0,"op":"SCMP_CMP_EQ"}]}]}""", "SeccompArgIndex", "/syscalls/0/args/1/index", "must be 0 to 5, is 6")]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["a"],"action":"SCMP_ACT_KILL","args":[{"index":0,"value":0,"op":¦"=="}]}]}""", "SeccompArgOp", "/syscalls/0/args/0/op", null)]
    [InlineData("""{"defaultAction":"SCMP_ACT_LOG","listenerPath":"/s","syscalls":[{"names":["mkdir",¦"write"],"action":"SCMP_ACT_NOTIFY"}]}""", "SeccompNotifyWrite", "/syscalls/0/names/1", "SCMP_ACT_NOTIFY cannot be used for the write syscall")]
    [InlineData("""¦{"defaultAction":"SCMP_ACT_LOG","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_NOTIFY"}]}""", "SeccompListenerPath", "/listenerPath", "seccomp listenerPath is not set, and a rule has SCMP_ACT_NOTIFY")]
    public void Seccomp(string seccomp, string clause, string place, string? message) =>
        Rules.Broken(Rules.Linux("\"seccomp\":" + seccomp), clause, "/linux/seccomp" + place, message);

    [Fact]
    public void SeccompListenerPath_without_a_notifying_rule_warns() =>
        Rules.Warned(Rules.Linux("""  "seccomp":{"defaultAction":"SCMP_ACT_LOG","listenerPath":¦"/s","listenerMetadata":"m"}"""), "SeccompListenerPath", "/linux/seccomp/listenerPath");

    [Fact]
    public void Unknown_system_calls_and_empty_profiles_are_good()
    {
        Rules.Good(Rules.Linux("""  "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["not_yet_a_syscall","write"],"action":"SCMP_ACT_ALLOW"}]}"""));
        Rules.Good(Rules.Linux("""  "seccomp":{"defaultAction":"SCMP_ACT_KILL","flags":[],"architectures":[],"syscalls":[]}"""));
        Rules.Good(Rules.Linux("""  "seccomp":{"defaultAction":"SCMP_ACT_ERRNO","defaultErrnoRet":4095,"listenerPath":"/s","listenerMetadata":"m","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_NOTIFY"},{"names":["a"],"action":"SCMP_ACT_TRACE","errnoRet":65535}]}"""));
    }

    [Fact]
    public void All_words_of_the_specification_are_known()
    {
        foreach (string action in new[] { "KILL", "KILL_PROCESS", "KILL_THREAD", "TRAP", "ERRNO", "TRACE", "ALLOW", "LOG" })
        {
            Rules.Good(Rules.Linux("\"seccomp\":{\"defaultAction\":\"SCMP_ACT_" + action + "\"}"));
        }

        foreach (string op in new[] { "NE", "LT", "LE", "EQ", "GE", "GT", "MASKED_EQ" })
        {
            Rules.Good(Rules.Linux("\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"names\":[\"a\"],\"action\":\"SCMP_ACT_KILL\",\"args\":[{\"index\":5,\"value\":1,\"op\":\"SCMP_CMP_" + op + "\"}]}]}"));
        }

        string[] architectures =
        [
            "X86", "X86_64", "X32", "ARM", "AARCH64", "MIPS", "MIPS64", "MIPS64N32", "MIPSEL", "MIPSEL64", "MIPSEL64N32", "PPC", "PPC64", "PPC64LE", "S390",
            "S390X", "PARISC", "PARISC64", "RISCV64", "LOONGARCH64", "M68K", "SH", "SHEB",
        ];
        Rules.Good(Rules.Linux("\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\",\"architectures\":[" + string.Join(',', architectures.Select(static name => "\"SCMP_ARCH_" + name + "\"")) + "]}"));
        string[] flags = ["TSYNC", "LOG", "SPEC_ALLOW", "WAIT_KILLABLE_RECV"];
        Rules.Good(Rules.Linux("\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\",\"flags\":[" + string.Join(',', flags.Select(static name => "\"SECCOMP_FILTER_FLAG_" + name + "\"")) + "]}"));
    }
}
