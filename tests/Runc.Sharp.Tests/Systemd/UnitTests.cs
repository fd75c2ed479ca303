using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Systemd;
using Runc.Sharp.Spec;
using Runc.Sharp.Tests.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Systemd;

/// <summary>The names and properties of a container's scope.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "The seed makes a failure repeatable.")]
public sealed class UnitTests
{
    [Theory]
    [InlineData(null, "system.slice", "csrunc-c1.scope", "system.slice/csrunc-c1.scope")]
    [InlineData("", "system.slice", "csrunc-c1.scope", "system.slice/csrunc-c1.scope")]
    [InlineData("machine.slice:libpod:abc", "machine.slice", "libpod-abc.scope", "machine.slice/libpod-abc.scope")]
    [InlineData(":docker:abc", "system.slice", "docker-abc.scope", "system.slice/docker-abc.scope")]
    [InlineData("user.slice::abc", "user.slice", "abc.scope", "user.slice/abc.scope")]
    [InlineData("-.slice:p:n", "-.slice", "p-n.scope", "p-n.scope")]
    [InlineData("kubepods-burstable-pod12_3.slice:cri-containerd:x", "kubepods-burstable-pod12_3.slice", "cri-containerd-x.scope", "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod12_3.slice/cri-containerd-x.scope")]
    public void A_path_names_slice_prefix_and_name(string? path, string slice, string unit, string cgroup)
    {
        UnitNames names = UnitNames.Parse(path, "c1");
        Assert.Equal((slice, unit, cgroup), (names.Slice, names.Unit, names.Path));
    }

    [Theory]
    [InlineData("/docker/abc", "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"/docker/abc\" instead")]
    [InlineData("a:b", "expected cgroupsPath")]
    [InlineData("a.slice:b:c:d", "expected cgroupsPath")]
    [InlineData("a:b:c", "invalid slice name: a")]
    [InlineData(".slice:b:c", "invalid slice name: .slice")]
    [InlineData("a--b.slice:b:c", "invalid slice name")]
    [InlineData("-a.slice:b:c", "invalid slice name")]
    [InlineData("a-.slice:b:c", "invalid slice name")]
    [InlineData("../a.slice:b:c", "invalid slice name")]
    [InlineData("a/b.slice:b:c", "invalid slice name")]
    [InlineData("a.slice:b:../c", "is no name for a unit")]
    [InlineData("a.slice:b/x:c", "is no name for a unit")]
    [InlineData("a.slice:b:c\n", "is no name for a unit")]
    [InlineData("a.slice:b:", "is no name for a unit")]
    [InlineData("a.slice:b:'", "is no name for a unit")]
    [InlineData("a.slice:b:c.slice", "a container is a scope")]
    public void A_path_of_another_form_or_with_a_hostile_part_is_refused_with_its_place(string path, string message)
    {
        Refusal refusal = Assert.Single(Assert.Throws<RuntimeException>(() => UnitNames.Parse(path, "c1")).Refusals);
        Assert.Equal("/linux/cgroupsPath", refusal.Pointer);
        Assert.Contains(message, refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_longer_than_a_file_s_is_refused() =>
        Assert.Throws<RuntimeException>(() => UnitNames.Parse("a.slice:b:" + new string('x', 260), "c1"));

    [Fact]
    public void A_unit_has_the_same_path_in_every_hierarchy_below_systemd_s_own_cgroup()
    {
        CgroupPlacement v2 = CgroupPath.PlanUnit(Machines.Unified(), "0::/init.scope\n"u8, "a.slice/b.scope");
        Assert.Equal("a.slice/b.scope", Assert.Single(v2.Groups).Path);
        Assert.Equal(CgroupManagerKind.Systemd, v2.Manager);
        CgroupPlacement nested = CgroupPath.PlanUnit(Machines.Hybrid(), "3:cpu:/x\n1:name=systemd:/lxc/m/init.scope\n0::/lxc/m/init.scope\n"u8, "a.slice/b.scope");
        Assert.All(nested.Groups, static group => Assert.Equal("lxc/m/a.slice/b.scope", group.Path));
        Assert.Equal("a.slice/b.scope", CgroupPath.PlanUnit(Machines.Hybrid(), "1:name=systemd:/\n0::/\n"u8, "a.slice/b.scope").Groups[0].Path);
    }

    [Fact]
    public void A_scope_s_properties_are_the_process_the_limits_the_devices_and_the_document_s_own()
    {
        var resources = new ResourcesSpec
        {
            Memory = new() { Limit = 100, Swap = 300, Reservation = 50 },
            Cpu = new() { Shares = 1024, Quota = 50000, Period = 100000, Cpus = "0-1,9", Mems = "0" },
            Pids = new() { Limit = -1 },
            BlockIo = new()
            {
                Weight = 10,
                WeightDevice = [new() { Major = 8, Minor = 0, Weight = 10 }, new() { Major = 8, Minor = 16, Weight = 1000 }],
                ThrottleReadBpsDevice = [new() { Major = 8, Minor = 0, Rate = 5 }],
                ThrottleWriteBpsDevice = [new() { Major = 8, Minor = 0, Rate = 0 }],
                ThrottleReadIopsDevice = [new() { Major = 8, Minor = 0, Rate = 6 }],
            },
            Unified = [new("memory.high", "70"), new("memory.oom.group", "1"), new("io.max", "8:16 riops=7 wiops=8 later=9")],
        };
        CgroupPlacement placement = CgroupPath.PlanUnit(Machines.Unified(), "0::/init.scope\n"u8, "a.slice/b.scope");
        List<UnitProperty> list = UnitProperties.OfScope(
            new UnitNames("a.slice", "b.scope"), "c1", 77, CgroupVersion.Unified, CgroupWrites.For(resources, placement).Writes, [], PropertyAnnotation.ReadAll([new("org.systemd.property.TimeoutStopSec", "1.5"), new("other", "x")]));
        Assert.Equal(
            [
                "Description=csrunc container c1", "Slice=a.slice", "PIDs=77", "Delegate=True", "DefaultDependencies=False", "CollectMode=inactive-or-failed",
                "MemoryAccounting=True", "CPUAccounting=True", "IOAccounting=True", "TasksAccounting=True",
                "DeviceAllow=char-* m,block-* m,/dev/char/1:3 rwm,/dev/char/1:8 rwm,/dev/char/1:7 rwm,/dev/char/5:0 rwm,/dev/char/1:5 rwm,/dev/char/1:9 rwm,char-136 rwm,/dev/char/5:2 rwm,/dev/char/10:200 rwm",
                "DevicePolicy=strict",
                "TasksMax=18446744073709551615", "MemorySwapMax=200", "MemoryMax=100", "MemoryLow=50", "IOWeight=1", "CPUWeight=100",
                "AllowedCPUs=3,2", "AllowedMemoryNodes=1", "MemoryHigh=70", "CPUQuotaPeriodUSec=100000", "CPUQuotaPerSecUSec=500000",
                "IODeviceWeight=/dev/block/8:0 1,/dev/block/8:16 10000", "IOReadBandwidthMax=/dev/block/8:0 5", "IOWriteBandwidthMax=/dev/block/8:0 18446744073709551615",
                "IOReadIOPSMax=/dev/block/8:0 6,/dev/block/8:16 7", "IOWriteIOPSMax=/dev/block/8:16 8", "OOMPolicy=kill",
                "TimeoutStopUSec=1500000",
            ],
            list.Select(Show));
    }

    [Theory]
    [InlineData(25000, 0, "250000")]
    [InlineData(33333, 100000, "340000")]
    [InlineData(1000, 1000000, "10000")]
    [InlineData(-1, 50000, "18446744073709551615")]
    public void The_bandwidth_is_a_share_of_a_second_rounded_up_to_10_ms(long quota, ulong period, string share)
    {
        foreach (CgroupFacts machine in (CgroupFacts[])[Machines.Unified(), Machines.V1()])
        {
            var writes = CgroupWrites.For(new() { Cpu = new() { Quota = quota, Period = period == 0 ? null : period } }, Machines.On(machine)).Writes;
            Assert.Contains("CPUQuotaPerSecUSec=" + share, UnitProperties.OfLimits(writes, machine.Version).Select(Show));
        }
    }

    [Fact]
    public void On_v1_the_limits_have_their_older_names()
    {
        var writes = CgroupWrites.For(new() { Memory = new() { Limit = 5 }, Cpu = new() { Shares = 7 }, BlockIo = new() { Weight = 20 }, Pids = new() { Limit = 3 } }, Machines.On(Machines.V1())).Writes;
        Assert.Equal(["MemoryLimit=5", "CPUShares=7", "TasksMax=3", "BlockIOWeight=20"], UnitProperties.OfLimits(writes, CgroupVersion.V1).Select(Show));
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(100, 100)]
    [InlineData(101, 101)]
    [InlineData(505, 505)]
    [InlineData(1000, 1000)]
    public void With_the_BFQ_scheduler_a_unit_s_weight_is_one_of_which_systemd_makes_that_of_the_document(ushort asked, ulong scheduled)
    {
        FakeCgroups fake = FakeCgroups.V2();
        fake.MakeDirectory("a.slice");
        fake.MakeDirectory("a.slice/b.scope");
        fake.Set("a.slice/b.scope/io.bfq.weight", "100");
        CgroupPlacement placement = CgroupPath.PlanUnit(Machines.Unified(), "0::/init.scope\n"u8, "a.slice/b.scope");
        var resources = new ResourcesSpec { BlockIo = new() { Weight = asked, WeightDevice = [new() { Major = 8, Minor = 0, Weight = asked }] } };
        List<UnitProperty> list = UnitProperties.OfBfq(new FsManager(fake, placement).Settled(CgroupWrites.For(resources, placement).Writes), CgroupVersion.Unified);
        ulong weight = Assert.IsType<ulong>(list[0].Value);
        Assert.Equal("IOWeight", list[0].Name);
        Assert.Equal("IODeviceWeight=/dev/block/8:0 " + weight, Show(list[1]));

        // What systemd 246 and later make of it.
        Assert.Equal(scheduled, weight <= 100 ? weight : 100 + ((weight - 100) * 900 / 9900));
    }

    [Fact]
    public void Without_the_BFQ_scheduler_a_new_scope_s_weight_stays_as_it_was_told()
    {
        FakeCgroups fake = FakeCgroups.V2();
        CgroupPlacement placement = CgroupPath.PlanUnit(Machines.Unified(), "0::/init.scope\n"u8, "a.slice/b.scope");
        IReadOnlyList<CgroupWrite> settled = new FsManager(fake, placement).Settled(CgroupWrites.For(new() { BlockIo = new() { Weight = 505 } }, placement).Writes);
        Assert.Empty(UnitProperties.OfBfq(settled, CgroupVersion.Unified));
        Assert.Equal(["IOWeight=5000"], UnitProperties.OfLimits(settled, CgroupVersion.Unified).Select(Show));
    }

    [Theory]
    [InlineData(90, 90)]
    [InlineData(150, 650)]
    [InlineData(505, 1000)]
    public void On_v1_a_weight_for_BFQ_is_as_near_as_systemd_has_words_for(ushort asked, ulong told)
    {
        FakeCgroups fake = Machines.Fake(Machines.V1());
        CgroupPlacement placement = CgroupPath.PlanUnit(Machines.V1(), "1:name=systemd:/init.scope\n"u8, "a.slice/b.scope");
        fake.MakeDirectory("blkio/a.slice");
        fake.MakeDirectory("blkio/a.slice/b.scope");
        fake.Set("blkio/a.slice/b.scope/blkio.bfq.weight", "100");
        IReadOnlyList<CgroupWrite> settled = new FsManager(fake, placement).Settled(CgroupWrites.For(new() { BlockIo = new() { Weight = asked } }, placement).Writes);
        Assert.Equal(["BlockIOWeight=" + told], UnitProperties.OfBfq(settled, CgroupVersion.V1).Select(Show));
    }

    [Fact]
    public void Idle_is_the_weight_0_and_on_v1_no_weight_that_would_stand_before_the_shares()
    {
        var idle = new ResourcesSpec { Cpu = new() { Idle = 1 } };
        Assert.Equal(["CPUWeight=0"], UnitProperties.OfLimits(CgroupWrites.For(idle, Machines.On(Machines.Unified())).Writes, CgroupVersion.Unified).Select(Show));
        Assert.Empty(UnitProperties.OfLimits(CgroupWrites.For(idle, Machines.On(Machines.V1())).Writes, CgroupVersion.V1));
    }

    [Theory]
    [InlineData(true, "a", null, null, "rwm")]
    [InlineData(true, "c", null, 5L, "r")]
    public void Rules_that_systemd_has_no_words_for_leave_its_policy_open(bool allow, string type, long? major, long? minor, string access)
    {
        var list = new List<UnitProperty>();
        UnitDevices.Add(list, [new DeviceRuleSpec { Allow = allow, Type = type, Major = major, Minor = minor, Access = access }]);
        Assert.Equal(["DevicePolicy=auto"], list.Select(Show));
    }

    [Fact]
    public void A_hole_in_a_wildcard_leaves_systemd_s_policy_open()
    {
        var list = new List<UnitProperty>();
        UnitDevices.Add(list, [new DeviceRuleSpec { Allow = true, Type = "b", Access = "rwm" }, new DeviceRuleSpec { Allow = false, Type = "b", Major = 8, Access = "w" }]);
        Assert.Equal(["DevicePolicy=auto"], list.Select(Show));
    }

    [Theory]
    [InlineData("0", "1")]
    [InlineData("0-3,8", "15,1")]
    [InlineData("7", "128")]
    [InlineData(" 1 , 3-4", "26")]
    public void A_list_of_processors_is_a_mask(string list, string bytes) => Assert.Equal(bytes, string.Join(',', UnitProperties.Bits(list)!));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("3-1")]
    [InlineData("1-")]
    [InlineData("-1")]
    [InlineData("99999999")]
    public void What_is_no_list_is_no_mask(string list) => Assert.Null(UnitProperties.Bits(list));

    [Theory]
    [InlineData("'inactive-or-failed'", "s:inactive-or-failed")]
    [InlineData("\"a'b\\n\"", "s:a'b\n")]
    [InlineData("true", "b:True")]
    [InlineData("5", "i:5")]
    [InlineData("-5", "i:-5")]
    [InlineData("1.5", "d:1.5")]
    [InlineData("uint64 5", "t:5")]
    [InlineData("byte 255", "y:255")]
    [InlineData("@t 7", "t:7")]
    [InlineData("['a', 'b']", "as:a,b")]
    [InlineData("[uint32 1, 2]", "au:1,2")]
    [InlineData("@as []", "as:")]
    [InlineData("@at [1, 2]", "at:1,2")]
    public void An_annotation_s_value_is_in_the_text_form_of_the_bus(string text, string value)
    {
        object read = PropertyAnnotation.Read("org.systemd.property.SomeName", text)!.Value.Value;
        Assert.Equal(value, DBusWriter.SignatureOf(read) + ":" + (read is DBusArray array ? string.Join(',', array.Items) : Convert.ToString(read, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("'a")]
    [InlineData("'a' 'b'")]
    [InlineData("uint8 5")]
    [InlineData("byte 256")]
    [InlineData("uint64 -1")]
    [InlineData("[1, 'a']")]
    [InlineData("[1")]
    [InlineData("[1,]x")]
    [InlineData("[]")]
    [InlineData("[[1]]")]
    [InlineData("@a 5")]
    [InlineData("@as 5")]
    [InlineData("uint64 uint64 5")]
    [InlineData("9999999999")]
    [InlineData("'a\\q'")]
    [InlineData("@")]
    [InlineData("Sec", "true", "a time must be")]
    [InlineData("Sec", "-1", "a time must be")]
    public void A_malformed_annotation_is_refused_by_name(string text, string value = "", string reason = "value parse error")
    {
        (string name, string given) = value.Length == 0 ? ("org.systemd.property.SomeName", text) : ("org.systemd.property.Some" + text, value);
        Refusal refusal = Assert.Single(Assert.Throws<RuntimeException>(() => PropertyAnnotation.ReadAll([new(name, given)])).Refusals);
        Assert.Equal("/annotations/" + name, refusal.Pointer);
        Assert.StartsWith(": " + reason, refusal.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("")]
    [InlineData("a-bc")]
    [InlineData("Ex ec")]
    [InlineData("A[B")]
    public void An_annotation_s_name_is_letters(string name) => Assert.Contains(
        "annotation name incorrect", Assert.Throws<RuntimeException>(() => PropertyAnnotation.Read("org.systemd.property." + name, "5")).Message, StringComparison.Ordinal);

    [Fact]
    public void Random_annotations_are_read_or_refused_and_nothing_else()
    {
        var random = new Random(5);
        const string letters = "[]'\"@ ,tuasbyx0159.-e\\(){}<>";
        for (int round = 0; round < 50000; round++)
        {
            string text = new([.. Enumerable.Range(0, random.Next(12)).Select(_ => letters[random.Next(letters.Length)])]);
            try
            {
                new DBusWriter().Variant(PropertyAnnotation.Read("org.systemd.property.Name", text)!.Value.Value);
            }
            catch (RuntimeException)
            {
                // refused
            }
        }
    }

    private static string Show(UnitProperty property) => property.Name + "=" + (property.Value switch
    {
        (string, string)[] pairs => string.Join(',', pairs.Select(static pair => pair.Item1 + " " + pair.Item2)),
        (string, ulong)[] pairs => string.Join(',', pairs.Select(static pair => pair.Item1 + " " + pair.Item2)),
        byte[] bytes => string.Join(',', bytes),
        uint[] numbers => string.Join(',', numbers),
        _ => Convert.ToString(property.Value, System.Globalization.CultureInfo.InvariantCulture),
    });
}
