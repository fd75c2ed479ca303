using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Who makes and removes a container's cgroups.</summary>
public enum CgroupManagerKind
{
    /// <summary>This runtime, by directories of the cgroup file system.</summary>
    Fs,

    /// <summary>systemd, by a transient unit.</summary>
    Systemd,

    /// <summary>Nobody: the container stays in the caller's cgroups.</summary>
    Disabled,
}

/// <summary>A container's cgroup in one hierarchy.</summary>
/// <param name="Controllers">As <see cref="CgroupHierarchy.Controllers"/>.</param>
/// <param name="Mount">As <see cref="CgroupHierarchy.Mount"/>.</param>
/// <param name="Path">Below the mount point, without a leading slash; checked by <see cref="CgroupName"/>.</param>
/// <param name="Made">How many trailing components of <paramref name="Path"/> this runtime made; 0 where all was there; or <see cref="Unknown"/>.</param>
public readonly record struct PlacedCgroup(string Controllers, string Mount, string Path, int Made)
{
    /// <summary>The value of <see cref="Made"/> in an intent: the command may have died before or after making the cgroup.</summary>
    public const int Unknown = -1;

    /// <summary>The directory below the root of all hierarchies.</summary>
    public string Directory => CgroupName.Join(Mount, Path);

    /// <summary>Whether this is the v2 hierarchy.</summary>
    public bool IsUnified => Controllers.Length == 0;

    /// <summary>Whether the hierarchy carries the v1 controller <paramref name="name"/>.</summary>
    public bool Has(string name) => ControllerList.Names(Controllers, name);
}

/// <summary>
/// Which cgroups a container has: all that another process needs to find, kill and remove them, even after a crash in the middle of making them.
/// Kept in the container's state record; see <see cref="CgroupPlacementText"/>.
/// </summary>
public sealed record CgroupPlacement
{
    /// <summary>Who made them.</summary>
    public required CgroupManagerKind Manager { get; init; }

    /// <summary>The kind of machine they are on.</summary>
    public required CgroupVersion Version { get; init; }

    /// <summary>The directory of all hierarchies.</summary>
    public required string Root { get; init; }

    /// <summary>One per hierarchy, in the order of making; the v2 hierarchy comes last.</summary>
    public required ImmutableArray<PlacedCgroup> Groups { get; init; }

    /// <summary>The placement of a container that stays where its caller is (<c>--cgroup-manager disabled</c>): no cgroup is its own.</summary>
    public static CgroupPlacement Disabled(CgroupFacts facts) => new()
    {
        Manager = CgroupManagerKind.Disabled,
        Version = facts.Version,
        Root = facts.Root,
        Groups = [],
    };

    /// <summary>The cgroup that carries the v1 controller <paramref name="controller"/> (empty: the v2 hierarchy), or null.</summary>
    public PlacedCgroup? Find(string controller)
    {
        foreach (var group in Groups)
        {
            if (group.Has(controller))
            {
                return group;
            }
        }

        return null;
    }

    /// <summary>The v2 cgroup, on hybrid machines as well; null on pure v1.</summary>
    public PlacedCgroup? Unified => Find(string.Empty);
}
