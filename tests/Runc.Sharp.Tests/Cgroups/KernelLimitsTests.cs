using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>What an update does not say but its values depend on comes from the kernel.</summary>
public sealed class KernelLimitsTests
{
    private const long MB = 1 << 20;

    [Fact]
    public void On_v2_a_period_alone_takes_the_quota_that_holds()
    {
        ResourcesSpec done = V2(new() { Cpu = new() { Period = 50000 } }, ("cpu.max", "20000 100000"));
        Assert.Equal(20000, done.Cpu!.Quota);
        Assert.Equal(50000UL, done.Cpu.Period);
    }

    [Fact]
    public void On_v2_a_quota_alone_takes_the_period_that_holds()
    {
        ResourcesSpec done = V2(new() { Cpu = new() { Quota = 1000 } }, ("cpu.max", "max 40000"));
        Assert.Equal(40000UL, done.Cpu!.Period);
    }

    [Fact]
    public void On_v2_no_quota_stays_none_under_a_new_period() =>
        Assert.Equal(-1, V2(new() { Cpu = new() { Period = 50000 } }, ("cpu.max", "max 100000")).Cpu!.Quota);

    [Fact]
    public void On_v1_quota_and_period_come_from_their_files()
    {
        FakeCgroups fake = Machines.Fake(Machines.V1());
        CgroupPlacement placement = new FsManager(fake, Machines.On(Machines.V1())).Create();
        fake.Set("cpu,cpuacct/c1/cpu.cfs_quota_us", "-1");
        fake.Set("cpu,cpuacct/c1/cpu.cfs_period_us", "100000");
        Assert.Equal(-1, KernelLimits.Complete(new() { Cpu = new() { Period = 7000 } }, fake, placement).Cpu!.Quota);
        Assert.Equal(100000UL, KernelLimits.Complete(new() { Cpu = new() { Quota = 7000 } }, fake, placement).Cpu!.Period);
    }

    [Fact]
    public void What_names_both_or_neither_is_left_as_it_is()
    {
        var both = new ResourcesSpec { Cpu = new() { Period = 1000, Quota = 2000 }, Memory = new() { Limit = MB, Swap = 2 * MB } };
        Assert.Equal(both, V2(both, ("cpu.max", "3 4"), ("memory.max", "5")));
        var neither = new ResourcesSpec { Cpu = new() { Shares = 9, Quota = 0, Period = 0 }, Memory = new() { Reservation = 7 } };
        Assert.Equal(neither, V2(neither, ("cpu.max", "3 4"), ("memory.max", "5")));
    }

    [Fact]
    public void On_v2_memory_and_swap_together_need_the_limit_of_memory() =>
        Assert.Equal(30 * MB, V2(new() { Memory = new() { Swap = 40 * MB } }, ("memory.max", "31457280"), ("memory.swap.max", "0")).Memory!.Limit);

    [Fact]
    public void On_v2_another_limit_keeps_memory_and_swap_together_as_they_were() =>
        Assert.Equal(50 * MB, V2(new() { Memory = new() { Limit = 20 * MB } }, ("memory.max", "31457280"), ("memory.swap.max", "20971520")).Memory!.Swap);

    [Fact]
    public void On_v2_unlimited_swap_stays_unlimited()
    {
        Assert.Null(V2(new() { Memory = new() { Limit = 20 * MB } }, ("memory.max", "31457280"), ("memory.swap.max", "max")).Memory!.Swap);
        Assert.Null(V2(new() { Memory = new() { Limit = -1 } }, ("memory.max", "31457280"), ("memory.swap.max", "20971520")).Memory!.Swap);
    }

    private static ResourcesSpec V2(ResourcesSpec change, params (string File, string Value)[] kernel)
    {
        FakeCgroups fake = FakeCgroups.V2();
        CgroupPlacement placement = new FsManager(fake, Machines.On(Machines.Unified())).Create();
        foreach ((string file, string value) in kernel)
        {
            fake.Set("c1/" + file, value);
        }

        return KernelLimits.Complete(change, fake, placement);
    }
}
