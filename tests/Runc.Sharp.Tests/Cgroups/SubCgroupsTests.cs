using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>exec --cgroup.</summary>
public sealed class SubCgroupsTests
{
    private static readonly CgroupPlacement V1 = new()
    {
        Manager = CgroupManagerKind.Fs,
        Version = CgroupVersion.Hybrid,
        Root = "/sys/fs/cgroup",
        Groups = [new("cpu,cpuacct", "cpu,cpuacct", "c1", 1), new("pids", "pids", "c1", 1), new(string.Empty, "unified", "c1", 1)],
    };

    private static readonly CgroupPlacement V2 = V1 with { Version = CgroupVersion.Unified, Groups = [new(string.Empty, string.Empty, "c1", 1)] };

    [Fact]
    public void A_path_alone_is_for_every_hierarchy()
    {
        SubCgroups below = SubCgroups.Of(["a/b"], V1);
        Assert.All(V1.Groups, group => Assert.Equal("/a/b", below.PathIn(group)));
        Assert.Equal("/a/b", SubCgroups.Of(["/a//b/"], V2).PathIn(V2.Groups[0]));
    }

    [Fact]
    public void A_path_behind_controllers_is_for_their_hierarchies()
    {
        SubCgroups below = SubCgroups.Of(["pids,cpuacct:x", "cpu:x"], V1);
        Assert.Equal("/x", below.PathIn(V1.Groups[0]));
        Assert.Equal("/x", below.PathIn(V1.Groups[1]));
        Assert.Equal(string.Empty, below.PathIn(V1.Groups[2]));
    }

    [Fact]
    public void The_root_is_the_containers_own() => Assert.Equal(string.Empty, SubCgroups.Of(["/"], V2).PathIn(V2.Groups[0]));

    [Theory]
    [InlineData("../c10", "../c10 is not a sub cgroup path")]
    [InlineData("pids:../c10", "../c10 is not a sub cgroup path")]
    [InlineData("a/../../b", "a/../../b is not a sub cgroup path")]
    [InlineData("memory:x", "unknown controller memory in SubCgroupPaths")]
    [InlineData(":x", "unknown controller  in SubCgroupPaths")]
    [InlineData("a:b:c", "invalid --cgroup argument: a:b:c")]
    [InlineData("a\nb", "invalid --cgroup argument: a name must not hold control characters")]
    public void What_leads_out_or_names_nothing_is_refused(string word, string words) =>
        Assert.Equal(words, Assert.Throws<RuntimeException>(() => SubCgroups.Of([word], V1)).Message);

    [Fact]
    public void Two_paths_need_their_controllers() =>
        Assert.Equal("invalid --cgroup argument: a (missing <controller>: prefix)", Assert.Throws<RuntimeException>(() => SubCgroups.Of(["a", "pids:b"], V1)).Message);

    [Fact]
    public void A_controller_says_nothing_on_v2() => Assert.Throws<RuntimeException>(() => SubCgroups.Of(["pids:x"], V2));
}
