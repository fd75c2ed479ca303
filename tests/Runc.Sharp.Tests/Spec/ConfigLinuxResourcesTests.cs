using System.Linq;
using System.Text;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Spec;

/// <summary>config-linux.md#control-groups. Tests bear the names of the clauses; ¦ marks the place.</summary>
public class ConfigLinuxResourcesTests
{
    [Theory]
    [InlineData("""  "devices":[{"allow":true,"type":¦"u","access":"r"}]""", "DeviceRuleType", "/devices/0/type")]
    [InlineData("""  "devices":[{"allow":false,"access":"rwm"},¦{"allow":true}]""", "DeviceRuleAccess", "/devices/1/access")]
    [InlineData("""  "devices":[{"allow":true,"access":¦""}]""", "DeviceRuleAccess", "/devices/0/access")]
    [InlineData("""  "devices":[{"allow":true,"access":¦"rx"}]""", "DeviceRuleAccess", "/devices/0/access")]
    [InlineData("""  "devices":[{"allow":true,"access":"r","major":¦-2}]""", "DeviceRuleNumber", "/devices/0/major")]
    [InlineData("""  "devices":[{"allow":true,"access":"r","minor":¦1048576}]""", "DeviceRuleNumber", "/devices/0/minor")]
    [InlineData("""  "memory":{"limit":¦-2}""", "MemorySize", "/memory/limit")]
    [InlineData("""  "memory":{"reservation":¦-2}""", "MemorySize", "/memory/reservation")]
    [InlineData("""  "memory":{"swap":¦-2}""", "MemorySize", "/memory/swap")]
    [InlineData("""  "memory":{"limit":1000,"swap":¦999}""", "MemorySwap", "/memory/swap")]
    [InlineData("""  "memory":{"swappiness":¦101}""", "MemorySwappiness", "/memory/swappiness")]
    [InlineData("""  "cpu":{"period":¦999}""", "CpuPeriod", "/cpu/period")]
    [InlineData("""  "cpu":{"period":¦1000001}""", "CpuPeriod", "/cpu/period")]
    [InlineData("""  "cpu":{"quota":¦999}""", "CpuQuota", "/cpu/quota")]
    [InlineData("""  "cpu":{"quota":2000,"burst":¦2001}""", "CpuBurst", "/cpu/burst")]
    [InlineData("""  "cpu":{"realtimeRuntime":¦11,"realtimePeriod":10}""", "CpuRealtimeRuntime", "/cpu/realtimeRuntime")]
    [InlineData("""  "cpu":{"idle":¦2}""", "CpuIdle", "/cpu/idle")]
    [InlineData("""  "cpu":{"cpus":¦"0-3\n"}""", "CpusetFormat", "/cpu/cpus")]
    [InlineData("""  "cpu":{"mems":¦"zero"}""", "CpusetFormat", "/cpu/mems")]
    [InlineData("""  "pids":{"limit":¦-2}""", "PidsLimit", "/pids/limit")]
    [InlineData("""  "blockIO":{"weight":¦9}""", "BlkIOWeightRange", "/blockIO/weight")]
    [InlineData("""  "blockIO":{"leafWeight":¦1001}""", "BlkIOWeightRange", "/blockIO/leafWeight")]
    [InlineData("""  "blockIO":{"weightDevice":[¦{"major":8,"minor":0}]}""", "BlkIOWeightOrLeafWeightExist", "/blockIO/weightDevice/0")]
    [InlineData("""  "blockIO":{"weightDevice":[{"major":8,"minor":0,"weight":¦1}]}""", "BlkIOWeightRange", "/blockIO/weightDevice/0/weight")]
    [InlineData("""  "blockIO":{"weightDevice":[{"major":8,"minor":0,"leafWeight":¦65535}]}""", "BlkIOWeightRange", "/blockIO/weightDevice/0/leafWeight")]
    [InlineData("""  "blockIO":{"weightDevice":[{"major":¦-1,"minor":0,"weight":10}]}""", "BlkIODeviceNumber", "/blockIO/weightDevice/0/major")]
    [InlineData("""  "blockIO":{"throttleReadBpsDevice":[{"major":8,"minor":¦-1,"rate":1}]}""", "BlkIODeviceNumber", "/blockIO/throttleReadBpsDevice/0/minor")]
    [InlineData("""  "blockIO":{"throttleWriteBpsDevice":[{"major":¦4096,"minor":1,"rate":1}]}""", "BlkIODeviceNumber", "/blockIO/throttleWriteBpsDevice/0/major")]
    [InlineData("""  "blockIO":{"throttleReadIOPSDevice":[{"major":8,"minor":¦1048576,"rate":1}]}""", "BlkIODeviceNumber", "/blockIO/throttleReadIOPSDevice/0/minor")]
    [InlineData("""  "blockIO":{"throttleWriteIOPSDevice":[{"major":¦-1,"minor":1,"rate":1}]}""", "BlkIODeviceNumber", "/blockIO/throttleWriteIOPSDevice/0/major")]
    [InlineData("""  "hugepageLimits":[{"pageSize":"2MB","limit":1},{"pageSize":¦"../memory","limit":1}]""", "HugepageSize", "/hugepageLimits/1/pageSize")]
    [InlineData("""  "hugepageLimits":[{"pageSize":¦"2/MB","limit":1}]""", "HugepageSize", "/hugepageLimits/0/pageSize")]
    [InlineData("""  "hugepageLimits":[{"pageSize":¦"02MB","limit":1}]""", "HugepageSize", "/hugepageLimits/0/pageSize")]
    [InlineData("""  "hugepageLimits":[{"pageSize":¦"MB","limit":1}]""", "HugepageSize", "/hugepageLimits/0/pageSize")]
    [InlineData("""  "hugepageLimits":[{"pageSize":¦"2mb","limit":1}]""", "HugepageSize", "/hugepageLimits/0/pageSize")]
    [InlineData("""  "hugepageLimits":[{"pageSize":¦"2TB","limit":1}]""", "HugepageSize", "/hugepageLimits/0/pageSize")]
    [InlineData("""  "hugepageLimits":[{"pageSize":¦"2MB\n","limit":1}]""", "HugepageSize", "/hugepageLimits/0/pageSize")]
    [InlineData("""  "network":{"priorities":[{"name":¦"eth0 1\neth1","priority":1}]}""", "NetworkPriorityName", "/network/priorities/0/name")]
    [InlineData("""  "rdma":{"mlx 5":¦{"hcaHandles":1}}""", "RdmaName", "/rdma/mlx 5")]
    [InlineData("""  "rdma":{"../x":¦{"hcaHandles":1}}""", "RdmaName", "/rdma/..~1x")]
    [InlineData("""  "rdma":{"a\nb":¦{"hcaHandles":1}}""", "RdmaName", "/rdma/a\nb")]
    [InlineData("""  "rdma":{"mlx5_1":¦{}}""", "RdmaLimitRequired", "/rdma/mlx5_1")]
    [InlineData("""  "unified":{"memory.high":"1","../memory.max":¦"1"}""", "UnifiedKey", "/unified/..~1memory.max")]
    [InlineData("""  "unified":{"":¦"1"}""", "UnifiedKey", "/unified/")]
    [InlineData("""  "unified":{"..":¦"1"}""", "UnifiedKey", "/unified/..")]
    [InlineData("""  "unified":{"a\nb":¦"1"}""", "UnifiedKey", "/unified/a\nb")]
    public void Resources(string resources, string clause, string place)
    {
        place = place.Replace("\\n", "\n", System.StringComparison.Ordinal);
        Rules.Broken(Rules.Resources(resources), clause, "/linux/resources" + place);
        Finding finding = Assert.Single(SpecReader.ReadAndValidateResources(new Marked("{" + resources + "}").Bytes).Findings);
        Assert.Equal((clause, place), (finding.Clause, finding.Pointer));
    }

    [Theory]
    [InlineData("""  "devices":[{"allow":false,"access":"rwm"},{"allow":true,"type":"c","major":-1,"minor":-1,"access":"m"},{"allow":true,"type":"","access":"r"},{"allow":true,"type":"a","access":"mwr"}]""")]
    [InlineData("""  "memory":{"limit":-1,"reservation":0,"swap":-1,"swappiness":100}""")]
    [InlineData("""  "memory":{"limit":1000,"swap":1000}""")]
    [InlineData("""  "memory":{"limit":1000,"swap":0}""")]
    [InlineData("""  "memory":{"limit":-1,"swap":1000}""")]
    [InlineData("""  "cpu":{"shares":0,"quota":-1,"burst":5,"period":0,"realtimeRuntime":950000,"realtimePeriod":0,"cpus":"","mems":"0-7:1/2,N","idle":0}""")]
    [InlineData("""  "cpu":{"quota":1000,"burst":1000,"period":1000000,"cpus":"all","idle":1}""")]
    [InlineData("""  "pids":{"limit":0}""")]
    [InlineData("""  "pids":{"limit":-1}""")]
    [InlineData("""  "pids":{}""")]
    [InlineData("""  "blockIO":{"weight":0,"leafWeight":1000,"weightDevice":[{"major":8,"minor":0,"leafWeight":10}],"throttleReadBpsDevice":[{"major":4095,"minor":1048575,"rate":0}]}""")]
    [InlineData("""  "hugepageLimits":[{"pageSize":"64KB","limit":0},{"pageSize":"2MB","limit":1},{"pageSize":"16GB","limit":18446744073709551615}]""")]
    [InlineData("""  "network":{"classID":1048577,"priorities":[{"name":"eth0","priority":0}]}""")]
    [InlineData("""  "unified":{"io.max":"8:0 rbps=1\n8:16 wbps=2","hugetlb.1GB.max":"0","not_a.controller":"x"}""")]
    public void Resources_good(string resources) => Rules.Good(Rules.Resources(resources));

    [Theory]
    [InlineData("kernel")]
    [InlineData("kernelTCP")]
    public void MemoryKernelDeprecated_warns(string property) =>
        Rules.Warned(Rules.Resources("\"memory\":{\"" + property + "\":¦1}"), "MemoryKernelDeprecated", "/linux/resources/memory/" + property);

    [Fact]
    public void A_resources_object_alone_is_given_when_it_is_good()
    {
        SpecDocument<ResourcesSpec> read = SpecReader.ReadAndValidateResources(Encoding.UTF8.GetBytes("""{"pids":{"limit":5},"memory":{"kernel":1}}"""));

        Assert.Equal(5, read.Value!.Pids!.Limit);
        Assert.Equal("MemoryKernelDeprecated", read.Findings.Single().Clause);
    }

    [Theory]
    [InlineData("1.0.2-dev", 0, null)]
    [InlineData("1.2.1", 0, null)]
    [InlineData("1.2.1", 7, 7)]
    [InlineData("1.3.0", 0, 0)]
    [InlineData("1.10.0", 0, 0)]
    public void A_pids_limit_of_0_is_none_before_version_1_3(string version, int given, int? meant)
    {
        var spec = new RuntimeSpec { OciVersion = version, Linux = new() { Resources = new() { Pids = new() { Limit = given }, Memory = new() { Limit = 5 } } } };
        Assert.Equal(meant, spec.LimitsMeant()!.Pids?.Limit);
        Assert.Equal(5, spec.LimitsMeant()!.Memory!.Limit);
    }
}
