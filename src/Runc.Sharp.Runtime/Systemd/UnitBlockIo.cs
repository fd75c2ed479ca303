using System;
using System.Collections.Generic;
using System.Globalization;
using Runc.Sharp.Runtime.Cgroups;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>
/// The limits of the unified hierarchy's io controller as systemd says them: one property for each kind, a list of devices and numbers.
/// systemd.resource-control(5), <c>IOWeight=</c> and behind it.
/// </summary>
internal sealed class UnitBlockIo
{
    private readonly List<(string Name, string Pointer, List<(string Device, ulong Number)> Devices)> _lists = [];

    /// <summary>Takes what a write limits.</summary>
    /// <returns>The one property that is no list: the weight for all devices. Else null.</returns>
    internal UnitProperty? Take(CgroupWrite write)
    {
        switch (write.File)
        {
            // What is written where there is no BFQ is in systemd's own measure.
            case "io.bfq.weight" when write.OtherFile is "io.weight":
                return Weight(write.OtherValue ?? write.Value, write.Pointer);
            case "io.weight":
                return Weight(write.Value, write.Pointer);
            case "io.bfq.weight":
                return Weight(OfBfq(write.Value), write.Pointer);
            case "io.max" or "io.latency":
                Rates(write);
                return null;
            default:
                return null;
        }
    }

    /// <summary>With the device, where there is one.</summary>
    private static string OfBfq(string value)
    {
        int blank = value.IndexOf(' ', StringComparison.Ordinal) + 1;
        return Number(value.AsSpan(blank)) is { } weight ? string.Concat(value.AsSpan(0, blank), WriteTarget.Text(CgroupConversions.UnitWeightOfBfq(weight))) : value;
    }

    /// <summary>Adds the lists.</summary>
    internal void AddTo(List<UnitProperty> properties)
    {
        foreach (var (name, pointer, devices) in _lists)
        {
            properties.Add(new UnitProperty(name, devices.ToArray(), Pointer: pointer));
        }
    }

    private UnitProperty? Weight(string value, string pointer)
    {
        int blank = value.IndexOf(' ', StringComparison.Ordinal);
        if (Number(value.AsSpan(blank + 1)) is not { } weight)
        {
            return null;
        }

        if (blank < 0 || value.AsSpan(0, blank) is "default")
        {
            return new UnitProperty("IOWeight", weight, Pointer: pointer);
        }

        Add("IODeviceWeight", pointer, value[..blank], weight);
        return null;
    }

    /// <summary><c>8:16 rbps=1048576 wiops=max</c>.</summary>
    private void Rates(CgroupWrite write)
    {
        string[] words = write.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int at = 1; at < words.Length; at++)
        {
            int equals = words[at].IndexOf('=', StringComparison.Ordinal);
            string? name = words[at].AsSpan(0, Math.Max(equals, 0)) switch
            {
                "rbps" => "IOReadBandwidthMax",
                "wbps" => "IOWriteBandwidthMax",
                "riops" => "IOReadIOPSMax",
                "wiops" => "IOWriteIOPSMax",
                "target" => "IODeviceLatencyTargetUSec",
                _ => null,
            };
            if (name is not null && Number(words[at].AsSpan(equals + 1)) is { } number)
            {
                Add(name, write.Pointer, words[0], number);
            }
        }
    }

    private void Add(string name, string pointer, string device, ulong number)
    {
        string path = "/dev/block/" + device; // systemd knows the form, and asks for no such file
        foreach (var list in _lists)
        {
            if (list.Name == name)
            {
                list.Devices.Add((path, number));
                return;
            }
        }

        _lists.Add((name, pointer, [(path, number)]));
    }

    private static ulong? Number(ReadOnlySpan<char> text) =>
        text is "max" ? ulong.MaxValue
        : ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
        : null;
}
