using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>
/// What systemd must know of a container's scope. The limits stand in the unit as well as in the cgroup's files: systemd writes its own idea of them again
/// at a <c>daemon-reload</c>. systemd.resource-control(5), org.freedesktop.systemd1(5).
/// </summary>
internal static class UnitProperties
{
    private const ulong Infinity = ulong.MaxValue;

    /// <summary>The properties of a new scope, in order: what comes later wins.</summary>
    /// <param name="names">The unit.</param>
    /// <param name="containerId">For its description.</param>
    /// <param name="pid">The process to move into it: systemd makes no empty scope.</param>
    /// <param name="version">The kind of machine.</param>
    /// <param name="writes">The limits.</param>
    /// <param name="devices">The device rules.</param>
    /// <param name="own">The document's own: see <see cref="PropertyAnnotation"/>.</param>
    internal static List<UnitProperty> OfScope(
        UnitNames names,
        string containerId,
        int pid,
        CgroupVersion version,
        IReadOnlyList<CgroupWrite> writes,
        ImmutableArray<DeviceRuleSpec> devices,
        List<UnitProperty> own)
    {
        var list = new List<UnitProperty>(32)
        {
            new("Description", "csrunc container " + containerId),
            new("Slice", names.Slice, Needed: true),
            new("PIDs", new[] { (uint)pid }, Needed: true),
            new("Delegate", true, Needed: true), // else systemd would tidy up the container's own cgroups
            new("DefaultDependencies", false), // a container is not stopped with the log-in that started it
            new("CollectMode", "inactive-or-failed"), // else one whose process was killed stays as a failed unit
            new("MemoryAccounting", true),
            new("CPUAccounting", true),
            new(version == CgroupVersion.Unified ? "IOAccounting" : "BlockIOAccounting", true),
            new("TasksAccounting", true),
        };
        UnitDevices.Add(list, devices);
        AddLimits(list, writes, version);
        AddOutOfMemory(list, writes);
        list.AddRange(own);
        return list;
    }

    /// <summary>The limits that systemd has a property for.</summary>
    /// <param name="writes">The limits.</param>
    /// <param name="version">The kind of machine.</param>
    internal static List<UnitProperty> OfLimits(IReadOnlyList<CgroupWrite> writes, CgroupVersion version)
    {
        var list = new List<UnitProperty>();
        AddLimits(list, writes, version);
        return list;
    }

    /// <summary>The weights of disks alone, which a new scope was told for a machine without the BFQ scheduler; empty where that is right.</summary>
    internal static List<UnitProperty> OfBfq(IReadOnlyList<CgroupWrite> settled, CgroupVersion version)
    {
        var weights = new List<CgroupWrite>();
        foreach (CgroupWrite write in settled)
        {
            if (write.File is "io.bfq.weight" or "blkio.bfq.weight")
            {
                weights.Add(write);
            }
        }

        return OfLimits(weights, version);
    }

    private static void AddLimits(List<UnitProperty> list, IReadOnlyList<CgroupWrite> writes, CgroupVersion version)
    {
        long quota = 0;
        ulong period = 0;
        string pointer = string.Empty;
        var io = new UnitBlockIo();
        foreach (CgroupWrite write in writes)
        {
            switch (write.File)
            {
                case "cpu.max":
                    string[] words = write.Value.Split(' ');
                    quota = words[0] == "max" ? -1 : Signed(words[0]);
                    period = words.Length > 1 ? (ulong)Signed(words[1]) : 0;
                    pointer = write.Pointer;
                    break;
                case "cpu.cfs_quota_us":
                    quota = Signed(write.Value);
                    pointer = write.Pointer;
                    break;
                case "cpu.cfs_period_us":
                    period = (ulong)Signed(write.Value);
                    pointer = write.Pointer;
                    break;
                default:
                    if ((Of(write, version) ?? io.Take(write)) is { } property)
                    {
                        list.Add(property);
                    }

                    break;
            }
        }

        AddBandwidth(list, quota, period, pointer);
        io.AddTo(list);
    }

    /// <summary>systemd's word for <c>memory.oom.group</c>; a new scope's only, it cannot be changed.</summary>
    private static void AddOutOfMemory(List<UnitProperty> list, IReadOnlyList<CgroupWrite> writes)
    {
        foreach (CgroupWrite write in writes)
        {
            if (write is { File: "memory.oom.group", Value: "0" or "1" })
            {
                list.Add(new UnitProperty("OOMPolicy", write.Value == "1" ? "kill" : "continue", Pointer: write.Pointer));
            }
        }
    }

    private static UnitProperty? Of(CgroupWrite write, CgroupVersion version)
    {
        string? limit = write.File switch
        {
            "memory.max" => "MemoryMax",
            "memory.high" => "MemoryHigh",
            "memory.low" => "MemoryLow",
            "memory.min" => "MemoryMin",
            "memory.swap.max" => "MemorySwapMax",
            "memory.zswap.max" => "MemoryZSwapMax",
            "memory.limit_in_bytes" => "MemoryLimit",
            "pids.max" => "TasksMax",
            "cpu.weight" => "CPUWeight",
            "cpu.shares" => "CPUShares",
            "blkio.weight" => "BlockIOWeight",
            _ => null,
        };
        if (limit is not null)
        {
            return Limit(write.Value) is { } number ? new UnitProperty(limit, number, Pointer: write.Pointer) : null;
        }

        return write.File switch
        {
            // systemd's word for idle is a weight that no other cgroup can have; since 252. On v1 it has none, and a weight would stand before the shares.
            "cpu.idle" when write.Value == "1" && version == CgroupVersion.Unified => new UnitProperty("CPUWeight", 0ul, Pointer: write.Pointer),
            "cpuset.cpus" when Bits(write.Value) is { } bits => new UnitProperty("AllowedCPUs", bits, Pointer: write.Pointer),
            "cpuset.mems" when Bits(write.Value) is { } bits => new UnitProperty("AllowedMemoryNodes", bits, Pointer: write.Pointer),

            // Beyond 1000, and so beyond a weight of 181, systemd has no word on v1.
            "blkio.bfq.weight" when Limit(write.Value) is { } weight =>
                new UnitProperty("BlockIOWeight", Math.Min(CgroupConversions.UnitWeightOfBfq(weight), 1000), Pointer: write.Pointer),
            _ => null,
        };
    }

    /// <summary>systemd counts the share of one second, in steps of 10 ms; rounded up, as runc does, so that it never gives less than was asked for.</summary>
    private static void AddBandwidth(List<UnitProperty> list, long quota, ulong period, string pointer)
    {
        const ulong Second = 1_000_000;
        const ulong Step = 10_000;
        if (period != 0)
        {
            list.Add(new UnitProperty("CPUQuotaPeriodUSec", period, Pointer: pointer));
        }

        if (quota < 0)
        {
            list.Add(new UnitProperty("CPUQuotaPerSecUSec", Infinity, Pointer: pointer));
        }
        else if (quota > 0)
        {
            UInt128 share = (UInt128)quota * Second / (period == 0 ? 100_000 : period);
            share = (share + Step - 1) / Step * Step;
            list.Add(new UnitProperty("CPUQuotaPerSecUSec", share > long.MaxValue ? Infinity : (ulong)share, Pointer: pointer));
        }
    }

    private static ulong? Limit(string value) =>
        value is "max" or "-1" ? Infinity
        : ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number
        : null; // a word of the unified hierarchy that the kernel may know

    private static long Signed(string value) => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : 0;

    /// <summary>A list such as <c>0-3,8</c> as a mask, lowest first.</summary>
    /// <returns>Null where it is no list: the kernel will say so.</returns>
    internal static byte[]? Bits(string list)
    {
        const int Most = 1 << 16;
        byte[] bits = [];
        foreach (Range range in list.AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = list.AsSpan()[range].Trim();
            int dash = item.IndexOf('-');
            if (!int.TryParse(dash < 0 ? item : item[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out int first)
                || !int.TryParse(item[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int last)
                || first > last || last >= Most)
            {
                return null;
            }

            if (bits.Length <= last / 8)
            {
                Array.Resize(ref bits, (last / 8) + 1);
            }

            for (int at = first; at <= last; at++)
            {
                bits[at / 8] |= (byte)(1 << (at % 8));
            }
        }

        return bits;
    }
}

/// <summary>The device rules as systemd can say them: a list of what is allowed.</summary>
internal static class UnitDevices
{
    /// <summary>
    /// Adds the list, and behind it the policy that makes it count. Where the rules allow by default, or forbid a part of what they allow, systemd has
    /// no words for them: then it limits nothing, and the cgroup's own rules hold alone.
    /// </summary>
    internal static void Add(List<UnitProperty> list, ImmutableArray<DeviceRuleSpec> devices)
    {
        if (Allowed(devices) is not { } allowed)
        {
            list.Add(new UnitProperty("DevicePolicy", "auto"));
            return;
        }

        list.Add(new UnitProperty("DeviceAllow", allowed));
        list.Add(new UnitProperty("DevicePolicy", "strict"));
    }

    private static (string Node, string Access)[]? Allowed(ImmutableArray<DeviceRuleSpec> devices)
    {
        var folded = new DeviceListV1();
        foreach (var (allow, rule) in DeviceRules.Of(devices, CgroupWrites.ConfigPointer))
        {
            if (!folded.TryApply(allow, rule))
            {
                return null;
            }
        }

        if (folded.AllowByDefault)
        {
            return null;
        }

        var allowed = new List<(string Node, string Access)>();
        foreach (DeviceException rule in folded.Exceptions())
        {
            string kind = rule.Type == 'b' ? "block" : "char";
            string node = (rule.Major, rule.Minor) switch
            {
                (-1, -1) => kind + "-*",
                (_, -1) => string.Concat(kind, "-", WriteTarget.Text(rule.Major)),
                (-1, _) => string.Empty, // no word for one minor number of every major
                _ => string.Concat("/dev/", kind, "/", WriteTarget.Text(rule.Major)) + ":" + WriteTarget.Text(rule.Minor),
            };
            if (node.Length == 0)
            {
                return null;
            }

            string line = rule.Line();
            allowed.Add((node, line[(line.LastIndexOf(' ') + 1)..]));
        }

        return [.. allowed];
    }
}
