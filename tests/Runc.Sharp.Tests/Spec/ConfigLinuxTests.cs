using System.Globalization;
using System.Linq;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>config-linux.md, beside resources and seccomp. Tests bear the names of the clauses; ¦ marks the place.</summary>
public class ConfigLinuxTests
{
    [Theory]
    [InlineData("net")]
    [InlineData("")]
    [InlineData("PID")]
    public void NSTypeKnown(string type) => Rules.Broken(
        Rules.Document("\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":¦\"" + type + "\"}]}"), "NSTypeKnown", "/linux/namespaces/1/type");

    [Fact]
    public void NSErrorOnDup() => Rules.Broken(
        Rules.Document("""  "linux":{"namespaces":[{"type":"pid"},{"type":"ipc"},{"type":¦"pid","path":"/proc/1/ns/pid"}]}"""), "NSErrorOnDup", "/linux/namespaces/2/type", "pid is given twice");

    [Fact]
    public void NSPathAbs()
    {
        Rules.Broken(Rules.Document("""  "linux":{"namespaces":[{"type":"pid","path":¦"proc/1"}]}"""), "NSPathAbs", "/linux/namespaces/0/path", "must be absolute, is 'proc/1'");
        Rules.Good(Rules.Document("""  "linux":{"namespaces":[{"type":"pid","path":""}]}"""));
    }

    [Fact]
    public void UserNSMappings()
    {
        Rules.Broken(
            Rules.Document("""  "linux":{"uidMappings":¦[{"containerID":0,"hostID":1,"size":1}]}"""),
            "UserNSMappings",
            "/linux/uidMappings",
            "user namespace mappings specified, but user namespace isn't enabled in the config");
        Rules.Broken(
            Rules.Document("""  "linux":¦{"namespaces":[{"type":"user"}],"uidMappings":[{"containerID":0,"hostID":1,"size":1}]}"""),
            "UserNSMappings",
            "/linux/gidMappings",
            "user namespaces enabled, but no namespace path to join nor mappings to apply specified");
        Rules.Good(Rules.Document("""  "linux":{"namespaces":[{"type":"user","path":"/proc/1/ns/user"}]}"""));
        Rules.Good(Rules.Document("""  "linux":{"uidMappings":[],"gidMappings":[]}"""));
        Rules.Good(Rules.Document("""  "linux":{"namespaces":[{"type":"user","path":"/n"}],"gidMappings":[{"containerID":0,"hostID":1,"size":1}]}"""));
    }

    [Theory]
    [InlineData("""[{"containerID":0,"hostID":1,"size":¦0}]""", "IdMappingsSize", "/0/size")]
    [InlineData("""[{"containerID":¦1,"hostID":1,"size":4294967295}]""", "IdMappingsRange", "/0/containerID", "/0/hostID")]
    [InlineData("""[{"containerID":¦4294967295,"hostID":1,"size":1}]""", "IdMappingsRange", "/0/containerID")]
    [InlineData("""[{"containerID":0,"hostID":¦4294967290,"size":6}]""", "IdMappingsRange", "/0/hostID")]
    [InlineData("""[{"containerID":0,"hostID":0,"size":10},{"containerID":¦9,"hostID":10,"size":1}]""", "IdMappingsOverlap", "/1/containerID")]
    [InlineData("""[{"containerID":5,"hostID":0,"size":5},{"containerID":¦0,"hostID":10,"size":6}]""", "IdMappingsOverlap", "/1/containerID")]
    [InlineData("""[{"containerID":0,"hostID":100,"size":10},{"containerID":10,"hostID":¦109,"size":10}]""", "IdMappingsOverlap", "/1/hostID")]
    public void IdMappings(string ranges, string clause, params string[] places)
    {
        var marked = new Marked(Rules.Document(
            "\"linux\":{\"namespaces\":[{\"type\":\"user\"}],\"gidMappings\":[{\"containerID\":0,\"hostID\":1,\"size\":1}],\"uidMappings\":" + ranges + "}"));

        SpecDocument<RuntimeSpec> read = SpecReader.ReadAndValidate(marked.Bytes);

        Assert.Equal(places.Select(place => clause + " /linux/uidMappings" + place), read.Findings.Select(static finding => finding.Clause + " " + finding.Pointer));
        Assert.Equal((marked.Line, marked.Column), (read.Findings[0].Line, read.Findings[0].Column));
    }

    [Theory]
    [InlineData(340, true)]
    [InlineData(341, false)]
    public void IdMappingsCount(int count, bool good)
    {
        string ranges = string.Join(',', Enumerable.Range(0, count).Select(static i => string.Create(CultureInfo.InvariantCulture, $"{{\"containerID\":{i * 10},\"hostID\":{100000 + (i * 10)},\"size\":10}}")));
        string document = Rules.Document(
            "\"linux\":{\"namespaces\":[{\"type\":\"user\"}],\"uidMappings\":[{\"containerID\":0,\"hostID\":4294967294,\"size\":1}],\"gidMappings\":[" + ranges + "]}");
        if (good)
        {
            Rules.Good(document);
        }
        else
        {
            Rules.Broken(document, "IdMappingsCount", "/linux/gidMappings", "must have at most 340 ranges, has 341");
        }
    }

    [Theory]
    [InlineData("kernel.shmmax")]
    [InlineData("kernel/shmmax")]
    [InlineData("kernel.sem")]
    [InlineData("fs.mqueue.queues_max")]
    [InlineData("fs/mqueue/queues_max")]
    [InlineData("net.ipv4.ip_forward")]
    [InlineData("net/ipv4/conf/eth0.100/rp_filter")]
    [InlineData("net.ipv4.conf.eth0/100.rp_filter")]
    [InlineData("user.max_user_namespaces")]
    [InlineData("kernel.domainname")]
    public void SysctlNamespaced_good(string name) => Rules.Good(Rules.Linux("\"sysctl\":{\"" + name + "\":\"1\"}"));

    [Theory]
    [InlineData("kernel.core_pattern", "is not in a separate kernel namespace")]
    [InlineData("kernel/core_pattern", "is not in a separate kernel namespace")]
    [InlineData("vm.swappiness", "is not in a separate kernel namespace")]
    [InlineData("kernel.hostname", "is not allowed as it conflicts with the OCI \\\"hostname\\\" field")]
    [InlineData("kernel.shmmaxx", "is not in a separate kernel namespace")]
    [InlineData("kernel", "is not in a separate kernel namespace")]
    [InlineData("netx.foo", "is not in a separate kernel namespace")]
    [InlineData("KERNEL.SEM", "is not in a separate kernel namespace")]
    [InlineData("net/../kernel/core_pattern", null)]
    [InlineData("net.ipv4./../../x", null)]
    [InlineData("net...kernel.core_pattern", null)]
    [InlineData("net//ipv4", null)]
    [InlineData("net..ipv4", null)]
    [InlineData("net/./ipv4", null)]
    [InlineData("/net/ipv4", null)]
    [InlineData(".net.ipv4", null)]
    [InlineData("net/ipv4/", null)]
    [InlineData("net.ipv4.a\\nb", null)]
    [InlineData("", null)]
    public void SysctlNamespaced(string name, string? message) => Rules.Broken(
        Rules.Linux("\"sysctl\":{\"" + name + "\":¦\"1\"}"),
        "SysctlNamespaced",
        "/linux/sysctl/" + name.Replace("/", "~1", System.StringComparison.Ordinal).Replace("\\n", "\n", System.StringComparison.Ordinal),
        message is null ? "must be names parted by '.' or by '/', none of them empty, '.' or '..'" : message.Replace("\\", string.Empty, System.StringComparison.Ordinal));

    [Theory]
    [InlineData("kernel.shmmax", "is not allowed in the hosts ipc namespace")]
    [InlineData("fs.mqueue.msg_max", "is not allowed in the hosts ipc namespace")]
    [InlineData("net.core.somaxconn", "is not allowed in host network namespace")]
    [InlineData("user.max_mnt_namespaces", "is not allowed without a user namespace")]
    [InlineData("kernel.domainname", "is not in a separate kernel namespace")]
    [InlineData("kernel.hostname", "is not in a separate kernel namespace")]
    public void SysctlNamespaced_without_the_namespace(string name, string message) => Rules.Broken(
        Rules.Document("\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}],\"sysctl\":{\"" + name + "\":¦\"1\"}}"), "SysctlNamespaced", "/linux/sysctl/" + name, message);

    [Theory]
    [InlineData("../x")]
    [InlineData("/a/../../b")]
    [InlineData("a/..")]
    [InlineData("..")]
    [InlineData("a\\nb")]
    [InlineData("a\\u007fb")]
    public void CgroupsPathError(string path) => Rules.Broken(Rules.Linux("\"cgroupsPath\":¦\"" + path + "\""), "CgroupsPathError", "/linux/cgroupsPath");

    [Fact]
    public void LabelCharacters()
    {
        Rules.Broken(Rules.Linux("\"mountLabel\":¦\"u:r:t:s0\\nb\""), "LabelCharacters", "/linux/mountLabel", "must not hold a control character");
        Rules.Good(Rules.Linux("\"mountLabel\":\"u:r:t:s0:c1,c2\""));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/a/b..c/...")]
    [InlineData("user.slice:docker:abc")]
    [InlineData("a/./b")]
    public void CgroupsPathError_good(string path) => Rules.Good(Rules.Linux("\"cgroupsPath\":\"" + path + "\""));

    [Theory]
    [InlineData("""{"path":"/dev/x","type":¦"x","major":1,"minor":1}""", "DevicesType", "type")]
    [InlineData("""{"path":"/dev/x","type":¦"a","major":1,"minor":1}""", "DevicesType", "type")]
    [InlineData("""{"path":¦"dev/x","type":"c","major":1,"minor":1}""", "DevicesPathAbs", "path")]
    [InlineData("""{"path":¦"","type":"p"}""", "DevicesPathAbs", "path")]
    [InlineData("""¦{"path":"/dev/x","type":"b","minor":1}""", "DevicesMajMinRequired", "major")]
    [InlineData("""¦{"path":"/dev/x","type":"u","major":1}""", "DevicesMajMinRequired", "minor")]
    [InlineData("""{"path":"/dev/x","type":"c","major":¦-1,"minor":1}""", "DevicesNumber", "major")]
    [InlineData("""{"path":"/dev/x","type":"c","major":¦4096,"minor":1}""", "DevicesNumber", "major")]
    [InlineData("""{"path":"/dev/x","type":"c","major":1,"minor":¦1048576}""", "DevicesNumber", "minor")]
    [InlineData("""{"path":"/dev/x","type":"p","fileMode":¦65536}""", "DevicesFileMode", "fileMode")]
    public void Devices(string device, string clause, string place) => Rules.Broken(Rules.Linux("\"devices\":[" + device + "]"), clause, "/linux/devices/0/" + place);

    [Fact]
    public void DevicesErrorOnDup_warns()
    {
        Rules.Warned(
            Rules.Linux("""  "devices":[{"path":"/dev/a","type":"c","major":1,"minor":3},{"path":"/dev/c","type":"c","major":1,"minor":4},¦{"path":"/dev/b","type":"c","major":1,"minor":3}]"""),
            "DevicesErrorOnDup",
            "/linux/devices/2",
            "should not have the type and the numbers of element 0");
        Rules.Good(Rules.Linux("""  "devices":[{"path":"/dev/a","type":"c","major":1,"minor":3,"fileMode":8630},{"path":"/dev/b","type":"b","major":1,"minor":3},{"path":"/p","type":"p"},{"path":"/q","type":"p"}]"""));
    }

    [Theory]
    [InlineData("\"eth/0\":{}", "eth~10", "eth/0")]
    [InlineData("\"\":{}", "", "")]
    [InlineData("\"..\":{}", "..", "..")]
    [InlineData("\"eth 0\":{}", "eth 0", "eth 0")]
    [InlineData("\"eth:0\":{}", "eth:0", "eth:0")]
    [InlineData("\"sixteen_letters_\":{}", "sixteen_letters_", "sixteen_letters_")]
    [InlineData("\"eth0\":{\"name\":\"a/b\"}", "eth0/name", "a/b")]
    public void NetDevicesName(string device, string place, string name) => Rules.Broken(
        Rules.Linux("\"netDevices\":{\"fifteen_letters\":{\"name\":\"c%d\"}," + device + "}"), "NetDevicesName", "/linux/netDevices/" + place, $"invalid network device name '{name}'");

    [Fact]
    public void NetworkNamespaceRequired() => Rules.Broken(
        Rules.Document("""  "linux":{"netDevices":¦{"eth0":{}}}"""), "NetworkNamespaceRequired", "/linux/netDevices", "unable to move network devices without a NET namespace");

    [Theory]
    [InlineData("maskedPaths", "MaskedPathsAbs")]
    [InlineData("readonlyPaths", "ReadonlyPathsAbs")]
    public void Paths_are_absolute_and_need_a_mount_namespace(string property, string clause)
    {
        Rules.Broken(Rules.Linux("\"" + property + "\":[\"/proc/kcore\",¦\"proc\"]"), clause, $"/linux/{property}/1", "must be absolute, is 'proc'");
        Rules.Broken(Rules.Linux("\"" + property + "\":[¦\"\"]"), clause, $"/linux/{property}/0");
        Rules.Broken(
            Rules.Document("\"linux\":{\"" + property + "\":¦[\"/proc\"]}"), "MountNamespaceRequired", "/linux/" + property, "unable to restrict sys entries without a private MNT namespace");
        Rules.Good(Rules.Document("\"linux\":{\"" + property + "\":[]}"));
    }

    [Theory]
    [InlineData("shared", true)]
    [InlineData("slave", true)]
    [InlineData("private", true)]
    [InlineData("unbindable", true)]
    [InlineData("rshared", true)]
    [InlineData("rslave", true)]
    [InlineData("rprivate", true)]
    [InlineData("runbindable", true)]
    [InlineData("", true)]
    [InlineData("rw", false)]
    [InlineData("SLAVE", false)]
    public void RootfsPropagation(string word, bool good)
    {
        if (good)
        {
            Rules.Good(Rules.Linux("\"rootfsPropagation\":\"" + word + "\""));
        }
        else
        {
            Rules.Broken(Rules.Linux("\"rootfsPropagation\":¦\"" + word + "\""), "RootfsPropagation", "/linux/rootfsPropagation");
        }
    }

    [Theory]
    [InlineData("""{"closID":¦".."}""", "IntelRdtClosID", "closID")]
    [InlineData("""{"closID":¦"a/b"}""", "IntelRdtClosID", "closID")]
    [InlineData("""{"closID":¦"a\nb"}""", "IntelRdtClosID", "closID")]
    [InlineData("""{"memBwSchema":¦"L3:0=f"}""", "IntelRdtMemBwSchema", "memBwSchema")]
    [InlineData("""{"memBwSchema":¦"MB:0=1\nL3:0=f"}""", "IntelRdtSchemaLine", "memBwSchema")]
    [InlineData("""{"l3CacheSchema":¦"L3:0=f\nMB:0=1"}""", "IntelRdtSchemaLine", "l3CacheSchema")]
    [InlineData("""{"schemata":["L2:0=f",¦"a\r"]}""", "IntelRdtSchemaLine", "schemata/1")]
    public void IntelRdt(string rdt, string clause, string place) => Rules.Broken(Rules.Linux("\"intelRdt\":" + rdt), clause, "/linux/intelRdt/" + place);

    [Fact]
    public void IntelRdtL3CacheSchema_warns()
    {
        Rules.Warned(Rules.Linux("""  "intelRdt":{"l3CacheSchema":¦"0=f"}"""), "IntelRdtL3CacheSchema", "/linux/intelRdt/l3CacheSchema");
        Rules.Good(Rules.Linux("""  "intelRdt":{"closID":"/","l3CacheSchema":"L3:0=f","memBwSchema":"MB:0=20"}"""));
        Rules.Good(Rules.Linux("""  "intelRdt":{"closID":"","l3CacheSchema":"","memBwSchema":""}"""));
    }

    [Theory]
    [InlineData("""{"mode":¦"BIND","nodes":"0"}""", "MemoryPolicyMode", "/mode")]
    [InlineData("""{"mode":"MPOL_LOCAL","nodes":¦"0"}""", "MemoryPolicyNodes", "/nodes")]
    [InlineData("""¦{"mode":"MPOL_BIND"}""", "MemoryPolicyNodes", "/nodes")]
    [InlineData("""{"mode":"MPOL_INTERLEAVE","nodes":¦" , "}""", "MemoryPolicyNodes", "/nodes")]
    [InlineData("""{"mode":"MPOL_BIND","nodes":¦"0-x"}""", "MemoryPolicyNodes", "/nodes")]
    [InlineData("""{"mode":"MPOL_PREFERRED","flags":[¦"STATIC"]}""", "MemoryPolicyFlag", "/flags/0")]
    [InlineData("""{"mode":"MPOL_PREFERRED","flags":¦["MPOL_F_STATIC_NODES","MPOL_F_RELATIVE_NODES"]}""", "MemoryPolicyFlag", "/flags")]
    public void MemoryPolicy(string policy, string clause, string place) => Rules.Broken(Rules.Linux("\"memoryPolicy\":" + policy), clause, "/linux/memoryPolicy" + place);

    [Theory]
    [InlineData("""{"mode":"MPOL_DEFAULT"}""")]
    [InlineData("""{"mode":"MPOL_LOCAL","nodes":""}""")]
    [InlineData("""{"mode":"MPOL_PREFERRED"}""")]
    [InlineData("""{"mode":"MPOL_WEIGHTED_INTERLEAVE","nodes":"0-3,7","flags":["MPOL_F_STATIC_NODES","MPOL_F_NUMA_BALANCING"]}""")]
    [InlineData("""{"mode":"MPOL_PREFERRED_MANY","nodes":"1"}""")]
    public void MemoryPolicy_good(string policy) => Rules.Good(Rules.Linux("\"memoryPolicy\":" + policy));

    [Fact]
    public void Personality()
    {
        Rules.Broken(Rules.Linux("""  "personality":{"domain":¦"PER_LINUX"}"""), "PersonalityDomain", "/linux/personality/domain", "must be LINUX or LINUX32, is 'PER_LINUX'");
        Rules.Warned(Rules.Linux("""  "personality":{"domain":"LINUX","flags":¦["X"]}"""), "PersonalityFlags", "/linux/personality/flags");
        Rules.Good(Rules.Linux("""  "personality":{"domain":"LINUX32","flags":[]}"""));
    }

    [Fact]
    public void TimeOffsets()
    {
        Rules.Good(Rules.Linux("""  "timeOffsets":{"monotonic":{"secs":-5,"nanosecs":999999999},"boottime":{}}"""));
        Rules.Broken(Rules.Linux("""  "timeOffsets":{"realtime":¦{}}"""), "TimeOffsetsClock", "/linux/timeOffsets/realtime");
        Rules.Broken(Rules.Linux("""  "timeOffsets":{"boottime":{"nanosecs":¦1000000000}}"""), "TimeOffsetsNanosecs", "/linux/timeOffsets/boottime/nanosecs");
        Rules.Broken(
            Rules.Document("""  "linux":{"timeOffsets":¦{"boottime":{}}}"""),
            "TimeNamespaceRequired",
            "/linux/timeOffsets",
            "time namespace offsets specified, but time namespace isn't enabled in the config");
        Rules.Broken(
            Rules.Document("""  "linux":{"namespaces":[{"type":"time","path":"/n"}],"timeOffsets":¦{"boottime":{}}}"""), "TimeNamespaceRequired", "/linux/timeOffsets");
    }

    [Fact]
    public void Many_equal_devices_do_not_take_long()
    {
        string devices = string.Join(',', Enumerable.Repeat("""{"path":"/dev/a","type":"c","major":1,"minor":3}""", 50_000));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.False(SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(Rules.Linux("\"devices\":[" + devices + "]"))).Failed);
        Assert.True(clock.Elapsed.TotalSeconds < 20, clock.Elapsed.ToString());
    }
}
