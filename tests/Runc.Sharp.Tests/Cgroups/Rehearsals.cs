using System;
using System.Linq;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>What would be done is what is done, and nothing is done.</summary>
public class Rehearsals
{
    public static TheoryData<string, string> Machine => new() { { "v1", "/docker/pod/c1" }, { "hybrid", "/c1" }, { "v2", "/docker/c1" } };

    [Theory]
    [MemberData(nameof(Machine))]
    public void It_tells_the_calls_that_the_manager_makes(string name, string path)
    {
        var facts = name switch { "v1" => Machines.V1(), "hybrid" => Machines.Hybrid(), _ => Machines.Unified() };
        var told = Machines.Fake(facts);
        var plan = Machines.On(facts, path);
        var writes = CgroupWrites.For(new() { Pids = new() { Limit = 5 }, Cpu = new() { Cpus = "1" } }, plan);
        var before = told.Directories.ToArray();
        var rehearsal = new CgroupRehearsal(told, "/sys/fs/cgroup");
        var rehearsed = new FsManager(rehearsal, plan);
        rehearsed.Create(writes);
        rehearsed.Apply(writes);
        Assert.Equal(before, told.Directories);
        Assert.DoesNotContain(told.Log, static line => !line.StartsWith("probe", StringComparison.Ordinal) && !line.StartsWith("read", StringComparison.Ordinal));

        var done = Machines.Fake(facts);
        var manager = new FsManager(done, plan);
        manager.Create(writes);
        manager.Apply(writes);
        var acts = rehearsal.Acts.Select(static act => act.Call == "mkdirat" ? "mkdir " + act.Path : $"write {act.Path} {act.Words.Split(' ')[1]}").ToList();
        Assert.Equal(done.Directories.Except(before), acts.Where(static act => act.StartsWith("mkdir", StringComparison.Ordinal)).Select(static act => act[6..]).Order(StringComparer.Ordinal));
        Assert.Contains(acts, static act => act.EndsWith("/pids.max 5", StringComparison.Ordinal));
        Assert.All(acts.Where(static act => act.EndsWith("/pids.max 5", StringComparison.Ordinal) || act.EndsWith("/cpuset.cpus 1", StringComparison.Ordinal)), act => Assert.Contains(act, done.Log));
    }

    [Fact]
    public void What_is_there_is_not_made_and_what_somebody_else_makes_neither()
    {
        var fake = FakeCgroups.V2();
        fake.MakeDirectory("docker");
        var rehearsal = new CgroupRehearsal(fake, "/sys/fs/cgroup");
        Assert.Equal(Errno.EEXIST, rehearsal.MakeDirectory("docker"));
        Assert.Equal(Errno.ENOENT, rehearsal.MakeDirectory("a/b"));
        rehearsal.Assume("a/b");
        Assert.Equal(Errno.EEXIST, rehearsal.MakeDirectory("a/b"));
        Assert.Equal(Errno.None, rehearsal.MakeDirectory("docker/c1"));
        Assert.Equal(["make the cgroup /sys/fs/cgroup/docker/c1"], rehearsal.Acts.Select(static act => act.Words));
    }

    [Fact]
    public void What_was_written_is_read_back()
    {
        var fake = Machines.Fake(Machines.V1());
        var rehearsal = new CgroupRehearsal(fake, "/sys/fs/cgroup");
        rehearsal.MakeDirectory("cpuset/c1");
        Assert.Equal(Errno.None, rehearsal.Write("cpuset/c1/cpuset.cpus", "1"));
        rehearsal.ReadText("cpuset/c1/cpuset.cpus", out var text);
        Assert.Equal("1", text);
    }
}
