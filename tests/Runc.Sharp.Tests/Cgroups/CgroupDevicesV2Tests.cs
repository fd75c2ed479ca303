using System;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>config-linux.md#allowed-device-list, on v2: the program against the rules.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "The seed makes a failure repeatable.")]
public sealed class CgroupDevicesV2Tests
{
    private const string DenyAll = "deny a *:* rwm";

    [Theory]
    [InlineData("c 1:3 rwm", true)]
    [InlineData("c 1:3 rw", true)]
    [InlineData("c 136:77 rw", true)]
    [InlineData("c 10:200 rw", true)]
    [InlineData("c 7:7 m", true)]
    [InlineData("b 7:7 m", true)]
    [InlineData("b 7:7 mr", false)]
    [InlineData("c 1:1 r", false)]
    [InlineData("b 1:3 r", false)]
    [InlineData("c 10:201 r", false)]
    public void Without_rules_only_the_devices_of_every_container_may_be_used(string question, bool answer)
    {
        Assert.Equal(answer, Ask(CgroupDevicesV2.For([]), question));
        Assert.Equal(answer, Ask(For(DenyAll), question));
    }

    [Fact]
    public void A_privileged_container_may_use_everything()
    {
        CgroupDevicesV2 devices = For("allow a *:* rwm");
        Assert.True(Ask(devices, "b 8:0 rwm"));
        Assert.True(Ask(devices, "c 1:1 w"));
    }

    [Theory]
    [InlineData("b 8:0 r", true)]
    [InlineData("b 8:0 rw", false)]
    [InlineData("b 8:0 w", false)]
    [InlineData("b 8:1 r", true)]
    [InlineData("c 8:0 r", false)]
    public void An_access_that_no_rule_gives_is_refused_with_what_is_asked_beside_it(string question, bool answer) =>
        Assert.Equal(answer, Ask(For(DenyAll, "allow b 8:* r"), question));

    [Fact]
    public void Two_rules_that_give_half_each_give_both() =>
        Assert.True(Ask(For(DenyAll, "allow b 8:0 r", "allow b 8:0 w"), "b 8:0 rw"));

    [Fact]
    public void A_later_rule_takes_back_what_an_earlier_one_gives()
    {
        CgroupDevicesV2 devices = For("allow b *:* rwm", "deny b 8:* w", "allow b 8:3 w");
        Assert.True(Ask(devices, "b 8:0 r"));
        Assert.False(Ask(devices, "b 8:0 rw"));
        Assert.True(Ask(devices, "b 8:3 rw"));
        Assert.True(Ask(devices, "b 9:0 rw"));
    }

    [Fact]
    public void Numbers_that_no_device_can_have_match_none()
    {
        Assert.False(Ask(For(DenyAll, "allow b 4294967295:0 rwm"), "b 4294967295:0 r"));
        Assert.False(Ask(For(DenyAll, "allow b 0:2147483648 rwm"), "b 0:2147483648 r"));
    }

    [Fact]
    public void On_random_lists_the_program_answers_as_the_rules_do()
    {
        var random = new Random(20261121);
        for (int round = 0; round < 3000; round++)
        {
            string[] rules = [.. Enumerable.Range(0, random.Next(12)).Select(_ => (random.Next(2) == 0 ? "deny " : "allow ") + Pattern(random, wild: true))];
            CgroupDevicesV2 devices = For(rules);
            Assert.Null(DeviceProgramInterpreter.Fault(devices.Program));
            for (int question = 0; question < 40; question++)
            {
                string asked = Pattern(random, wild: false);
                bool answer = DeviceRuleInterpreter.Allows(rules, asked);
                Assert.True(answer == Ask(devices, asked), $"{string.Join("; ", rules)} ? {asked}: should be {answer}");
            }
        }
    }

    [Fact]
    public void A_thousand_rules_are_a_program_the_verifier_takes()
    {
        CgroupDevicesV2 devices = For([.. Enumerable.Range(0, 1000).Select(n => $"{(n % 3 == 0 ? "deny" : "allow")} c {n}:* {(n % 2 == 0 ? "r" : "rwm")}")]);
        Assert.Null(DeviceProgramInterpreter.Fault(devices.Program));
        Assert.True(Ask(devices, "c 998:5 r"));
        Assert.False(Ask(devices, "c 999:5 r"));
    }

    [Fact]
    public void A_malformed_rule_is_told_by_its_place() =>
        Assert.StartsWith("/linux/resources/devices/0/type: ", Assert.Throws<RuntimeException>(() => CgroupDevicesV2.For([new DeviceRuleSpec { Allow = true, Type = "x", Access = "r" }])).Message, StringComparison.Ordinal);

    private static CgroupDevicesV2 For(params string[] rules) => CgroupDevicesV2.For([.. rules.Select(Rule)]);

    private static DeviceRuleSpec Rule(string text)
    {
        string[] words = text.Split(' ', ':');
        return new DeviceRuleSpec
        {
            Allow = words[0] == "allow",
            Type = words[1],
            Major = words[2] == "*" ? null : long.Parse(words[2], null),
            Minor = words[3] == "*" ? -1 : long.Parse(words[3], null),
            Access = words[4],
        };
    }

    private static bool Ask(CgroupDevicesV2 devices, string question)
    {
        string[] words = question.Split(' ', ':');
        uint access = (words[3].Contains('m', StringComparison.Ordinal) ? 1u : 0) | (words[3].Contains('r', StringComparison.Ordinal) ? 2u : 0) | (words[3].Contains('w', StringComparison.Ordinal) ? 4u : 0);
        ulong answer = DeviceProgramInterpreter.Run(devices.Program, (access << 16) | (words[0] == "b" ? 1u : 2u), uint.Parse(words[1], null), uint.Parse(words[2], null));
        Assert.InRange(answer, 0ul, 1ul);
        return answer == 1;
    }

    private static string Pattern(Random random, bool wild)
    {
        string[] access = ["r", "w", "m", "rw", "rm", "wm", "rwm"];
        string number() => wild && random.Next(3) == 0 ? "*" : random.Next(3).ToString(System.Globalization.CultureInfo.InvariantCulture);
        return $"{(wild && random.Next(4) == 0 ? "a" : random.Next(2) == 0 ? "b" : "c")} {number()}:{number()} {access[random.Next(access.Length)]}";
    }
}

/// <summary>The rules as the specification tells them: for each access of a device the last rule that names both decides.</summary>
internal static class DeviceRuleInterpreter
{
    private static readonly string[] Defaults =
        ["allow c *:* m", "allow b *:* m", "allow c 1:3 rwm", "allow c 1:8 rwm", "allow c 1:7 rwm", "allow c 5:0 rwm", "allow c 1:5 rwm", "allow c 1:9 rwm", "allow c 136:* rwm", "allow c 5:2 rwm", "allow c 10:200 rwm"];

    internal static bool Allows(string[] rules, string question)
    {
        string[] asked = question.Split(' ', ':');
        foreach (char access in asked[3])
        {
            bool allowed = false;
            foreach (string rule in rules.Concat(Defaults))
            {
                string[] words = rule.Split(' ', ':');
                if ((words[1] == "a" || words[1] == asked[0]) && (words[2] == "*" || words[2] == asked[1]) && (words[3] == "*" || words[3] == asked[2])
                    && words[4].Contains(access, StringComparison.Ordinal))
                {
                    allowed = words[0] == "allow";
                }
            }

            if (!allowed)
            {
                return false;
            }
        }

        return true;
    }
}
