using System;
using System.Collections.Immutable;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>The resources a container has after <c>update</c>: what it had, with what the request names. Pure. Semantics: runc's update.</summary>
public static class CgroupUpdate
{
    /// <summary>Puts <paramref name="change"/> over <paramref name="current"/>. Devices stay: update never touches them.</summary>
    public static ResourcesSpec Merge(ResourcesSpec? current, ResourcesSpec change)
    {
        current ??= new ResourcesSpec();
        return current with
        {
            Memory = Memory(current.Memory, change.Memory),
            Cpu = Cpu(current.Cpu, change.Cpu),
            Pids = change.Pids?.Limit is null ? current.Pids : change.Pids,
            BlockIo = BlockIo(current.BlockIo, change.BlockIo),
            HugepageLimits = Upsert(current.HugepageLimits, change.HugepageLimits, static (a, b) => a.PageSize == b.PageSize, static (_, b) => b),
            Network = Network(current.Network, change.Network),
            Rdma = Upsert(current.Rdma, change.Rdma, static (a, b) => a.Key == b.Key, static (_, b) => b),
            Unified = Upsert(current.Unified, change.Unified, static (a, b) => a.Key == b.Key, static (_, b) => b),
        };
    }

    private static MemorySpec? Memory(MemorySpec? old, MemorySpec? change)
    {
        if (change is null)
        {
            // The check guards one update, not all later ones.
            return old is null ? null : old with { CheckBeforeUpdate = null };
        }

        old ??= new MemorySpec();
        return old with
        {
            Limit = change.Limit ?? old.Limit,

            // Lifting the limit lifts that of swap too, unless the request names one.
            Swap = change.Swap ?? (change.Limit == -1 ? 0 : old.Swap),
            Reservation = change.Reservation ?? old.Reservation,
            Kernel = change.Kernel,
            KernelTcp = change.KernelTcp,
            Swappiness = change.Swappiness ?? old.Swappiness,
            DisableOomKiller = change.DisableOomKiller ?? old.DisableOomKiller,
            UseHierarchy = change.UseHierarchy ?? old.UseHierarchy,
            CheckBeforeUpdate = change.CheckBeforeUpdate,
        };
    }

    private static CpuSpec? Cpu(CpuSpec? old, CpuSpec? change)
    {
        if (change is null)
        {
            return old;
        }

        old ??= new CpuSpec();
        return old with
        {
            // An idle cgroup refuses shares, the old ones too.
            Shares = change.Shares ?? (change.Idle is null ? old.Shares : 0),
            Quota = Given(change.Quota) ?? old.Quota,
            Period = Given(change.Period) ?? old.Period,
            Burst = change.Burst ?? old.Burst,
            RealtimeRuntime = change.RealtimeRuntime ?? old.RealtimeRuntime,
            RealtimePeriod = change.RealtimePeriod ?? old.RealtimePeriod,
            Cpus = string.IsNullOrEmpty(change.Cpus) ? old.Cpus : change.Cpus,
            Mems = string.IsNullOrEmpty(change.Mems) ? old.Mems : change.Mems,
            Idle = change.Idle ?? old.Idle,
        };
    }

    /// <summary>0 means "not given" for quota and period.</summary>
    private static T? Given<T>(T? value)
        where T : struct, IEquatable<T> =>
        value is { } given && !given.Equals(default) ? given : null;

    private static BlockIoSpec? BlockIo(BlockIoSpec? old, BlockIoSpec? change)
    {
        if (change is null)
        {
            return old;
        }

        old ??= new BlockIoSpec();
        return old with
        {
            Weight = change.Weight ?? old.Weight,
            LeafWeight = change.LeafWeight ?? old.LeafWeight,
            WeightDevice = Upsert(
                old.WeightDevice,
                change.WeightDevice,
                static (a, b) => a.Major == b.Major && a.Minor == b.Minor,
                static (a, b) => b with { Weight = b.Weight ?? a.Weight, LeafWeight = b.LeafWeight ?? a.LeafWeight }),
            ThrottleReadBpsDevice = Throttle(old.ThrottleReadBpsDevice, change.ThrottleReadBpsDevice),
            ThrottleWriteBpsDevice = Throttle(old.ThrottleWriteBpsDevice, change.ThrottleWriteBpsDevice),
            ThrottleReadIopsDevice = Throttle(old.ThrottleReadIopsDevice, change.ThrottleReadIopsDevice),
            ThrottleWriteIopsDevice = Throttle(old.ThrottleWriteIopsDevice, change.ThrottleWriteIopsDevice),
        };
    }

    private static ImmutableArray<ThrottleDeviceSpec> Throttle(ImmutableArray<ThrottleDeviceSpec> old, ImmutableArray<ThrottleDeviceSpec> change) =>
        Upsert(old, change, static (a, b) => a.Major == b.Major && a.Minor == b.Minor, static (_, b) => b);

    private static NetworkResourcesSpec? Network(NetworkResourcesSpec? old, NetworkResourcesSpec? change) =>
        change is null || old is null
            ? change ?? old
            : old with
            {
                ClassId = change.ClassId ?? old.ClassId,
                Priorities = Upsert(old.Priorities, change.Priorities, static (a, b) => a.Name == b.Name, static (_, b) => b),
            };

    private static ImmutableArray<T> Upsert<T>(ImmutableArray<T> old, ImmutableArray<T> change, Func<T, T, bool> same, Func<T, T, T> over)
    {
        if (change.IsEmpty)
        {
            return old;
        }

        var merged = old.ToBuilder();
        foreach (var item in change)
        {
            var at = -1;
            for (var i = 0; i < merged.Count; i++)
            {
                at = same(merged[i], item) ? i : at;
            }

            if (at < 0)
            {
                merged.Add(item);
            }
            else
            {
                merged[at] = over(merged[at], item);
            }
        }

        return merged.ToImmutable();
    }
}
