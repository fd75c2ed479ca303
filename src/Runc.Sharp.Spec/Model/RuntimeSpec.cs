using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Validation;

namespace Runc.Sharp.Spec;

/// <summary>The whole document. Spec: config.md.</summary>
public sealed record RuntimeSpec
{
    /// <summary>The version of the specification that the document follows; SemVer.</summary>
    public required string OciVersion { get; init; }

    /// <summary>What to run; needed by start.</summary>
    public ProcessSpec? Process { get; init; }

    /// <summary>The root file system.</summary>
    public RootSpec? Root { get; init; }

    /// <summary>The host name in the container's uts namespace.</summary>
    public string? Hostname { get; init; }

    /// <summary>The domain name in the container's uts namespace.</summary>
    public string? Domainname { get; init; }

    /// <summary>Mounts, in their order.</summary>
    public ImmutableArray<MountSpec> Mounts { get; init; } = [];

    /// <summary>Programs to run at turns of the lifecycle.</summary>
    public HooksSpec? Hooks { get; init; }

    /// <summary>Arbitrary data; unknown keys are ignored.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Annotations { get; init; } = [];

    /// <summary>What is special to Linux.</summary>
    public LinuxSpec? Linux { get; init; }

    /// <summary>The names of the sections that are not for a process on Linux. Spec: config.md#platform-specific-configuration.</summary>
    public ImmutableArray<string> OtherSections { get; init; } = [];

    /// <summary>
    /// The limits that are meant. Before version 1.3 of the specification a limit of processes could not be left out, so 0 was none: CRI-O
    /// before 1.27 writes it into every configuration. Since then 0 is a limit. runc: from 1.4 on. config-linux.md#pids.
    /// </summary>
    public ResourcesSpec? LimitsMeant() =>
        Linux?.Resources is { Pids.Limit: 0 } resources && SemanticVersion.TryParse(OciVersion, out SemanticVersion version) && version is { Major: "1", Minor: "0" or "1" or "2" }
            ? resources with { Pids = null }
            : Linux?.Resources;
}

/// <summary>The root file system. Spec: config.md#root.</summary>
public sealed record RootSpec
{
    /// <summary>Absolute, or relative to the bundle.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the container may not write it.</summary>
    public bool? Readonly { get; init; }
}

/// <summary>The mounts section alone, as <c>mounts add</c> takes one: a list. Spec: config.md#mounts.</summary>
/// <param name="Mounts">In their order.</param>
public sealed record MountList(ImmutableArray<MountSpec> Mounts);

/// <summary>One mount. Spec: config.md#mounts.</summary>
public sealed record MountSpec
{
    /// <summary>Where it stands in the container; absolute.</summary>
    public required string Destination { get; init; }

    /// <summary>A device, a directory or file, or a dummy.</summary>
    public string? Source { get; init; }

    /// <summary>The type of file system.</summary>
    public string? Type { get; init; }

    /// <summary>Options, in the manner of fstab(5).</summary>
    public ImmutableArray<string>? Options { get; init; }

    /// <summary>User ids of an id-mapped mount.</summary>
    public ImmutableArray<IdMappingSpec>? UidMappings { get; init; }

    /// <summary>Group ids of an id-mapped mount.</summary>
    public ImmutableArray<IdMappingSpec>? GidMappings { get; init; }
}

/// <summary>Programs to run at turns of the lifecycle. Spec: config.md#posix-platform-hooks.</summary>
public sealed record HooksSpec
{
    /// <summary>After the namespaces were made; deprecated.</summary>
    public ImmutableArray<HookSpec>? Prestart { get; init; }

    /// <summary>The same, in the runtime's namespaces.</summary>
    public ImmutableArray<HookSpec>? CreateRuntime { get; init; }

    /// <summary>Before pivot_root, in the container's namespaces.</summary>
    public ImmutableArray<HookSpec>? CreateContainer { get; init; }

    /// <summary>Before the program, in the container's namespaces.</summary>
    public ImmutableArray<HookSpec>? StartContainer { get; init; }

    /// <summary>After the program was started.</summary>
    public ImmutableArray<HookSpec>? Poststart { get; init; }

    /// <summary>After the container was deleted.</summary>
    public ImmutableArray<HookSpec>? Poststop { get; init; }
}

/// <summary>One hook. Spec: config.md#posix-platform-hooks.</summary>
public sealed record HookSpec
{
    /// <summary>The program; absolute.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments, the name first.</summary>
    public ImmutableArray<string>? Args { get; init; }

    /// <summary>Its environment.</summary>
    public ImmutableArray<string>? Env { get; init; }

    /// <summary>Seconds until it is killed; more than 0.</summary>
    public int? Timeout { get; init; }
}
