using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Device nodes and rules for devices. Spec: config-linux.md#devices, config-linux.md#allowed-device-list.</summary>
internal static class DeviceRules
{
    /// <summary>The kernel's device numbers: 12 bits of major, 20 of minor.</summary>
    internal const long MostMajor = (1 << 12) - 1;

    /// <summary>The kernel's device numbers: 12 bits of major, 20 of minor.</summary>
    internal const long MostMinor = (1 << 20) - 1;

    /// <summary>Among more devices than this, equal numbers are not looked for: it is only a warning, and the time grows as the square.</summary>
    private const int MostCompared = 512;

    internal static void Check(ImmutableArray<DeviceSpec> devices, Report report)
    {
        for (int i = 0; i < devices.Length; i++)
        {
            CheckNode(devices[i], i, report);
            for (int j = 0; j < i && i < MostCompared; j++)
            {
                if (IsSame(devices[i], devices[j]))
                {
                    report.Warn("DevicesErrorOnDup", Place.At("/linux/devices", i), Text.Join("should not have the type and the numbers of element ", j, string.Empty));
                    break;
                }
            }
        }
    }

    /// <summary>The rules of a cgroup for devices.</summary>
    internal static void Check(ImmutableArray<DeviceRuleSpec> rules, string at, Report report)
    {
        for (int i = 0; i < rules.Length; i++)
        {
            DeviceRuleSpec rule = rules[i];
            if (rule.Type is not (null or "" or "a" or "b" or "c"))
            {
                report.Error("DeviceRuleType", Place.At(at, i, "type"), "must be a, b or c, is " + Text.Quote(rule.Type));
            }

            if (!IsAccess(rule.Access))
            {
                report.Error("DeviceRuleAccess", Place.At(at, i, "access"), "must be made of r, w and m, is " + Text.Quote(rule.Access ?? string.Empty));
            }

            // Engines write -1 for "all", as runc's own rules do.
            CheckNumber(rule.Major, -1, MostMajor, "DeviceRuleNumber", at, i, "major", report);
            CheckNumber(rule.Minor, -1, MostMinor, "DeviceRuleNumber", at, i, "minor", report);
        }
    }

    private static void CheckNode(DeviceSpec device, int index, Report report)
    {
        if (device.Type is not ("c" or "b" or "u" or "p"))
        {
            report.Error("DevicesType", Place.At("/linux/devices", index, "type"), "must be c, b, u or p, is " + Text.Quote(device.Type));
        }

        if (!device.Path.StartsWith('/'))
        {
            report.Error("DevicesPathAbs", Place.At("/linux/devices", index, "path"), "must be absolute, is " + Text.Quote(device.Path));
        }

        if (device.Type != "p")
        {
            RequireNumber(device.Major, index, "major", report);
            RequireNumber(device.Minor, index, "minor", report);
            CheckNumber(device.Major, 0, MostMajor, "DevicesNumber", "/linux/devices", index, "major", report);
            CheckNumber(device.Minor, 0, MostMinor, "DevicesNumber", "/linux/devices", index, "minor", report);
        }

        // The bits of the file type may be given, and say nothing: the type does.
        if (device.FileMode > 0xffff)
        {
            report.Error("DevicesFileMode", Place.At("/linux/devices", index, "fileMode"), Text.Join("must be permission bits, is ", device.FileMode.Value, string.Empty));
        }
    }

    private static void RequireNumber(long? number, int index, string property, Report report)
    {
        if (number is null)
        {
            report.Error("DevicesMajMinRequired", Place.At("/linux/devices", index, property), "is required, and missing");
        }
    }

    private static void CheckNumber(long? number, long least, long most, string clause, string list, int index, string property, Report report)
    {
        if (number < least || number > most)
        {
            report.Error(clause, Place.At(list, index, property), Text.Join(Text.Join(Text.Join("must be ", least, " to "), most, ", is "), number.Value, string.Empty));
        }
    }

    private static bool IsSame(DeviceSpec one, DeviceSpec other) =>
        one.Type != "p" && one.Type == other.Type && one.Major == other.Major && one.Minor == other.Minor;

    private static bool IsAccess(string? access)
    {
        foreach (char c in access ?? string.Empty)
        {
            if (c is not ('r' or 'w' or 'm'))
            {
                return false;
            }
        }

        return !string.IsNullOrEmpty(access);
    }
}
