using System;
using System.Linq;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>Cgroups that systemd has made, and cgroups that are given to the container's user.</summary>
public sealed class FsManagerUnitTests
{
    [Fact]
    public void On_v2_a_unit_s_cgroup_is_taken_with_its_process_and_gets_the_controllers_systemd_does_not_know()
    {
        var fake = FakeCgroups.V2();
        fake.MakeDirectory("a.slice");
        fake.MakeDirectory("a.slice/b.scope");
        fake.Set("a.slice/b.scope/cgroup.procs", "42");
        var manager = new FsManager(fake, CgroupPath.PlanUnit(Machines.Unified(), "0::/init.scope\n"u8, "a.slice/b.scope"));
        CgroupPlacement adopted = manager.Adopt(null);
        Assert.Equal(new PlacedCgroup("", "", "a.slice/b.scope", 1), Assert.Single(adopted.Groups));
        Assert.Equal(FakeCgroups.AllControllers, fake["a.slice/b.scope/cgroup.controllers"]);
        Assert.Equal([42], manager.Pids());
    }

    [Fact]
    public void On_v1_the_hierarchies_that_systemd_leaves_out_get_the_unit_s_cgroup_too()
    {
        var fake = Machines.Fake(Machines.V1());
        fake.MakeDirectory("memory/a.slice");
        fake.MakeDirectory("memory/a.slice/b.scope");
        var manager = new FsManager(fake, CgroupPath.PlanUnit(Machines.V1(), "1:name=systemd:/init.scope\n"u8, "a.slice/b.scope"));
        manager.Adopt(null);
        Assert.Equal("0-3", fake["cpuset/a.slice/b.scope/cpuset.cpus"]);
        Assert.All(Machines.V1Controllers, controller => Assert.Contains(controller.Replace("name=", "", StringComparison.Ordinal) + "/a.slice/b.scope", fake.Directories));
        fake.Log.Clear();
        manager.Remove(TimeSpan.Zero);
        Assert.Equal(Machines.V1Controllers.Length, fake.Log.Count(static line => line.StartsWith("rmdir ", StringComparison.Ordinal)));
        fake.MakeDirectory("rdma/a.slice/other.scope");
        manager.RemoveSlices();
        Assert.DoesNotContain("cpuset/a.slice", fake.Directories);
        Assert.DoesNotContain("freezer/a.slice", fake.Directories);
        Assert.Contains("rdma/a.slice", fake.Directories);
        Assert.Contains("memory/a.slice", fake.Directories);
    }

    [Fact]
    public void A_unit_that_cannot_be_completed_is_ours_to_remove_with_what_was_made_of_it()
    {
        var fake = Machines.Fake(Machines.V1());
        var manager = new FsManager(fake, CgroupPath.PlanUnit(Machines.V1(), "1:name=systemd:/init.scope\n"u8, "a.slice/b.scope"));
        fake.Fail("mkdir freezer/a.slice/b.scope", Errno.ENOSPC);
        Assert.Throws<RuntimeException>(() => manager.Adopt(null));
        Assert.All(manager.Placement.Groups, static group => Assert.Equal(1, group.Made));
        manager.Remove(TimeSpan.Zero);
        manager.RemoveSlices();
        Assert.DoesNotContain(fake.Directories, static directory => directory.EndsWith("b.scope", StringComparison.Ordinal));
    }

    [Fact]
    public void A_delegated_cgroup_is_given_with_the_files_the_kernel_names()
    {
        var fake = FakeCgroups.V2();
        var manager = new FsManager(fake, Machines.On(Machines.Unified()));
        manager.Create();
        fake.Log.Clear();
        manager.Delegate(1000, "cgroup.procs\nmemory.reclaim\n../evil\n");
        Assert.Equal(["give c1 1000", "give c1/cgroup.procs 1000", "give c1/memory.reclaim 1000"], fake.Log);
        fake.Log.Clear();
        manager.Delegate(1000, string.Empty);
        Assert.Equal(["give c1 1000", "give c1/cgroup.procs 1000", "give c1/cgroup.subtree_control 1000", "give c1/cgroup.threads 1000"], fake.Log);
        fake.Fail("give c1/cgroup.procs", Errno.EPERM);
        Assert.StartsWith("give away /sys/fs/cgroup/c1/cgroup.procs: EPERM", Assert.Throws<RuntimeException>(() => manager.Delegate(1000, string.Empty)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_hybrid_machines_nothing_is_given()
    {
        var fake = Machines.Fake(Machines.Hybrid());
        var manager = new FsManager(fake, Machines.On(Machines.Hybrid()));
        manager.Create();
        fake.Log.Clear();
        manager.Delegate(1000, string.Empty);
        Assert.Empty(fake.Log);
    }

    [Fact]
    public void When_what_belongs_to_an_update_fails_the_old_values_come_back()
    {
        var fake = Machines.Fake(Machines.V1());
        var manager = new FsManager(fake, Machines.On(Machines.V1()));
        manager.Create();
        fake.Set("pids/c1/pids.max", "20");
        var list = CgroupWrites.For(new() { Pids = new() { Limit = 5 } }, manager.Placement);
        Assert.Throws<RuntimeException>(() => manager.Update(list, () => throw new RuntimeException(fake["pids/c1/pids.max"])));
        Assert.Equal("20", fake["pids/c1/pids.max"]);
        bool called = false;
        manager.Update(list, () => called = true);
        Assert.True(called);
        Assert.Equal("5", fake["pids/c1/pids.max"]);
    }
}
