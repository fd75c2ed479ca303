using System;
using System.Collections.Immutable;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Resources for the unified hierarchy. Kernel documentation, admin-guide/cgroup-v2.</summary>
internal static class CgroupWritesV2
{
    /// <summary>The kernel's default bandwidth period in microseconds; <c>cpu.max</c> takes quota and period together.</summary>
    private const ulong DefaultPeriod = 100000;

    internal static void Add(WriteTarget target, ResourcesSpec resources)
    {
        target.Pids(resources.Pids);
        if (resources.Memory is { } memory)
        {
            Memory(target, memory);
        }

        if (resources.BlockIo is { } io)
        {
            BlockIO(target, io);
        }

        if (resources.Cpu is { } cpu)
        {
            Cpu(target, cpu);
        }

        target.Cpuset(resources.Cpu);
        target.Hugepages(resources.HugepageLimits);
        foreach (var (device, limits) in resources.Rdma)
        {
            target.Rdma(device, limits);
        }

        if (resources.Network is { } network)
        {
            Network(target, network);
        }

        // Last, so that a key of the kernel's own wins over the converted v1 property.
        foreach (var (key, value) in resources.Unified)
        {
            Unified(target, key, value);
        }
    }

    private static void Memory(WriteTarget target, MemorySpec memory)
    {
        var limit = memory.Limit ?? 0;
        var swap = memory.Swap ?? 0;
        if (target.IsLimit("/memory/limit", limit) & target.IsLimit("/memory/swap", swap))
        {
            Limits(target, limit, swap);
        }

        if (memory.CheckBeforeUpdate == true && (limit > 0 || swap > 0))
        {
            target.List.MemoryCheck = new CgroupMemoryCheck(limit, swap, target.At("/memory/checkBeforeUpdate"));
        }

        if (memory.Reservation is { } reservation && reservation != 0 && target.IsLimit("/memory/reservation", reservation))
        {
            target.Write("/memory/reservation", "memory", "memory.low", Limit(reservation));
        }

        if (memory.Kernel is not null)
        {
            target.Warn("/memory/kernel", "kernel memory settings are ignored: cgroup v2 counts kernel memory into the limit");
        }

        if (memory.KernelTcp is not null)
        {
            target.Warn("/memory/kernelTCP", "kernel memory settings are ignored: cgroup v2 counts kernel memory into the limit");
        }

        if (memory.Swappiness is not null)
        {
            target.Error("/memory/swappiness", "cannot be set on cgroup v2, which has no swappiness per cgroup");
        }

        if (memory.DisableOomKiller == true)
        {
            target.Error("/memory/disableOOMKiller", "cannot be set on cgroup v2, which has no such switch");
        }

        // true is what v2 always does.
        if (memory.UseHierarchy == false)
        {
            target.Error("/memory/useHierarchy", "cannot be false on cgroup v2, which always counts hierarchically");
        }
    }

    private static void Limits(WriteTarget target, long limit, long swap)
    {
        var swapOnly = CgroupConversions.SwapOnly(swap, limit, out var fault);
        if (fault is not null)
        {
            target.Error("/memory/swap", fault);
            return;
        }

        if (swapOnly is { } bytes)
        {
            // Without swap accounting there is no file; then "no limit" and "no swap" are both true already.
            var rule = bytes is -1 or 0 ? CgroupWriteRules.SkipMissing : CgroupWriteRules.None;
            target.Write(swap == 0 ? "/memory/limit" : "/memory/swap", "memory", "memory.swap.max", Limit(bytes), rule);
        }

        if (limit != 0)
        {
            target.Write("/memory/limit", "memory", "memory.max", Limit(limit));
        }
    }

    private static string Limit(long bytes) => bytes == -1 ? "max" : WriteTarget.Text(bytes);

    private static void Cpu(WriteTarget target, CpuSpec cpu)
    {
        // A group that is idle refuses a weight, so idle is left first and entered last.
        if (cpu.Idle == 0)
        {
            target.Write("/cpu/idle", "cpu", "cpu.idle", "0");
        }

        var weight = CgroupConversions.WeightOfShares(cpu.Shares ?? 0);
        if (weight != 0)
        {
            target.Write("/cpu/shares", "cpu", "cpu.weight", WriteTarget.Text(weight));
        }

        if (cpu.Idle is { } idle && idle != 0)
        {
            target.Write("/cpu/idle", "cpu", "cpu.idle", WriteTarget.Text(idle));
        }

        var quota = cpu.Quota ?? 0;
        var period = cpu.Period ?? 0;
        var bandwidth = quota != 0 || period != 0;
        if (cpu.Burst is { } burst)
        {
            target.Write("/cpu/burst", "cpu", "cpu.max.burst", WriteTarget.Text(burst), bandwidth ? CgroupWriteRules.Deferrable : CgroupWriteRules.None);
        }

        if (bandwidth)
        {
            var value = string.Concat(quota > 0 ? WriteTarget.Text(quota) : "max", " ", WriteTarget.Text(period == 0 ? DefaultPeriod : period));
            target.Write(quota != 0 ? "/cpu/quota" : "/cpu/period", "cpu", "cpu.max", value, CgroupWriteRules.Settles);
        }

        if (cpu.RealtimePeriod is { } rtPeriod && rtPeriod != 0)
        {
            target.Error("/cpu/realtimePeriod", "cannot be set on cgroup v2, which has no real-time bandwidth");
        }

        if (cpu.RealtimeRuntime is { } rtRuntime && rtRuntime != 0)
        {
            target.Error("/cpu/realtimeRuntime", "cannot be set on cgroup v2, which has no real-time bandwidth");
        }
    }

    private static void BlockIO(WriteTarget target, BlockIoSpec io)
    {
        if (io.Weight is { } weight && weight != 0 && BlkioWeights.InRange(target, "/blockIO/weight", weight))
        {
            target.Write(Weight(target, "/blockIO/weight", string.Empty, weight, CgroupWriteRules.None));
        }

        if (io.LeafWeight is { } leaf && leaf != 0)
        {
            target.Error("/blockIO/leafWeight", "cannot be set on cgroup v2, where a cgroup with children has no processes");
        }

        for (var i = 0; i < io.WeightDevice.Length; i++)
        {
            var device = io.WeightDevice[i];
            var property = "/blockIO/weightDevice/" + WriteTarget.Text(i);
            if (device.Weight is { } own && own != 0 && BlkioWeights.InRange(target, property + "/weight", own))
            {
                target.Write(Weight(target, property + "/weight", BlkioWeights.Number(device.Major, device.Minor), own, CgroupWriteRules.Keyed));
            }

            if (device.LeafWeight is { } ownLeaf && ownLeaf != 0)
            {
                target.Error(property + "/leafWeight", "cannot be set on cgroup v2, where a cgroup with children has no processes");
            }
        }

        Throttle(target, io.ThrottleReadBpsDevice, "/blockIO/throttleReadBpsDevice/", "rbps=");
        Throttle(target, io.ThrottleWriteBpsDevice, "/blockIO/throttleWriteBpsDevice/", "wbps=");
        Throttle(target, io.ThrottleReadIopsDevice, "/blockIO/throttleReadIOPSDevice/", "riops=");
        Throttle(target, io.ThrottleWriteIopsDevice, "/blockIO/throttleWriteIOPSDevice/", "wiops=");
    }

    /// <summary>BFQ takes the OCI range as it is; the cost model's io.weight has its own.</summary>
    private static CgroupWrite Weight(WriteTarget target, string property, string device, ushort weight, CgroupWriteRules rules) =>
        new("io", "io.bfq.weight", device + WriteTarget.Text((ulong)weight), target.At(property), rules)
        {
            OtherFile = "io.weight",
            OtherValue = device + WriteTarget.Text(CgroupConversions.IoWeightOfBlkio(weight)),
        };

    /// <summary>A rate of 0 lifts the limit on v1; io.max calls that "max" and refuses 0.</summary>
    private static void Throttle(WriteTarget target, ImmutableArray<ThrottleDeviceSpec> devices, string property, string key)
    {
        for (var i = 0; i < devices.Length; i++)
        {
            var device = devices[i];
            var rate = device.Rate == 0 ? "max" : WriteTarget.Text(device.Rate);
            target.Write(property + WriteTarget.Text(i), "io", "io.max", BlkioWeights.Number(device.Major, device.Minor) + key + rate, CgroupWriteRules.Keyed);
        }
    }

    private static void Network(WriteTarget target, NetworkResourcesSpec network)
    {
        if (network.ClassId is { } classId && classId != 0)
        {
            target.Error("/network/classID", "cannot be set on cgroup v2, which has no net_cls controller");
        }

        if (network.Priorities.Length > 0)
        {
            target.Error("/network/priorities", "cannot be set on cgroup v2, which has no net_prio controller");
        }
    }

    private static void Unified(WriteTarget target, string key, string value)
    {
        var property = "/unified/" + WriteTarget.Escaped(key);
        if (CgroupName.Fault(key) is { } fault)
        {
            target.Error(property, $"unified resource \"{WriteTarget.Shown(key)}\" must {fault}");
            return;
        }

        var dot = key.IndexOf('.', StringComparison.Ordinal);
        if (dot <= 0)
        {
            target.Error(property, $"unified resource \"{WriteTarget.Shown(key)}\" must be in the form CONTROLLER.PARAMETER");
            return;
        }

        // These are commands to move, stop or kill, not limits: they would break the container's own life cycle.
        if (key is "cgroup.procs" or "cgroup.threads" or "cgroup.kill" or "cgroup.freeze")
        {
            target.Error(property, $"unified resource \"{key}\" belongs to the runtime");
            return;
        }

        var rules = value.Contains(':', StringComparison.Ordinal) ? CgroupWriteRules.Keyed : CgroupWriteRules.None;
        foreach (var range in value.AsSpan().Split('\n'))
        {
            if (!value.AsSpan()[range].IsEmpty)
            {
                target.Write(property, key[..dot], key, value[range], rules);
            }
        }
    }
}
