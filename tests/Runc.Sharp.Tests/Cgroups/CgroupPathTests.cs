using System;
using System.Linq;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>config-linux.md#cgroups-path</summary>
public sealed class CgroupPathTests
{
    [Theory]
    [InlineData("/docker/abc", "docker/abc")]
    [InlineData("//docker///abc/", "docker/abc")]
    [InlineData("/./docker/./abc", "docker/abc")]
    [InlineData("/a:b:c", "a:b:c")]
    public void An_absolute_path_begins_at_the_mount_point(string configured, string expected)
    {
        foreach (var facts in new[] { Machines.V1("/own"), Machines.Hybrid("/own"), Machines.Unified("/own/leaf") })
        {
            var plan = CgroupPath.Plan(facts, configured, "id");
            Assert.All(plan.Groups, group => Assert.Equal(expected, group.Path));
            Assert.All(plan.Groups, group => Assert.Equal(PlacedCgroup.Unknown, group.Made));
            Assert.Equal(facts.Hierarchies.Select(static h => h.Controllers), plan.Groups.Select(static g => g.Controllers));
        }
    }

    [Theory]
    [InlineData(null, "/", "id", "id")]
    [InlineData("", "/", "id", "id")]
    [InlineData(null, "/a/b", "a/b/id", "a/id")]
    [InlineData("x/y", "/a/b", "a/b/x/y", "a/x/y")]
    [InlineData("system.slice:runc:1", "/", "system.slice:runc:1", "system.slice:runc:1")]
    public void A_relative_path_begins_at_the_own_cgroup_on_v1_and_beside_it_on_v2(string? configured, string own, string v1, string v2)
    {
        Assert.All(CgroupPath.Plan(Machines.V1(own), configured, "id").Groups, group => Assert.Equal(v1, group.Path));
        Assert.Equal(v2, Assert.Single(CgroupPath.Plan(Machines.Unified(own), configured, "id").Groups).Path);
    }

    [Fact]
    public void On_a_hybrid_machine_the_v2_part_begins_at_its_root_as_runc_has_it()
    {
        var plan = CgroupPath.Plan(Machines.Hybrid("/own"), null, "id");
        Assert.Equal("own/id", plan.Find("memory")!.Value.Path);
        Assert.Equal("id", plan.Unified!.Value.Path);
        Assert.Equal("unified/id", plan.Unified!.Value.Directory);
    }

    [Theory]
    [InlineData("../x", "not be '.' or '..'")]
    [InlineData("/../x", "not be '.' or '..'")]
    [InlineData("a/../../b", "not be '.' or '..'")]
    [InlineData("/a/..", "not be '.' or '..'")]
    [InlineData("/a\nb", "not hold control characters")]
    [InlineData("/a\0b", "not hold control characters")]
    [InlineData("/a\x7f", "not hold control characters")]
    public void Hostile_paths_are_refused_and_not_cleaned_up(string configured, string fault)
    {
        foreach (var facts in new[] { Machines.V1(), Machines.Hybrid(), Machines.Unified() })
        {
            var error = Assert.Throws<RuntimeException>(() => CgroupPath.Plan(facts, configured, "id"));
            Assert.Equal("/linux/cgroupsPath: every component must " + fault, error.Message);
        }
    }

    [Fact]
    public void Names_and_paths_have_a_length()
    {
        Assert.Null(CgroupName.Fault(new string('a', 255)));
        Assert.Equal("not be longer than 255 bytes", CgroupName.Fault(new string('a', 256)));
        Assert.Equal("not be longer than 255 bytes", CgroupName.Fault(new string('é', 128)));
        Assert.Null(CgroupName.Fault(new string('é', 127)));
        Assert.Equal("not be longer than 2048 characters", CgroupName.Normalize("/" + new string('/', 2048)).Fault);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//./")]
    public void The_root_of_a_hierarchy_is_no_container_s_cgroup(string configured) =>
        Assert.Contains("must name a cgroup below the hierarchy's root", Assert.Throws<RuntimeException>(() => CgroupPath.Plan(Machines.V1(), configured, "id")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("../c")]
    [InlineData("")]
    [InlineData("a\nb")]
    public void An_id_is_checked_like_a_path(string id) => Assert.Throws<RuntimeException>(() => CgroupPath.Plan(Machines.V1(), null, id));

    [Theory]
    [InlineData("/a (deleted)", "was removed")]
    [InlineData("/../x", "not be '.' or '..'")]
    [InlineData("/\uFFFD", "not UTF-8")]
    public void An_own_cgroup_out_of_reach_needs_an_absolute_path(string own, string words)
    {
        var error = Assert.Throws<RuntimeException>(() => CgroupPath.Plan(Machines.V1(own), null, "id"));
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.EndsWith("the container needs an absolute path", error.Message, StringComparison.Ordinal);
        Assert.Equal("x", CgroupPath.Plan(Machines.V1(own), "/x", "id").Groups[0].Path);
    }

    [Fact]
    public void A_v1_machine_without_the_devices_controller_is_refused()
    {
        var error = Assert.Throws<RuntimeException>(() => CgroupPath.Plan(Machines.V1(without: "devices"), "/x", "id"));
        Assert.Equal("the devices controller is not mounted below /sys/fs/cgroup, so a container's access to devices cannot be limited", error.Message);
    }

    [Theory]
    [InlineData("c1", "c1", true)]
    [InlineData("/c1/a", "c1", true)]
    [InlineData("c10", "c1", false)]
    [InlineData("c1", "c1/a", false)]
    [InlineData("anything", "/", true)]
    public void Containment_is_by_components(string path, string ancestor, bool expected) => Assert.Equal(expected, CgroupName.IsBelow(path, ancestor));

    [Fact]
    public void The_caller_s_own_cgroups_are_never_managed()
    {
        var own = CgroupPath.OfCaller(Machines.Hybrid("/own"));
        Assert.Equal("memory/own", own.Find("memory")!.Value.Directory);
        Assert.Empty(new FsManager(FakeCgroups.V2(), own).Placement.Groups);
    }
}
