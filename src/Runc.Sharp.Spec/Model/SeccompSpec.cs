using System.Collections.Immutable;

namespace Runc.Sharp.Spec;

/// <summary>The system call filter. Spec: config-linux.md#seccomp.</summary>
public sealed record SeccompSpec
{
    /// <summary>The action for every system call that no rule matches, e.g. <c>SCMP_ACT_ERRNO</c>.</summary>
    public required string DefaultAction { get; init; }

    /// <summary>The errno that the default action returns; for <c>SCMP_ACT_ERRNO</c> and <c>SCMP_ACT_TRACE</c> only.</summary>
    public uint? DefaultErrnoRet { get; init; }

    /// <summary>The architectures the filter covers beside the native one, e.g. <c>SCMP_ARCH_X86</c>.</summary>
    public ImmutableArray<string> Architectures { get; init; } = [];

    /// <summary>Flags of seccomp(2), e.g. <c>SECCOMP_FILTER_FLAG_LOG</c>; null where the document has none.</summary>
    public ImmutableArray<string>? Flags { get; init; }

    /// <summary>The socket that receives the notification descriptor.</summary>
    public string? ListenerPath { get; init; }

    /// <summary>Opaque data handed to the listener with the descriptor.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The rules, in the order of the document.</summary>
    public ImmutableArray<SeccompRuleSpec> Syscalls { get; init; } = [];
}

/// <summary>One rule of the filter. Spec: config-linux.md#seccomp, <c>syscalls</c>.</summary>
public sealed record SeccompRuleSpec
{
    /// <summary>Names of system calls; at least one.</summary>
    public required ImmutableArray<string> Names { get; init; }

    /// <summary>What the kernel does when the rule matches.</summary>
    public required string Action { get; init; }

    /// <summary>The errno to return; for <c>SCMP_ACT_ERRNO</c> and <c>SCMP_ACT_TRACE</c> only.</summary>
    public uint? ErrnoRet { get; init; }

    /// <summary>Conditions on the arguments.</summary>
    public ImmutableArray<SeccompArgumentSpec> Args { get; init; } = [];
}

/// <summary>A condition on one argument of a system call. Spec: config-linux.md#seccomp, <c>args</c>.</summary>
public sealed record SeccompArgumentSpec
{
    /// <summary>Which argument, 0 to 5.</summary>
    public required uint Index { get; init; }

    /// <summary>The value compared with; the mask for <c>SCMP_CMP_MASKED_EQ</c>.</summary>
    public required ulong Value { get; init; }

    /// <summary>The second value: what the masked argument must equal, for <c>SCMP_CMP_MASKED_EQ</c>.</summary>
    public ulong? ValueTwo { get; init; }

    /// <summary>The comparison, e.g. <c>SCMP_CMP_EQ</c>.</summary>
    public required string Op { get; init; }
}
