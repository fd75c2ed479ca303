using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>What to run, and as whom. Spec: config.md#process.</summary>
public sealed record ProcessSpec
{
    /// <summary>Whether it gets a terminal.</summary>
    public bool? Terminal { get; init; }

    /// <summary>The terminal's size.</summary>
    public ConsoleSizeSpec? ConsoleSize { get; init; }

    /// <summary>Who it is.</summary>
    public UserSpec? User { get; init; }

    /// <summary>The program and its arguments. Absent is not empty.</summary>
    public ImmutableArray<string>? Args { get; init; }

    /// <summary>NAME=value texts.</summary>
    public ImmutableArray<string>? Env { get; init; }

    /// <summary>The working directory; absolute.</summary>
    public required string Cwd { get; init; }

    /// <summary>What it may do.</summary>
    public CapabilitiesSpec? Capabilities { get; init; }

    /// <summary>Resource limits.</summary>
    public ImmutableArray<RlimitSpec>? Rlimits { get; init; }

    /// <summary>Whether execve(2) may give no more rights.</summary>
    public bool? NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>Worth to the out-of-memory killer, -1000 to 1000.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>Scheduling policy.</summary>
    public SchedulerSpec? Scheduler { get; init; }

    /// <summary>The SELinux label.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>I/O priority.</summary>
    public IoPrioritySpec? IoPriority { get; init; }

    /// <summary>Processors of an exec'd process.</summary>
    public ExecCpuAffinitySpec? ExecCpuAffinity { get; init; }
}

/// <summary>The size of a terminal, in characters. Spec: config.md#process.</summary>
public sealed record ConsoleSizeSpec
{
    /// <summary>Rows.</summary>
    public required uint Height { get; init; }

    /// <summary>Columns.</summary>
    public required uint Width { get; init; }
}

/// <summary>Who the process is. Spec: config.md#user.</summary>
public sealed record UserSpec
{
    /// <summary>The user id in the container.</summary>
    public uint Uid { get; init; }

    /// <summary>The group id in the container.</summary>
    public uint Gid { get; init; }

    /// <summary>The file mode mask.</summary>
    public uint? Umask { get; init; }

    /// <summary>Further groups.</summary>
    public ImmutableArray<uint>? AdditionalGids { get; init; }
}

/// <summary>Five sets of capability names. Spec: config.md#linux-process, capabilities(7).</summary>
public sealed record CapabilitiesSpec
{
    /// <summary>The bounding set.</summary>
    public ImmutableArray<string>? Bounding { get; init; }

    /// <summary>The effective set.</summary>
    public ImmutableArray<string>? Effective { get; init; }

    /// <summary>The inheritable set.</summary>
    public ImmutableArray<string>? Inheritable { get; init; }

    /// <summary>The permitted set.</summary>
    public ImmutableArray<string>? Permitted { get; init; }

    /// <summary>The ambient set.</summary>
    public ImmutableArray<string>? Ambient { get; init; }
}

/// <summary>One resource limit. Spec: config.md#posix-process, getrlimit(2).</summary>
public sealed record RlimitSpec
{
    /// <summary>E.g. RLIMIT_NOFILE.</summary>
    public required string Type { get; init; }

    /// <summary>The limit in force.</summary>
    public required ulong Soft { get; init; }

    /// <summary>How far the soft one may be raised.</summary>
    public required ulong Hard { get; init; }
}

/// <summary>Scheduling policy. Spec: config.md#linux-process, sched_setattr(2).</summary>
public sealed record SchedulerSpec
{
    /// <summary>E.g. SCHED_BATCH.</summary>
    public required string Policy { get; init; }

    /// <summary>Niceness.</summary>
    public int? Nice { get; init; }

    /// <summary>Static priority.</summary>
    public int? Priority { get; init; }

    /// <summary>Flags of sched_setattr(2).</summary>
    public ImmutableArray<string>? Flags { get; init; }

    /// <summary>Nanoseconds, for SCHED_DEADLINE.</summary>
    public ulong? Runtime { get; init; }

    /// <summary>Nanoseconds, for SCHED_DEADLINE.</summary>
    public ulong? Deadline { get; init; }

    /// <summary>Nanoseconds, for SCHED_DEADLINE.</summary>
    public ulong? Period { get; init; }
}

/// <summary>I/O priority. Spec: config.md#linux-process, ioprio_set(2).</summary>
public sealed record IoPrioritySpec
{
    /// <summary>E.g. IOPRIO_CLASS_BE.</summary>
    public required string Class { get; init; }

    /// <summary>0 to 7.</summary>
    public int Priority { get; init; }
}

/// <summary>Processors of an exec'd process. Spec: config.md#linux-process.</summary>
public sealed record ExecCpuAffinitySpec
{
    /// <summary>Until it is in the cgroup.</summary>
    public string? Initial { get; init; }

    /// <summary>Afterwards.</summary>
    public string? Final { get; init; }
}
