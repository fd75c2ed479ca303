using System;
using System.Linq;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>Freezing, signalling and removing on a file system in memory.</summary>
public sealed class FsManagerLifeTests
{
    [Fact]
    public void On_v2_kill_is_one_write()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.MakeDirectory("c1/sub");
        fake.Set("c1/sub/cgroup.procs", "7");
        fake.Log.Clear();
        manager.KillAll();
        Assert.Equal(["write c1/cgroup.kill 1"], fake.Log);
        Assert.Empty(manager.Pids());
    }

    [Fact]
    public void On_a_hybrid_machine_kill_is_the_v2_tree_s_and_a_frozen_container_is_thawed_to_die()
    {
        var (fake, manager) = Made(Machines.Hybrid());
        manager.Freeze();
        fake.Log.Clear();
        manager.KillAll();
        Assert.Equal(["write unified/c1/cgroup.kill 1", "write freezer/c1/freezer.state THAWED"], fake.Log);
    }

    [Fact]
    public void On_v1_kill_freezes_signals_by_handle_and_thaws_until_nobody_is_left()
    {
        var (fake, manager) = Made(Machines.V1());
        fake.Set("devices/c1/cgroup.procs", "5\n6");
        fake.MakeDirectory("devices/c1/sub");
        fake.Set("devices/c1/sub/cgroup.procs", "7");
        fake.Log.Clear();
        manager.KillAll();
        Assert.Equal([(5, 9), (6, 9), (7, 9)], fake.Signals);
        Assert.Equal("THAWED", fake["freezer/c1/freezer.state"]);
        Assert.Equal("write freezer/c1/freezer.state FROZEN", fake.Log[0]);
    }

    [Fact]
    public void A_paused_container_stays_paused_when_it_is_signalled()
    {
        var (fake, manager) = Made(Machines.V1());
        manager.Freeze();
        fake.Set("devices/c1/cgroup.procs", "5");
        manager.SignalAll(15);
        Assert.Equal([(5, 15)], fake.Signals);
        Assert.Equal(CgroupFreezerState.Frozen, manager.FreezerState());
    }

    [Fact]
    public void Without_cgroup_kill_a_v2_kernel_is_served_as_v1()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.Drop("c1/cgroup.kill");
        fake.Set("c1/cgroup.procs", "5");
        manager.KillAll();
        Assert.Equal([(5, 9)], fake.Signals);
        Assert.Equal("0", fake["c1/cgroup.freeze"]);
    }

    [Fact]
    public void A_process_that_is_not_in_the_second_listing_is_not_signalled()
    {
        var (fake, manager) = Made(Machines.V1());
        fake.Set("devices/c1/cgroup.procs", "5\n6");
        var listings = 0;
        fake.OnOpenProcess = _ => listings++;
        fake.OnOpenProcess += pid => fake.Set("devices/c1/cgroup.procs", pid == 6 ? "6" : "5\n6");
        manager.SignalAll(15);
        Assert.Equal(2, listings);
        Assert.Equal([(6, 15)], fake.Signals);
    }

    [Fact]
    public void A_failing_signal_never_leaves_the_container_frozen()
    {
        var (fake, manager) = Made(Machines.V1());
        fake.Fail("read devices/c1/cgroup.procs", Errno.EIO);
        Assert.Throws<RuntimeException>(() => manager.SignalAll(15));
        Assert.Equal("THAWED", fake["freezer/c1/freezer.state"]);
    }

    [Fact]
    public void An_intent_kills_nobody_and_removes_only_what_is_empty()
    {
        foreach (var facts in new[] { Machines.Hybrid(), Machines.Unified() })
        {
            var fake = Machines.Fake(facts);
            var plan = Machines.On(facts);
            foreach (var group in plan.Groups)
            {
                fake.MakeDirectory(group.Directory);
                fake.Set(group.Directory + "/cgroup.procs", group.Has("memory") || facts.Version == CgroupVersion.Unified ? "5" : "");
            }

            var manager = new FsManager(fake, plan);
            manager.KillAll();
            manager.SignalAll(15);
            Assert.Empty(fake.Signals);
            manager.Remove(TimeSpan.Zero);
            Assert.Equal(facts.Version == CgroupVersion.Unified ? "c1" : "memory/c1", Assert.Single(fake.Directories, static d => d.EndsWith("c1", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Freezing_waits_until_all_have_stopped()
    {
        var (fake, manager) = Made(Machines.Unified());
        var asked = 0;
        fake.After["c1/cgroup.freeze"] = value => fake.Set("c1/cgroup.events", "populated 1\nfrozen 0");
        fake.OnRead["c1/cgroup.events"] = () =>
        {
            if (++asked == 3)
            {
                fake.Set("c1/cgroup.events", "populated 1\nfrozen 1");
            }
        };
        manager.Freeze();
        Assert.Equal(3, asked);
        Assert.Equal(CgroupFreezerState.Frozen, manager.FreezerState());
        manager.Thaw();
        Assert.Equal(CgroupFreezerState.Thawed, manager.FreezerState());
    }

    [Fact]
    public void The_v1_freezer_is_asked_again_while_it_is_freezing()
    {
        var (fake, manager) = Made(Machines.V1());
        var writes = 0;
        fake.After["freezer/c1/freezer.state"] = value =>
        {
            if (value == "FROZEN" && ++writes < 4)
            {
                fake.Set("freezer/c1/freezer.state", "FREEZING");
            }
        };
        manager.Freeze();
        Assert.Equal(4, writes);
        Assert.Equal(CgroupFreezerState.Frozen, manager.FreezerState());
    }

    [Fact]
    public void A_freeze_that_is_refused_is_taken_back()
    {
        var (fake, manager) = Made(Machines.V1());
        fake.Fail("write freezer/c1/freezer.state", Errno.None, Errno.EIO);
        fake.After["freezer/c1/freezer.state"] = value => fake.Set("freezer/c1/freezer.state", value == "FROZEN" ? "FREEZING" : value);
        Assert.Throws<RuntimeException>(manager.Freeze);
        Assert.Equal("THAWED", fake["freezer/c1/freezer.state"]);
    }

    [Fact]
    public void An_ancestor_s_freeze_is_not_the_container_s_pause()
    {
        var (fake, manager) = Made(Machines.V1());
        fake.Set("freezer/c1/freezer.state", "FROZEN");
        fake.Set("freezer/c1/freezer.self_freezing", "0");
        Assert.Equal(CgroupFreezerState.Thawed, manager.FreezerState());
    }

    [Fact]
    public void Without_a_freezer_the_state_is_undefined_and_freezing_an_error()
    {
        var fake = Machines.Fake(Machines.V1(without: "freezer"));
        var manager = new FsManager(fake, Machines.On(Machines.V1(without: "freezer")));
        Assert.Equal(CgroupFreezerState.Undefined, manager.FreezerState());
        Assert.Equal("cannot freeze the container: it has no freezer cgroup", Assert.Throws<RuntimeException>(manager.Freeze).Message);
        Assert.Equal("cannot thaw the container: it has no freezer cgroup", Assert.Throws<RuntimeException>(manager.Thaw).Message);
    }

    [Fact]
    public void Pids_are_those_of_the_whole_tree()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.MakeDirectory("c1/b");
        fake.MakeDirectory("c1/b/d");
        fake.MakeDirectory("c10");
        fake.Set("c1/cgroup.procs", "3\n0\n4");
        fake.Set("c1/b/d/cgroup.procs", "5");
        fake.Set("c10/cgroup.procs", "6");
        Assert.Equal([3, 4, 5], manager.Pids());
    }

    [Fact]
    public void A_threaded_cgroup_lists_its_threads()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.Set("c1/cgroup.threads", "8\n9");
        fake.Fail("read c1/cgroup.procs", Errno.EOPNOTSUPP);
        Assert.Equal([8, 9], manager.Pids());
    }

    [Fact]
    public void A_cgroup_that_is_gone_has_no_processes()
    {
        var manager = new FsManager(FakeCgroups.V2(), Machines.Made(Machines.Unified()));
        Assert.Empty(manager.Pids());
        manager.KillAll();
        manager.Remove(TimeSpan.Zero);
    }

    [Fact]
    public void Removal_goes_deepest_first_spares_parents_and_may_be_repeated()
    {
        foreach (var facts in new[] { Machines.Hybrid(), Machines.Unified() })
        {
            var fake = Machines.Fake(facts);
            var before = fake.Directories.ToArray();
            var manager = new FsManager(fake, Machines.On(facts, "/docker/c1"));
            manager.Create();
            var parents = fake.Directories.Where(static d => d.EndsWith("docker", StringComparison.Ordinal)).ToArray();
            foreach (var group in manager.Placement.Groups)
            {
                fake.MakeDirectory(group.Directory + "/x");
                fake.MakeDirectory(group.Directory + "/x/y");
            }

            manager.Remove(TimeSpan.Zero);
            Assert.Equal(before.Concat(parents).Order(StringComparer.Ordinal), fake.Directories);
            manager.Remove(TimeSpan.Zero);
        }
    }

    [Fact]
    public void Who_waits_for_the_dying_waits_no_longer_than_he_has_patience()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.Set("c1/cgroup.procs", "42");
        Assert.False(manager.AwaitDeath(TimeSpan.FromMilliseconds(5)));
        var reads = 0;
        fake.OnRead["c1/cgroup.procs"] = () => fake.Set("c1/cgroup.procs", ++reads < 3 ? "42" : string.Empty);
        Assert.True(manager.AwaitDeath(TimeSpan.FromSeconds(10)));
        Assert.Equal(3, reads);
    }

    [Fact]
    public void Removal_waits_for_the_last_process()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.Fail("rmdir c1", Errno.EBUSY, Errno.EBUSY, Errno.EBUSY, Errno.EBUSY);
        manager.Remove(TimeSpan.FromSeconds(5));
        Assert.Empty(fake.Directories);
    }

    [Fact]
    public void Destroying_a_container_that_is_over_kills_nobody()
    {
        var (fake, manager) = Made(Machines.Hybrid());
        fake.Log.Clear();
        manager.Destroy(TimeSpan.Zero);
        Assert.Equal(12, fake.Log.Count);
        Assert.All(fake.Log, static line => Assert.StartsWith("rmdir ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Destroying_a_container_that_lives_kills_it_first()
    {
        foreach (var facts in new[] { Machines.V1(), Machines.Hybrid(), Machines.Unified() })
        {
            var (fake, manager) = Made(facts);
            manager.Place(7);
            fake.After["unified/c1/cgroup.kill"] = _ =>
            {
                foreach (var hierarchy in facts.Hierarchies)
                {
                    fake.Set(hierarchy.Mount + "/c1/cgroup.procs", string.Empty);
                }
            };
            manager.Destroy(TimeSpan.Zero);
            Assert.DoesNotContain(fake.Directories, static d => d.EndsWith("c1", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Removal_gives_up_in_time_and_names_who_is_left()
    {
        var (fake, manager) = Made(Machines.Unified());
        fake.Set("c1/cgroup.procs", "5\n6");
        var error = Assert.Throws<RuntimeException>(() => manager.Remove(TimeSpan.FromMilliseconds(5)));
        Assert.Equal("remove /sys/fs/cgroup/c1: EBUSY (device or resource busy); hint: 2 process(es) are still in it, the first is 5", error.Message);
    }

    [Fact]
    public void A_read_only_mount_is_no_obstacle_to_removing_what_is_not_there()
    {
        var fake = FakeCgroups.V2();
        fake.Fail("rmdir c1", Errno.EROFS, Errno.EROFS);
        new FsManager(fake, Machines.Made(Machines.Unified())).Remove(TimeSpan.Zero);
        fake.MakeDirectory("c1");
        fake.Fail("rmdir c1", Errno.EROFS, Errno.EROFS);
        var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, Machines.Made(Machines.Unified())).Remove(TimeSpan.Zero));
        Assert.EndsWith("hint: the cgroup file system is mounted read-only", error.Message, StringComparison.Ordinal);
    }

    private static (FakeCgroups Fake, FsManager Manager) Made(CgroupFacts facts)
    {
        var fake = Machines.Fake(facts);
        var manager = new FsManager(fake, Machines.On(facts));
        manager.Create();
        return (fake, manager);
    }
}
