using System;
using System.IO;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Cgroups;

/// <summary>Notices of want of memory by the v1 controller.</summary>
public sealed class OomWatchOnV1
{
    private const long Second = 1_000_000_000;

    [V1Fact]
    public void A_process_that_wants_too_much_is_told_of_and_the_removal_ends_the_watch()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        File.WriteAllText(box.PathOf("memory", "memory.limit_in_bytes"), "8388608");
        using OomWatch watch = OomWatch.Open(KernelCgroupFiles.Open(), box.Manager.Placement);
        Assert.Equal(OomWatchAnswer.Nothing, watch.Wait(Clocks.MonotonicNanoseconds + (Second / 10)));

        box.RunInside("tail /dev/zero");
        Assert.Equal(OomWatchAnswer.OutOfMemory, watch.Wait(Clocks.MonotonicNanoseconds + (60 * Second)));

        box.Manager.Destroy(TimeSpan.FromSeconds(60));
        Assert.Equal(OomWatchAnswer.Ended, watch.Wait(Clocks.MonotonicNanoseconds + (60 * Second)));
    }
}
