using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the limits of a cgroup, those of block devices aside. Spec: config-linux.md#control-groups.</summary>
/// <remarks>Each case is the index of a name in the list above it.</remarks>
internal static class ResourcesSpecReader
{
    internal static ResourcesSpec Read(ref SpecCursor json)
    {
        ImmutableArray<DeviceRuleSpec>? devices = null;
        MemorySpec? memory = null;
        CpuSpec? cpu = null;
        PidsSpec? pids = null;
        BlockIoSpec? blockIo = null;
        ImmutableArray<HugepageLimitSpec> hugepageLimits = [];
        NetworkResourcesSpec? network = null;
        ImmutableArray<KeyValuePair<string, RdmaSpec>> rdma = [];
        ImmutableArray<KeyValuePair<string, string>> unified = [];
        var keys = new Keys("devices memory cpu pids blockIO hugepageLimits network rdma unified"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: devices = json.List<DeviceRuleSpec>(DeviceRule); break;
                case 1: memory = Memory(ref json); break;
                case 2: cpu = Cpu(ref json); break;
                case 3: pids = Pids(ref json); break;
                case 4: blockIo = BlockIoSpecReader.Read(ref json); break;
                case 5: hugepageLimits = json.List<HugepageLimitSpec>(HugepageLimit); break;
                case 6: network = Network(ref json); break;
                case 7: rdma = json.Map<RdmaSpec>(Rdma); break;
                default: unified = json.StringMap(); break;
            }
        }

        return new ResourcesSpec
        {
            Devices = devices,
            Memory = memory,
            Cpu = cpu,
            Pids = pids,
            BlockIo = blockIo,
            HugepageLimits = hugepageLimits,
            Network = network,
            Rdma = rdma,
            Unified = unified,
        };
    }

    private static DeviceRuleSpec DeviceRule(ref SpecCursor json)
    {
        bool allow = false;
        string? type = null;
        long? major = null;
        long? minor = null;
        string? access = null;
        var keys = new Keys("allow type major minor access"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: allow = json.Boolean(); break;
                case 1: type = json.String(); break;
                case 2: major = json.Int64(); break;
                case 3: minor = json.Int64(); break;
                default: access = json.String(); break;
            }
        }

        return new DeviceRuleSpec { Allow = allow, Type = type, Major = major, Minor = minor, Access = access };
    }

    private static MemorySpec Memory(ref SpecCursor json)
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
        var keys = new Keys("limit reservation swap kernel kernelTCP swappiness disableOOMKiller useHierarchy checkBeforeUpdate"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: limit = json.Int64(); break;
                case 1: reservation = json.Int64(); break;
                case 2: swap = json.Int64(); break;
                case 3: kernel = json.Int64(); break;
                case 4: kernelTcp = json.Int64(); break;
                case 5: swappiness = json.UInt64(); break;
                case 6: disableOomKiller = json.Boolean(); break;
                case 7: useHierarchy = json.Boolean(); break;
                default: checkBeforeUpdate = json.Boolean(); break;
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

    private static CpuSpec Cpu(ref SpecCursor json)
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
        var keys = new Keys("shares quota burst period realtimeRuntime realtimePeriod cpus mems idle"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: shares = json.UInt64(); break;
                case 1: quota = json.Int64(); break;
                case 2: burst = json.UInt64(); break;
                case 3: period = json.UInt64(); break;
                case 4: realtimeRuntime = json.Int64(); break;
                case 5: realtimePeriod = json.UInt64(); break;
                case 6: cpus = json.String(); break;
                case 7: mems = json.String(); break;
                default: idle = json.Int64(); break;
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

    private static PidsSpec Pids(ref SpecCursor json)
    {
        long? limit = null;
        var keys = new Keys("limit"u8);
        while (json.Next(ref keys) >= 0)
        {
            limit = json.Int64();
        }

        return new PidsSpec { Limit = limit };
    }

    private static HugepageLimitSpec HugepageLimit(ref SpecCursor json)
    {
        string pageSize = string.Empty;
        ulong limit = 0;
        var keys = new Keys("pageSize limit"u8, required: 0b11);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: pageSize = json.String(); break;
                default: limit = json.UInt64(); break;
            }
        }

        return new HugepageLimitSpec { PageSize = pageSize, Limit = limit };
    }

    private static NetworkResourcesSpec Network(ref SpecCursor json)
    {
        uint? classId = null;
        ImmutableArray<InterfacePrioritySpec> priorities = [];
        var keys = new Keys("classID priorities"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: classId = json.UInt32(); break;
                default: priorities = json.List<InterfacePrioritySpec>(InterfacePriority); break;
            }
        }

        return new NetworkResourcesSpec { ClassId = classId, Priorities = priorities };
    }

    private static InterfacePrioritySpec InterfacePriority(ref SpecCursor json)
    {
        string name = string.Empty;
        uint priority = 0;
        var keys = new Keys("name priority"u8, required: 0b11);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: name = json.String(); break;
                default: priority = json.UInt32(); break;
            }
        }

        return new InterfacePrioritySpec { Name = name, Priority = priority };
    }

    private static RdmaSpec Rdma(ref SpecCursor json)
    {
        uint? hcaHandles = null;
        uint? hcaObjects = null;
        var keys = new Keys("hcaHandles hcaObjects"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: hcaHandles = json.UInt32(); break;
                default: hcaObjects = json.UInt32(); break;
            }
        }

        return new RdmaSpec { HcaHandles = hcaHandles, HcaObjects = hcaObjects };
    }
}
