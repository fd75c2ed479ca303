using System;
using System.Globalization;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// Turns <c>linux.resources</c> into writes to control files. Spec: config-linux.md#control-groups. Pure: each property becomes a value, an error
/// or a warning, never silence. <c>devices</c> is not here: see <see cref="CgroupDevicesV1"/> and the v2 program.
/// </summary>
public static class CgroupWrites
{
    /// <summary>Where the resources stand in config.json.</summary>
    public const string ConfigPointer = "/linux/resources";

    /// <summary>Computes the writes for a container that has the cgroups of <paramref name="placement"/>, or will have them.</summary>
    /// <param name="resources">The property; null asks for nothing.</param>
    /// <param name="placement">Which hierarchies there are; made or only planned.</param>
    /// <param name="pointer">The JSON pointer of <paramref name="resources"/>: empty where they are a document of their own (update).</param>
    public static CgroupWriteList For(ResourcesSpec? resources, CgroupPlacement placement, string pointer = ConfigPointer)
    {
        var list = new CgroupWriteList();
        if (resources is null)
        {
            return list;
        }

        if (placement.Manager == CgroupManagerKind.Disabled)
        {
            if (resources != new ResourcesSpec { Devices = resources.Devices })
            {
                list.Warn(pointer, "ignored, because cgroups are disabled");
            }

            return list;
        }

        var target = new WriteTarget(list, placement, pointer);
        if (placement.Version == CgroupVersion.Unified)
        {
            CgroupWritesV2.Add(target, resources);
        }
        else
        {
            CgroupWritesV1.Add(target, resources);
        }

        return list;
    }
}

/// <summary>The list under construction, and the properties whose writes are alike on v1 and v2.</summary>
internal sealed class WriteTarget(CgroupWriteList list, CgroupPlacement placement, string pointer)
{
    internal CgroupWriteList List => list;

    internal bool IsV2 { get; } = placement.Version == CgroupVersion.Unified;

    internal static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    internal static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    internal string At(string property) => pointer + property;

    internal void Error(string property, string message) => list.Error(At(property), message);

    internal void Warn(string property, string message) => list.Warn(At(property), message);

    internal void Write(string property, string controller, string file, string value, CgroupWriteRules rules = CgroupWriteRules.None) =>
        Write(new CgroupWrite(controller, file, value, At(property), rules));

    /// <summary>Adds a write, if its controller is there. On v2 that shows when writing, for controllers are enabled on the way.</summary>
    internal void Write(CgroupWrite write)
    {
        if (!IsV2 && placement.Find(write.Controller) is null)
        {
            if (write.Rules != CgroupWriteRules.SkipMissing)
            {
                list.Error(write.Pointer, $"cannot be set: the {write.Controller} controller is not mounted"); // a second file of the same property says no more
            }

            return;
        }

        list.Add(write);
    }

    /// <summary>Limits of memory are bytes, -1 for none; the kernel takes other negative numbers for garbage and says EINVAL.</summary>
    internal bool IsLimit(string property, long value)
    {
        if (value >= -1)
        {
            return true;
        }

        Error(property, $"must be -1 (no limit) or a number of bytes, is {Text(value)}");
        return false;
    }

    /// <summary>pids 0 is written as 1: systemd cannot say 0, and the first process is already there. runc does the same with both drivers.</summary>
    internal void Pids(PidsSpec? pids)
    {
        if (pids?.Limit is { } limit)
        {
            Write("/pids/limit", "pids", "pids.max", limit < 0 ? "max" : Text(Math.Max(limit, 1)));
        }
    }

    internal void Cpuset(CpuSpec? cpu)
    {
        if (!string.IsNullOrEmpty(cpu?.Cpus))
        {
            Write(new CgroupWrite("cpuset", "cpuset.cpus", cpu.Cpus, At("/cpu/cpus")) { OtherFile = IsV2 ? null : "cpus" });
        }

        if (!string.IsNullOrEmpty(cpu?.Mems))
        {
            Write(new CgroupWrite("cpuset", "cpuset.mems", cpu.Mems, At("/cpu/mems")) { OtherFile = IsV2 ? null : "mems" });
        }
    }

    /// <summary>Each limit twice: on use, and on reservation, without which a mapping beyond the limit dies of SIGBUS instead of failing.</summary>
    internal void Hugepages(System.Collections.Immutable.ImmutableArray<HugepageLimitSpec> limits)
    {
        var suffix = IsV2 ? ".max" : ".limit_in_bytes";
        for (var i = 0; i < limits.Length; i++)
        {
            var property = "/hugepageLimits/" + Text(i);
            var size = limits[i].PageSize;
            if (!IsPageSize(size))
            {
                Error(property + "/pageSize", $"must be a number and KB, MB or GB, is '{Shown(size)}'");
                continue;
            }

            var value = Text(limits[i].Limit);
            Write(property, "hugetlb", "hugetlb." + size + suffix, value);
            Write(property, "hugetlb", "hugetlb." + size + ".rsvd" + suffix, value, CgroupWriteRules.SkipMissing);
        }
    }

    internal void Rdma(string device, RdmaSpec limits)
    {
        var property = "/rdma/" + Escaped(device);
        if ((CgroupName.Fault(device) ?? (device.Contains(' ', StringComparison.Ordinal) ? "not hold spaces" : null)) is { } fault)
        {
            Error(property, $"the device's name must {fault}");
            return;
        }

        if (limits.HcaHandles is null && limits.HcaObjects is null)
        {
            Error(property, "must give hcaHandles or hcaObjects");
            return;
        }

        var value = device;
        if (limits.HcaHandles is { } handles)
        {
            value += " hca_handle=" + Text(handles);
        }

        if (limits.HcaObjects is { } objects)
        {
            value += " hca_object=" + Text(objects);
        }

        Write(property, "rdma", "rdma.max", value, CgroupWriteRules.Keyed);
    }

    /// <summary>A hostile string as it may stand in a message: one line, bounded.</summary>
    internal static string Shown(string text)
    {
        Span<char> shown = stackalloc char[Math.Min(text.Length, 64)];
        text.AsSpan(0, shown.Length).CopyTo(shown);
        foreach (ref var c in shown)
        {
            c = char.IsControl(c) ? '?' : c;
        }

        return text.Length > shown.Length ? string.Concat(shown, "…") : new string(shown);
    }

    /// <summary>A member's name within a JSON pointer. RFC 6901.</summary>
    internal static string Escaped(string name) =>
        Shown(name).Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    private static bool IsPageSize(string size)
    {
        if (size.Length is < 3 or > 20 || size[0] is < '1' or > '9' || size[^1] != 'B' || size[^2] is not ('K' or 'M' or 'G'))
        {
            return false;
        }

        for (var i = 1; i < size.Length - 2; i++)
        {
            if (!char.IsAsciiDigit(size[i]))
            {
                return false;
            }
        }

        return true;
    }
}
