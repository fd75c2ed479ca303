using System;
using System.Collections.Immutable;
using System.Text;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>The unified hierarchy's counters, in the v1 terms that the schema has.</summary>
internal static class StatsV2
{
    private const ulong Microsecond = 1000;

    internal static CgroupStats Read(StatFiles stat, CgroupPlacement placement, ImmutableArray<string> pageSizes)
    {
        if (placement.Unified is not { } group)
        {
            return new CgroupStats();
        }

        var directory = group.Directory;
        return new CgroupStats
        {
            Cpu = Cpu(stat, directory),
            Memory = Memory(stat, directory),
            Pids = Pids(stat, directory),
            Blkio = Blkio(stat, directory),
            Hugetlb = Hugetlb(stat, directory, pageSizes),
        };
    }

    /// <summary>The same files on both versions. Without the controller the processes are counted.</summary>
    internal static PidsStats Pids(StatFiles stat, string? directory)
    {
        if (directory is null)
        {
            return default;
        }

        if (stat.Number(directory + "/pids.current") is { } current)
        {
            var limit = stat.Number(directory + "/pids.max") ?? 0;
            return new PidsStats(current, limit == ulong.MaxValue ? 0 : limit);
        }

        var list = stat.Content(directory + "/cgroup.procs") ?? stat.Content(directory + "/cgroup.threads");
        return new PidsStats((ulong)(list ?? []).AsSpan().Count((byte)'\n'), 0);
    }

    private static CpuStats Cpu(StatFiles stat, string directory)
    {
        var table = stat.Table(directory + "/cpu.stat");
        return new CpuStats
        {
            Total = StatFiles.Get(table, "usage_usec") * Microsecond,
            User = StatFiles.Get(table, "user_usec") * Microsecond,
            Kernel = StatFiles.Get(table, "system_usec") * Microsecond,
            Periods = StatFiles.Get(table, "nr_periods"),
            ThrottledPeriods = StatFiles.Get(table, "nr_throttled"),
            ThrottledTime = StatFiles.Get(table, "throttled_usec") * Microsecond,
            Pressure = stat.Pressure(directory + "/cpu.pressure"),
        };
    }

    private static MemoryStats Memory(StatFiles stat, string directory)
    {
        var raw = stat.Table(directory + "/memory.stat");
        var usage = Counter(stat, directory + "/memory.");
        var swap = Counter(stat, directory + "/memory.swap.");

        // v1 counts memory and swap together, and so does the schema. Two peaks at different times make no peak of the sum.
        var both = new MemoryCounter(
            swap.Limit == ulong.MaxValue ? ulong.MaxValue : swap.Limit + usage.Limit,
            swap.Usage + usage.Usage,
            0,
            swap.FailCount);
        return new MemoryStats
        {
            Cache = StatFiles.Get(raw, "file"),
            Usage = usage,
            Swap = both,
            Raw = raw,
            Pressure = stat.Pressure(directory + "/memory.pressure"),
        };
    }

    private static MemoryCounter Counter(StatFiles stat, string prefix) =>
        stat.Number(prefix + "current") is { } usage
            ? new MemoryCounter(stat.Number(prefix + "max") ?? 0, usage, stat.Number(prefix + "peak") ?? 0, 0)
            : default;

    /// <summary>Lines <c>8:0 rbytes=1 wbytes=2 rios=3 wios=4 …</c>.</summary>
    private static BlkioStats Blkio(StatFiles stat, string directory)
    {
        var bytes = ImmutableArray.CreateBuilder<BlkioEntry>();
        var count = ImmutableArray.CreateBuilder<BlkioEntry>();
        for (var rest = (stat.Content(directory + "/io.stat") ?? []).AsSpan(); StatFiles.NextLine(ref rest, out var line);)
        {
            if (!BlkioStatsV1.Device(line, out var major, out var minor, out var items))
            {
                continue;
            }

            foreach (var word in StatsV1.Words(items.ToArray()))
            {
                var equals = word.AsSpan().IndexOf((byte)'=');
                var (list, operation) = equals < 0 ? default : Encoding.UTF8.GetString(word.AsSpan(0, equals)) switch
                {
                    "rbytes" => (bytes, "Read"),
                    "wbytes" => (bytes, "Write"),
                    "rios" => (count, "Read"),
                    "wios" => (count, "Write"),
                    _ => default((ImmutableArray<BlkioEntry>.Builder, string)),
                };
                list?.Add(new BlkioEntry(major, minor, operation, StatFiles.Number(word.AsSpan(equals + 1))));
            }
        }

        return new BlkioStats
        {
            ServiceBytes = bytes.ToImmutable(),
            Serviced = count.ToImmutable(),
            Pressure = stat.Pressure(directory + "/io.pressure"),
        };
    }

    private static ImmutableArray<HugetlbStats> Hugetlb(StatFiles stat, string directory, ImmutableArray<string> sizes)
    {
        var list = ImmutableArray.CreateBuilder<HugetlbStats>();
        foreach (var size in sizes)
        {
            var prefix = string.Concat(directory, "/hugetlb.", size);
            var usage = stat.Number(prefix + ".rsvd.current") ?? stat.Number(prefix + ".current");
            if (usage is { } bytes)
            {
                list.Add(new HugetlbStats(size, bytes, 0, StatFiles.Get(stat.Table(prefix + ".events"), "max")));
            }
        }

        return list.ToImmutable();
    }
}
