using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the linux object and its smaller parts. Spec: config-linux.md.</summary>
/// <remarks>Each case is the index of a name in the list above it.</remarks>
internal static class LinuxSpecReader
{
    internal static LinuxSpec Read(ref SpecCursor json)
    {
        ImmutableArray<IdMappingSpec>? uidMappings = null;
        ImmutableArray<IdMappingSpec>? gidMappings = null;
        ImmutableArray<KeyValuePair<string, string>> sysctl = [];
        ResourcesSpec? resources = null;
        string? cgroupsPath = null;
        ImmutableArray<NamespaceSpec> namespaces = [];
        ImmutableArray<DeviceSpec> devices = [];
        ImmutableArray<KeyValuePair<string, NetDeviceSpec>> netDevices = [];
        SeccompSpec? seccomp = null;
        string? rootfsPropagation = null;
        ImmutableArray<string>? maskedPaths = null;
        ImmutableArray<string>? readonlyPaths = null;
        string? mountLabel = null;
        IntelRdtSpec? intelRdt = null;
        MemoryPolicySpec? memoryPolicy = null;
        PersonalitySpec? personality = null;
        ImmutableArray<KeyValuePair<string, TimeOffsetSpec>> timeOffsets = [];
        var keys = new Keys(
            "uidMappings gidMappings sysctl resources cgroupsPath namespaces devices netDevices seccomp rootfsPropagation maskedPaths readonlyPaths mountLabel intelRdt memoryPolicy personality timeOffsets"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: uidMappings = json.List<IdMappingSpec>(IdMapping); break;
                case 1: gidMappings = json.List<IdMappingSpec>(IdMapping); break;
                case 2: sysctl = json.StringMap(); break;
                case 3: resources = ResourcesSpecReader.Read(ref json); break;
                case 4: cgroupsPath = json.String(); break;
                case 5: namespaces = json.List<NamespaceSpec>(Namespace); break;
                case 6: devices = json.List<DeviceSpec>(Device); break;
                case 7: netDevices = json.Map<NetDeviceSpec>(NetDevice); break;
                case 8: seccomp = SeccompSpecReader.Read(ref json); break;
                case 9: rootfsPropagation = json.String(); break;
                case 10: maskedPaths = json.Strings(); break;
                case 11: readonlyPaths = json.Strings(); break;
                case 12: mountLabel = json.String(); break;
                case 13: intelRdt = IntelRdt(ref json); break;
                case 14: memoryPolicy = MemoryPolicy(ref json); break;
                case 15: personality = Personality(ref json); break;
                default: timeOffsets = json.Map<TimeOffsetSpec>(TimeOffset); break;
            }
        }

        return new LinuxSpec
        {
            UidMappings = uidMappings,
            GidMappings = gidMappings,
            Sysctl = sysctl,
            Resources = resources,
            CgroupsPath = cgroupsPath,
            Namespaces = namespaces,
            Devices = devices,
            NetDevices = netDevices,
            Seccomp = seccomp,
            RootfsPropagation = rootfsPropagation,
            MaskedPaths = maskedPaths,
            ReadonlyPaths = readonlyPaths,
            MountLabel = mountLabel,
            IntelRdt = intelRdt,
            MemoryPolicy = memoryPolicy,
            Personality = personality,
            TimeOffsets = timeOffsets,
        };
    }

    internal static IdMappingSpec IdMapping(ref SpecCursor json)
    {
        uint containerId = 0;
        uint hostId = 0;
        uint size = 0;
        var keys = new Keys("containerID hostID size"u8, required: 0b111);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: containerId = json.UInt32(); break;
                case 1: hostId = json.UInt32(); break;
                default: size = json.UInt32(); break;
            }
        }

        return new IdMappingSpec { ContainerId = containerId, HostId = hostId, Size = size };
    }

    private static NamespaceSpec Namespace(ref SpecCursor json)
    {
        string type = string.Empty;
        string? path = null;
        var keys = new Keys("type path"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: type = json.String(); break;
                default: path = json.String(); break;
            }
        }

        return new NamespaceSpec { Type = type, Path = path };
    }

    private static DeviceSpec Device(ref SpecCursor json)
    {
        string path = string.Empty;
        string type = string.Empty;
        long? major = null;
        long? minor = null;
        uint? fileMode = null;
        uint? uid = null;
        uint? gid = null;
        var keys = new Keys("path type major minor fileMode uid gid"u8, required: 0b11);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: path = json.String(); break;
                case 1: type = json.String(); break;
                case 2: major = json.Int64(); break;
                case 3: minor = json.Int64(); break;
                case 4: fileMode = json.UInt32(); break;
                case 5: uid = json.UInt32(); break;
                default: gid = json.UInt32(); break;
            }
        }

        return new DeviceSpec { Path = path, Type = type, Major = major, Minor = minor, FileMode = fileMode, Uid = uid, Gid = gid };
    }

    private static NetDeviceSpec NetDevice(ref SpecCursor json)
    {
        string? name = null;
        var keys = new Keys("name"u8);
        while (json.Next(ref keys) >= 0)
        {
            name = json.String();
        }

        return new NetDeviceSpec { Name = name };
    }

    private static IntelRdtSpec IntelRdt(ref SpecCursor json)
    {
        string? closId = null;
        ImmutableArray<string>? schemata = null;
        string? l3CacheSchema = null;
        string? memBwSchema = null;
        bool? enableMonitoring = null;
        var keys = new Keys("closID schemata l3CacheSchema memBwSchema enableMonitoring"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: closId = json.String(); break;
                case 1: schemata = json.Strings(); break;
                case 2: l3CacheSchema = json.String(); break;
                case 3: memBwSchema = json.String(); break;
                default: enableMonitoring = json.Boolean(); break;
            }
        }

        return new IntelRdtSpec
        {
            ClosId = closId,
            Schemata = schemata,
            L3CacheSchema = l3CacheSchema,
            MemBwSchema = memBwSchema,
            EnableMonitoring = enableMonitoring,
        };
    }

    private static MemoryPolicySpec MemoryPolicy(ref SpecCursor json)
    {
        string mode = string.Empty;
        string? nodes = null;
        ImmutableArray<string>? flags = null;
        var keys = new Keys("mode nodes flags"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: mode = json.String(); break;
                case 1: nodes = json.String(); break;
                default: flags = json.Strings(); break;
            }
        }

        return new MemoryPolicySpec { Mode = mode, Nodes = nodes, Flags = flags };
    }

    private static PersonalitySpec Personality(ref SpecCursor json)
    {
        string domain = string.Empty;
        ImmutableArray<string>? flags = null;
        var keys = new Keys("domain flags"u8, required: 0b1);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: domain = json.String(); break;
                default: flags = json.Strings(); break;
            }
        }

        return new PersonalitySpec { Domain = domain, Flags = flags };
    }

    private static TimeOffsetSpec TimeOffset(ref SpecCursor json)
    {
        long secs = 0;
        uint nanosecs = 0;
        var keys = new Keys("secs nanosecs"u8);
        for (int key; (key = json.Next(ref keys)) >= 0;)
        {
            switch (key)
            {
                case 0: secs = json.Int64(); break;
                default: nanosecs = json.UInt32(); break;
            }
        }

        return new TimeOffsetSpec { Secs = secs, Nanosecs = nanosecs };
    }
}
