using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Cgroups;

/// <summary>The fs manager on this machine's v1 or hybrid hierarchies.</summary>
public sealed class FsManagerOnV1
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    [V1Fact]
    public void The_hierarchies_found_are_those_of_the_mount_table()
    {
        using var files = KernelCgroupFiles.Detect(ownNeeded: true, out var facts);
        var table = File.ReadAllLines("/proc/self/mountinfo").Where(static l => l.Contains(" - cgroup ", StringComparison.Ordinal) || l.Contains(" - cgroup2 ", StringComparison.Ordinal))
            .Select(static l => l.Split(' ')[4]).Where(static m => m.StartsWith("/sys/fs/cgroup/", StringComparison.Ordinal)).Select(static m => m["/sys/fs/cgroup/".Length..]);
        Assert.Equal(table.Order(StringComparer.Ordinal), facts.Hierarchies.Select(static h => h.Mount).Order(StringComparer.Ordinal));
        Assert.Equal(facts.Unified is not null, facts.Version == CgroupVersion.Hybrid);
    }

    [V1Fact]
    public void A_process_is_moved_in_every_hierarchy_from_outside()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var pid = box.Spawn("sleep", "60");
        box.Manager.Place(pid);
        AssertInside(box, pid);
        Assert.Equal([pid], box.Manager.Pids());
    }

    [V1Fact]
    public void A_process_moves_itself_in_every_hierarchy()
    {
        using var box = new Sandbox(below: "/deep/er");
        box.Manager.Create();
        var (code, output) = box.RunInside("cat /proc/self/cgroup");
        Assert.Equal(0, code);
        AssertLines(box, output);
    }

    [V1Fact]
    public void The_directory_for_a_birth_in_the_v2_cgroup_is_the_container_s()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        using var directory = box.Manager.OpenForClone();
        if (box.Facts.Unified is null)
        {
            Assert.Null(directory);
            return;
        }

        Assert.Equal(box.PathOf(""), new FileInfo($"/proc/self/fd/{directory!.Number}").LinkTarget);
    }

    [V1Fact]
    public void Every_limit_this_kernel_knows_is_set_and_updated_and_read_back()
    {
        using var box = new Sandbox();
        box.Manager.Create(Writes(box, First));
        Assert.Empty(box.Manager.Apply(Writes(box, First)));
        box.Manager.Place(box.Spawn("sleep", "60"));
        AssertLimits(box, "104857600", "209715200", "52428800", "512", "20000", "50000", "1000", "0", "7", "254:0 1048576");

        var merged = CgroupUpdate.Merge(First, Second);
        box.Manager.Update(CgroupWrites.For(merged, box.Manager.Placement));
        AssertLimits(box, "314572800", "419430400", "62914560", "256", "40000", "100000", "2000", "0-1", "9", "254:0 2097152");

        // Down again: memory below the old swap limit, swap below the old one.
        box.Manager.Update(CgroupWrites.For(CgroupUpdate.Merge(merged, First), box.Manager.Placement));
        AssertLimits(box, "104857600", "209715200", "52428800", "512", "20000", "50000", "1000", "0", "7", "254:0 1048576");

        box.Manager.Update(CgroupWrites.For(CgroupUpdate.Merge(First, new() { Memory = new() { Limit = -1 }, Pids = new() { Limit = -1 }, Cpu = new() { Quota = -1 } }), box.Manager.Placement));
        Assert.Equal("9223372036854771712", box["memory", "memory.limit_in_bytes"]);
        Assert.Equal("9223372036854771712", box["memory", "memory.memsw.limit_in_bytes"]);
        Assert.Equal("max", box["pids", "pids.max"]);
        Assert.Equal("-1", box["cpu", "cpu.cfs_quota_us"]);
    }

    [V1Fact]
    public void The_rarer_memory_and_cpu_knobs_are_set()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var writes = Writes(box, new()
        {
            Memory = new() { Swappiness = 33, DisableOomKiller = true, UseHierarchy = true, Kernel = 5 },
            Cpu = new() { Idle = 1 },
        });
        Assert.Equal("/linux/resources/memory/kernel", Assert.Single(writes.Warnings).Pointer);
        box.Manager.Apply(writes);
        Assert.Equal("33", box["memory", "memory.swappiness"]);
        Assert.StartsWith("oom_kill_disable 1", box["memory", "memory.oom_control"], StringComparison.Ordinal);
        Assert.Equal("1", box["cpu", "cpu.idle"]);
        box.Manager.Update(Writes(box, new() { Cpu = new() { Idle = 0, Shares = 99 } }));
        Assert.Equal("0", box["cpu", "cpu.idle"]);
        Assert.Equal("99", box["cpu", "cpu.shares"]);
    }

    [V1Fact]
    public void A_refused_update_leaves_the_kernel_as_it_was()
    {
        using var box = new Sandbox();
        box.Manager.Create(Writes(box, First));
        box.Manager.Apply(Writes(box, First));
        var error = Assert.Throws<RuntimeException>(() => box.Manager.Update(CgroupWrites.For(
            CgroupUpdate.Merge(First, Second with { BlockIo = new() { ThrottleReadBpsDevice = [new() { Major = 254, Minor = 0, Rate = 5 }, new() { Major = 4095, Minor = 77, Rate = 5 }] } }),
            box.Manager.Placement)));
        Assert.Contains("/linux/resources/blockIO/throttleReadBpsDevice/1: write '4095:77 5' to /sys/fs/cgroup/blkio/", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("ENODEV (no such device); hint: there is no such device", error.Message, StringComparison.Ordinal);
        AssertLimits(box, "104857600", "209715200", "52428800", "512", "20000", "50000", "1000", "0", "7", "254:0 1048576");
    }

    [V1Fact]
    public void A_memory_limit_below_the_use_is_refused_with_the_use()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var child = box.SpawnInside("x=$(head -c 3000000 /dev/zero | tr '\\0' x); echo ready; sleep 60");
        Assert.Equal("ready", child.StandardOutput.ReadLine());
        var error = Assert.Throws<RuntimeException>(() => box.Manager.Update(Writes(box, new() { Memory = new() { Limit = 4096 } })));
        Assert.StartsWith("/linux/resources/memory/limit: unable to set memory limit to 4096 (current usage: ", error.Message, StringComparison.Ordinal);
        box.Manager.KillAll();
    }

    [V1Fact]
    public void A_processor_that_is_not_there_is_told_as_such()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var error = Assert.Throws<RuntimeException>(() => box.Manager.Apply(Writes(box, new() { Cpu = new() { Cpus = "999" } })));
        Assert.StartsWith($"/linux/resources/cpu/cpus: write '999' to {box.PathOf("cpuset", "cpuset.cpus")}: E", error.Message, StringComparison.Ordinal);
        Assert.Contains("; hint: ", error.Message, StringComparison.Ordinal);
    }

    [V1Fact]
    public void The_default_device_rules_hold()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        box.Manager.ApplyDevices(CgroupDevicesV1.For([new() { Allow = false, Access = "rwm" }]));
        Assert.Equal(
            ["b *:* m", "c *:* m", "c 10:200 rwm", "c 136:* rwm", "c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm", "c 5:2 rwm"],
            box["devices", "devices.list"].Split('\n').Order(StringComparer.Ordinal));
        var (code, output) = box.RunInside("head -c 1 /dev/zero >/dev/null && echo zero; head -c 0 </dev/kmsg && echo kmsg");
        Assert.Contains("zero", output, StringComparison.Ordinal);
        Assert.DoesNotContain("kmsg\n", output.Replace("/dev/kmsg", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("Operation not permitted", output, StringComparison.Ordinal);
        Assert.NotEqual(0, code);

        box.Manager.ApplyDevices(CgroupDevicesV1.For([new() { Allow = true, Access = "rwm" }]));
        Assert.Equal("a *:* rwm", box["devices", "devices.list"]);
    }

    [V1Fact]
    public void Freezing_stops_and_thawing_resumes()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var file = Path.GetTempFileName();
        var pid = box.Spawn("/bin/sh", "-c", $"while :; do echo >> {file}; sleep 0.01; done");
        box.Manager.Place(pid);
        Assert.Equal(CgroupFreezerState.Thawed, box.Manager.FreezerState());
        box.Manager.Freeze();
        Assert.Equal(CgroupFreezerState.Frozen, box.Manager.FreezerState());
        var length = new FileInfo(file).Length;
        System.Threading.Thread.Sleep(100);
        Assert.Equal(length, new FileInfo(file).Length);
        box.Manager.Thaw();
        Assert.True(Sandbox.Within(Soon, () => new FileInfo(file).Length > length));
        box.Manager.KillAll();
        File.Delete(file);
    }

    [V1Fact]
    public void Kill_reaches_forking_processes_in_nested_cgroups_frozen_or_not()
    {
        foreach (var (withoutUnified, frozen) in new[] { (false, false), (false, true), (true, false), (true, true) })
        {
            using var box = new Sandbox(withoutUnified);
            box.Manager.Create();
            foreach (var group in box.Manager.Placement.Groups.Where(static g => g.IsUnified || g.Has("devices")))
            {
                Directory.CreateDirectory(Path.Join("/sys/fs/cgroup", group.Directory, "inner", "most"));
            }

            box.SpawnInside("while :; do sleep 30 & sleep 0.005; done");
            var still = box.Spawn("sleep", "60"); // one that lives long enough to be moved
            box.Manager.Place(still);
            File.WriteAllText(Path.Join(box.PathOf("devices"), "inner/most/cgroup.procs"), still.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.True(Sandbox.Within(Soon, () => box.Manager.Pids().Count > 10));
            if (frozen)
            {
                box.Manager.Freeze();
            }

            box.Manager.KillAll();
            Assert.True(Sandbox.Within(Soon, () => box.Manager.Pids().Count == 0), $"without v2: {withoutUnified}, frozen: {frozen}");
            Assert.Equal(CgroupFreezerState.Thawed, box.Manager.FreezerState());
        }
    }

    [V1Fact]
    public void A_cgroup_with_a_process_or_a_freeze_is_refused_and_stays()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var second = new FsManager(box.Files, CgroupPath.Plan(box.Facts, "/" + box.Name, "unused"));
        box.Manager.Place(box.Spawn("sleep", "60"));
        Assert.Equal("container's cgroup is not empty: 1 process(es) found", Assert.Throws<RuntimeException>(() => second.Create()).Message);
        box.Manager.KillAll();
        Assert.True(Sandbox.Within(Soon, () => box.Manager.Pids().Count == 0));
        File.WriteAllText(box.PathOf("freezer", "freezer.state"), "FROZEN");
        Assert.Equal("container's cgroup unexpectedly frozen", Assert.Throws<RuntimeException>(() => second.Create()).Message);
        Assert.True(Directory.Exists(box.PathOf("memory")));
        box.Manager.Thaw();
        Assert.All(second.Create().Groups, static group => Assert.Equal(0, group.Made));
        second.Remove(Soon);
        Assert.True(Directory.Exists(box.PathOf("memory")));
    }

    [V1Fact]
    public void Removal_from_the_record_alone_waits_for_the_dying_and_leaves_nothing()
    {
        using var box = new Sandbox(below: "/child");
        var record = CgroupPlacementText.Write(box.Manager.Create());
        box.Manager.Place(box.Spawn("sleep", "60"));
        Directory.CreateDirectory(Path.Join(box.PathOf("memory"), "sub", "sub"));

        using var files = KernelCgroupFiles.Open();
        var another = new FsManager(files, CgroupPlacementText.Read(record));
        var busy = Assert.Throws<RuntimeException>(() => another.Remove(TimeSpan.FromMilliseconds(20)));
        Assert.Contains("EBUSY (device or resource busy); hint: 1 process(es) are still in it", busy.Message, StringComparison.Ordinal);
        another.KillAll();
        another.Remove(Soon);
        Assert.All(another.Placement.Groups, group => Assert.False(Directory.Exists(Path.Join("/sys/fs/cgroup", group.Directory))));
        Assert.All(another.Placement.Groups, group => Assert.True(Directory.Exists(Path.Join("/sys/fs/cgroup", group.Mount, box.Name))));
        another.Remove(Soon);
    }

    [V1Fact]
    public void A_process_in_only_one_of_the_cgroups_does_not_outlive_the_container()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        var stray = box.Spawn("sleep", "60");
        File.WriteAllText(box.PathOf("cpu", "cgroup.procs"), stray.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(box.Manager.Pids());
        box.Manager.Destroy(Soon);
        Assert.True(box.Child(stray).WaitForExit(60_000));
        Assert.All(box.Manager.Placement.Groups, static group => Assert.False(Directory.Exists("/sys/fs/cgroup/" + group.Directory)));
    }

    [V1Fact]
    public void A_failed_create_takes_its_parents_along()
    {
        using var box = new Sandbox(below: "/a/b");
        box.Manager.Create();
        box.Manager.UndoCreate();
        Assert.All(box.Facts.Hierarchies, hierarchy => Assert.False(Directory.Exists(Path.Join("/sys/fs/cgroup", hierarchy.Mount, box.Name))));
    }

    [V1Fact]
    public void The_counters_are_those_of_the_kernel()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        box.Manager.Apply(Writes(box, First));
        Assert.Equal(0, box.RunInside("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; cat /proc/self/status >/dev/null").Code);
        var stats = CgroupStatsReader.Read(box.Files, box.Manager.Placement, ["2MB"]);
        Assert.True(stats.Cpu.Total > 1_000_000);
        Assert.Equal(Environment.ProcessorCount, stats.Cpu.PerCpu.Length);
        Assert.Equal(stats.Cpu.Total, stats.Cpu.PerCpu.Aggregate(0UL, static (a, b) => a + b));
        Assert.Equal(104857600UL, stats.Memory.Usage.Limit);
        Assert.True(stats.Memory.Usage.Max > 0);
        Assert.Equal(209715200UL, stats.Memory.Swap.Limit);
        Assert.Equal(7UL, stats.Pids.Limit);
        Assert.Equal((ushort)0, Assert.Single(stats.Cpuset.Cpus));
        Assert.Contains(stats.Memory.Raw, static raw => raw.Key == "total_rss");
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            CgroupStatsJson.WriteMembers(writer, stats);
            writer.WriteEndObject();
        }

        using var json = JsonDocument.Parse(stream.ToArray());
        Assert.Equal(["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb"], json.RootElement.EnumerateObject().Select(static p => p.Name));
    }

    [V1Fact]
    public void A_kill_for_want_of_memory_is_counted()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        box.Manager.Apply(Writes(box, new() { Memory = new() { Limit = 2 << 20, Swap = 2 << 20 } }));
        Assert.Equal(0UL, CgroupStatsReader.OomKills(box.Files, box.Manager.Placement));
        Assert.NotEqual(0, box.RunInside("x=a; while :; do x=$x$x; done").Code);
        Assert.True(CgroupStatsReader.OomKills(box.Files, box.Manager.Placement) > 0);
    }

    private static ResourcesSpec First => new()
    {
        Memory = new() { Limit = 100 << 20, Swap = 200 << 20, Reservation = 50 << 20 },
        Cpu = new() { Shares = 512, Quota = 20000, Period = 50000, Burst = 1000, Cpus = "0", Mems = "0" },
        Pids = new() { Limit = 7 },
        BlockIo = new() { ThrottleReadBpsDevice = [new() { Major = 254, Minor = 0, Rate = 1 << 20 }] },
    };

    private static ResourcesSpec Second => new()
    {
        Memory = new() { Limit = 300 << 20, Swap = 400 << 20, Reservation = 60 << 20 },
        Cpu = new() { Shares = 256, Quota = 40000, Period = 100000, Burst = 2000, Cpus = "0-1" },
        Pids = new() { Limit = 9 },
        BlockIo = new() { ThrottleReadBpsDevice = [new() { Major = 254, Minor = 0, Rate = 2 << 20 }] },
    };

    private static CgroupWriteList Writes(Sandbox box, ResourcesSpec resources) => CgroupWrites.For(resources, box.Manager.Placement);

    private static void AssertLimits(Sandbox box, string limit, string swap, string soft, string shares, string quota, string period, string burst, string cpus, string pids, string rate)
    {
        Assert.Equal(limit, box["memory", "memory.limit_in_bytes"]);
        Assert.Equal(swap, box["memory", "memory.memsw.limit_in_bytes"]);
        Assert.Equal(soft, box["memory", "memory.soft_limit_in_bytes"]);
        Assert.Equal(shares, box["cpu", "cpu.shares"]);
        Assert.Equal(quota, box["cpu", "cpu.cfs_quota_us"]);
        Assert.Equal(period, box["cpu", "cpu.cfs_period_us"]);
        Assert.Equal(burst, box["cpu", "cpu.cfs_burst_us"]);
        Assert.Equal(cpus, box["cpuset", "cpuset.cpus"]);
        Assert.Equal("0", box["cpuset", "cpuset.mems"]);
        Assert.Equal(pids, box["pids", "pids.max"]);
        Assert.Equal(rate, box["blkio", "blkio.throttle.read_bps_device"]);
    }

    private static void AssertInside(Sandbox box, int pid) => AssertLines(box, File.ReadAllText($"/proc/{pid}/cgroup"));

    private static void AssertLines(Sandbox box, string text)
    {
        foreach (var group in box.Manager.Placement.Groups)
        {
            Assert.Contains(text.Split('\n'), line => line.EndsWith($":{group.Controllers}:/{group.Path}", StringComparison.Ordinal));
        }
    }
}
