using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>Limits by cgroup. Spec: config-linux.md#control-groups.</summary>
public sealed record ResourcesSpec
{
    /// <summary>Which devices may be used.</summary>
    public ImmutableArray<DeviceRuleSpec>? Devices { get; init; }

    /// <summary>Memory.</summary>
    public MemorySpec? Memory { get; init; }

    /// <summary>Processors.</summary>
    public CpuSpec? Cpu { get; init; }

    /// <summary>Number of tasks.</summary>
    public PidsSpec? Pids { get; init; }

    /// <summary>Block devices.</summary>
    public BlockIoSpec? BlockIo { get; init; }

    /// <summary>Huge pages.</summary>
    public ImmutableArray<HugepageLimitSpec> HugepageLimits { get; init; } = [];

    /// <summary>Network classes.</summary>
    public NetworkResourcesSpec? Network { get; init; }

    /// <summary>RDMA devices.</summary>
    public ImmutableArray<KeyValuePair<string, RdmaSpec>> Rdma { get; init; } = [];

    /// <summary>Files of cgroup v2, as they are.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Unified { get; init; } = [];
}

/// <summary>A rule for devices. Spec: config-linux.md#allowed-device-list.</summary>
public sealed record DeviceRuleSpec
{
    /// <summary>Whether it allows.</summary>
    public required bool Allow { get; init; }

    /// <summary>a, c or b; absent is all.</summary>
    public string? Type { get; init; }

    /// <summary>Absent is all.</summary>
    public long? Major { get; init; }

    /// <summary>Absent is all.</summary>
    public long? Minor { get; init; }

    /// <summary>Of r, w, m.</summary>
    public string? Access { get; init; }
}

/// <summary>Memory, in bytes. Spec: config-linux.md#memory.</summary>
public sealed record MemorySpec
{
    /// <summary>Limit.</summary>
    public long? Limit { get; init; }

    /// <summary>Soft limit.</summary>
    public long? Reservation { get; init; }

    /// <summary>Limit of memory and swap.</summary>
    public long? Swap { get; init; }

    /// <summary>Deprecated.</summary>
    public long? Kernel { get; init; }

    /// <summary>Deprecated.</summary>
    public long? KernelTcp { get; init; }

    /// <summary>0 to 100.</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>Whether tasks wait instead.</summary>
    public bool? DisableOomKiller { get; init; }

    /// <summary>Whether children count.</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>Whether a limit below the usage is refused.</summary>
    public bool? CheckBeforeUpdate { get; init; }
}

/// <summary>Processors. Spec: config-linux.md#cpu.</summary>
public sealed record CpuSpec
{
    /// <summary>Relative share.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds in a period.</summary>
    public long? Quota { get; init; }

    /// <summary>Microseconds saved up.</summary>
    public ulong? Burst { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? Period { get; init; }

    /// <summary>Microseconds.</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>Microseconds.</summary>
    public ulong? RealtimePeriod { get; init; }

    /// <summary>A list.</summary>
    public string? Cpus { get; init; }

    /// <summary>A list.</summary>
    public string? Mems { get; init; }

    /// <summary>1 is SCHED_IDLE.</summary>
    public long? Idle { get; init; }
}

/// <summary>Number of tasks. Spec: config-linux.md#pids.</summary>
public sealed record PidsSpec
{
    /// <summary>The limit.</summary>
    public long? Limit { get; init; }
}

/// <summary>Block devices. Spec: config-linux.md#block-io.</summary>
public sealed record BlockIoSpec
{
    /// <summary>Weight.</summary>
    public ushort? Weight { get; init; }

    /// <summary>Weight of its own tasks.</summary>
    public ushort? LeafWeight { get; init; }

    /// <summary>Weights by device.</summary>
    public ImmutableArray<WeightDeviceSpec> WeightDevice { get; init; } = [];

    /// <summary>Limit by device.</summary>
    public ImmutableArray<ThrottleDeviceSpec> ThrottleReadBpsDevice { get; init; } = [];

    /// <summary>Limit by device.</summary>
    public ImmutableArray<ThrottleDeviceSpec> ThrottleWriteBpsDevice { get; init; } = [];

    /// <summary>Limit by device.</summary>
    public ImmutableArray<ThrottleDeviceSpec> ThrottleReadIopsDevice { get; init; } = [];

    /// <summary>Limit by device.</summary>
    public ImmutableArray<ThrottleDeviceSpec> ThrottleWriteIopsDevice { get; init; } = [];
}

/// <summary>The weight of a device. Spec: config-linux.md#block-io.</summary>
public sealed record WeightDeviceSpec
{
    /// <summary>Major number.</summary>
    public required long Major { get; init; }

    /// <summary>Minor number.</summary>
    public required long Minor { get; init; }

    /// <summary>Weight.</summary>
    public ushort? Weight { get; init; }

    /// <summary>Weight of its own tasks.</summary>
    public ushort? LeafWeight { get; init; }
}

/// <summary>The limit of a device. Spec: config-linux.md#block-io.</summary>
public sealed record ThrottleDeviceSpec
{
    /// <summary>Major number.</summary>
    public required long Major { get; init; }

    /// <summary>Minor number.</summary>
    public required long Minor { get; init; }

    /// <summary>Bytes or operations a second.</summary>
    public required ulong Rate { get; init; }
}

/// <summary>Huge pages. Spec: config-linux.md#huge-page-limits.</summary>
public sealed record HugepageLimitSpec
{
    /// <summary>E.g. 2MB.</summary>
    public required string PageSize { get; init; }

    /// <summary>Bytes.</summary>
    public required ulong Limit { get; init; }
}

/// <summary>Network classes. Spec: config-linux.md#network.</summary>
public sealed record NetworkResourcesSpec
{
    /// <summary>Class of packets.</summary>
    public uint? ClassId { get; init; }

    /// <summary>Priorities by interface.</summary>
    public ImmutableArray<InterfacePrioritySpec> Priorities { get; init; } = [];
}

/// <summary>Priority of an interface. Spec: config-linux.md#network.</summary>
public sealed record InterfacePrioritySpec
{
    /// <summary>The interface.</summary>
    public required string Name { get; init; }

    /// <summary>Its priority.</summary>
    public required uint Priority { get; init; }
}

/// <summary>RDMA. Spec: config-linux.md#rdma.</summary>
public sealed record RdmaSpec
{
    /// <summary>Handles.</summary>
    public uint? HcaHandles { get; init; }

    /// <summary>Objects.</summary>
    public uint? HcaObjects { get; init; }
}
