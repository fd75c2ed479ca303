using System;
using System.Collections.Generic;
using System.Linq;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>Making cgroups on a file system in memory.</summary>
public sealed class FsManagerCreateTests
{
    [Fact]
    public void On_v2_the_parents_are_made_and_hand_all_controllers_down()
    {
        var fake = FakeCgroups.V2();
        var made = new FsManager(fake, Machines.On(Machines.Unified(), "/a/b/c")).Create();
        Assert.Equal(["a", "a/b", "a/b/c"], fake.Directories);
        Assert.Equal(FakeCgroups.AllControllers, fake["a/b/c/cgroup.controllers"]);
        Assert.Equal(string.Empty, fake["a/b/c/cgroup.subtree_control"]);
        Assert.Equal(new PlacedCgroup("", "", "a/b/c", 3), Assert.Single(made.Groups));
    }

    [Fact]
    public void On_v2_nothing_is_written_where_the_parents_hand_down_already()
    {
        var fake = FakeCgroups.V2();
        new FsManager(fake, Machines.On(Machines.Unified(), "/a/one")).Create();
        fake.Log.Clear();
        var made = new FsManager(fake, Machines.On(Machines.Unified(), "/a/two")).Create();
        Assert.Equal(["mkdir a/two"], fake.Log);
        Assert.Equal(1, made.Groups[0].Made);
    }

    [Fact]
    public void A_controller_that_cannot_be_handed_down_does_not_keep_the_others()
    {
        var fake = FakeCgroups.V2();
        fake.MakeDirectory("a");
        fake.Set("a/cgroup.controllers", "memory pids");
        fake.Fail("write cgroup.subtree_control", Errno.EINVAL, Errno.EINVAL, Errno.EINVAL);
        new FsManager(fake, Machines.On(Machines.Unified(), "/a/b")).Create();
        Assert.Contains("memory", fake["a/b/cgroup.controllers"].Split(' '));
    }

    [Fact]
    public void Processes_in_the_parent_are_told_as_the_reason_of_a_limit_that_cannot_be_set()
    {
        var fake = FakeCgroups.V2();
        fake.MakeDirectory("a");
        fake.Set("a/cgroup.procs", "77");
        var manager = new FsManager(fake, Machines.On(Machines.Unified(), "/a/b"));
        manager.Create();
        var error = Assert.Throws<RuntimeException>(() => manager.Apply(CgroupWrites.For(new() { Pids = new() { Limit = 5 } }, manager.Placement)));
        Assert.Equal(
            "/linux/resources/pids/limit: cannot set pids.max: controller \"pids\" not available in /sys/fs/cgroup/a/b; hint: /sys/fs/cgroup/a/cgroup.subtree_control answered EBUSY (device or resource busy), because that cgroup has processes of its own",
            error.Message);
    }

    [Fact]
    public void Below_a_threaded_cgroup_the_new_one_becomes_threaded_unless_a_limit_forbids()
    {
        var fake = FakeCgroups.V2();
        fake.MakeDirectory("a");
        fake.Set("a/cgroup.procs", "77");
        fake.MakeDirectory("a/b");
        fake.Set("a/b/cgroup.type", "domain invalid");
        fake.Set("a/b/cgroup.procs", string.Empty);
        new FsManager(fake, Machines.On(Machines.Unified(), "/a/b")).Create();
        Assert.Equal("threaded", fake["a/b/cgroup.type"]);

        fake.Set("a/b/cgroup.type", "domain invalid");
        var plan = Machines.On(Machines.Unified(), "/a/b");
        var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, plan).Create(CgroupWrites.For(new() { Memory = new() { Limit = 1 } }, plan)));
        Assert.StartsWith("/linux/resources/memory/limit: the cgroup /sys/fs/cgroup/a/b lies in a threaded subtree", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void On_v1_each_hierarchy_gets_the_cgroup_and_the_cpuset_its_parent_s_values()
    {
        var fake = Machines.Fake(Machines.Hybrid());
        var made = new FsManager(fake, Machines.On(Machines.Hybrid(), "/docker/c1")).Create();
        Assert.Equal(12, made.Groups.Length);
        Assert.All(made.Groups, group => Assert.Equal(2, group.Made));
        Assert.All(made.Groups, group => Assert.Contains(group.Mount + "/docker/c1", fake.Directories));
        Assert.Equal("0-3", fake["cpuset/docker/cpuset.cpus"]);
        Assert.Equal("0-3", fake["cpuset/docker/c1/cpuset.cpus"]);
        Assert.Equal("0", fake["cpuset/docker/c1/cpuset.mems"]);
    }

    [Fact]
    public void On_v1_a_configured_cpuset_is_not_inherited_but_its_parent_is_filled()
    {
        var fake = Machines.Fake(Machines.V1());
        var plan = Machines.On(Machines.V1(), "/docker/c1");
        var manager = new FsManager(fake, plan);
        manager.Create(CgroupWrites.For(new() { Cpu = new() { Cpus = "1" } }, plan));
        Assert.Equal("0-3", fake["cpuset/docker/cpuset.cpus"]);
        Assert.Equal(string.Empty, fake["cpuset/docker/c1/cpuset.cpus"]);
        Assert.Equal("0", fake["cpuset/docker/c1/cpuset.mems"]);
    }

    [Fact]
    public void A_cgroup_that_is_there_and_empty_is_used_and_not_counted_as_made()
    {
        var fake = Machines.Fake(Machines.V1());
        fake.MakeDirectory("memory/c1");
        var made = new FsManager(fake, Machines.On(Machines.V1())).Create();
        Assert.Equal(0, made.Find("memory")!.Value.Made);
        Assert.Equal(1, made.Find("pids")!.Value.Made);
        var manager = new FsManager(fake, made);
        manager.Remove(TimeSpan.Zero);
        Assert.Equal(["memory/c1"], fake.Directories.Where(static d => d.EndsWith("/c1", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_cgroup_with_processes_is_refused_and_nothing_is_left(bool deep)
    {
        foreach (var facts in new[] { Machines.Hybrid(), Machines.Unified() })
        {
            var fake = Machines.Fake(facts);
            var there = facts.Version == CgroupVersion.Unified ? "c1" : "devices/c1";
            fake.MakeDirectory(there);
            fake.MakeDirectory(there + "/sub");
            fake.Set(there + (deep ? "/sub" : "") + "/cgroup.procs", "5\n6");
            var before = fake.Directories.ToArray();
            var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, Machines.On(facts)).Create());
            Assert.Equal("container's cgroup is not empty: 2 process(es) found", error.Message);
            Assert.Equal(before, fake.Directories);
        }
    }

    [Fact]
    public void A_frozen_cgroup_is_refused()
    {
        foreach (var facts in new[] { Machines.V1(), Machines.Unified() })
        {
            var fake = Machines.Fake(facts);
            var unified = facts.Version == CgroupVersion.Unified;
            fake.MakeDirectory(unified ? "c1" : "freezer/c1");
            fake.Write(unified ? "c1/cgroup.freeze" : "freezer/c1/freezer.state", [unified ? "1" : "FROZEN"], out _);
            var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, Machines.On(facts)).Create());
            Assert.Equal("container's cgroup unexpectedly frozen", error.Message);
        }
    }

    /// <summary>An errno at every mkdir and write of the way: what was made is gone again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_failure_at_any_step_leaves_nothing(bool unified)
    {
        var facts = unified ? Machines.Unified() : Machines.Hybrid();
        var dry = Machines.Fake(facts);
        new FsManager(dry, Machines.On(facts, "/docker/c1")).Create();
        var steps = dry.Log.Select(static l => string.Join(' ', l.Split(' ').Take(2))).Where(static s => !s.EndsWith("subtree_control", StringComparison.Ordinal)).Distinct().ToArray();
        Assert.NotEmpty(steps);
        foreach (var step in steps)
        {
            var fake = Machines.Fake(facts);
            var before = fake.Directories.ToArray();
            fake.Failures[step] = new Queue<Errno>([Errno.ENOSPC, Errno.ENOSPC]);
            var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, Machines.On(facts, "/docker/c1")).Create());
            Assert.Contains("ENOSPC", error.Message, StringComparison.Ordinal);
            Assert.Equal(before, fake.Directories);
        }
    }

    [Fact]
    public void A_create_that_fails_later_is_undone_with_its_parents_as_far_as_nobody_uses_them()
    {
        var fake = Machines.Fake(Machines.V1());
        var before = fake.Directories.ToArray();
        var manager = new FsManager(fake, Machines.On(Machines.V1(), "/docker/c1"));
        manager.Create();
        fake.MakeDirectory("pids/docker/other");
        manager.UndoCreate();
        Assert.Equal(before.Append("pids/docker").Append("pids/docker/other").Order(StringComparer.Ordinal), fake.Directories);
    }

    [Fact]
    public void Behind_a_removal_the_parents_are_undone()
    {
        var fake = Machines.Fake(Machines.V1());
        var before = fake.Directories.ToArray();
        var manager = new FsManager(fake, Machines.On(Machines.V1(), "/docker/pod/c1"));
        manager.Create();
        manager.Destroy(TimeSpan.Zero);
        Assert.Contains("pids/docker/pod", fake.Directories);
        manager.UndoParents();
        Assert.Equal(before, fake.Directories);
    }

    [Fact]
    public void A_cgroup_that_somebody_made_again_behind_the_removal_stays()
    {
        var fake = Machines.Fake(Machines.V1());
        var before = fake.Directories.ToArray();
        var manager = new FsManager(fake, Machines.On(Machines.V1(), "/docker/c1"));
        manager.Create();
        manager.Destroy(TimeSpan.Zero);
        fake.MakeDirectory("pids/docker/c1");
        manager.UndoParents();
        Assert.Equal(before.Append("pids/docker").Append("pids/docker/c1").Order(StringComparer.Ordinal), fake.Directories);
    }

    [Fact]
    public void A_parent_that_goes_away_between_its_making_and_the_cgroup_s_is_made_again()
    {
        var fake = FakeCgroups.V2();
        fake.Fail("mkdir docker/c1", Errno.ENOENT, Errno.ENOENT);
        var made = new FsManager(fake, Machines.On(Machines.Unified(), "/docker/c1")).Create();
        Assert.Contains("docker/c1", fake.Directories);
        Assert.Equal(2, made.Groups[0].Made);
    }

    [Theory]
    [InlineData(Errno.EROFS, "the cgroup file system is mounted read-only")]
    [InlineData(Errno.EACCES, "this user may not make cgroups there; name a delegated one in /linux/cgroupsPath")]
    [InlineData(Errno.EAGAIN, "a parent cgroup limits the number of its descendants (cgroup.max.descendants, cgroup.max.depth)")]
    public void A_refused_directory_is_explained(Errno errno, string hint)
    {
        var fake = FakeCgroups.V2();
        fake.Fail("mkdir c1", errno);
        var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, Machines.On(Machines.Unified())).Create());
        Assert.Equal($"make /sys/fs/cgroup/c1: {errno.Name()} ({errno.Words()}); hint: {hint}", error.Message);
    }

    [Fact]
    public void A_process_is_placed_in_every_hierarchy_once()
    {
        var fake = Machines.Fake(Machines.Hybrid());
        var manager = new FsManager(fake, Machines.On(Machines.Hybrid()));
        manager.Create();
        fake.Log.Clear();
        manager.Place(42);
        Assert.Equal(Machines.Hybrid().Hierarchies.Select(static h => $"write {h.Mount}/c1/cgroup.procs 42"), fake.Log);
        fake.Log.Clear();
        manager.Place(42, skipUnified: true);
        Assert.Equal(11, fake.Log.Count);
        Assert.DoesNotContain(fake.Log, static l => l.Contains("unified", StringComparison.Ordinal));
        Assert.Equal("unified/c1/cgroup.procs", manager.SelfPlacementFiles(bornInUnified: false)[^1]);
        Assert.Equal(Machines.V1().Hierarchies.Select(static h => h.Mount + "/c1/tasks"), manager.SelfPlacementFiles(bornInUnified: true));
    }

    [Fact]
    public void A_process_that_is_not_yet_born_is_placed_a_moment_later()
    {
        var fake = FakeCgroups.V2();
        var manager = new FsManager(fake, Machines.On(Machines.Unified()));
        manager.Create();
        fake.Fail("write c1/cgroup.procs", Errno.EINVAL, Errno.EINVAL);
        manager.Place(42);
        Assert.Equal("42", fake["c1/cgroup.procs"]);
        fake.Fail("write c1/cgroup.procs", Errno.EBUSY);
        var error = Assert.Throws<RuntimeException>(() => manager.Place(43));
        Assert.Equal(
            "move process 43 to /sys/fs/cgroup/c1/cgroup.procs: EBUSY (device or resource busy); hint: the cgroup hands controllers to its children, so it cannot hold processes itself",
            error.Message);
    }
}
