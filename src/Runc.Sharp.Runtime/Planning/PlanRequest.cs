using System.Collections.Immutable;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What the caller of a verb asks beside config.json, as far as the plan depends on it.</summary>
public sealed record PlanRequest
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>The bundle's absolute path: where the relative source of a bind mount begins.</summary>
    public string Bundle { get; init; } = "/";

    /// <summary>How many descriptors from 3 upwards the program keeps: <c>--preserve-fds</c> and LISTEN_FDS.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>Whether <c>--no-pivot</c> was given: the root is moved and chroot(2)ed into instead.</summary>
    public bool NoPivot { get; init; }

    /// <summary>Whether <c>--no-new-keyring</c> was given.</summary>
    public bool NoNewKeyring { get; init; }

    /// <summary>Whether the same process creates and starts: then there is no gate socket, the start is said on the control socket.</summary>
    public bool StartsAtOnce { get; init; }

    /// <summary>How many of the kept descriptors are listening sockets: LISTEN_FDS. sd_listen_fds(3).</summary>
    public int ListenDescriptors { get; init; }

    /// <summary>The value of LISTEN_FDNAMES, where it is passed on.</summary>
    public string? ListenNames { get; init; }

    /// <summary>The directory with the notify proxy's socket, where NOTIFY_SOCKET is passed on.</summary>
    public string? NotifyDirectory { get; init; }

    /// <summary>The largest size of the state document that hooks get, in bytes; 0 where no hook runs in the container.</summary>
    public int HookStateRoom { get; init; }
}

/// <summary>What must be known of the machine. A value: the planner asks nobody.</summary>
public sealed record HostFacts
{
    /// <summary>The number of the kernel's last capability: /proc/sys/kernel/cap_last_cap.</summary>
    public required int LastCapability { get; init; }

    /// <summary>Whether the caller is in a user namespace other than the first: devices cannot be made there.</summary>
    public bool InUserNamespace { get; init; }

    /// <summary>The capabilities that the caller may hand on.</summary>
    public required ulong Capabilities { get; init; }

    /// <summary>Whether AppArmor is enabled.</summary>
    public bool AppArmor { get; init; }

    /// <summary>Whether SELinux is enabled.</summary>
    public bool SELinux { get; init; }

    /// <summary>Whether the machine shows its memory as a file, /proc/kcore: then /dev/core leads there, in the container to its own. proc_kcore(5)</summary>
    public bool MemoryFile { get; init; }

    /// <summary>Which of the standard streams are the null device: bit 0 is standard input. null(4).</summary>
    public int NullStreams { get; init; }

    /// <summary>
    /// How many directories up from the root file system's the root of the mount is that holds it, to <see cref="DeepestRoot"/>. Only of a root that stays shared.
    /// </summary>
    public int RootDepth { get; init; }

    /// <summary>The most of <see cref="RootDepth"/>.</summary>
    internal const int DeepestRoot = 256;

    /// <summary>Indices of bind mounts whose source the host does not see: a mount made before may bring it about. Only where there is a user namespace.</summary>
    public ImmutableArray<int> MissingSources { get; init; } = [];

    /// <summary>What a mount of type cgroup in the container consists of; empty where the document asks for none.</summary>
    public ImmutableArray<CgroupMountStep> CgroupMounts { get; init; } = [];

    /// <summary>The same of a mount of type cgroup2.</summary>
    public ImmutableArray<CgroupMountStep> Cgroup2Mounts { get; init; } = [];

    /// <summary>The files by which a process with one thread moves itself into the container's cgroups.</summary>
    public ImmutableArray<string> CgroupEntries { get; init; } = [];

    /// <summary>
    /// Those of <see cref="CgroupEntries"/> that init goes through itself, once it is cloned. Memory of v1: what the kernel needs for new namespaces (some
    /// 90 KiB for a network) is charged to who makes them, and would take from the container's limit. Processes: the shim would count beside init,
    /// and a clone fails in a cgroup that is full, to enter it does not. cgroup v2, pids.max
    /// </summary>
    public ImmutableArray<string> LateEntries { get; init; } = [];

    /// <summary>The v2 cgroup into which init is cloned; null where there is none, or it is among <see cref="CgroupEntries"/>. clone(2), CLONE_INTO_CGROUP.</summary>
    public string? CgroupOfBirth { get; init; }

    /// <summary>
    /// Whether the newborn process is put into cgroups by the host once it is cloned, before it does anything. Init: systemd makes no unit without a process, and who
    /// made the namespaces from within the unit would take their memory from the container's limit.
    /// </summary>
    public bool PlacedOnceBorn { get; init; }

    /// <summary>Whether the container has cgroups of its own.</summary>
    public bool HasCgroups => PlacedOnceBorn || CgroupOfBirth is not null || !CgroupEntries.IsEmpty;
}

/// <summary>A plan and what is said of it.</summary>
/// <param name="Builder">The operations and the notes.</param>
/// <param name="Descriptors">Which descriptors the shim gets beside standard input, output and error.</param>
/// <param name="Warnings">What is ignored, by name.</param>
public sealed record PlannedContainer(Runc.Sharp.Linux.Plan.PlanBuilder Builder, ShimDescriptors Descriptors, ImmutableArray<string> Warnings)
{
    /// <summary>Whether the shim waits between <see cref="Runc.Sharp.Linux.Plan.PlanStage.Mounted"/> and the hooks of the container's namespace.</summary>
    public bool TellsMounted { get; init; }

    /// <summary>Whether the shim takes the state for hooks with its messages.</summary>
    public bool HookState { get; init; }

    /// <summary>Whether a terminal's master side comes over the control socket.</summary>
    public bool SendsConsole { get; init; }

    /// <summary>Whether the user and group id maps of init are to be written.</summary>
    public bool NeedsIdMaps { get; init; }

    /// <summary>Whether a seccomp listener is fetched before the program runs.</summary>
    public bool SendsListener { get; init; }

    /// <summary>The compiled system call filter; null where there is none.</summary>
    public Seccomp.SeccompProgram? Filter { get; init; }

    /// <summary>The index of the first operation after the gate: its failures are told at start.</summary>
    public int FirstAfterGate { get; init; }
}

/// <summary>The descriptors of the shim, in one list. They follow those that the program keeps.</summary>
/// <param name="First">The first number that is the shim's.</param>
/// <param name="Namespaces">The namespaces to join, in the order in which they are passed.</param>
/// <param name="Sources">Indices of the mounts whose source the host opens: detached mounts passed by descriptor.</param>
public sealed record ShimDescriptors(int First, ImmutableArray<NamespaceSpec> Namespaces, ImmutableArray<int> Sources)
{
    /// <summary>The socket to the host.</summary>
    public int Control => First;

    /// <summary>The listening socket at which the created container waits.</summary>
    public int Gate => First + 1;

    /// <summary>The plan.</summary>
    public int Plan => First + 2;

    /// <summary>The detached mount of the root file system.</summary>
    public int Root => First + 3;

    /// <summary>The namespace at <paramref name="index"/> of <see cref="Namespaces"/>.</summary>
    public int Namespace(int index) => First + 4 + index;

    /// <summary>The source at <paramref name="index"/> of <see cref="Sources"/>.</summary>
    public int Source(int index) => First + 4 + Namespaces.Length + index;
}
