using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The device rules of a container in the order in which they hold, later ones over earlier ones: those of the configuration, then the devices that every
/// container has. Spec: config-linux.md#allowed-device-list.
/// </summary>
internal static class DeviceRules
{
    /// <summary>Reads the rules. Pure.</summary>
    /// <param name="rules">The property; where it is silent nothing is allowed but the devices that every container has.</param>
    /// <param name="pointer">The JSON pointer of <c>resources</c>.</param>
    /// <exception cref="RuntimeException">A rule is malformed.</exception>
    internal static List<(bool Allow, DeviceException Rule)> Of(ImmutableArray<DeviceRuleSpec> rules, string pointer)
    {
        var list = new List<(bool Allow, DeviceException Rule)>(rules.Length + 11);
        for (var i = 0; i < rules.Length; i++)
        {
            list.Add((rules[i].Allow, Read(rules[i], string.Concat(pointer, "/devices/", WriteTarget.Text(i)))));
        }

        AddDefaults(list);
        return list;
    }

    /// <summary>
    /// The list that runc and crun add to every container: any node may be made, and the devices every container has may be used. 10:200 is
    /// /dev/net/tun, which runc dropped once and took back for its users' sake.
    /// </summary>
    private static void AddDefaults(List<(bool Allow, DeviceException Rule)> list)
    {
        list.Add((true, new DeviceException('c', -1, -1, DeviceAccess.Mknod, string.Empty)));
        list.Add((true, new DeviceException('b', -1, -1, DeviceAccess.Mknod, string.Empty)));
        foreach (var (major, minor) in (System.ReadOnlySpan<(short, short)>)[(1, 3), (1, 8), (1, 7), (5, 0), (1, 5), (1, 9), (136, -1), (5, 2), (10, 200)])
        {
            list.Add((true, new DeviceException('c', major, minor, DeviceAccess.All, string.Empty)));
        }
    }

    private static DeviceException Read(DeviceRuleSpec rule, string pointer)
    {
        var type = rule.Type switch
        {
            null or "" or "a" => 'a',
            "c" => 'c',
            "b" => 'b',
            _ => throw new RuntimeException(pointer + "/type", $"must be a, b or c, is '{WriteTarget.Shown(rule.Type)}'"),
        };
        var access = DeviceAccess.None;
        foreach (var letter in rule.Access ?? string.Empty)
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.Mknod,
                _ => throw new RuntimeException(pointer + "/access", $"must be made of r, w and m, is '{WriteTarget.Shown(rule.Access!)}'"),
            };
        }

        return access == DeviceAccess.None
            ? throw new RuntimeException(pointer + "/access", "device access field cannot be empty")
            : new DeviceException(type, Number(rule.Major, pointer + "/major"), Number(rule.Minor, pointer + "/minor"), access, pointer);
    }

    private static long Number(long? number, string pointer) => number switch
    {
        null or -1 => -1,
        >= 0 and <= uint.MaxValue => number.Value,
        _ => throw new RuntimeException(pointer, $"must be a device number, is {WriteTarget.Text(number.Value)}"),
    };
}
