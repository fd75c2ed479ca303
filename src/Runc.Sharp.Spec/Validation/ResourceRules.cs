using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>
/// Limits of a cgroup: what no kernel takes, and names that could lead out of the cgroup's directory. Spec: config-linux.md#control-groups.
/// 0 stands for "not set" in many of these, as runc reads it.
/// </summary>
internal static class ResourceRules
{
    internal static void Check(ResourcesSpec resources, string at, Report report)
    {
        DeviceRules.Check(resources.Devices ?? [], at + "/devices", report);
        if (resources.Memory is { } memory)
        {
            CheckMemory(memory, at + "/memory", report);
        }

        if (resources.Cpu is { } cpu)
        {
            CheckCpu(cpu, at + "/cpu", report);
        }

        if (resources.Pids?.Limit is < -1)
        {
            report.Error("PidsLimit", at + "/pids/limit", Text.Join("must be -1 (no limit) or more, is ", resources.Pids.Limit!.Value, string.Empty));
        }

        if (resources.BlockIo is { } blockIo)
        {
            BlockIoRules.Check(blockIo, at + "/blockIO", report);
        }

        CheckHugepages(resources.HugepageLimits, at + "/hugepageLimits", report);
        CheckNetwork(resources.Network, at + "/network/priorities", report);
        CheckRdma(resources.Rdma, at + "/rdma", report);
        foreach ((string name, _) in resources.Unified)
        {
            if (!Shape.IsFileName(name))
            {
                report.Error("UnifiedKey", Place.Of(at + "/unified", name), "must be the name of one file of the cgroup, without '/'");
            }
        }
    }

    private static void CheckMemory(MemorySpec memory, string at, Report report)
    {
        CheckSize(memory.Limit, at, "/limit", report);
        CheckSize(memory.Reservation, at, "/reservation", report);
        CheckSize(memory.Swap, at, "/swap", report);
        if (memory is { Swap: > 0, Limit: > 0 } && memory.Swap < memory.Limit)
        {
            report.Error("MemorySwap", at + "/swap", "must not be below the memory limit: it is the limit of memory and swap together");
        }

        if (memory.Swappiness > 100)
        {
            report.Error("MemorySwappiness", at + "/swappiness", "must be 0 to 100");
        }

        if (memory.Kernel is not null)
        {
            report.Warn("MemoryKernelDeprecated", at + "/kernel", "is ignored: kernels have no such limit since Linux 5.4");
        }

        if (memory.KernelTcp is not null)
        {
            report.Warn("MemoryKernelDeprecated", at + "/kernelTCP", "is ignored, as runc ignores it");
        }
    }

    private static void CheckSize(long? size, string at, string property, Report report)
    {
        if (size < -1)
        {
            report.Error("MemorySize", at + property, Text.Join("must be -1 (no limit) or more, is ", size.Value, string.Empty));
        }
    }

    /// <summary>The bounds of the kernel: a period of 1 ms to 1 s, a quota of at least 1 ms. A negative quota is no limit.</summary>
    private static void CheckCpu(CpuSpec cpu, string at, Report report)
    {
        if (cpu.Period is > 0 and (< 1000 or > 1_000_000))
        {
            report.Error("CpuPeriod", at + "/period", "must be 1000 to 1000000 microseconds");
        }

        if (cpu.Quota is > 0 and < 1000)
        {
            report.Error("CpuQuota", at + "/quota", Text.Join("must be at least 1000 microseconds, is ", cpu.Quota.Value, string.Empty));
        }

        if (cpu is { Quota: > 0, Burst: { } burst } && burst > (ulong)cpu.Quota)
        {
            report.Error("CpuBurst", at + "/burst", "must not be above the quota");
        }

        if (cpu is { RealtimeRuntime: > 0, RealtimePeriod: > 0 } && (ulong)cpu.RealtimeRuntime > cpu.RealtimePeriod)
        {
            report.Error("CpuRealtimeRuntime", at + "/realtimeRuntime", "must not be above the real-time period");
        }

        if (cpu.Idle is not (null or 0 or 1))
        {
            report.Error("CpuIdle", at + "/idle", Text.Join("must be 0 or 1, is ", cpu.Idle.Value, string.Empty));
        }

        CheckSet(cpu.Cpus, at + "/cpus", report);
        CheckSet(cpu.Mems, at + "/mems", report);
    }

    /// <summary>The kernel's own list format has more than the specification says (<c>0-31:2/4</c>, <c>all</c>): only what it never has is refused.</summary>
    private static void CheckSet(string? list, string at, Report report)
    {
        foreach (char c in list ?? string.Empty)
        {
            if (c is not ((>= '0' and <= '9') or ',' or '-' or ':' or '/' or ' ' or 'N' or 'a' or 'l'))
            {
                report.Error("CpusetFormat", at, "must be a list such as 0-3,7, is " + Text.Quote(list!));
                return;
            }
        }
    }

    private static void CheckHugepages(ImmutableArray<HugepageLimitSpec> limits, string at, Report report)
    {
        for (int i = 0; i < limits.Length; i++)
        {
            if (!IsPageSize(limits[i].PageSize))
            {
                report.Error("HugepageSize", Place.At(at, i, "pageSize"), "must be a size such as 64KB, 2MB or 1GB, is " + Text.Quote(limits[i].PageSize));
            }
        }
    }

    /// <summary>It becomes part of a file's name (GHSA-5g49-rx9x-qfc6), so nothing else is let through.</summary>
    private static bool IsPageSize(string size) =>
        size.Length is > 2 and <= 22
        && size[^1] == 'B'
        && size[^2] is 'K' or 'M' or 'G'
        && size[0] != '0'
        && !size.AsSpan()[..^2].ContainsAnyExceptInRange('0', '9');

    private static void CheckNetwork(NetworkResourcesSpec? network, string at, Report report)
    {
        if (network is null)
        {
            return;
        }

        for (int i = 0; i < network.Priorities.Length; i++)
        {
            if (!NetDeviceRules.IsName(network.Priorities[i].Name))
            {
                report.Error("NetworkPriorityName", Place.At(at, i, "name"), "invalid network device name " + Text.Quote(network.Priorities[i].Name));
            }
        }
    }

    /// <summary>The name becomes the first word of a line.</summary>
    private static void CheckRdma(ImmutableArray<KeyValuePair<string, RdmaSpec>> devices, string at, Report report)
    {
        foreach ((string name, RdmaSpec limit) in devices)
        {
            if (!Shape.IsFileName(name) || name.AsSpan().ContainsAny(' ', '='))
            {
                report.Error("RdmaName", Place.Of(at, name), "must have the name of a device as its key, without blanks, '/' and '='");
            }

            if (limit is { HcaHandles: null, HcaObjects: null })
            {
                report.Error("RdmaLimitRequired", Place.Of(at, name), "must have hcaHandles, hcaObjects or both");
            }
        }
    }
}
