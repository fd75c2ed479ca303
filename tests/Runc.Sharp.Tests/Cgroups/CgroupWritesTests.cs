using System.Collections.Generic;
using System.Linq;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>config-linux.md#control-groups: every property on both versions.</summary>
public sealed class CgroupWritesTests
{
    private static readonly ThrottleDeviceSpec Disk = new() { Major = 8, Minor = 16, Rate = 4096 };

    /// <summary>Property, resources, v1, v2. A line is <c>file=value</c> and rules, or <c>error pointer: …</c>, or <c>warning pointer: …</c>.</summary>
    private static readonly (string Name, ResourcesSpec Resources, string[] V1, string[] V2)[] Cases =
    [
        ("memory limit", Memory(new() { Limit = 1000 }), ["memory.limit_in_bytes=1000"], ["memory.max=1000"]),
        ("memory limit 0 is unset", Memory(new() { Limit = 0 }), [], []),
        ("memory limit -1", Memory(new() { Limit = -1 }),
            ["memory.limit_in_bytes=-1 Deferrable", "memory.memsw.limit_in_bytes=-1 SkipMissing, Settles"], ["memory.swap.max=max SkipMissing", "memory.max=max"]),
        ("memory limit -2", Memory(new() { Limit = -2 }),
            ["error /memory/limit: must be -1 (no limit) or a number of bytes, is -2"], ["error /memory/limit: must be -1 (no limit) or a number of bytes, is -2"]),
        ("swap of limit and more", Memory(new() { Limit = 1000, Swap = 3000 }),
            ["memory.limit_in_bytes=1000 Deferrable", "memory.memsw.limit_in_bytes=3000 Settles"], ["memory.swap.max=2000", "memory.max=1000"]),
        ("swap equal to limit", Memory(new() { Limit = 1000, Swap = 1000 }),
            ["memory.limit_in_bytes=1000 Deferrable", "memory.memsw.limit_in_bytes=1000 Settles"], ["memory.swap.max=0 SkipMissing", "memory.max=1000"]),
        ("swap -1", Memory(new() { Limit = 1000, Swap = -1 }),
            ["memory.limit_in_bytes=1000 Deferrable", "memory.memsw.limit_in_bytes=-1 SkipMissing, Settles"], ["memory.swap.max=max SkipMissing", "memory.max=1000"]),
        ("swap below limit", Memory(new() { Limit = 1000, Swap = 999 }),
            ["memory.limit_in_bytes=1000 Deferrable", "error /memory/swap: memory+swap limit should be >= memory limit"],
            ["error /memory/swap: memory+swap limit should be >= memory limit"]),
        ("swap without limit", Memory(new() { Swap = 1000 }),
            ["memory.memsw.limit_in_bytes=1000 Settles"], ["error /memory/swap: unable to set swap limit without memory limit"]),
        ("swap with unlimited memory", Memory(new() { Limit = -1, Swap = 500 }),
            ["memory.limit_in_bytes=-1 Deferrable", "memory.memsw.limit_in_bytes=500 Settles"], ["memory.swap.max=500", "memory.max=max"]),
        ("reservation", Memory(new() { Reservation = 500 }), ["memory.soft_limit_in_bytes=500"], ["memory.low=500"]),
        ("reservation -1", Memory(new() { Reservation = -1 }), ["memory.soft_limit_in_bytes=-1"], ["memory.low=max"]),
        ("kernel", Memory(new() { Kernel = 1 }),
            ["warning /memory/kernel: kernel memory settings are ignored, for kernels no longer have them"],
            ["warning /memory/kernel: kernel memory settings are ignored: cgroup v2 counts kernel memory into the limit"]),
        ("kernelTCP", Memory(new() { KernelTcp = 1 }),
            ["warning /memory/kernelTCP: kernel memory settings are ignored, for kernels no longer have them"],
            ["warning /memory/kernelTCP: kernel memory settings are ignored: cgroup v2 counts kernel memory into the limit"]),
        ("swappiness", Memory(new() { Swappiness = 60 }), ["memory.swappiness=60"],
            ["error /memory/swappiness: cannot be set on cgroup v2, which has no swappiness per cgroup"]),
        ("swappiness 101", Memory(new() { Swappiness = 101 }), ["error /memory/swappiness: invalid memory swappiness value: 101 (valid range is 0-100)"],
            ["error /memory/swappiness: cannot be set on cgroup v2, which has no swappiness per cgroup"]),
        ("disableOOMKiller", Memory(new() { DisableOomKiller = true }), ["memory.oom_control=1"],
            ["error /memory/disableOOMKiller: cannot be set on cgroup v2, which has no such switch"]),
        ("disableOOMKiller false", Memory(new() { DisableOomKiller = false }), [], []),
        ("useHierarchy", Memory(new() { UseHierarchy = true }), ["memory.use_hierarchy=1"], []),
        ("useHierarchy false", Memory(new() { UseHierarchy = false }), ["memory.use_hierarchy=0"],
            ["error /memory/useHierarchy: cannot be false on cgroup v2, which always counts hierarchically"]),
        ("checkBeforeUpdate", Memory(new() { Limit = 9, CheckBeforeUpdate = true }), ["memory.limit_in_bytes=9"], ["check 9 0 /memory/checkBeforeUpdate", "memory.max=9"]),
        ("shares", Cpu(new() { Shares = 1024 }), ["cpu.shares=1024"], ["cpu.weight=100"]),
        ("shares 0 is unset", Cpu(new() { Shares = 0 }), [], []),
        ("shares 1", Cpu(new() { Shares = 1 }), ["error /cpu/shares: the minimum allowed cpu-shares is 2"], ["cpu.weight=1"]),
        ("shares 262145", Cpu(new() { Shares = 262145 }), ["error /cpu/shares: the maximum allowed cpu-shares is 262144"], ["cpu.weight=10000"]),
        ("quota", Cpu(new() { Quota = 5000 }), ["cpu.cfs_quota_us=5000 Settles"], ["cpu.max=5000 100000 Settles"]),
        ("quota -1", Cpu(new() { Quota = -1 }), ["cpu.cfs_quota_us=-1 Settles"], ["cpu.max=max 100000 Settles"]),
        ("period", Cpu(new() { Period = 20000 }), ["cpu.cfs_period_us=20000"], ["cpu.max=max 20000 Settles"]),
        ("quota and period", Cpu(new() { Quota = 5000, Period = 20000 }),
            ["cpu.cfs_period_us=20000 Deferrable", "cpu.cfs_quota_us=5000 Settles"], ["cpu.max=5000 20000 Settles"]),
        ("burst", Cpu(new() { Burst = 0 }), ["cpu.cfs_burst_us=0 WarnMissing"], ["cpu.max.burst=0"]),
        ("burst and quota", Cpu(new() { Burst = 100, Quota = 5000 }),
            ["cpu.cfs_burst_us=100 WarnMissing, Deferrable", "cpu.cfs_quota_us=5000 Settles"], ["cpu.max.burst=100 Deferrable", "cpu.max=5000 100000 Settles"]),
        ("idle is entered last", Cpu(new() { Idle = 1, Shares = 2 }), ["cpu.shares=2", "cpu.idle=1"], ["cpu.weight=1", "cpu.idle=1"]),
        ("idle is left first", Cpu(new() { Idle = 0, Shares = 2 }), ["cpu.idle=0", "cpu.shares=2"], ["cpu.idle=0", "cpu.weight=1"]),
        ("realtime", Cpu(new() { RealtimePeriod = 1000000, RealtimeRuntime = 900 }),
            ["cpu.rt_period_us=1000000 Deferrable", "cpu.rt_runtime_us=900 Settles"],
            ["error /cpu/realtimePeriod: cannot be set on cgroup v2, which has no real-time bandwidth", "error /cpu/realtimeRuntime: cannot be set on cgroup v2, which has no real-time bandwidth"]),
        ("realtime 0 is unset", Cpu(new() { RealtimePeriod = 0, RealtimeRuntime = 0 }), [], []),
        ("cpus and mems", Cpu(new() { Cpus = "0-1", Mems = "0" }), ["cpuset.cpus=0-1 or cpus", "cpuset.mems=0 or mems"], ["cpuset.cpus=0-1", "cpuset.mems=0"]),
        ("cpus empty is unset", Cpu(new() { Cpus = "", Mems = "" }), [], []),
        ("pids", new() { Pids = new() { Limit = 32771 } }, ["pids.max=32771"], ["pids.max=32771"]),
        ("pids 0", new() { Pids = new() { Limit = 0 } }, ["pids.max=1"], ["pids.max=1"]),
        ("pids -1", new() { Pids = new() { Limit = -1 } }, ["pids.max=max"], ["pids.max=max"]),
        ("pids absent", new() { Pids = new() }, [], []),
        ("blkio weight", Io(new() { Weight = 500 }), ["blkio.weight=500 or blkio.bfq.weight"], ["io.bfq.weight=500 or io.weight=4950"]),
        ("blkio weight 0 is unset", Io(new() { Weight = 0 }), [], []),
        ("blkio weight 9", Io(new() { Weight = 9 }), ["error /blockIO/weight: must be 10 to 1000, is 9"], ["error /blockIO/weight: must be 10 to 1000, is 9"]),
        ("leaf weight", Io(new() { LeafWeight = 10 }), ["blkio.leaf_weight=10"],
            ["error /blockIO/leafWeight: cannot be set on cgroup v2, where a cgroup with children has no processes"]),
        ("device weights", Io(new() { WeightDevice = [new() { Major = 8, Minor = 0, Weight = 1000, LeafWeight = 20 }] }),
            ["blkio.weight_device=8:0 1000 Keyed or blkio.bfq.weight_device", "blkio.leaf_weight_device=8:0 20 Keyed"],
            ["io.bfq.weight=8:0 1000 Keyed or io.weight=8:0 10000", "error /blockIO/weightDevice/0/leafWeight: cannot be set on cgroup v2, where a cgroup with children has no processes"]),
        ("throttles", Io(new() { ThrottleReadBpsDevice = [Disk], ThrottleWriteBpsDevice = [Disk], ThrottleReadIopsDevice = [Disk], ThrottleWriteIopsDevice = [Disk, Disk with { Minor = 0, Rate = 0 }] }),
            ["blkio.throttle.read_bps_device=8:16 4096 Keyed", "blkio.throttle.write_bps_device=8:16 4096 Keyed", "blkio.throttle.read_iops_device=8:16 4096 Keyed",
                "blkio.throttle.write_iops_device=8:16 4096 Keyed", "blkio.throttle.write_iops_device=8:0 0 Keyed"],
            ["io.max=8:16 rbps=4096 Keyed", "io.max=8:16 wbps=4096 Keyed", "io.max=8:16 riops=4096 Keyed", "io.max=8:16 wiops=4096 Keyed", "io.max=8:0 wiops=max Keyed"]),
        ("huge pages", new() { HugepageLimits = [new() { PageSize = "2MB", Limit = 9 }] },
            ["hugetlb.2MB.limit_in_bytes=9", "hugetlb.2MB.rsvd.limit_in_bytes=9 SkipMissing"], ["hugetlb.2MB.max=9", "hugetlb.2MB.rsvd.max=9 SkipMissing"]),
        ("rdma", new() { Rdma = [new("mlx5_1", new() { HcaHandles = 3, HcaObjects = 10 }), new("mlx4_0", new() { HcaObjects = 1 })] },
            ["rdma.max=mlx5_1 hca_handle=3 hca_object=10 Keyed", "rdma.max=mlx4_0 hca_object=1 Keyed"],
            ["rdma.max=mlx5_1 hca_handle=3 hca_object=10 Keyed", "rdma.max=mlx4_0 hca_object=1 Keyed"]),
        ("rdma empty", new() { Rdma = [new("mlx5_1", new())] }, ["error /rdma/mlx5_1: must give hcaHandles or hcaObjects"], ["error /rdma/mlx5_1: must give hcaHandles or hcaObjects"]),
        ("network class", new() { Network = new() { ClassId = 1048577 } }, ["net_cls.classid=1048577"],
            ["error /network/classID: cannot be set on cgroup v2, which has no net_cls controller"]),
        ("network class 0 is unset", new() { Network = new() { ClassId = 0 } }, [], []),
        ("network priorities", new() { Network = new() { Priorities = [new() { Name = "eth0", Priority = 5 }] } }, ["net_prio.ifpriomap=eth0 5 Keyed"],
            ["error /network/priorities: cannot be set on cgroup v2, which has no net_prio controller"]),
        ("unified", new() { Unified = [new("memory.high", "1000"), new("new.knob", "a"), new("io.max", "8:0 rbps=1\n8:1 wbps=2\n")] },
            ["error /unified: invalid configuration: cannot use unified on cgroup v1"],
            ["memory.high=1000", "new.knob=a", "io.max=8:0 rbps=1 Keyed", "io.max=8:1 wbps=2 Keyed"]),
        ("unified without a dot", new() { Unified = [new("memory", "1000")] },
            ["error /unified: invalid configuration: cannot use unified on cgroup v1"],
            ["error /unified/memory: unified resource \"memory\" must be in the form CONTROLLER.PARAMETER"]),
        ("unified commands", new() { Unified = [new("cgroup.procs", "1"), new("cgroup.max.depth", "1")] },
            ["error /unified: invalid configuration: cannot use unified on cgroup v1"],
            ["error /unified/cgroup.procs: unified resource \"cgroup.procs\" belongs to the runtime", "cgroup.max.depth=1"]),
        ("devices are another's work", new() { Devices = [new() { Allow = true }] }, [], []),
    ];

    public static IEnumerable<object[]> Names() => Cases.Select(static c => new object[] { c.Name });

    [Theory]
    [MemberData(nameof(Names))]
    public void On_v1_each_property_is_a_value_an_error_or_a_warning(string name)
    {
        var (_, resources, expected, _) = Cases.Single(c => c.Name == name);
        Assert.Equal(expected.Order(), Lines(CgroupWrites.For(resources, Machines.On(Machines.Hybrid()), "")).Order());
        Assert.Equal(expected.Where(IsWrite), Lines(CgroupWrites.For(resources, Machines.On(Machines.V1()), "")).Where(IsWrite));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void On_v2_each_property_is_a_value_an_error_or_a_warning(string name)
    {
        var (_, resources, _, expected) = Cases.Single(c => c.Name == name);
        var lines = Lines(CgroupWrites.For(resources, Machines.On(Machines.Unified()), ""));
        Assert.Equal(expected.Order(), lines.Order());
        Assert.Equal(expected.Where(IsWrite), lines.Where(IsWrite));
    }

    [Fact]
    public void The_table_names_every_property_of_the_specification()
    {
        var full = Cases.Select(static c => c.Resources).ToArray();
        AssertAllSet(full.Select(static r => r.Memory));
        AssertAllSet(full.Select(static r => r.Cpu));
        AssertAllSet(full.Select(static r => r.BlockIo));
        AssertAllSet(full.Select(static r => r.Network));
        AssertAllSet(full.Select(static r => r.Pids));
        AssertAllSet(full);
    }

    [Theory]
    [InlineData("../memory.limit")]
    [InlineData("2MB/../../x")]
    [InlineData("2MB\n")]
    [InlineData("2mB")]
    [InlineData("")]
    [InlineData("0MB")]
    [InlineData("2TB")]
    [InlineData("99999999999999999999MB")]
    public void Page_sizes_that_are_not_sizes_reach_no_file_name(string size)
    {
        foreach (var facts in new[] { Machines.V1(), Machines.Unified() })
        {
            var list = CgroupWrites.For(new() { HugepageLimits = [new() { PageSize = size, Limit = 1 }] }, Machines.On(facts));
            Assert.Empty(list.Writes);
            Assert.StartsWith("/linux/resources/hugepageLimits/0/pageSize: must be a number", Assert.Single(list.Errors).ToString(), System.StringComparison.Ordinal);
            Assert.DoesNotContain('\n', list.Errors[0].Message);
        }
    }

    [Theory]
    [InlineData("../memory.max")]
    [InlineData("/etc/passwd")]
    [InlineData("memory/max.x")]
    [InlineData("..")]
    [InlineData("memory.max\n")]
    [InlineData("memory.max\0")]
    [InlineData("")]
    [InlineData(".x")]
    public void Unified_keys_that_are_not_file_names_reach_no_file_name(string key)
    {
        var list = CgroupWrites.For(new() { Unified = [new(key, "1")] }, Machines.On(Machines.Unified()));
        Assert.Empty(list.Writes);
        Assert.DoesNotContain(list.Errors.Single().ToString(), static c => char.IsControl(c));
    }

    [Theory]
    [InlineData("cgroup.procs")]
    [InlineData("cgroup.threads")]
    [InlineData("cgroup.kill")]
    [InlineData("cgroup.freeze")]
    public void Unified_keys_that_are_commands_are_refused(string key) =>
        Assert.Equal(
            $"/linux/resources/unified/{key}: unified resource \"{key}\" belongs to the runtime",
            Assert.Single(CgroupWrites.For(new() { Unified = [new(key, "1")] }, Machines.On(Machines.Unified())).Errors).ToString());

    [Theory]
    [InlineData("mlx 0")]
    [InlineData("mlx\n0")]
    [InlineData("a/b")]
    public void Rdma_devices_and_interfaces_are_one_word(string name)
    {
        var list = CgroupWrites.For(
            new() { Rdma = [new(name, new() { HcaObjects = 1 })], Network = new() { Priorities = [new() { Name = name, Priority = 1 }] } },
            Machines.On(Machines.V1()));
        Assert.Empty(list.Writes);
        Assert.Equal(2, list.Errors.Count);
    }

    [Fact]
    public void On_v1_a_limit_without_its_controller_is_an_error_before_anything_is_made()
    {
        var list = CgroupWrites.For(new() { Pids = new() { Limit = 1 } }, Machines.On(Machines.V1(without: "pids")));
        Assert.Equal("/linux/resources/pids/limit: cannot be set: the pids controller is not mounted", Assert.Single(list.Errors).ToString());
    }

    [Fact]
    public void With_cgroups_disabled_limits_are_a_warning_and_nothing_is_silent()
    {
        var list = CgroupWrites.For(Memory(new() { Limit = 1 }), CgroupPlacement.Disabled(Machines.V1()));
        Assert.Empty(list.Writes);
        Assert.Equal("/linux/resources: ignored, because cgroups are disabled", Assert.Single(list.Warnings).ToString());
        Assert.Empty(CgroupWrites.For(new() { Devices = [] }, CgroupPlacement.Disabled(Machines.V1())).Warnings);
        Assert.Empty(CgroupWrites.For(null, Machines.On(Machines.V1())).Writes);
    }

    private static ResourcesSpec Memory(MemorySpec memory) => new() { Memory = memory };

    private static ResourcesSpec Cpu(CpuSpec cpu) => new() { Cpu = cpu };

    private static ResourcesSpec Io(BlockIoSpec io) => new() { BlockIo = io };

    private static bool IsWrite(string line) => !line.StartsWith("error ", System.StringComparison.Ordinal) && !line.StartsWith("warning ", System.StringComparison.Ordinal);

    private static List<string> Lines(CgroupWriteList list)
    {
        var lines = new List<string>();
        if (list.MemoryCheck is { } check)
        {
            lines.Add($"check {check.Limit} {check.Swap} {check.Pointer}");
        }

        foreach (var write in list.Writes)
        {
            Assert.NotEmpty(write.Pointer);
            Assert.StartsWith(write.Controller == "cgroup" ? "cgroup." : write.Controller + ".", write.File, System.StringComparison.Ordinal);
            var other = write.OtherFile is null ? "" : " or " + write.OtherFile + (write.OtherValue is null ? "" : "=" + write.OtherValue);
            lines.Add($"{write.File}={write.Value}{(write.Rules == CgroupWriteRules.None ? "" : " " + write.Rules)}{other}");
        }

        lines.AddRange(list.Errors.Select(static e => "error " + e));
        lines.AddRange(list.Warnings.Select(static w => "warning " + w));
        return lines;
    }

    /// <summary>A property that a later specification adds must get its line here.</summary>
    private static void AssertAllSet<T>(IEnumerable<T?> all)
        where T : class
    {
        var values = all.ToArray();
        foreach (var property in typeof(T).GetProperties().Where(static p => p.CanWrite))
        {
            Assert.True(
                values.Any(v => v is not null && property.GetValue(v) is { } set && (set is not System.Collections.ICollection list || list.Count > 0)),
                $"no case sets {typeof(T).Name}.{property.Name}");
        }
    }
}
