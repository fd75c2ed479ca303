using System;
using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The counters as the <c>data</c> of runc's stats events. containerd and cAdvisor read this schema, with its omissions: a member that runc leaves
/// out where it is 0 is left out here.
/// </summary>
public static class CgroupStatsJson
{
    /// <summary>The cpuset's files, which the schema names as the kernel does.</summary>
    internal static ReadOnlySpan<string> CpusetSwitches => new[]
    {
        "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page", "memory_spread_slab", "memory_pressure",
        "sched_load_balance", "sched_relax_domain_level",
    };

    /// <summary>Writes the members cpu to hugetlb of an object that the caller began and ends.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, CgroupStats stats)
    {
        Cpu(writer, stats.Cpu);
        Cpuset(writer, stats.Cpuset);
        Memory(writer, stats.Memory);
        writer.WriteStartObject("pids"u8);
        NonZero(writer, "current"u8, stats.Pids.Current);
        NonZero(writer, "limit"u8, stats.Pids.Limit);
        writer.WriteEndObject();
        Blkio(writer, stats.Blkio);
        writer.WriteStartObject("hugetlb"u8);
        foreach (var pages in stats.Hugetlb)
        {
            writer.WriteStartObject(pages.Size);
            NonZero(writer, "usage"u8, pages.Usage);
            NonZero(writer, "max"u8, pages.Max);
            writer.WriteNumber("failcnt"u8, pages.FailCount);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }

    private static void NonZero(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }

    private static void Cpu(Utf8JsonWriter writer, CpuStats cpu)
    {
        writer.WriteStartObject("cpu"u8);
        if (cpu.Total != 0 || cpu.User != 0 || cpu.Kernel != 0 || !cpu.PerCpu.IsEmpty)
        {
            writer.WriteStartObject("usage"u8);
            NonZero(writer, "total"u8, cpu.Total);
            List(writer, "percpu"u8, cpu.PerCpu);
            List(writer, "percpu_kernel"u8, cpu.PerCpuKernel);
            List(writer, "percpu_user"u8, cpu.PerCpuUser);
            writer.WriteNumber("kernel"u8, cpu.Kernel);
            writer.WriteNumber("user"u8, cpu.User);
            writer.WriteEndObject();
        }

        if (cpu.Periods != 0 || cpu.ThrottledPeriods != 0 || cpu.ThrottledTime != 0)
        {
            writer.WriteStartObject("throttling"u8);
            NonZero(writer, "periods"u8, cpu.Periods);
            NonZero(writer, "throttledPeriods"u8, cpu.ThrottledPeriods);
            NonZero(writer, "throttledTime"u8, cpu.ThrottledTime);
            writer.WriteEndObject();
        }

        Pressure(writer, cpu.Pressure);
        writer.WriteEndObject();
    }

    private static void List<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ImmutableArray<T> values)
        where T : IUnsignedNumber<T>
    {
        if (values.IsEmpty)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            writer.WriteNumberValue(ulong.CreateChecked(value));
        }

        writer.WriteEndArray();
    }

    private static void Cpuset(Utf8JsonWriter writer, CpusetStats cpuset)
    {
        writer.WriteStartObject("cpuset"u8);
        List(writer, "cpus"u8, cpuset.Cpus);
        for (var i = 0; i < CpusetSwitches.Length; i++)
        {
            // runc's order: the nodes stand behind the first switch.
            if (i == 1)
            {
                List(writer, "mems"u8, cpuset.Mems);
            }

            writer.WriteNumber(CpusetSwitches[i], cpuset.Switches[i]);
        }

        writer.WriteEndObject();
    }

    private static void Memory(Utf8JsonWriter writer, MemoryStats memory)
    {
        writer.WriteStartObject("memory"u8);
        NonZero(writer, "cache"u8, memory.Cache);
        Counter(writer, "usage"u8, memory.Usage);
        Counter(writer, "swap"u8, memory.Swap);
        Counter(writer, "kernel"u8, memory.Kernel);
        Counter(writer, "kernelTCP"u8, memory.KernelTcp);
        if (!memory.Raw.IsEmpty)
        {
            writer.WriteStartObject("raw"u8);
            foreach (var (name, value) in memory.Raw)
            {
                writer.WriteNumber(name, value);
            }

            writer.WriteEndObject();
        }

        Pressure(writer, memory.Pressure);
        writer.WriteEndObject();
    }

    private static void Counter(Utf8JsonWriter writer, ReadOnlySpan<byte> name, MemoryCounter counter)
    {
        if (counter == default)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteNumber("limit"u8, counter.Limit);
        NonZero(writer, "usage"u8, counter.Usage);
        NonZero(writer, "max"u8, counter.Max);
        writer.WriteNumber("failcnt"u8, counter.FailCount);
        writer.WriteEndObject();
    }

    private static void Blkio(Utf8JsonWriter writer, BlkioStats blkio)
    {
        writer.WriteStartObject("blkio"u8);
        Entries(writer, "ioServiceBytesRecursive"u8, blkio.ServiceBytes);
        Entries(writer, "ioServicedRecursive"u8, blkio.Serviced);
        Entries(writer, "ioQueueRecursive"u8, blkio.Queued);
        Entries(writer, "ioServiceTimeRecursive"u8, blkio.ServiceTime);
        Entries(writer, "ioWaitTimeRecursive"u8, blkio.WaitTime);
        Entries(writer, "ioMergedRecursive"u8, blkio.Merged);
        Entries(writer, "ioTimeRecursive"u8, blkio.Time);
        Entries(writer, "sectorsRecursive"u8, blkio.Sectors);
        Pressure(writer, blkio.Pressure);
        writer.WriteEndObject();
    }

    private static void Entries(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ImmutableArray<BlkioEntry> entries)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            NonZero(writer, "major"u8, entry.Major);
            NonZero(writer, "minor"u8, entry.Minor);
            if (entry.Operation.Length > 0)
            {
                writer.WriteString("op"u8, entry.Operation);
            }

            NonZero(writer, "value"u8, entry.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Pressure(Utf8JsonWriter writer, PressureStats? pressure)
    {
        if (pressure is null)
        {
            return;
        }

        writer.WriteStartObject("psi"u8);
        Line(writer, "some"u8, pressure.Some);
        Line(writer, "full"u8, pressure.Full);
        writer.WriteEndObject();
    }

    private static void Line(Utf8JsonWriter writer, ReadOnlySpan<byte> name, PressureLine line)
    {
        if (line == default)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteNumber("avg10"u8, line.Avg10);
        writer.WriteNumber("avg60"u8, line.Avg60);
        writer.WriteNumber("avg300"u8, line.Avg300);
        writer.WriteNumber("total"u8, line.Total);
        writer.WriteEndObject();
    }
}
