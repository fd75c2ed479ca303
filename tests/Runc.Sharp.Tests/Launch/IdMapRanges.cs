using Runc.Sharp.Runtime.Launch;
using Xunit;

namespace Runc.Sharp.Tests.Launch;

/// <summary>Whether two texts of a user namespace's mappings mean the same. user_namespaces(7)</summary>
public class IdMapRanges
{
    [Theory]
    [InlineData("0 100000 1000\n1000 101000 1000\n", "         0     100000       2000\n")]
    [InlineData("1000 101000 1000\n0 100000 1000\n5000 1 10\n", "0 100000 2000\n5000 1 10\n")]
    [InlineData("0 0 1\n1 1 1\n2 2 1\n", "0 0 3\n")]
    [InlineData("0 0 4294967295\n", "0 0 4294967295\n")]
    public void Order_and_pieces_make_no_difference(string one, string other) => Assert.Equal(IdMaps.Ranges(one), IdMaps.Ranges(other));

    [Theory]
    [InlineData("0 100000 1000\n", "0 100000 999\n")]
    [InlineData("0 100000 1000\n", "1 100000 1000\n")]
    [InlineData("0 100000 1000\n", "0 100001 1000\n")]
    [InlineData("0 100000 1000\n1000 200000 1000\n", "0 100000 2000\n")]
    [InlineData("0 100000 1000\n1001 101000 1000\n", "0 100000 2000\n")]
    [InlineData("0 100000 1000\n", "")]
    public void Other_ids_do(string one, string other) => Assert.NotEqual(IdMaps.Ranges(one), IdMaps.Ranges(other));
}
