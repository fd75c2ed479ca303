using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Reads the records of config-linux.md.</summary>
internal static class LinuxSpecReader
{
    internal static LinuxSpec? Linux(ref SpecCursor cursor)
    {
        ImmutableArray<NamespaceSpec>? namespaces = null;
        ImmutableArray<IdMappingSpec>? uidMappings = null;
        ImmutableArray<IdMappingSpec>? gidMappings = null;
        ImmutableArray<KeyValuePair<string, TimeOffsetSpec>> timeOffsets = [];
        ImmutableArray<DeviceSpec>? devices = null;
        ImmutableArray<KeyValuePair<string, NetDeviceSpec>> netDevices = [];
        string? cgroupsPath = null;
        ResourcesSpec? resources = null;
        string? rootfsPropagation = null;
        SeccompSpec? seccomp = null;
        ImmutableArray<KeyValuePair<string, string>> sysctl = [];
        ImmutableArray<string>? maskedPaths = null;
        ImmutableArray<string>? readonlyPaths = null;
        string? mountLabel = null;
        IntelRdtSpec? intelRdt = null;
        PersonalitySpec? personality = null;
        MemoryPolicySpec? memoryPolicy = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["namespaces", "uidMappings", "gidMappings", "timeOffsets", "devices", "netDevices", "cgroupsPath", "resources", "rootfsPropagation", "seccomp", "sysctl", "maskedPaths", "readonlyPaths", "mountLabel", "intelRdt", "personality", "memoryPolicy"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    namespaces = cursor.Records(static (ref SpecCursor item) => Namespace(ref item));
                    break;
                case 1:
                    uidMappings = cursor.Records(static (ref SpecCursor item) => IdMapping(ref item));
                    break;
                case 2:
                    gidMappings = cursor.Records(static (ref SpecCursor item) => IdMapping(ref item));
                    break;
                case 3:
                    timeOffsets = cursor.Map(static (ref SpecCursor item) => TimeOffset(ref item));
                    break;
                case 4:
                    devices = cursor.Records(static (ref SpecCursor item) => Device(ref item));
                    break;
                case 5:
                    netDevices = cursor.Map(static (ref SpecCursor item) => NetDevice(ref item));
                    break;
                case 6:
                    cgroupsPath = cursor.String();
                    break;
                case 7:
                    resources = ResourcesSpecReader.Resources(ref cursor);
                    break;
                case 8:
                    rootfsPropagation = cursor.String();
                    break;
                case 9:
                    seccomp = SeccompSpecReader.Seccomp(ref cursor);
                    break;
                case 10:
                    sysctl = cursor.Map(static (ref SpecCursor item) => item.String());
                    break;
                case 11:
                    maskedPaths = cursor.Strings();
                    break;
                case 12:
                    readonlyPaths = cursor.Strings();
                    break;
                case 13:
                    mountLabel = cursor.String();
                    break;
                case 14:
                    intelRdt = IntelRdt(ref cursor);
                    break;
                case 15:
                    personality = Personality(ref cursor);
                    break;
                default:
                    memoryPolicy = MemoryPolicy(ref cursor);
                    break;
            }
        }

        return new LinuxSpec
        {
            Namespaces = namespaces ?? [],
            UidMappings = uidMappings,
            GidMappings = gidMappings,
            TimeOffsets = timeOffsets,
            Devices = devices ?? [],
            NetDevices = netDevices,
            CgroupsPath = cgroupsPath,
            Resources = resources,
            RootfsPropagation = rootfsPropagation,
            Seccomp = seccomp,
            Sysctl = sysctl,
            MaskedPaths = maskedPaths,
            ReadonlyPaths = readonlyPaths,
            MountLabel = mountLabel,
            IntelRdt = intelRdt,
            Personality = personality,
            MemoryPolicy = memoryPolicy,
        };
    }

    internal static NamespaceSpec? Namespace(ref SpecCursor cursor)
    {
        string? type = null;
        string? path = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["type", "path"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    type = cursor.String();
                    break;
                default:
                    path = cursor.String();
                    break;
            }
        }

        if (type is null)
        {
            cursor.FindMissing(scope, "type");
        }

        if (type is null)
        {
            return null;
        }

        return new NamespaceSpec
        {
            Type = type,
            Path = path,
        };
    }

    internal static IdMappingSpec? IdMapping(ref SpecCursor cursor)
    {
        uint? containerId = null;
        uint? hostId = null;
        uint? size = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["containerID", "hostID", "size"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    containerId = cursor.UInt32();
                    break;
                case 1:
                    hostId = cursor.UInt32();
                    break;
                default:
                    size = cursor.UInt32();
                    break;
            }
        }

        if (containerId is null)
        {
            cursor.FindMissing(scope, "containerID");
        }

        if (hostId is null)
        {
            cursor.FindMissing(scope, "hostID");
        }

        if (size is null)
        {
            cursor.FindMissing(scope, "size");
        }

        if (containerId is null || hostId is null || size is null)
        {
            return null;
        }

        return new IdMappingSpec
        {
            ContainerId = containerId.Value,
            HostId = hostId.Value,
            Size = size.Value,
        };
    }

    internal static TimeOffsetSpec? TimeOffset(ref SpecCursor cursor)
    {
        long? secs = null;
        uint? nanosecs = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["secs", "nanosecs"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    secs = cursor.Int64();
                    break;
                default:
                    nanosecs = cursor.UInt32();
                    break;
            }
        }

        return new TimeOffsetSpec
        {
            Secs = secs ?? default,
            Nanosecs = nanosecs ?? default,
        };
    }

    internal static DeviceSpec? Device(ref SpecCursor cursor)
    {
        string? type = null;
        string? path = null;
        long? major = null;
        long? minor = null;
        uint? fileMode = null;
        uint? uid = null;
        uint? gid = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["type", "path", "major", "minor", "fileMode", "uid", "gid"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    type = cursor.String();
                    break;
                case 1:
                    path = cursor.String();
                    break;
                case 2:
                    major = cursor.Int64();
                    break;
                case 3:
                    minor = cursor.Int64();
                    break;
                case 4:
                    fileMode = cursor.UInt32();
                    break;
                case 5:
                    uid = cursor.UInt32();
                    break;
                default:
                    gid = cursor.UInt32();
                    break;
            }
        }

        if (type is null)
        {
            cursor.FindMissing(scope, "type");
        }

        if (path is null)
        {
            cursor.FindMissing(scope, "path");
        }

        if (type is null || path is null)
        {
            return null;
        }

        return new DeviceSpec
        {
            Type = type,
            Path = path,
            Major = major,
            Minor = minor,
            FileMode = fileMode,
            Uid = uid,
            Gid = gid,
        };
    }

    internal static NetDeviceSpec? NetDevice(ref SpecCursor cursor)
    {
        string? name = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["name"])) >= 0)
        {
            switch (key)
            {
                default:
                    name = cursor.String();
                    break;
            }
        }

        return new NetDeviceSpec
        {
            Name = name,
        };
    }

    internal static IntelRdtSpec? IntelRdt(ref SpecCursor cursor)
    {
        string? closId = null;
        ImmutableArray<string>? schemata = null;
        string? l3CacheSchema = null;
        string? memBwSchema = null;
        bool? enableMonitoring = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["closID", "schemata", "l3CacheSchema", "memBwSchema", "enableMonitoring"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    closId = cursor.String();
                    break;
                case 1:
                    schemata = cursor.Strings();
                    break;
                case 2:
                    l3CacheSchema = cursor.String();
                    break;
                case 3:
                    memBwSchema = cursor.String();
                    break;
                default:
                    enableMonitoring = cursor.Boolean();
                    break;
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

    internal static PersonalitySpec? Personality(ref SpecCursor cursor)
    {
        string? domain = null;
        ImmutableArray<string>? flags = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["domain", "flags"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    domain = cursor.String();
                    break;
                default:
                    flags = cursor.Strings();
                    break;
            }
        }

        if (domain is null)
        {
            cursor.FindMissing(scope, "domain");
        }

        if (domain is null)
        {
            return null;
        }

        return new PersonalitySpec
        {
            Domain = domain,
            Flags = flags,
        };
    }

    internal static MemoryPolicySpec? MemoryPolicy(ref SpecCursor cursor)
    {
        string? mode = null;
        string? nodes = null;
        ImmutableArray<string>? flags = null;
        SpecCursor.Scope scope = default;
        if (!cursor.Enter(ref scope))
        {
            return null;
        }

        int key;
        while ((key = cursor.Next(ref scope, ["mode", "nodes", "flags"])) >= 0)
        {
            switch (key)
            {
                case 0:
                    mode = cursor.String();
                    break;
                case 1:
                    nodes = cursor.String();
                    break;
                default:
                    flags = cursor.Strings();
                    break;
            }
        }

        if (mode is null)
        {
            cursor.FindMissing(scope, "mode");
        }

        if (mode is null)
        {
            return null;
        }

        return new MemoryPolicySpec
        {
            Mode = mode,
            Nodes = nodes,
            Flags = flags,
        };
    }
}
