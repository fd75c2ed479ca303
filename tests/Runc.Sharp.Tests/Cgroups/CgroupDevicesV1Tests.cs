using System;
using System.Collections.Immutable;
using System.Linq;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>config-linux.md#allowed-device-list, on v1.</summary>
public sealed class CgroupDevicesV1Tests
{
    private static readonly string[] Defaults =
        ["c *:* m", "b *:* m", "c 1:3 rwm", "c 1:8 rwm", "c 1:7 rwm", "c 5:0 rwm", "c 1:5 rwm", "c 1:9 rwm", "c 136:* rwm", "c 5:2 rwm", "c 10:200 rwm"];

    [Fact]
    public void The_default_list_is_denied_all_and_eleven_exceptions()
    {
        var devices = CgroupDevicesV1.For([Rule(false, null, null, null, "rwm")]);
        Assert.False(devices.AllowByDefault);
        Assert.Equal(Defaults, devices.Lines);
        Assert.Equal(Defaults, CgroupDevicesV1.For([]).Lines);
    }

    [Fact]
    public void A_privileged_container_is_one_write()
    {
        var devices = CgroupDevicesV1.For([Rule(true, "a", null, null, "rwm")]);
        Assert.True(devices.AllowByDefault);
        Assert.Empty(devices.Lines);
        var fake = FakeCgroups.V1("devices");
        fake.MakeDirectory("devices/c1");
        fake.Log.Clear();
        new FsManager(fake, On()).ApplyDevices(devices);
        Assert.Equal(["write devices/c1/devices.allow a"], fake.Log);
    }

    [Fact]
    public void Docker_s_own_rules_merge_with_the_default_ones()
    {
        var devices = CgroupDevicesV1.For(
            [Rule(false, null, null, null, "rwm"), Rule(true, "c", 1, 5, "rwm"), Rule(true, "c", 1, 3, "rw"), Rule(true, "c", 1, 3, "m"), Rule(true, "b", 8, null, "r")]);
        Assert.Equal(Defaults.Append("b 8:* r").Order(StringComparer.Ordinal), devices.Lines.Order(StringComparer.Ordinal));
        Assert.Equal("/linux/resources/devices/1", devices.PointerOf(devices.Lines.IndexOf("c 1:5 rwm")));
        Assert.Equal("/linux/resources/devices/3", devices.PointerOf(devices.Lines.IndexOf("c 1:3 rwm")));
        Assert.Equal("default device rules", devices.PointerOf(devices.Lines.IndexOf("c 5:2 rwm")));
    }

    [Fact]
    public void What_a_wider_rule_covers_is_not_written() =>
        Assert.Equal(["c *:* rwm", "b *:* m"], CgroupDevicesV1.For([Rule(true, "c", null, null, "rwm")]).Lines.Order(StringComparer.Ordinal).Reverse());

    [Fact]
    public void An_a_rule_with_a_number_or_less_than_all_access_does_not_open_everything()
    {
        // The kernel itself reads 'a 7:0 r' as "all devices, all access".
        var devices = CgroupDevicesV1.For([Rule(true, "a", 7, 0, "r"), Rule(true, null, null, null, "r")]);
        Assert.False(devices.AllowByDefault);
        Assert.Contains("c *:* rm", devices.Lines);
        Assert.Contains("b *:* rm", devices.Lines);
        Assert.DoesNotContain(devices.Lines, static l => l.StartsWith('a') || l.Contains("7:0", StringComparison.Ordinal));
    }

    [Fact]
    public void The_rules_are_applied_in_the_listed_order_and_the_default_devices_last()
    {
        Assert.DoesNotContain("b 8:0 rwm", CgroupDevicesV1.For([Rule(true, "b", 8, 0, "rwm"), Rule(false, "b", 8, 0, "rwm")]).Lines);
        Assert.DoesNotContain("b 8:0 rwm", CgroupDevicesV1.For([Rule(true, "b", 8, 0, "rwm"), Rule(false, "b", null, null, "rwm")]).Lines);
        Assert.Contains("b 8:0 rwm", CgroupDevicesV1.For([Rule(false, "b", 8, 0, "rwm"), Rule(true, "b", 8, 0, "rwm")]).Lines);
        Assert.Contains("c 1:3 rwm", CgroupDevicesV1.For([Rule(false, "c", 1, 3, "rwm")]).Lines);
    }

    [Fact]
    public void A_hole_in_a_wildcard_is_an_error_not_a_silent_allow()
    {
        var error = Assert.Throws<RuntimeException>(() => CgroupDevicesV1.For([Rule(true, "b", 8, null, "rw"), Rule(false, "b", 8, 1, "w")]));
        Assert.StartsWith("/linux/resources/devices/1: the rule 'b 8:1 w' would cut a hole into 'b 8:* rw' (/linux/resources/devices/0)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", "rwm", 1L, "/linux/resources/devices/0/type: must be a, b or c, is 'x'")]
    [InlineData("c", "", 1L, "/linux/resources/devices/0/access: device access field cannot be empty")]
    [InlineData("c", null, 1L, "/linux/resources/devices/0/access: device access field cannot be empty")]
    [InlineData("c", "rx", 1L, "/linux/resources/devices/0/access: must be made of r, w and m, is 'rx'")]
    [InlineData("c", "r", -2L, "/linux/resources/devices/0/major: must be a device number, is -2")]
    [InlineData("c", "r", 4294967296L, "/linux/resources/devices/0/major: must be a device number, is 4294967296")]
    public void A_malformed_rule_names_its_member(string type, string? access, long major, string expected) =>
        Assert.Equal(expected, Assert.Throws<RuntimeException>(() => CgroupDevicesV1.For([Rule(true, type, major, 1, access)])).Message);

    [Fact]
    public void A_rule_that_the_parent_forbids_is_named()
    {
        var fake = FakeCgroups.V1("devices");
        fake.MakeDirectory("devices/c1");
        fake.Fail("write devices/c1/devices.allow", Errno.None, Errno.EPERM);
        var error = Assert.Throws<RuntimeException>(() => new FsManager(fake, On()).ApplyDevices(CgroupDevicesV1.For([Rule(true, "b", 8, 0, "r"), Rule(true, "b", 8, 1, "r")])));
        Assert.Equal(
            "/linux/resources/devices/1: write 'b 8:1 r' to /sys/fs/cgroup/devices/c1/devices.allow: EPERM (operation not permitted); hint: the parent cgroup allows less",
            error.Message);
        Assert.Equal("write devices/c1/devices.deny a", fake.Log[1]);
    }

    /// <summary>The list that is written allows exactly what the rules, taken one after the other, allow.</summary>
    [Fact]
    public void The_folded_list_means_what_the_rules_mean()
    {
        var random = new Dice();
        var refused = 0;
        for (var round = 0; round < 3000; round++)
        {
            var rules = Enumerable.Range(0, 1 + random.Next(7)).Select(_ => Rule(
                random.Next(2) == 0,
                random.Next(6) switch { 0 => "a", <= 3 => "c", _ => "b" },
                random.Next(3) == 0 ? null : random.Next(3),
                random.Next(3) == 0 ? null : random.Next(3),
                new[] { "r", "w", "m", "rw", "rwm", "rwm" }[random.Next(6)])).ToImmutableArray();
            var list = new DeviceListV1();
            try
            {
                for (var i = 0; i < rules.Length; i++)
                {
                    list.Apply(rules[i].Allow, new DeviceException(
                        rules[i].Type![0], rules[i].Major ?? -1, rules[i].Minor ?? -1,
                        rules[i].Access!.Aggregate(DeviceAccess.None, static (a, c) => a | (c == 'r' ? DeviceAccess.Read : c == 'w' ? DeviceAccess.Write : DeviceAccess.Mknod)), "/" + i));
                }
            }
            catch (RuntimeException)
            {
                refused++;
                continue;
            }

            Compare(rules, list);
        }

        Assert.InRange(refused, 1, 2500);
    }

    private static void Compare(ImmutableArray<DeviceRuleSpec> rules, DeviceListV1 list)
    {
        var exceptions = list.Exceptions();
        foreach (var type in "cb")
        {
            for (var major = 0; major < 4; major++)
            {
                for (var minor = 0; minor < 4; minor++)
                {
                    foreach (var access in "rwm")
                    {
                        var meant = false;
                        foreach (var rule in rules)
                        {
                            var matches = (rule.Type == "a" || rule.Type![0] == type) && (rule.Major ?? major) == major && (rule.Minor ?? minor) == minor && rule.Access!.Contains(access, StringComparison.Ordinal);
                            meant = matches ? rule.Allow : meant;
                        }

                        var excepted = exceptions.Any(e => e.Covers(new DeviceException(type, major, minor, 0, "")) && e.Line().Split(' ')[2].Contains(access, StringComparison.Ordinal));
                        Assert.True(meant == (excepted != list.AllowByDefault), $"{string.Join("; ", rules)} for {type} {major}:{minor} {access}");
                    }
                }
            }
        }
    }

    private static DeviceRuleSpec Rule(bool allow, string? type, long? major, long? minor, string? access) =>
        new() { Allow = allow, Type = type, Major = major, Minor = minor, Access = access };

    /// <summary>The same numbers in every run.</summary>
    private sealed class Dice
    {
        private uint _state = 20240717;

        public int Next(int sides) => (int)(((_state = unchecked((_state * 1664525) + 1013904223)) >> 16) % (uint)sides);
    }

    private static CgroupPlacement On() => Machines.On(Machines.V1()) with { Groups = [new("devices", "devices", "c1", 1)] };
}
