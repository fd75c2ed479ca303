using System.Linq;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>The cgroups in the state record.</summary>
public sealed class CgroupPlacementTextTests
{
    [Fact]
    public void A_placement_survives_the_record()
    {
        foreach (var placement in new[]
        {
            Machines.Made(Machines.Hybrid()), Machines.On(Machines.Unified(), "x/y z"), CgroupPlacement.Disabled(Machines.V1()),
            Machines.On(Machines.V1()) with { Root = "/dev/cgroup dir" },
        })
        {
            var read = CgroupPlacementText.Read(CgroupPlacementText.Write(placement));
            Assert.Equal(placement with { Groups = read.Groups }, read);
            Assert.Equal(placement.Groups.AsEnumerable(), read.Groups);
        }
    }

    [Fact]
    public void Who_asks_for_one_controller_gets_its_cgroup_and_that_of_v2()
    {
        CgroupPlacement all = Machines.Made(Machines.Hybrid()), one = CgroupPlacementText.Read(CgroupPlacementText.Write(all), only: "freezer");
        Assert.Equal(all.Find("freezer"), one.Find("freezer"));
        Assert.Equal(all.Unified, one.Unified);
        Assert.Equal((all.Manager, all.Version, all.Root, 2), (one.Manager, one.Version, one.Root, one.Groups.Length));
        Assert.Empty(CgroupPlacementText.Read("fs v1 /r\ncpu\tcpu\tc1\t1", only: "freezer").Groups);
        Assert.Throws<RuntimeException>(() => CgroupPlacementText.Read("fs v1 /r\nfreezer\tfreezer\t../x\t1", only: "freezer"));
    }

    [Fact]
    public void The_record_is_compact() =>
        Assert.Equal("fs v2 /sys/fs/cgroup\n\t\tc1\t-1", CgroupPlacementText.Write(Machines.On(Machines.Unified())));

    [Theory]
    [InlineData("fs v2 /r\n\t\t../x\t1")]
    [InlineData("fs v2 /r\n\t\t\t1")]
    [InlineData("fs v2 /r\n\t\t/x\t1")]
    [InlineData("fs v1 /r\ncpu\t../etc\tx\t1")]
    [InlineData("fs v1 /r\ncpu\t/etc\tx\t1")]
    [InlineData("fs v2 /r\n\t\tx\t-2")]
    [InlineData("fs v2 /r\n\t\tx\t")]
    [InlineData("fs v2 /r\n\t\tx")]
    [InlineData("fs v2 /r\n")]
    [InlineData("fs v2 r")]
    [InlineData("other v2 /r")]
    [InlineData("fs v3 /r")]
    [InlineData("fs v2")]
    [InlineData("")]
    public void A_damaged_record_kills_and_removes_nothing(string text) =>
        Assert.Equal("the cgroup record of the container's state is damaged", Assert.Throws<RuntimeException>(() => CgroupPlacementText.Read(text)).Message);
}
