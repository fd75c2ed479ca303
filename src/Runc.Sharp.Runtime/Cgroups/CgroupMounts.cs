using System;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>What one step of making <c>/sys/fs/cgroup</c> inside a container does.</summary>
public enum CgroupMountKind
{
    /// <summary>A new mount of <see cref="CgroupMountStep.FsType"/>.</summary>
    Mount,

    /// <summary>A recursive bind of <see cref="CgroupMountStep.Source"/>, a directory of the host.</summary>
    Bind,

    /// <summary>A symbolic link to <see cref="CgroupMountStep.Source"/>; an existing entry of that name stays.</summary>
    Link,
}

/// <summary>One step of making <c>/sys/fs/cgroup</c> inside a container, as data for the planner. The same for each mount entry of a type; its options are the planner's.</summary>
public sealed record CgroupMountStep
{
    /// <summary>What to do.</summary>
    public required CgroupMountKind Kind { get; init; }

    /// <summary>Where, below the mount entry's destination; empty for the destination itself. A directory to be made first, except for links.</summary>
    public string Target { get; init; } = string.Empty;

    /// <summary>The file system, for <see cref="CgroupMountKind.Mount"/>.</summary>
    public string FsType { get; init; } = string.Empty;

    /// <summary>The mount's source, the bind's host directory, or the link's target.</summary>
    public string Source { get; init; } = string.Empty;

    /// <summary>Options for the file system, e.g. <c>cpu,cpuacct</c>, <c>none,name=systemd</c> or <c>mode=755</c>.</summary>
    public string Data { get; init; } = string.Empty;

    /// <summary>Whether the mount's flags are those of the mount entry alone (v2), instead of these with nosuid, nodev and noexec.</summary>
    public bool EntryFlags { get; init; }

    /// <summary>Whether this mount holds the others (v1): it is filled before it becomes read-only.</summary>
    public bool Holds => !EntryFlags && Kind == CgroupMountKind.Mount && Target.Length == 0;

    /// <summary>
    /// The step to take instead when the kernel answers EPERM or EBUSY: cgroup2 cannot be mounted in a user namespace that does not own
    /// the cgroup namespace, nor where the same tree is mounted already.
    /// </summary>
    public CgroupMountStep? Otherwise { get; init; }
}

/// <summary>What a mount entry of type <c>cgroup</c> becomes. Spec: config.md#mounts; config-linux.md#default-filesystems.</summary>
public static class CgroupMounts
{
    /// <summary>The steps, in order.</summary>
    /// <param name="placement">The container's cgroups: without a cgroup namespace these are what it is shown.</param>
    /// <param name="cgroupNamespace">Whether the container has a cgroup namespace other than its caller's.</param>
    /// <param name="data">The entry's file system options (v2 only, e.g. <c>nsdelegate</c>).</param>
    public static ImmutableArray<CgroupMountStep> For(CgroupPlacement placement, bool cgroupNamespace, string data = "") =>
        placement.Version == CgroupVersion.Unified
            ? [Unified(placement, cgroupNamespace, data)]
            : PerHierarchy(placement, cgroupNamespace);

    /// <summary>
    /// The same for an entry of type <c>cgroup2</c>: the v2 hierarchy, also where controllers are in v1 ones. There it is the container's own part that
    /// is shown without a cgroup namespace, as of the others.
    /// </summary>
    /// <returns>Empty where the container has no cgroup in a v2 hierarchy.</returns>
    public static ImmutableArray<CgroupMountStep> ForUnified(CgroupPlacement placement, bool cgroupNamespace) =>
        placement.Version == CgroupVersion.Unified || placement.Unified is not null ? [Unified(placement, cgroupNamespace, string.Empty)] : [];

    private static CgroupMountStep Unified(CgroupPlacement placement, bool cgroupNamespace, string data)
    {
        var bind = new CgroupMountStep
        {
            Kind = CgroupMountKind.Bind,
            Source = (cgroupNamespace || placement.Version != CgroupVersion.Unified) && placement.Unified is { } group ? Absolute(placement, group.Directory) : placement.Root,
            EntryFlags = true,
        };
        // A mount made in the machine's own cgroup namespace would set the options of the one tree anew, for the whole machine:
        // nsdelegate and memory_recursiveprot would be lost.
        return !cgroupNamespace ? bind : new CgroupMountStep
        {
            Kind = CgroupMountKind.Mount,
            FsType = "cgroup2",
            Source = "cgroup",
            Data = data,
            EntryFlags = true,
            Otherwise = bind,
        };
    }

    private static ImmutableArray<CgroupMountStep> PerHierarchy(CgroupPlacement placement, bool cgroupNamespace)
    {
        var steps = ImmutableArray.CreateBuilder<CgroupMountStep>(placement.Groups.Length + 6);
        steps.Add(new CgroupMountStep { Kind = CgroupMountKind.Mount, FsType = "tmpfs", Source = "tmpfs", Data = "mode=755" });
        foreach (var group in placement.Groups)
        {
            // The controllerless v2 tree of a hybrid host is not shown: runc and crun do not either.
            if (group.IsUnified)
            {
                continue;
            }

            steps.Add(cgroupNamespace
                ? new CgroupMountStep
                {
                    Kind = CgroupMountKind.Mount,
                    Target = group.Mount,
                    FsType = "cgroup",
                    Source = IsNamed(group) ? group.Mount : "cgroup",
                    Data = IsNamed(group) ? "none," + group.Controllers : group.Controllers,
                }
                : new CgroupMountStep
                {
                    Kind = CgroupMountKind.Bind,
                    Target = group.Mount,
                    Source = Absolute(placement, group.Directory),
                });
        }

        AddLinks(placement, steps);
        return steps.ToImmutable();
    }

    /// <summary>Programs look for <c>/sys/fs/cgroup/cpu</c> even where cpu and cpuacct share a hierarchy.</summary>
    private static void AddLinks(CgroupPlacement placement, ImmutableArray<CgroupMountStep>.Builder steps)
    {
        foreach (var group in placement.Groups)
        {
            if (!group.Mount.Contains(',', StringComparison.Ordinal))
            {
                continue;
            }

            foreach (var range in group.Mount.AsSpan().Split(','))
            {
                steps.Add(new CgroupMountStep { Kind = CgroupMountKind.Link, Target = group.Mount[range], Source = group.Mount });
            }
        }
    }

    private static bool IsNamed(PlacedCgroup group) => group.Controllers.StartsWith("name=", StringComparison.Ordinal);

    private static string Absolute(CgroupPlacement placement, string directory) =>
        directory.Length == 0 ? placement.Root : string.Concat(placement.Root, "/", directory);
}
