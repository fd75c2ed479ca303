using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>What is special to Linux. Spec: config-linux.md.</summary>
public sealed record LinuxSpec
{
    /// <summary>Namespaces made or joined.</summary>
    public ImmutableArray<NamespaceSpec> Namespaces { get; init; } = [];

    /// <summary>User ids of the user namespace.</summary>
    public ImmutableArray<IdMappingSpec>? UidMappings { get; init; }

    /// <summary>Group ids of the user namespace.</summary>
    public ImmutableArray<IdMappingSpec>? GidMappings { get; init; }

    /// <summary>Clocks of the time namespace.</summary>
    public ImmutableArray<KeyValuePair<string, TimeOffsetSpec>> TimeOffsets { get; init; } = [];

    /// <summary>Device nodes to make.</summary>
    public ImmutableArray<DeviceSpec> Devices { get; init; } = [];

    /// <summary>Network devices to move in.</summary>
    public ImmutableArray<KeyValuePair<string, NetDeviceSpec>> NetDevices { get; init; } = [];

    /// <summary>Where the cgroup is.</summary>
    public string? CgroupsPath { get; init; }

    /// <summary>Limits by cgroup.</summary>
    public ResourcesSpec? Resources { get; init; }

    /// <summary>Propagation of the root.</summary>
    public string? RootfsPropagation { get; init; }

    /// <summary>The system call filter.</summary>
    public SeccompSpec? Seccomp { get; init; }

    /// <summary>Kernel parameters.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Sysctl { get; init; } = [];

    /// <summary>Paths not to be seen.</summary>
    public ImmutableArray<string>? MaskedPaths { get; init; }

    /// <summary>Paths not to be written.</summary>
    public ImmutableArray<string>? ReadonlyPaths { get; init; }

    /// <summary>The SELinux context of mounts.</summary>
    public string? MountLabel { get; init; }

    /// <summary>Cache and memory bandwidth.</summary>
    public IntelRdtSpec? IntelRdt { get; init; }

    /// <summary>The execution domain.</summary>
    public PersonalitySpec? Personality { get; init; }

    /// <summary>NUMA policy.</summary>
    public MemoryPolicySpec? MemoryPolicy { get; init; }
}

/// <summary>A namespace. Spec: config-linux.md#namespaces.</summary>
public sealed record NamespaceSpec
{
    /// <summary>E.g. pid.</summary>
    public required string Type { get; init; }

    /// <summary>The one to join; absent makes a new one.</summary>
    public string? Path { get; init; }
}

/// <summary>A range of mapped ids. Spec: config-linux.md#user-namespace-mappings.</summary>
public sealed record IdMappingSpec
{
    /// <summary>First id inside.</summary>
    public required uint ContainerId { get; init; }

    /// <summary>First id outside.</summary>
    public required uint HostId { get; init; }

    /// <summary>How many.</summary>
    public required uint Size { get; init; }
}

/// <summary>A clock's offset. Spec: config-linux.md#offset-for-time-namespace.</summary>
public sealed record TimeOffsetSpec
{
    /// <summary>Seconds.</summary>
    public long Secs { get; init; }

    /// <summary>Nanoseconds.</summary>
    public uint Nanosecs { get; init; }
}

/// <summary>A device node. Spec: config-linux.md#devices.</summary>
public sealed record DeviceSpec
{
    /// <summary>c, b, u or p.</summary>
    public required string Type { get; init; }

    /// <summary>Its path in the container.</summary>
    public required string Path { get; init; }

    /// <summary>Major number.</summary>
    public long? Major { get; init; }

    /// <summary>Minor number.</summary>
    public long? Minor { get; init; }

    /// <summary>Permissions.</summary>
    public uint? FileMode { get; init; }

    /// <summary>Owner.</summary>
    public uint? Uid { get; init; }

    /// <summary>Group.</summary>
    public uint? Gid { get; init; }
}

/// <summary>A network device to move in. Spec: config-linux.md#network-devices.</summary>
public sealed record NetDeviceSpec
{
    /// <summary>Its name in the container.</summary>
    public string? Name { get; init; }
}

/// <summary>Cache and memory bandwidth. Spec: config-linux.md#intelrdt.</summary>
public sealed record IntelRdtSpec
{
    /// <summary>The class of service.</summary>
    public string? ClosId { get; init; }

    /// <summary>Schemata lines.</summary>
    public ImmutableArray<string>? Schemata { get; init; }

    /// <summary>Level 3 cache.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>Memory bandwidth.</summary>
    public string? MemBwSchema { get; init; }

    /// <summary>Whether to monitor.</summary>
    public bool? EnableMonitoring { get; init; }
}

/// <summary>The execution domain. Spec: config-linux.md#personality.</summary>
public sealed record PersonalitySpec
{
    /// <summary>LINUX or LINUX32.</summary>
    public required string Domain { get; init; }

    /// <summary>None is defined.</summary>
    public ImmutableArray<string>? Flags { get; init; }
}

/// <summary>NUMA policy. Spec: config-linux.md#memory-policy.</summary>
public sealed record MemoryPolicySpec
{
    /// <summary>E.g. MPOL_BIND.</summary>
    public required string Mode { get; init; }

    /// <summary>A list of nodes.</summary>
    public string? Nodes { get; init; }

    /// <summary>Flags.</summary>
    public ImmutableArray<string>? Flags { get; init; }
}
