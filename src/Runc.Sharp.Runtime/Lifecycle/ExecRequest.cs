using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary>What <c>exec</c> is asked.</summary>
public sealed record ExecRequest
{
    /// <summary>The options before the verb.</summary>
    public required Globals Globals { get; init; }

    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The file with the process object; then nothing of <see cref="Changes"/> counts. Null where the container's own process is the pattern.</summary>
    public string? ProcessFile { get; init; }

    /// <summary>What is different from the container's own process.</summary>
    public ExecChanges Changes { get; init; } = new();

    /// <summary>Whether the process is left to itself.</summary>
    public bool Detach { get; init; }

    /// <summary>The absolute path of the file that gets the pid.</summary>
    public string? PidFile { get; init; }

    /// <summary>The socket that gets the terminal's master side.</summary>
    public string? ConsoleSocket { get; init; }

    /// <summary>The socket that gets a descriptor of the process.</summary>
    public string? PidfdSocket { get; init; }

    /// <summary>How many descriptors from 3 the program gets.</summary>
    public int PreserveFds { get; init; }

    /// <summary>Cgroups below the container's own: <c>[CONTROLLER[,CONTROLLER]:]PATH</c>.</summary>
    public ImmutableArray<string> Cgroups { get; init; } = [];

    /// <summary>Whether a paused container is no obstacle.</summary>
    public bool IgnorePaused { get; init; }
}

/// <summary>What the words of <c>exec</c> change in the container's own process object.</summary>
public sealed record ExecChanges
{
    /// <summary>The program and its arguments.</summary>
    public ImmutableArray<string> Args { get; init; } = [];

    /// <summary>The working directory; null is the container's.</summary>
    public string? Cwd { get; init; }

    /// <summary>More variables, NAME=value.</summary>
    public ImmutableArray<string> Env { get; init; } = [];

    /// <summary>Whether it gets a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The user's id; null is the container's.</summary>
    public uint? Uid { get; init; }

    /// <summary>The group's id; null is the container's.</summary>
    public uint? Gid { get; init; }

    /// <summary>More groups.</summary>
    public ImmutableArray<uint> AdditionalGids { get; init; } = [];

    /// <summary>More capabilities: bounding, effective and permitted, never inheritable. CVE-2022-29162.</summary>
    public ImmutableArray<string> Capabilities { get; init; } = [];

    /// <summary>Whether execve may give no more rights; null is as the container.</summary>
    public bool? NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile; null is the container's.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>The SELinux label; null is the container's.</summary>
    public string? SelinuxLabel { get; init; }
}
