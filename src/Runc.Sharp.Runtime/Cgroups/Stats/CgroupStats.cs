using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>What the kernel counted for a container, in the terms of runc's events: one schema for both cgroup versions.</summary>
public sealed record CgroupStats
{
    /// <summary>Processor time.</summary>
    public CpuStats Cpu { get; init; } = new();

    /// <summary>Processors and memory nodes the container may use; v1 only.</summary>
    public CpusetStats Cpuset { get; init; } = new();

    /// <summary>Memory.</summary>
    public MemoryStats Memory { get; init; } = new();

    /// <summary>Tasks.</summary>
    public PidsStats Pids { get; init; }

    /// <summary>Block devices.</summary>
    public BlkioStats Blkio { get; init; } = new();

    /// <summary>Huge pages by size, e.g. <c>2MB</c>.</summary>
    public ImmutableArray<HugetlbStats> Hugetlb { get; init; } = [];
}

/// <summary>Processor time in nanoseconds.</summary>
public sealed record CpuStats
{
    /// <summary>All of it.</summary>
    public ulong Total { get; init; }

    /// <summary>In the kernel.</summary>
    public ulong Kernel { get; init; }

    /// <summary>In programs.</summary>
    public ulong User { get; init; }

    /// <summary>By processor; v1 only.</summary>
    public ImmutableArray<ulong> PerCpu { get; init; } = [];

    /// <summary>By processor, in the kernel; v1 only.</summary>
    public ImmutableArray<ulong> PerCpuKernel { get; init; } = [];

    /// <summary>By processor, in programs; v1 only.</summary>
    public ImmutableArray<ulong> PerCpuUser { get; init; } = [];

    /// <summary>Bandwidth periods that passed.</summary>
    public ulong Periods { get; init; }

    /// <summary>Periods in which the quota was used up.</summary>
    public ulong ThrottledPeriods { get; init; }

    /// <summary>Nanoseconds spent waiting for the next period.</summary>
    public ulong ThrottledTime { get; init; }

    /// <summary>Pressure; v2 only.</summary>
    public PressureStats? Pressure { get; init; }
}

/// <summary>The cpuset controller's switches, as numbers; v1 only.</summary>
public sealed record CpusetStats
{
    /// <summary>Processors.</summary>
    public ImmutableArray<ushort> Cpus { get; init; } = [];

    /// <summary>Memory nodes.</summary>
    public ImmutableArray<ushort> Mems { get; init; } = [];

    /// <summary>The remaining files, in the order of <see cref="CgroupStatsJson"/>.</summary>
    public ImmutableArray<long> Switches { get; init; } = [0, 0, 0, 0, 0, 0, 0, 0, 0];
}

/// <summary>One counter of memory, in bytes.</summary>
/// <param name="Limit">The limit; the largest number for none.</param>
/// <param name="Usage">The use now.</param>
/// <param name="Max">The highest use.</param>
/// <param name="FailCount">How often the limit was hit.</param>
public readonly record struct MemoryCounter(ulong Limit, ulong Usage, ulong Max, ulong FailCount);

/// <summary>Memory.</summary>
public sealed record MemoryStats
{
    /// <summary>Page cache, in bytes.</summary>
    public ulong Cache { get; init; }

    /// <summary>All memory.</summary>
    public MemoryCounter Usage { get; init; }

    /// <summary>Memory and swap together, also on v2.</summary>
    public MemoryCounter Swap { get; init; }

    /// <summary>The kernel's part; v1 only.</summary>
    public MemoryCounter Kernel { get; init; }

    /// <summary>The part of TCP buffers; v1 only.</summary>
    public MemoryCounter KernelTcp { get; init; }

    /// <summary>memory.stat as it is.</summary>
    public ImmutableArray<KeyValuePair<string, ulong>> Raw { get; init; } = [];

    /// <summary>Pressure; v2 only.</summary>
    public PressureStats? Pressure { get; init; }
}

/// <summary>Tasks.</summary>
/// <param name="Current">How many there are.</param>
/// <param name="Limit">How many there may be; 0 for no limit.</param>
public readonly record struct PidsStats(ulong Current, ulong Limit);

/// <summary>One counter of a block device.</summary>
/// <param name="Major">Major number.</param>
/// <param name="Minor">Minor number.</param>
/// <param name="Operation">Read, Write and so on; may be empty.</param>
/// <param name="Value">The count.</param>
public readonly record struct BlkioEntry(ulong Major, ulong Minor, string Operation, ulong Value);

/// <summary>Block devices.</summary>
public sealed record BlkioStats
{
    /// <summary>Bytes.</summary>
    public ImmutableArray<BlkioEntry> ServiceBytes { get; init; } = [];

    /// <summary>Operations.</summary>
    public ImmutableArray<BlkioEntry> Serviced { get; init; } = [];

    /// <summary>Waiting operations.</summary>
    public ImmutableArray<BlkioEntry> Queued { get; init; } = [];

    /// <summary>Nanoseconds of service.</summary>
    public ImmutableArray<BlkioEntry> ServiceTime { get; init; } = [];

    /// <summary>Nanoseconds of waiting.</summary>
    public ImmutableArray<BlkioEntry> WaitTime { get; init; } = [];

    /// <summary>Merged operations.</summary>
    public ImmutableArray<BlkioEntry> Merged { get; init; } = [];

    /// <summary>Milliseconds of the disk's time.</summary>
    public ImmutableArray<BlkioEntry> Time { get; init; } = [];

    /// <summary>Sectors.</summary>
    public ImmutableArray<BlkioEntry> Sectors { get; init; } = [];

    /// <summary>Pressure; v2 only.</summary>
    public PressureStats? Pressure { get; init; }
}

/// <summary>Huge pages of one size.</summary>
/// <param name="Size">E.g. <c>2MB</c>.</param>
/// <param name="Usage">Bytes in use.</param>
/// <param name="Max">Highest use in bytes; v1 only.</param>
/// <param name="FailCount">How often the limit was hit.</param>
public readonly record struct HugetlbStats(string Size, ulong Usage, ulong Max, ulong FailCount);

/// <summary>Pressure stall information. psi.rst of the kernel's accounting documentation.</summary>
/// <param name="Some">At least one task waited.</param>
/// <param name="Full">All tasks waited.</param>
public sealed record PressureStats(PressureLine Some, PressureLine Full);

/// <summary>One line of pressure.</summary>
/// <param name="Avg10">Percent of the last 10 s.</param>
/// <param name="Avg60">Percent of the last minute.</param>
/// <param name="Avg300">Percent of the last 5 min.</param>
/// <param name="Total">Microseconds since the start.</param>
public readonly record struct PressureLine(double Avg10, double Avg60, double Avg300, ulong Total);
