using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Reads a container's counters, for <c>events</c>.</summary>
public static class CgroupStatsReader
{
    /// <summary>Reads all counters of the container.</summary>
    /// <param name="files">The cgroup file system.</param>
    /// <param name="placement">The container's cgroups; hierarchies it has none in count 0.</param>
    /// <param name="hugePageSizes">The machine's sizes as the controller names them: see <see cref="HugePageName"/>.</param>
    /// <exception cref="RuntimeException">A file cannot be read.</exception>
    public static CgroupStats Read(ICgroupFiles files, CgroupPlacement placement, ImmutableArray<string> hugePageSizes)
    {
        var stat = new StatFiles(files, placement.Root);
        return placement.Version == CgroupVersion.Unified
            ? StatsV2.Read(stat, placement, hugePageSizes)
            : StatsV1.Read(stat, placement, hugePageSizes);
    }

    /// <summary>How many processes of the container the kernel killed for want of memory: tells a failed create from one whose limit is too small.</summary>
    public static ulong OomKills(ICgroupFiles files, CgroupPlacement placement)
    {
        var v2 = placement.Version == CgroupVersion.Unified;
        return placement.Find(v2 ? string.Empty : "memory") is { } group
            ? StatFiles.Get(new StatFiles(files, placement.Root).Table(group.Directory + (v2 ? "/memory.events" : "/memory.oom_control")), "oom_kill")
            : 0;
    }

    /// <summary>The controller's name of a page size: <c>hugepages-2048kB</c> of /sys/kernel/mm/hugepages is <c>2MB</c>; null for anything else.</summary>
    public static string? HugePageName(string directory)
    {
        const string Prefix = "hugepages-";
        const string Suffix = "kB";
        if (!directory.StartsWith(Prefix, StringComparison.Ordinal) || !directory.EndsWith(Suffix, StringComparison.Ordinal)
            || !ulong.TryParse(directory[Prefix.Length..^Suffix.Length], out var kilobytes))
        {
            return null;
        }

        return kilobytes >= 1 << 20 ? WriteTarget.Text(kilobytes >> 20) + "GB"
            : kilobytes >= 1 << 10 ? WriteTarget.Text(kilobytes >> 10) + "MB"
            : WriteTarget.Text(kilobytes) + "KB";
    }
}

/// <summary>The v1 controllers' counters.</summary>
internal static class StatsV1
{
    /// <summary>Nanoseconds of a clock tick, USER_HZ being 100 on all of Linux.</summary>
    private const ulong Tick = 10_000_000;

    internal static CgroupStats Read(StatFiles stat, CgroupPlacement placement, ImmutableArray<string> pageSizes) => new()
    {
        Cpu = Cpu(stat, Directory(placement, "cpuacct"), Directory(placement, "cpu")),
        Cpuset = Cpuset(stat, Directory(placement, "cpuset")),
        Memory = Memory(stat, Directory(placement, "memory")),
        Pids = StatsV2.Pids(stat, Directory(placement, "pids")),
        Blkio = BlkioStatsV1.Read(stat, Directory(placement, "blkio")),
        Hugetlb = Hugetlb(stat, Directory(placement, "hugetlb"), pageSizes),
    };

    private static string? Directory(CgroupPlacement placement, string controller) => placement.Find(controller)?.Directory;

    private static CpuStats Cpu(StatFiles stat, string? accounting, string? bandwidth)
    {
        ImmutableArray<KeyValuePair<string, ulong>> times = accounting is null ? [] : stat.Table(accounting + "/cpuacct.stat");
        ImmutableArray<KeyValuePair<string, ulong>> throttle = bandwidth is null ? [] : stat.Table(bandwidth + "/cpu.stat");
        var total = ImmutableArray.CreateBuilder<ulong>();
        var user = ImmutableArray.CreateBuilder<ulong>();
        var kernel = ImmutableArray.CreateBuilder<ulong>();
        PerProcessor(stat, accounting, total, user, kernel);
        return new CpuStats
        {
            Total = (accounting is null ? null : stat.Number(accounting + "/cpuacct.usage")) ?? 0,
            User = StatFiles.Get(times, "user") * Tick,
            Kernel = StatFiles.Get(times, "system") * Tick,
            PerCpu = total.ToImmutable(),
            PerCpuUser = user.ToImmutable(),
            PerCpuKernel = kernel.ToImmutable(),
            Periods = StatFiles.Get(throttle, "nr_periods"),
            ThrottledPeriods = StatFiles.Get(throttle, "nr_throttled"),
            ThrottledTime = StatFiles.Get(throttle, "throttled_time"),
        };
    }

    private static void PerProcessor(
        StatFiles stat, string? directory, ImmutableArray<ulong>.Builder total, ImmutableArray<ulong>.Builder user, ImmutableArray<ulong>.Builder kernel)
    {
        if (directory is null)
        {
            return;
        }

        foreach (var range in Words(stat.Content(directory + "/cpuacct.usage_percpu")))
        {
            total.Add(StatFiles.Number(range));
        }

        // A header line, then: processor, user, system.
        Span<byte> rest = stat.Content(directory + "/cpuacct.usage_all");
        StatFiles.NextLine(ref rest, out _);
        while (StatFiles.NextLine(ref rest, out var line))
        {
            var words = Words(line.ToArray());
            if (words.Count >= 3)
            {
                user.Add(StatFiles.Number(words[1]));
                kernel.Add(StatFiles.Number(words[2]));
            }
        }
    }

    internal static List<byte[]> Words(byte[]? line)
    {
        var words = new List<byte[]>();
        ReadOnlySpan<byte> rest = line;
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAny((byte)' ', (byte)'\n');
            var word = end < 0 ? rest : rest[..end];
            rest = end < 0 ? default : rest[(end + 1)..];
            if (!word.IsEmpty)
            {
                words.Add(word.ToArray());
            }
        }

        return words;
    }

    private static CpusetStats Cpuset(StatFiles stat, string? directory)
    {
        if (directory is null)
        {
            return new CpusetStats();
        }

        var switches = ImmutableArray.CreateBuilder<long>(CgroupStatsJson.CpusetSwitches.Length);
        foreach (var name in CgroupStatsJson.CpusetSwitches)
        {
            switches.Add(stat.Signed(string.Concat(directory, "/cpuset.", name)));
        }

        return new CpusetStats
        {
            Cpus = stat.Range(directory + "/cpuset.cpus"),
            Mems = stat.Range(directory + "/cpuset.mems"),
            Switches = switches.MoveToImmutable(),
        };
    }

    private static MemoryStats Memory(StatFiles stat, string? directory)
    {
        if (directory is null)
        {
            return new MemoryStats();
        }

        var raw = stat.Table(directory + "/memory.stat");
        return new MemoryStats
        {
            Cache = StatFiles.Get(raw, "cache"),
            Usage = Counter(stat, directory + "/memory."),
            Swap = Counter(stat, directory + "/memory.memsw."),
            Kernel = Counter(stat, directory + "/memory.kmem."),
            KernelTcp = Counter(stat, directory + "/memory.kmem.tcp."),
            Raw = raw,
        };
    }

    private static MemoryCounter Counter(StatFiles stat, string prefix) =>
        stat.Number(prefix + "usage_in_bytes") is not { } usage
            ? default
            : new MemoryCounter(
                stat.Number(prefix + "limit_in_bytes") ?? 0,
                usage,
                stat.Number(prefix + "max_usage_in_bytes") ?? 0,
                stat.Number(prefix + "failcnt") ?? 0);

    private static ImmutableArray<HugetlbStats> Hugetlb(StatFiles stat, string? directory, ImmutableArray<string> sizes)
    {
        var list = ImmutableArray.CreateBuilder<HugetlbStats>();
        foreach (var size in directory is null ? [] : sizes)
        {
            // With reservation accounting (Linux 5.7) that is what the limit is about.
            var prefix = string.Concat(directory, "/hugetlb.", size, ".rsvd.");
            if (stat.Number(prefix + "usage_in_bytes") is null)
            {
                prefix = string.Concat(directory, "/hugetlb.", size, ".");
            }

            if (stat.Number(prefix + "usage_in_bytes") is { } usage)
            {
                list.Add(new HugetlbStats(size, usage, stat.Number(prefix + "max_usage_in_bytes") ?? 0, stat.Number(prefix + "failcnt") ?? 0));
            }
        }

        return list.ToImmutable();
    }
}
