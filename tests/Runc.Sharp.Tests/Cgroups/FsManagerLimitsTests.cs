using System;
using System.Linq;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>Writing and changing limits on a file system in memory.</summary>
public sealed class FsManagerLimitsTests
{
    [Fact]
    public void Raising_memory_and_swap_beyond_the_old_swap_limit_writes_memory_again_after_swap()
    {
        var (fake, manager) = V1();
        fake.Fail("write memory/c1/memory.limit_in_bytes", Errno.EINVAL);
        manager.Apply(For(manager, new() { Memory = new() { Limit = 200, Swap = 300 } }));
        Assert.Equal(
            ["write memory/c1/memory.limit_in_bytes 200", "write memory/c1/memory.memsw.limit_in_bytes 300", "write memory/c1/memory.limit_in_bytes 200"],
            fake.Log);
    }

    [Fact]
    public void A_value_that_stays_refused_is_an_error_that_names_property_file_errno_and_reason()
    {
        var (fake, manager) = V1();
        fake.Fail("write cpu,cpuacct/c1/cpu.cfs_period_us", Errno.EINVAL, Errno.EINVAL);
        var error = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Cpu = new() { Period = 1, Quota = 2000 } })));
        Assert.Equal(
            "/linux/resources/cpu/period: write '1' to /sys/fs/cgroup/cpu,cpuacct/c1/cpu.cfs_period_us: EINVAL (invalid argument); hint: a period is 1000 to 1000000 µs",
            error.Message);
    }

    [Fact]
    public void A_memory_limit_below_the_use_tells_the_use()
    {
        var (fake, manager) = V1();
        fake.Set("memory/c1/memory.usage_in_bytes", "900");
        fake.Set("memory/c1/memory.max_usage_in_bytes", "1200");
        fake.Fail("write memory/c1/memory.limit_in_bytes", Errno.EBUSY);
        var error = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Memory = new() { Limit = 10 } })));
        Assert.Equal("/linux/resources/memory/limit: unable to set memory limit to 10 (current usage: 900, peak usage: 1200)", error.Message);
    }

    [Fact]
    public void A_missing_knob_is_skipped_warned_about_or_replaced_as_its_rule_says()
    {
        var (fake, manager) = V1();
        fake.Drop("memory/c1/memory.memsw.limit_in_bytes");
        fake.Set("blkio/c1/blkio.bfq.weight", "100");
        var notes = manager.Apply(For(manager, new() { Memory = new() { Limit = -1 }, Cpu = new() { Burst = 5 }, BlockIo = new() { Weight = 300 } }));
        Assert.Equal("/linux/resources/cpu/burst: is ignored: this kernel has no cpu.cfs_burst_us", Assert.Single(notes).ToString());
        Assert.Equal("300", fake["blkio/c1/blkio.bfq.weight"]);

        var error = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Memory = new() { Limit = 1, Swap = 2 } })));
        Assert.Contains("memory.memsw.limit_in_bytes: ENOENT (no such file or directory); hint: this kernel does not account swap", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_v2_io_weight_takes_the_converted_value_where_bfq_is_not()
    {
        var (fake, manager) = V2();
        manager.Apply(For(manager, new() { BlockIo = new() { Weight = 1000 } }));
        Assert.Equal("10000", fake["c1/io.weight"]);
        fake.Set("c1/io.bfq.weight", "100");
        manager.Apply(For(manager, new() { BlockIo = new() { Weight = 1000 } }));
        Assert.Equal("1000", fake["c1/io.bfq.weight"]);
    }

    [Fact]
    public void On_v2_an_unknown_unified_key_of_an_enabled_controller_is_the_kernel_s_refusal_and_of_another_a_missing_controller()
    {
        var (_, manager) = V2();
        var unknown = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Unified = [new("memory.nonsense", "1")] })));
        Assert.Equal("/linux/resources/unified/memory.nonsense: write '1' to /sys/fs/cgroup/c1/memory.nonsense: ENOENT (no such file or directory)", unknown.Message);
        var missing = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Unified = [new("dmem.max", "1")] })));
        Assert.Equal("/linux/resources/unified/dmem.max: cannot set dmem.max: controller \"dmem\" not available in /sys/fs/cgroup/c1", missing.Message);
    }

    [Theory]
    [InlineData(100, 0, "rejecting memory limit 100 <= usage 100")]
    [InlineData(-1, 99, "rejecting memory+swap limit 99 <= usage 100")]
    public void Check_before_update_refuses_a_limit_below_the_use(long limit, long swap, string expected)
    {
        var (fake, manager) = V2();
        fake.Set("c1/memory.current", "100");
        fake.Log.Clear();
        var error = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Memory = new() { Limit = limit, Swap = swap, CheckBeforeUpdate = true } })));
        Assert.Equal("/linux/resources/memory/checkBeforeUpdate: " + expected, error.Message);
        Assert.Empty(fake.Log);
    }

    [Fact]
    public void A_list_with_errors_writes_nothing_and_tells_all_of_them()
    {
        var (fake, manager) = V2();
        fake.Log.Clear();
        var error = Assert.Throws<RuntimeException>(() => manager.Apply(For(manager, new() { Pids = new() { Limit = 1 }, Memory = new() { Swappiness = 1, DisableOomKiller = true } })));
        Assert.Contains("/linux/resources/memory/swappiness: ", error.Message, StringComparison.Ordinal);
        Assert.Contains("; /linux/resources/memory/disableOOMKiller: ", error.Message, StringComparison.Ordinal);
        Assert.Empty(fake.Log);
    }

    [Fact]
    public void An_update_writes_only_what_differs()
    {
        var (fake, manager) = V2();
        fake.Set("c1/memory.max", "100");
        fake.Set("c1/pids.max", "7");
        fake.Log.Clear();
        manager.Update(For(manager, new() { Memory = new() { Limit = 100 }, Pids = new() { Limit = 8 } }));
        Assert.Equal(["write c1/pids.max 8"], fake.Log);
    }

    [Fact]
    public void An_update_that_is_refused_puts_every_old_value_back()
    {
        var (fake, manager) = V2();
        fake.Set("c1/pids.max", "7");
        fake.Set("c1/memory.max", "100");
        fake.Set("c1/io.max", "8:0 rbps=5 wbps=max\n8:16 rbps=1 wbps=max");
        fake.Set("c1/io.weight", "default 100\n8:0 50");
        fake.Set("c1/cpuset.cpus", "");
        fake.Fail("write c1/hugetlb.2MB.max", Errno.EINVAL);
        fake.Log.Clear();
        var change = new ResourcesSpec
        {
            Pids = new() { Limit = 8 },
            Memory = new() { Limit = 200 },
            Cpu = new() { Cpus = "0" },
            HugepageLimits = [new() { PageSize = "2MB", Limit = 1 }],
            BlockIo = new() { Weight = 10, ThrottleReadBpsDevice = [new() { Major = 8, Minor = 16, Rate = 9 }, new() { Major = 9, Minor = 0, Rate = 9 }] },
        };
        Assert.Throws<RuntimeException>(() => manager.Update(For(manager, change)));
        var restored = fake.Log.SkipWhile(static l => !l.Contains("hugetlb", StringComparison.Ordinal)).Skip(1).ToArray();
        Assert.Equal(
            [
                "write c1/hugetlb.2MB.rsvd.max max",
                "write c1/hugetlb.2MB.max max",
                "write c1/cpuset.cpus \n",
                "write c1/io.max 9:0 rbps=max wbps=max riops=max wiops=max",
                "write c1/io.max 8:16 rbps=1 wbps=max",
                "write c1/io.weight 100",
                "write c1/memory.max 100",
                "write c1/pids.max 7",
            ],
            restored);
    }

    [Fact]
    public void An_update_that_cannot_be_taken_back_says_so()
    {
        var (fake, manager) = V2();
        fake.Set("c1/pids.max", "7");
        fake.Fail("write c1/memory.max", Errno.EINVAL);
        fake.Fail("write c1/pids.max", Errno.None, Errno.EROFS, Errno.EROFS);
        var error = Assert.Throws<RuntimeException>(() => manager.Update(For(manager, new() { Pids = new() { Limit = 8 }, Memory = new() { Limit = 1 } })));
        Assert.EndsWith("; and the old values could not be restored: c1/pids.max = 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Merging_keeps_what_the_request_does_not_name()
    {
        var merged = CgroupUpdate.Merge(
            new()
            {
                Devices = [],
                Memory = new() { Limit = 100, Swap = 200, CheckBeforeUpdate = true },
                Cpu = new() { Shares = 512, Quota = 1000, Period = 5000, Cpus = "0" },
                BlockIo = new() { ThrottleReadBpsDevice = [new() { Major = 8, Minor = 0, Rate = 1 }], WeightDevice = [new() { Major = 8, Minor = 0, Weight = 10, LeafWeight = 20 }] },
                Unified = [new("memory.high", "1")],
                Pids = new() { Limit = 5 },
            },
            new()
            {
                Memory = new() { Limit = 150 },
                Cpu = new() { Quota = 2000, Period = 0 },
                BlockIo = new() { ThrottleReadBpsDevice = [new() { Major = 8, Minor = 1, Rate = 2 }, new() { Major = 8, Minor = 0, Rate = 3 }], WeightDevice = [new() { Major = 8, Minor = 0, Weight = 11 }] },
                Unified = [new("memory.high", "2"), new("pids.max", "3")],
                Pids = new(),
            });
        Assert.Equal(new MemorySpec { Limit = 150, Swap = 200 }, merged.Memory);
        Assert.Equal(new CpuSpec { Shares = 512, Quota = 2000, Period = 5000, Cpus = "0" }, merged.Cpu);
        Assert.Equal(5, merged.Pids!.Limit);
        Assert.Equal([3UL, 2UL], merged.BlockIo!.ThrottleReadBpsDevice.Select(static t => t.Rate));
        Assert.Equal((ushort)20, merged.BlockIo.WeightDevice[0].LeafWeight);
        Assert.Equal(["memory.high=2", "pids.max=3"], merged.Unified.Select(static u => u.Key + "=" + u.Value));
        Assert.NotNull(merged.Devices);
    }

    [Fact]
    public void Lifting_the_memory_limit_lifts_swap_and_an_idle_cgroup_forgets_its_shares()
    {
        var merged = CgroupUpdate.Merge(
            new() { Memory = new() { Limit = 100, Swap = 200 }, Cpu = new() { Shares = 512 } },
            new() { Memory = new() { Limit = -1 }, Cpu = new() { Idle = 1 } });
        Assert.Equal(0, merged.Memory!.Swap);
        Assert.Equal(0UL, merged.Cpu!.Shares);
        Assert.Equal(["memory.swap.max=max", "memory.max=max", "cpu.idle=1"], CgroupWrites.For(merged, Machines.On(Machines.Unified())).Writes.Select(static w => w.File + "=" + w.Value));
    }

    private static CgroupWriteList For(FsManager manager, ResourcesSpec resources) => CgroupWrites.For(resources, manager.Placement);

    private static (FakeCgroups Fake, FsManager Manager) V1()
    {
        var fake = Machines.Fake(Machines.V1());
        var manager = new FsManager(fake, Machines.On(Machines.V1()));
        manager.Create();
        fake.Log.Clear();
        return (fake, manager);
    }

    private static (FakeCgroups Fake, FsManager Manager) V2()
    {
        var fake = FakeCgroups.V2();
        var manager = new FsManager(fake, Machines.On(Machines.Unified()));
        manager.Create();
        return (fake, manager);
    }
}
