using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the records of config-linux.md#control-groups.</summary>
internal static class ResourcesSpecReader
{
    internal static ResourcesSpec? Resources(ref SpecCursor cursor)
    {
        ImmutableArray<DeviceRuleSpec>? devices = null;
        MemorySpec? memory = null;
        CpuSpec? cpu = null;
        PidsSpec? pids = null;
        BlockIoSpec? blockIo = null;
        ImmutableArray<HugepageLimitSpec>? hugepageLimits = null;
        NetworkResourcesSpec? network = null;
        ImmutableArray<KeyValuePair<string, RdmaSpec>> rdma = [];
        ImmutableArray<KeyValuePair<string, string>> unified = [];
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["devices", "memory", "cpu", "pids", "blockIO", "hugepageLimits", "network", "rdma", "unified"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    devices = cursor.Records(static (ref SpecCursor item) => DeviceRule(ref item));
                    break;
                case 1:
                    memory = Memory(ref cursor);
                    break;
                case 2:
                    cpu = Cpu(ref cursor);
                    break;
                case 3:
                    pids = Pids(ref cursor);
                    break;
                case 4:
                    blockIo = BlockIo(ref cursor);
                    break;
                case 5:
                    hugepageLimits = cursor.Records(static (ref SpecCursor item) => HugepageLimit(ref item));
                    break;
                case 6:
                    network = NetworkResources(ref cursor);
                    break;
                case 7:
                    rdma = cursor.Map(static (ref SpecCursor item) => Rdma(ref item));
                    break;
                default:
                    unified = cursor.Map(static (ref SpecCursor item) => item.String());
                    break;
            }
        }

        return new ResourcesSpec
        {
            Devices = devices,
            Memory = memory,
            Cpu = cpu,
            Pids = pids,
            BlockIo = blockIo,
            HugepageLimits = hugepageLimits ?? [],
            Network = network,
            Rdma = rdma,
            Unified = unified,
        };
    }

    internal static DeviceRuleSpec? DeviceRule(ref SpecCursor cursor)
    {
        bool? allow = null;
        string? type = null;
        long? major = null;
        long? minor = null;
        string? access = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["allow", "type", "major", "minor", "access"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    allow = cursor.Boolean();
                    break;
                case 1:
                    type = cursor.String();
                    break;
                case 2:
                    major = cursor.Int64();
                    break;
                case 3:
                    minor = cursor.Int64();
                    break;
                default:
                    access = cursor.String();
                    break;
            }
        }

        if (allow is null)
        {
            cursor.FindMissing(scope, "allow");
        }

        if (allow is null)
        {
            return null;
        }

        return new DeviceRuleSpec
        {
            Allow = allow.Value,
            Type = type,
            Major = major,
            Minor = minor,
            Access = access,
        };
    }

    internal static MemorySpec? Memory(ref SpecCursor cursor)
    {
        long? limit = null;
        long? reservation = null;
        long? swap = null;
        long? kernel = null;
        long? kernelTcp = null;
        ulong? swappiness = null;
        bool? disableOomKiller = null;
        bool? useHierarchy = null;
        bool? checkBeforeUpdate = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["limit", "reservation", "swap", "kernel", "kernelTCP", "swappiness", "disableOOMKiller", "useHierarchy", "checkBeforeUpdate"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    limit = cursor.Int64();
                    break;
                case 1:
                    reservation = cursor.Int64();
                    break;
                case 2:
                    swap = cursor.Int64();
                    break;
                case 3:
                    kernel = cursor.Int64();
                    break;
                case 4:
                    kernelTcp = cursor.Int64();
                    break;
                case 5:
                    swappiness = cursor.UInt64();
                    break;
                case 6:
                    disableOomKiller = cursor.Boolean();
                    break;
                case 7:
                    useHierarchy = cursor.Boolean();
                    break;
                default:
                    checkBeforeUpdate = cursor.Boolean();
                    break;
            }
        }

        return new MemorySpec
        {
            Limit = limit,
            Reservation = reservation,
            Swap = swap,
            Kernel = kernel,
            KernelTcp = kernelTcp,
            Swappiness = swappiness,
            DisableOomKiller = disableOomKiller,
            UseHierarchy = useHierarchy,
            CheckBeforeUpdate = checkBeforeUpdate,
        };
    }

    internal static CpuSpec? Cpu(ref SpecCursor cursor)
    {
        ulong? shares = null;
        long? quota = null;
        ulong? burst = null;
        ulong? period = null;
        long? realtimeRuntime = null;
        ulong? realtimePeriod = null;
        string? cpus = null;
        string? mems = null;
        long? idle = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["shares", "quota", "burst", "period", "realtimeRuntime", "realtimePeriod", "cpus", "mems", "idle"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    shares = cursor.UInt64();
                    break;
                case 1:
                    quota = cursor.Int64();
                    break;
                case 2:
                    burst = cursor.UInt64();
                    break;
                case 3:
                    period = cursor.UInt64();
                    break;
                case 4:
                    realtimeRuntime = cursor.Int64();
                    break;
                case 5:
                    realtimePeriod = cursor.UInt64();
                    break;
                case 6:
                    cpus = cursor.String();
                    break;
                case 7:
                    mems = cursor.String();
                    break;
                default:
                    idle = cursor.Int64();
                    break;
            }
        }

        return new CpuSpec
        {
            Shares = shares,
            Quota = quota,
            Burst = burst,
            Period = period,
            RealtimeRuntime = realtimeRuntime,
            RealtimePeriod = realtimePeriod,
            Cpus = cpus,
            Mems = mems,
            Idle = idle,
        };
    }

    internal static PidsSpec? Pids(ref SpecCursor cursor)
    {
        long? limit = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["limit"])) >= 0)
        {
            switch (key)
            {
                default:
                    limit = cursor.Int64();
                    break;
            }
        }

        return new PidsSpec
        {
            Limit = limit,
        };
    }

    internal static BlockIoSpec? BlockIo(ref SpecCursor cursor)
    {
        ushort? weight = null;
        ushort? leafWeight = null;
        ImmutableArray<WeightDeviceSpec>? weightDevice = null;
        ImmutableArray<ThrottleDeviceSpec>? throttleReadBpsDevice = null;
        ImmutableArray<ThrottleDeviceSpec>? throttleWriteBpsDevice = null;
        ImmutableArray<ThrottleDeviceSpec>? throttleReadIopsDevice = null;
        ImmutableArray<ThrottleDeviceSpec>? throttleWriteIopsDevice = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["weight", "leafWeight", "weightDevice", "throttleReadBpsDevice", "throttleWriteBpsDevice", "throttleReadIOPSDevice", "throttleWriteIOPSDevice"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    weight = cursor.UInt16();
                    break;
                case 1:
                    leafWeight = cursor.UInt16();
                    break;
                case 2:
                    weightDevice = cursor.Records(static (ref SpecCursor item) => WeightDevice(ref item));
                    break;
                case 3:
                    throttleReadBpsDevice = cursor.Records(static (ref SpecCursor item) => ThrottleDevice(ref item));
                    break;
                case 4:
                    throttleWriteBpsDevice = cursor.Records(static (ref SpecCursor item) => ThrottleDevice(ref item));
                    break;
                case 5:
                    throttleReadIopsDevice = cursor.Records(static (ref SpecCursor item) => ThrottleDevice(ref item));
                    break;
                default:
                    throttleWriteIopsDevice = cursor.Records(static (ref SpecCursor item) => ThrottleDevice(ref item));
                    break;
            }
        }

        return new BlockIoSpec
        {
            Weight = weight,
            LeafWeight = leafWeight,
            WeightDevice = weightDevice ?? [],
            ThrottleReadBpsDevice = throttleReadBpsDevice ?? [],
            ThrottleWriteBpsDevice = throttleWriteBpsDevice ?? [],
            ThrottleReadIopsDevice = throttleReadIopsDevice ?? [],
            ThrottleWriteIopsDevice = throttleWriteIopsDevice ?? [],
        };
    }

    internal static WeightDeviceSpec? WeightDevice(ref SpecCursor cursor)
    {
        long? major = null;
        long? minor = null;
        ushort? weight = null;
        ushort? leafWeight = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["major", "minor", "weight", "leafWeight"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    major = cursor.Int64();
                    break;
                case 1:
                    minor = cursor.Int64();
                    break;
                case 2:
                    weight = cursor.UInt16();
                    break;
                default:
                    leafWeight = cursor.UInt16();
                    break;
            }
        }

        if (major is null)
        {
            cursor.FindMissing(scope, "major");
        }

        if (minor is null)
        {
            cursor.FindMissing(scope, "minor");
        }

        if (major is null || minor is null)
        {
            return null;
        }

        return new WeightDeviceSpec
        {
            Major = major.Value,
            Minor = minor.Value,
            Weight = weight,
            LeafWeight = leafWeight,
        };
    }

    internal static ThrottleDeviceSpec? ThrottleDevice(ref SpecCursor cursor)
    {
        long? major = null;
        long? minor = null;
        ulong? rate = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["major", "minor", "rate"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    major = cursor.Int64();
                    break;
                case 1:
                    minor = cursor.Int64();
                    break;
                default:
                    rate = cursor.UInt64();
                    break;
            }
        }

        if (major is null)
        {
            cursor.FindMissing(scope, "major");
        }

        if (minor is null)
        {
            cursor.FindMissing(scope, "minor");
        }

        if (rate is null)
        {
            cursor.FindMissing(scope, "rate");
        }

        if (major is null || minor is null || rate is null)
        {
            return null;
        }

        return new ThrottleDeviceSpec
        {
            Major = major.Value,
            Minor = minor.Value,
            Rate = rate.Value,
        };
    }

    internal static HugepageLimitSpec? HugepageLimit(ref SpecCursor cursor)
    {
        string? pageSize = null;
        ulong? limit = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["pageSize", "limit"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    pageSize = cursor.String();
                    break;
                default:
                    limit = cursor.UInt64();
                    break;
            }
        }

        if (pageSize is null)
        {
            cursor.FindMissing(scope, "pageSize");
        }

        if (limit is null)
        {
            cursor.FindMissing(scope, "limit");
        }

        if (pageSize is null || limit is null)
        {
            return null;
        }

        return new HugepageLimitSpec
        {
            PageSize = pageSize,
            Limit = limit.Value,
        };
    }

    internal static NetworkResourcesSpec? NetworkResources(ref SpecCursor cursor)
    {
        uint? classId = null;
        ImmutableArray<InterfacePrioritySpec>? priorities = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["classID", "priorities"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    classId = cursor.UInt32();
                    break;
                default:
                    priorities = cursor.Records(static (ref SpecCursor item) => InterfacePriority(ref item));
                    break;
            }
        }

        return new NetworkResourcesSpec
        {
            ClassId = classId,
            Priorities = priorities ?? [],
        };
    }

    internal static InterfacePrioritySpec? InterfacePriority(ref SpecCursor cursor)
    {
        string? name = null;
        uint? priority = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["name", "priority"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    name = cursor.String();
                    break;
                default:
                    priority = cursor.UInt32();
                    break;
            }
        }

        if (name is null)
        {
            cursor.FindMissing(scope, "name");
        }

        if (priority is null)
        {
            cursor.FindMissing(scope, "priority");
        }

        if (name is null || priority is null)
        {
            return null;
        }

        return new InterfacePrioritySpec
        {
            Name = name,
            Priority = priority.Value,
        };
    }

    internal static RdmaSpec? Rdma(ref SpecCursor cursor)
    {
        uint? hcaHandles = null;
        uint? hcaObjects = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["hcaHandles", "hcaObjects"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    hcaHandles = cursor.UInt32();
                    break;
                default:
                    hcaObjects = cursor.UInt32();
                    break;
            }
        }

        return new RdmaSpec
        {
            HcaHandles = hcaHandles,
            HcaObjects = hcaObjects,
        };
    }
}
