using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Which of the kernel's two cgroup interfaces a machine offers. cgroups(7).</summary>
public enum CgroupVersion
{
    /// <summary>One hierarchy per controller, or per group of controllers.</summary>
    V1,

    /// <summary>As <see cref="V1"/>, and beside them a v2 hierarchy without controllers at <c>/sys/fs/cgroup/unified</c>.</summary>
    Hybrid,

    /// <summary>One v2 hierarchy with all controllers at <c>/sys/fs/cgroup</c>.</summary>
    Unified,
}

/// <summary>One mounted hierarchy and where this process stands in it.</summary>
public sealed record CgroupHierarchy
{
    /// <summary>
    /// The controllers as <c>/proc/self/cgroup</c> lists them, comma separated: <c>cpu,cpuacct</c>, <c>name=systemd</c>; empty for the v2 hierarchy.
    /// </summary>
    public required string Controllers { get; init; }

    /// <summary>The mount point below <see cref="CgroupFacts.Root"/>, e.g. <c>cpu,cpuacct</c>; empty where the root itself is the hierarchy (v2).</summary>
    public required string Mount { get; init; }

    /// <summary>The path of this process's own cgroup below the mount point; starts with a slash.</summary>
    public required string Own { get; init; }

    /// <summary>Whether this is a v2 hierarchy.</summary>
    public bool IsUnified => Controllers.Length == 0;

    /// <summary>Whether the hierarchy carries the controller <paramref name="name"/>.</summary>
    public bool Has(string name) => ControllerList.Names(Controllers, name);
}

/// <summary>What the planner and the managers must know of the machine's cgroups; read once per command by <see cref="CgroupFactsReader"/>.</summary>
public sealed record CgroupFacts
{
    /// <summary>Where distributions and every engine mount the hierarchies.</summary>
    public const string ConventionalRoot = "/sys/fs/cgroup";

    /// <summary>The kind of machine.</summary>
    public required CgroupVersion Version { get; init; }

    /// <summary>The directory that holds the hierarchies (v1, hybrid) or is the hierarchy (v2).</summary>
    public string Root { get; init; } = ConventionalRoot;

    /// <summary>The hierarchies, in the kernel's order; a v2 hierarchy comes last.</summary>
    public required ImmutableArray<CgroupHierarchy> Hierarchies { get; init; }

    /// <summary>The hierarchy that carries the v1 controller <paramref name="controller"/>, or null where none does.</summary>
    public CgroupHierarchy? Find(string controller)
    {
        foreach (var hierarchy in Hierarchies)
        {
            if (hierarchy.Has(controller))
            {
                return hierarchy;
            }
        }

        return null;
    }

    /// <summary>The v2 hierarchy, or null on a machine without one.</summary>
    public CgroupHierarchy? Unified => Find(string.Empty);
}
