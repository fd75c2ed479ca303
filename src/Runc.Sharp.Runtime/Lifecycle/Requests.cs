using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary>What the options before the verb say.</summary>
public sealed record Globals
{
    /// <summary>The absolute path of the state root.</summary>
    public required string Root { get; init; }

    /// <summary>Whether <see cref="Root"/> was given: then it must exist.</summary>
    public bool RootIsExplicit { get; init; }

    /// <summary>Whether systemd shall make the cgroups.</summary>
    public bool SystemdCgroup { get; init; }

    /// <summary>Whether no cgroups shall be made: <c>--cgroup-manager disabled</c>.</summary>
    public bool CgroupsDisabled { get; init; }

    /// <summary>The path of CRIU, or its name in $PATH.</summary>
    public string Criu { get; init; } = "criu";
}

/// <summary>What <c>create</c> and <c>run</c> are asked.</summary>
public sealed record CreateRequest
{
    /// <summary>The options before the verb.</summary>
    public required Globals Globals { get; init; }

    /// <summary>The id.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's directory.</summary>
    public string Bundle { get; init; } = ".";

    /// <summary>The document's name in the bundle.</summary>
    public string Config { get; init; } = "config.json";

    /// <summary>The socket that gets the terminal's master side.</summary>
    public string? ConsoleSocket { get; init; }

    /// <summary>The socket that gets a descriptor of init.</summary>
    public string? PidfdSocket { get; init; }

    /// <summary>The absolute path of the file that gets the pid.</summary>
    public string? PidFile { get; init; }

    /// <summary>The service manager's socket, to be told when the program is ready: NOTIFY_SOCKET.</summary>
    public string? NotifySocket { get; init; }

    /// <summary>Whether pivot_root(2) is not to be used.</summary>
    public bool NoPivot { get; init; }

    /// <summary>Whether the caller's session keyring stays.</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>How many descriptors from 3 the program gets.</summary>
    public int PreserveFds { get; init; }

    /// <summary>How many descriptors socket activation passes.</summary>
    public int ListenFds { get; init; }

    /// <summary>Their names.</summary>
    public string? ListenFdNames { get; init; }

    /// <summary>Whether <c>run</c> leaves the container to itself.</summary>
    public bool Detach { get; init; }

    /// <summary>Whether <c>run</c> keeps the container's state in the end.</summary>
    public bool Keep { get; init; }

    /// <summary>Whether <c>run</c> does not take over orphans.</summary>
    public bool NoSubreaper { get; init; }
}

/// <summary>What a verb on one container is asked.</summary>
/// <param name="Globals">The options before the verb.</param>
/// <param name="Id">The id.</param>
public sealed record ContainerRequest(Globals Globals, string Id)
{
    /// <summary>For <c>delete</c>: also what still runs.</summary>
    public bool Force { get; init; }

    /// <summary>For <c>kill</c>: the signal's number.</summary>
    public int Signal { get; init; }

    /// <summary>For <c>start</c>: the service manager's socket, to be told when the program is ready: NOTIFY_SOCKET.</summary>
    public string? NotifySocket { get; init; }

    /// <summary>For <c>kill</c>: all processes.</summary>
    public bool All { get; init; }
}

/// <summary>A container as <c>state</c> and <c>list</c> show it. runtime.md#state.</summary>
/// <param name="OciVersion">The version of the specification.</param>
/// <param name="Id">The id.</param>
/// <param name="Pid">Init's process id; 0 when it is stopped.</param>
/// <param name="Status">creating, created, running, paused or stopped.</param>
/// <param name="Bundle">The bundle's absolute path.</param>
/// <param name="Rootfs">The root's absolute path.</param>
/// <param name="Created">When, in RFC 3339.</param>
/// <param name="Annotations">The document's.</param>
/// <param name="OwnerUid">Who created it.</param>
public sealed record ContainerState(
    string OciVersion,
    string Id,
    int Pid,
    string Status,
    string Bundle,
    string Rootfs,
    string Created,
    ImmutableArray<KeyValuePair<string, string>> Annotations,
    uint OwnerUid);

/// <summary>One step of a birth, for a person.</summary>
/// <param name="Index">The number of the plan's operation; null where the host does it.</param>
/// <param name="Pointer">The JSON pointer it comes from; empty where nothing in the document asks for it.</param>
/// <param name="Call">The call.</param>
/// <param name="Words">What is done.</param>
public sealed record ExplainLine(int? Index, string Pointer, string Call, string Words)
{
    /// <summary>The line that a person reads: one, whatever the document's words hold.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(object?)Index ?? "host",4}  {CPath.Printable(Pointer),-32} {CPath.Printable(Words)} ({Call})");
}
