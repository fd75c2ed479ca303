using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>The numbers that runc converts with.</summary>
public sealed class CgroupConversionsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(1024, 100)]
    [InlineData(262143, 10000)]
    [InlineData(262144, 10000)]
    [InlineData(262145, 10000)]
    [InlineData(ulong.MaxValue, 10000)]
    public void Shares_become_a_weight_with_the_same_minimum_default_and_maximum(ulong shares, ulong weight) =>
        Assert.Equal(weight, CgroupConversions.WeightOfShares(shares));

    [Fact]
    public void More_shares_are_never_less_weight()
    {
        ulong last = 0;
        for (ulong shares = 1; shares < 263000; shares++)
        {
            var weight = CgroupConversions.WeightOfShares(shares);
            Assert.True(weight >= last && weight is >= 1 and <= 10000, $"{shares} shares are {weight}");
            last = weight;
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 1)]
    [InlineData(500, 4950)]
    [InlineData(1000, 10000)]
    public void Block_weights_are_stretched(ushort weight, ulong expected) => Assert.Equal(expected, CgroupConversions.IoWeightOfBlkio(weight));

    [Theory]
    [InlineData(0, 0, null)]
    [InlineData(-1, 0, -1L)]
    [InlineData(-1, -1, -1L)]
    [InlineData(0, -1, -1L)]
    [InlineData(300, -1, 300L)]
    [InlineData(0, 1000, null)]
    [InlineData(1000, 1000, 0L)]
    [InlineData(300, 100, 200L)]
    public void Swap_is_what_is_above_memory(long swap, long memory, long? expected)
    {
        Assert.Equal(expected, CgroupConversions.SwapOnly(swap, memory, out var fault));
        Assert.Null(fault);
    }

    [Theory]
    [InlineData(300, 0, "unable to set swap limit without memory limit")]
    [InlineData(99, 100, "memory+swap limit should be >= memory limit")]
    public void Swap_without_a_memory_limit_below_it_is_an_error(long swap, long memory, string expected)
    {
        Assert.Null(CgroupConversions.SwapOnly(swap, memory, out var fault));
        Assert.Equal(expected, fault);
    }
}
