using System.Collections.Generic;
using System.Linq;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>config.md#mounts of type cgroup; runc's rootfs_linux.go for what it is silent about.</summary>
public sealed class CgroupMountsTests
{
    private static CgroupPlacement Hybrid => Machines.On(Machines.Hybrid(), "/docker/c1") with
    {
        Groups =
        [
            new("name=systemd", "systemd", "docker/c1", 1), new("memory", "memory", "docker/c1", 1), new("cpu,cpuacct", "cpu,cpuacct", "docker/c1", 1),
            new("", "unified", "docker/c1", 1),
        ],
    };

    [Fact]
    public void With_a_cgroup_namespace_v1_is_a_tmpfs_with_a_mount_per_hierarchy_and_links_for_shared_ones() =>
        Assert.Equal(
            [
                "mount tmpfs tmpfs at '' mode=755",
                "mount cgroup systemd at 'systemd' none,name=systemd",
                "mount cgroup cgroup at 'memory' memory",
                "mount cgroup cgroup at 'cpu,cpuacct' cpu,cpuacct",
                "link at 'cpu' to cpu,cpuacct",
                "link at 'cpuacct' to cpu,cpuacct",
            ],
            Show(CgroupMounts.For(Hybrid, cgroupNamespace: true)));

    [Fact]
    public void Without_a_namespace_v1_shows_the_container_s_own_parts() =>
        Assert.Equal(
            [
                "mount tmpfs tmpfs at '' mode=755",
                "bind /sys/fs/cgroup/systemd/docker/c1 at 'systemd'",
                "bind /sys/fs/cgroup/memory/docker/c1 at 'memory'",
                "bind /sys/fs/cgroup/cpu,cpuacct/docker/c1 at 'cpu,cpuacct'",
                "link at 'cpu' to cpu,cpuacct",
                "link at 'cpuacct' to cpu,cpuacct",
            ],
            Show(CgroupMounts.For(Hybrid, cgroupNamespace: false)));

    [Fact]
    public void V2_in_a_cgroup_namespace_is_one_mount_and_where_the_kernel_forbids_it_a_bind()
    {
        var step = Assert.Single(CgroupMounts.For(Machines.On(Machines.Unified(), "/docker/c1"), cgroupNamespace: true, "nsdelegate"));
        Assert.Equal("mount cgroup2 cgroup at '' nsdelegate entry", Show(step));
        Assert.Equal("bind /sys/fs/cgroup/docker/c1 at '' entry", Show(step.Otherwise!));
    }

    [Fact]
    public void V2_without_a_cgroup_namespace_is_a_bind_lest_the_machine_s_mount_lose_its_options()
    {
        var step = Assert.Single(CgroupMounts.For(Machines.On(Machines.Unified(), "/docker/c1"), cgroupNamespace: false));
        Assert.Equal("bind /sys/fs/cgroup at '' entry", Show(step));
    }

    [Fact]
    public void A_container_without_cgroups_of_its_own_is_shown_its_caller_s() =>
        Assert.Contains(
            "bind /sys/fs/cgroup/memory at 'memory'",
            Show(CgroupMounts.For(CgroupPath.OfCaller(Machines.V1()), cgroupNamespace: false)));

    [Fact]
    public void Beside_v1_the_v2_hierarchy_is_the_container_s_own_part_or_a_mount_in_its_namespace()
    {
        Assert.Equal(["bind /sys/fs/cgroup/unified/docker/c1 at '' entry"], Show(CgroupMounts.ForUnified(Hybrid, cgroupNamespace: false)));
        var step = Assert.Single(CgroupMounts.ForUnified(Hybrid, cgroupNamespace: true));
        Assert.Equal("mount cgroup2 cgroup at '' entry", Show(step));
        Assert.Equal("bind /sys/fs/cgroup/unified/docker/c1 at '' entry", Show(step.Otherwise!));
        Assert.Empty(CgroupMounts.ForUnified(CgroupPath.OfCaller(Machines.V1()), cgroupNamespace: true));
    }

    [Fact]
    public void On_a_v2_machine_both_types_are_one() => Assert.Equal(
        Show(CgroupMounts.For(Machines.On(Machines.Unified(), "/docker/c1"), cgroupNamespace: true)),
        Show(CgroupMounts.ForUnified(Machines.On(Machines.Unified(), "/docker/c1"), cgroupNamespace: true)));

    private static IEnumerable<string> Show(IEnumerable<CgroupMountStep> steps) => steps.Select(Show);

    private static string Show(CgroupMountStep step) => string.Join(' ', new[]
    {
        step.Kind switch
        {
            CgroupMountKind.Mount => $"mount {step.FsType} {step.Source} at '{step.Target}'",
            CgroupMountKind.Bind => $"bind {step.Source} at '{step.Target}'",
            CgroupMountKind.Link => $"link at '{step.Target}' to {step.Source}",
            _ => throw new System.ArgumentOutOfRangeException(nameof(step)),
        },
        step.Data, step.EntryFlags ? "entry" : "",
    }.Where(static w => w.Length > 0));
}
