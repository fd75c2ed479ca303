using System.Collections.Immutable;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Resources for the v1 controllers. Kernel documentation, admin-guide/cgroup-v1.</summary>
internal static class CgroupWritesV1
{
    private const ulong FewestShares = 2;
    private const ulong MostShares = 262144;

    internal static void Add(WriteTarget target, ResourcesSpec resources)
    {
        // cpuset first: a process can join a cpuset only once it has processors and memory.
        target.Cpuset(resources.Cpu);
        if (resources.Memory is { } memory)
        {
            Memory(target, memory);
        }

        if (resources.Cpu is { } cpu)
        {
            Cpu(target, cpu);
        }

        target.Pids(resources.Pids);
        if (resources.BlockIo is { } io)
        {
            BlockIO(target, io);
        }

        target.Hugepages(resources.HugepageLimits);
        if (resources.Network is { } network)
        {
            Network(target, network);
        }

        foreach (var (device, limits) in resources.Rdma)
        {
            target.Rdma(device, limits);
        }

        if (resources.Unified.Length > 0)
        {
            target.Error("/unified", "invalid configuration: cannot use unified on cgroup v1");
        }
    }

    private static void Memory(WriteTarget target, MemorySpec memory)
    {
        Limits(target, memory.Limit ?? 0, memory.Swap ?? 0);
        if (memory.Kernel is not null)
        {
            target.Warn("/memory/kernel", "kernel memory settings are ignored, for kernels no longer have them");
        }

        if (memory.KernelTcp is not null)
        {
            target.Warn("/memory/kernelTCP", "kernel memory settings are ignored, for kernels no longer have them");
        }

        if (memory.UseHierarchy is { } hierarchy)
        {
            target.Write("/memory/useHierarchy", "memory", "memory.use_hierarchy", hierarchy ? "1" : "0");
        }

        if (memory.Reservation is { } reservation && reservation != 0 && target.IsLimit("/memory/reservation", reservation))
        {
            target.Write("/memory/reservation", "memory", "memory.soft_limit_in_bytes", WriteTarget.Text(reservation));
        }

        if (memory.DisableOomKiller == true)
        {
            target.Write("/memory/disableOOMKiller", "memory", "memory.oom_control", "1");
        }

        if (memory.Swappiness is { } swappiness)
        {
            if (swappiness > 100)
            {
                target.Error("/memory/swappiness", $"invalid memory swappiness value: {WriteTarget.Text(swappiness)} (valid range is 0-100)");
            }
            else
            {
                target.Write("/memory/swappiness", "memory", "memory.swappiness", WriteTarget.Text(swappiness));
            }
        }

        // checkBeforeUpdate asks for nothing more here: the v1 kernel refuses a limit below the use by itself (EBUSY).
    }

    /// <summary>
    /// The kernel holds limit ≤ memory+swap at every moment. Raising both, the limit alone would pass the old memory+swap (EINVAL): it is
    /// put off and tried again. Lowering both, the order as it stands is right. No value has to be read for that.
    /// </summary>
    private static void Limits(WriteTarget target, long limit, long swap)
    {
        var both = limit == -1 || swap != 0;
        if (limit != 0 && target.IsLimit("/memory/limit", limit))
        {
            target.Write("/memory/limit", "memory", "memory.limit_in_bytes", WriteTarget.Text(limit), both ? CgroupWriteRules.Deferrable : CgroupWriteRules.None);
        }

        if (swap == 0)
        {
            if (limit == -1)
            {
                target.Write("/memory/limit", "memory", "memory.memsw.limit_in_bytes", "-1", CgroupWriteRules.Settles | CgroupWriteRules.SkipMissing);
            }

            return;
        }

        if (!target.IsLimit("/memory/swap", swap))
        {
            return;
        }

        if (swap > 0 && swap < limit)
        {
            target.Error("/memory/swap", "memory+swap limit should be >= memory limit");
            return;
        }

        target.Write(
            "/memory/swap",
            "memory",
            "memory.memsw.limit_in_bytes",
            WriteTarget.Text(swap),
            CgroupWriteRules.Settles | (swap == -1 ? CgroupWriteRules.SkipMissing : CgroupWriteRules.None));
    }

    private static void Cpu(WriteTarget target, CpuSpec cpu)
    {
        // A group that is idle refuses shares, so idle is left first and entered last.
        if (cpu.Idle == 0)
        {
            target.Write("/cpu/idle", "cpu", "cpu.idle", "0");
        }

        Shares(target, cpu.Shares ?? 0);
        Bandwidth(target, cpu);
        if (cpu.Idle is { } idle && idle != 0)
        {
            target.Write("/cpu/idle", "cpu", "cpu.idle", WriteTarget.Text(idle));
        }

        var runtime = cpu.RealtimeRuntime ?? 0;
        if (cpu.RealtimePeriod is { } period && period != 0)
        {
            target.Write("/cpu/realtimePeriod", "cpu", "cpu.rt_period_us", WriteTarget.Text(period), runtime != 0 ? CgroupWriteRules.Deferrable : CgroupWriteRules.None);
        }

        if (runtime != 0)
        {
            target.Write("/cpu/realtimeRuntime", "cpu", "cpu.rt_runtime_us", WriteTarget.Text(runtime), CgroupWriteRules.Settles);
        }
    }

    /// <summary>The kernel clamps shares without a word; runc reads them back to say so. The bounds are fixed, so no reading is needed.</summary>
    private static void Shares(WriteTarget target, ulong shares)
    {
        switch (shares)
        {
            case 0:
                break;
            case < FewestShares:
                target.Error("/cpu/shares", "the minimum allowed cpu-shares is 2");
                break;
            case > MostShares:
                target.Error("/cpu/shares", "the maximum allowed cpu-shares is 262144");
                break;
            default:
                target.Write("/cpu/shares", "cpu", "cpu.shares", WriteTarget.Text(shares));
                break;
        }
    }

    private static void Bandwidth(WriteTarget target, CpuSpec cpu)
    {
        var quota = cpu.Quota ?? 0;
        var rule = quota != 0 ? CgroupWriteRules.Deferrable : CgroupWriteRules.None;
        if (cpu.Period is { } period && period != 0)
        {
            target.Write("/cpu/period", "cpu", "cpu.cfs_period_us", WriteTarget.Text(period), rule);
        }

        if (cpu.Burst is { } burst)
        {
            target.Write("/cpu/burst", "cpu", "cpu.cfs_burst_us", WriteTarget.Text(burst), rule | CgroupWriteRules.WarnMissing);
        }

        if (quota != 0)
        {
            target.Write("/cpu/quota", "cpu", "cpu.cfs_quota_us", WriteTarget.Text(quota), CgroupWriteRules.Settles);
        }
    }

    private static void BlockIO(WriteTarget target, BlockIoSpec io)
    {
        if (io.Weight is { } weight && weight != 0 && BlkioWeights.InRange(target, "/blockIO/weight", weight))
        {
            target.Write(new CgroupWrite("blkio", "blkio.weight", WriteTarget.Text((ulong)weight), target.At("/blockIO/weight")) { OtherFile = "blkio.bfq.weight" });
        }

        if (io.LeafWeight is { } leaf && leaf != 0 && BlkioWeights.InRange(target, "/blockIO/leafWeight", leaf))
        {
            target.Write("/blockIO/leafWeight", "blkio", "blkio.leaf_weight", WriteTarget.Text((ulong)leaf));
        }

        for (var i = 0; i < io.WeightDevice.Length; i++)
        {
            var device = io.WeightDevice[i];
            var property = "/blockIO/weightDevice/" + WriteTarget.Text(i);
            var number = BlkioWeights.Number(device.Major, device.Minor);
            if (device.Weight is { } own && own != 0 && BlkioWeights.InRange(target, property + "/weight", own))
            {
                target.Write(new CgroupWrite("blkio", "blkio.weight_device", number + WriteTarget.Text((ulong)own), target.At(property + "/weight"), CgroupWriteRules.Keyed)
                {
                    OtherFile = "blkio.bfq.weight_device",
                });
            }

            if (device.LeafWeight is { } ownLeaf && ownLeaf != 0 && BlkioWeights.InRange(target, property + "/leafWeight", ownLeaf))
            {
                target.Write(property + "/leafWeight", "blkio", "blkio.leaf_weight_device", number + WriteTarget.Text((ulong)ownLeaf), CgroupWriteRules.Keyed);
            }
        }

        Throttle(target, io.ThrottleReadBpsDevice, "/blockIO/throttleReadBpsDevice/", "blkio.throttle.read_bps_device");
        Throttle(target, io.ThrottleWriteBpsDevice, "/blockIO/throttleWriteBpsDevice/", "blkio.throttle.write_bps_device");
        Throttle(target, io.ThrottleReadIopsDevice, "/blockIO/throttleReadIOPSDevice/", "blkio.throttle.read_iops_device");
        Throttle(target, io.ThrottleWriteIopsDevice, "/blockIO/throttleWriteIOPSDevice/", "blkio.throttle.write_iops_device");
    }

    private static void Throttle(WriteTarget target, ImmutableArray<ThrottleDeviceSpec> devices, string property, string file)
    {
        for (var i = 0; i < devices.Length; i++)
        {
            var device = devices[i];
            target.Write(property + WriteTarget.Text(i), "blkio", file, BlkioWeights.Number(device.Major, device.Minor) + WriteTarget.Text(device.Rate), CgroupWriteRules.Keyed);
        }
    }

    private static void Network(WriteTarget target, NetworkResourcesSpec network)
    {
        if (network.ClassId is { } classId && classId != 0)
        {
            target.Write("/network/classID", "net_cls", "net_cls.classid", WriteTarget.Text((ulong)classId));
        }

        for (var i = 0; i < network.Priorities.Length; i++)
        {
            var priority = network.Priorities[i];
            var property = "/network/priorities/" + WriteTarget.Text(i);
            if (NetworkName.Fault(priority.Name) is { } fault)
            {
                target.Error(property + "/name", $"an interface's name must {fault}");
                continue;
            }

            target.Write(property, "net_prio", "net_prio.ifpriomap", priority.Name + " " + WriteTarget.Text((ulong)priority.Priority), CgroupWriteRules.Keyed);
        }
    }
}

/// <summary>Weights of block devices.</summary>
internal static class BlkioWeights
{
    internal static bool InRange(WriteTarget target, string property, ushort weight)
    {
        if (weight is >= 10 and <= 1000)
        {
            return true;
        }

        target.Error(property, $"must be 10 to 1000, is {WriteTarget.Text((ulong)weight)}");
        return false;
    }

    /// <summary><c>major:minor</c> and a space.</summary>
    internal static string Number(long major, long minor) => string.Concat(WriteTarget.Text(major), ":", WriteTarget.Text(minor), " ");
}

/// <summary>Names of network interfaces: they become words of a control file's value.</summary>
internal static class NetworkName
{
    internal static string? Fault(string name) =>
        CgroupName.Fault(name) ?? (name.Length > 15 ? "not be longer than 15 characters" : name.Contains(' ', System.StringComparison.Ordinal) ? "not hold spaces" : null);
}
