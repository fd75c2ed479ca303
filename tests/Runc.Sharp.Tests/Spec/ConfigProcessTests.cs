using System.Linq;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>config.md#process. Tests bear the names of the clauses; ¦ marks the place.</summary>
public class ConfigProcessTests
{
    [Theory]
    [InlineData("")]
    [InlineData("tmp")]
    [InlineData("./tmp")]
    public void ProcCwdAbs(string cwd) => Rules.Broken(
        Rules.Document("\"process\":{\"cwd\":¦\"" + cwd + "\",\"args\":[\"sh\"]}"), "ProcCwdAbs", "/process/cwd", $"must be absolute, is '{cwd}'");

    [Fact]
    public void ProcArgsOneEntryRequired()
    {
        Rules.Broken(Rules.Document("""  "process":¦{"cwd":"/"}"""), "ProcArgsOneEntryRequired", "/process/args");
        Rules.Broken(Rules.Document("""  "process":{"cwd":"/","args":¦[]}"""), "ProcArgsOneEntryRequired", "/process/args", "must have at least one entry");
        Rules.Broken(Rules.Document("""  "process":{"cwd":"/","args":¦null}"""), "ProcArgsOneEntryRequired", "/process/args");
    }

    [Theory]
    [InlineData("SECRET", "must be NAME=value, lacks '='")]
    [InlineData("", "must be NAME=value, lacks '='")]
    [InlineData("=SECRET", "must be NAME=value, has an empty name")]
    public void ProcEnvSyntax_never_shows_the_text(string entry, string message) =>
        Rules.Broken(Rules.Process("\"env\":[\"A=1\",\"B=\",\"C=a=b\",¦\"" + entry + "\"]"), "ProcEnvSyntax", "/process/env/3", message);

    [Theory]
    [InlineData("apparmorProfile")]
    [InlineData("selinuxLabel")]
    public void LabelCharacters(string property)
    {
        foreach (string character in (string[])["\\n", "\\u007f", "\\u0001"])
        {
            Rules.Broken(Rules.Process($"\"{property}\":¦\"u:r:t:s0{character}\""), "LabelCharacters", "/process/" + property, "must not hold a control character");
        }

        Rules.Good(Rules.Process($"\"{property}\":\"/usr/bin/é//&a (b)\""));
    }

    [Theory]
    [InlineData("uid")]
    [InlineData("gid")]
    public void UserIdRange(string id) => Rules.Broken(Rules.Process("\"user\":{\"" + id + "\":¦4294967295}"), "UserIdRange", "/process/user/" + id);

    [Fact]
    public void UserIdRange_of_additional_groups() =>
        Rules.Broken(Rules.Process("""  "user":{"additionalGids":[1,¦4294967295]}"""), "UserIdRange", "/process/user/additionalGids/1");

    [Fact]
    public void UserIdRange_good() => Rules.Good(Rules.Process("""  "user":{"uid":4294967294,"gid":0,"umask":511,"additionalGids":[4294967294]}"""));

    [Fact]
    public void UserUmaskRange() => Rules.Broken(Rules.Process("""  "user":{"umask":¦512}"""), "UserUmaskRange", "/process/user/umask");

    [Theory]
    [InlineData("""  "user":{"uid":¦65536}""", "UserIdMapped", "/process/user/uid", "must be in a range of /linux/uidMappings, is 65536")]
    [InlineData("""  "user":{"gid":¦65536}""", "UserIdMapped", "/process/user/gid", "must be in a range of /linux/gidMappings, is 65536")]
    [InlineData("""  "user":{"additionalGids":[0,¦70000]}""", "UserIdMapped", "/process/user/additionalGids/1", "must be in a range of /linux/gidMappings, is 70000")]
    public void UserIdMapped(string user, string clause, string place, string message) => Rules.Broken(
        Rules.Process(user)[..^1] + ",\"linux\":{" + Rules.AllNamespaces + "}}", clause, place, message);

    [Fact]
    public void ProcConsoleSizeRange_only_with_a_terminal()
    {
        Rules.Broken(Rules.Process("""  "terminal":true,"consoleSize":¦{"height":65536,"width":1}"""), "ProcConsoleSizeRange", "/process/consoleSize");
        Rules.Broken(Rules.Process("""  "terminal":true,"consoleSize":¦{"height":1,"width":65536}"""), "ProcConsoleSizeRange", "/process/consoleSize");
        Rules.Good(Rules.Process("""  "terminal":true,"consoleSize":{"height":65535,"width":65535}"""));
        Rules.Good(Rules.Process("""  "consoleSize":{"height":65536,"width":1}"""));
    }

    [Theory]
    [InlineData("bounding", "CAP_FOO")]
    [InlineData("effective", "cap_chown")]
    [InlineData("inheritable", "CHOWN")]
    [InlineData("permitted", "")]
    [InlineData("ambient", "CAP_CHOWN ")]
    public void LinuxProcCapError_warns(string set, string name) => Rules.Warned(
        Rules.Process("\"capabilities\":{\"" + set + "\":[\"CAP_CHOWN\",¦\"" + name + "\"]}"),
        "LinuxProcCapError",
        $"/process/capabilities/{set}/1",
        $"'{name}' is not a known capability, and is left out");

    [Fact]
    public void All_capabilities_of_the_kernel_are_known()
    {
        // linux/capability.h, CAP_CHOWN (0) to CAP_CHECKPOINT_RESTORE (40).
        string[] names =
        [
            "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE",
            "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN",
            "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE",
            "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE",
        ];
        Assert.Equal(41, names.Length);
        Rules.Good(Rules.Process("\"capabilities\":{\"bounding\":[" + string.Join(',', names.Select(static name => "\"CAP_" + name + "\"")) + "]}"));
    }

    [Theory]
    [InlineData("RLIMIT_FOO")]
    [InlineData("NOFILE")]
    [InlineData("rlimit_nofile")]
    public void PosixProcRlimitsTypeValueError(string type) => Rules.Broken(
        Rules.Process("\"rlimits\":[{\"type\":¦\"" + type + "\",\"hard\":1,\"soft\":1}]"), "PosixProcRlimitsTypeValueError", "/process/rlimits/0/type");

    [Fact]
    public void PosixProcRlimitsErrorOnDup() => Rules.Broken(
        Rules.Process("""  "rlimits":[{"type":"RLIMIT_CPU","hard":1,"soft":1},{"type":"RLIMIT_AS","hard":1,"soft":1},{"type":¦"RLIMIT_CPU","hard":2,"soft":2}]"""),
        "PosixProcRlimitsErrorOnDup",
        "/process/rlimits/2/type",
        "RLIMIT_CPU is given twice");

    [Fact]
    public void PosixProcRlimitsSoftAboveHard() => Rules.Broken(
        Rules.Process("""  "rlimits":[{"type":"RLIMIT_CPU","hard":18446744073709551614,"soft":¦18446744073709551615}]"""), "PosixProcRlimitsSoftAboveHard", "/process/rlimits/0/soft");

    [Fact]
    public void All_rlimits_of_the_kernel_are_known()
    {
        string[] names = ["CPU", "FSIZE", "DATA", "STACK", "CORE", "RSS", "NPROC", "NOFILE", "MEMLOCK", "AS", "LOCKS", "SIGPENDING", "MSGQUEUE", "NICE", "RTPRIO", "RTTIME"];
        Rules.Good(Rules.Process("\"rlimits\":[" + string.Join(',', names.Select(static name => "{\"type\":\"RLIMIT_" + name + "\",\"hard\":18446744073709551615,\"soft\":0}")) + "]"));
    }

    [Theory]
    [InlineData("-1001")]
    [InlineData("1001")]
    public void LinuxProcOomScoreAdjRange(string value) => Rules.Broken(
        Rules.Process("\"oomScoreAdj\":¦" + value), "LinuxProcOomScoreAdjRange", "/process/oomScoreAdj", "must be -1000 to 1000, is " + value);

    [Theory]
    [InlineData("""{"policy":¦"SCHED_NORMAL"}""", "SchedulerPolicy", "/policy")]
    [InlineData("""{"policy":"SCHED_OTHER","nice":¦-21}""", "SchedulerNiceRange", "/nice")]
    [InlineData("""{"policy":"SCHED_BATCH","nice":¦20}""", "SchedulerNiceRange", "/nice")]
    [InlineData("""{"policy":"SCHED_FIFO","priority":¦0}""", "SchedulerPriorityRange", "/priority")]
    [InlineData("""¦{"policy":"SCHED_RR"}""", "SchedulerPriorityRange", "/priority")]
    [InlineData("""{"policy":"SCHED_RR","priority":¦100}""", "SchedulerPriorityRange", "/priority")]
    [InlineData("""{"policy":"SCHED_IDLE","priority":¦1}""", "SchedulerPriorityPolicy", "/priority")]
    [InlineData("""{"policy":"SCHED_OTHER","flags":["SCHED_FLAG_RECLAIM",¦"RECLAIM"]}""", "SchedulerFlag", "/flags/1")]
    [InlineData("""¦{"policy":"SCHED_OTHER","runtime":1}""", "SchedulerDeadlinePolicy", "")]
    [InlineData("""¦{"policy":"SCHED_DEADLINE","runtime":0,"deadline":2,"period":2}""", "SchedulerDeadlineOrder", "")]
    [InlineData("""¦{"policy":"SCHED_DEADLINE","runtime":3,"deadline":2,"period":2}""", "SchedulerDeadlineOrder", "")]
    [InlineData("""¦{"policy":"SCHED_DEADLINE","runtime":1,"deadline":3,"period":2}""", "SchedulerDeadlineOrder", "")]
    public void Scheduler(string scheduler, string clause, string place) =>
        Rules.Broken(Rules.Process("\"scheduler\":" + scheduler), clause, "/process/scheduler" + place);

    [Theory]
    [InlineData("""{"policy":"SCHED_OTHER","nice":-20,"priority":0}""")]
    [InlineData("""{"policy":"SCHED_FIFO","priority":99,"flags":["SCHED_FLAG_RESET_ON_FORK","SCHED_FLAG_KEEP_POLICY","SCHED_FLAG_KEEP_PARAMS","SCHED_FLAG_UTIL_CLAMP_MIN","SCHED_FLAG_UTIL_CLAMP_MAX"]}""")]
    [InlineData("""{"policy":"SCHED_DEADLINE","runtime":1,"deadline":2,"flags":["SCHED_FLAG_DL_OVERRUN"]}""")]
    [InlineData("""{"policy":"SCHED_ISO"}""")]
    public void Scheduler_good(string scheduler) => Rules.Good(Rules.Process("\"scheduler\":" + scheduler));

    [Theory]
    [InlineData("""{"class":¦"BE","priority":4}""", "IOPriorityClass", "class")]
    [InlineData("""{"class":"IOPRIO_CLASS_RT","priority":¦8}""", "IOPriorityRange", "priority")]
    [InlineData("""{"class":"IOPRIO_CLASS_IDLE","priority":¦-1}""", "IOPriorityRange", "priority")]
    public void IOPriority(string priority, string clause, string place) =>
        Rules.Broken(Rules.Process("\"ioPriority\":" + priority), clause, "/process/ioPriority/" + place);

    [Theory]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("1-2-3")]
    [InlineData("0x1")]
    [InlineData("1 2")]
    [InlineData("99999999999")]
    public void ExecCPUAffinityFormat(string list)
    {
        Rules.Broken(Rules.Process("\"execCPUAffinity\":{\"initial\":¦\"" + list + "\"}"), "ExecCPUAffinityFormat", "/process/execCPUAffinity/initial");
        Rules.Broken(Rules.Process("\"execCPUAffinity\":{\"final\":¦\"" + list + "\"}"), "ExecCPUAffinityFormat", "/process/execCPUAffinity/final");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0-3,7")]
    [InlineData(" 1 , 2-2 ,")]
    public void ExecCPUAffinityFormat_good(string list) => Rules.Good(Rules.Process("\"execCPUAffinity\":{\"initial\":\"" + list + "\",\"final\":\"" + list + "\"}"));

    [Fact]
    public void A_process_object_alone_has_pointers_of_its_own()
    {
        SpecDocument<ProcessSpec> read = SpecReader.ReadAndValidateProcess("""{"cwd":"x","args":["a"],"env":["A"]}"""u8);

        Assert.Equal(["1:8 /cwd", "1:32 /env/0"], read.Findings.Select(static finding => $"{finding.Line}:{finding.Column} {finding.Pointer}"));
        Assert.Null(read.Value);
        Assert.NotNull(SpecReader.ReadAndValidateProcess(Encoding.UTF8.GetBytes("""{"cwd":"/","args":["a"]}""")).Value);
    }
}
