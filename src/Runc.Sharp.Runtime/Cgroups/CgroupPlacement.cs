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

    /// <summary>
    /// The files, relative to <see cref="Root"/>, into which a process with one thread writes <c>0</c> to move itself: the v1 <c>tasks</c> files.
    /// The kernel moves a lone thread at its own request without stopping forks and exits, so this never waits for an RCU grace period, as
    /// <c>cgroup.procs</c> does after every idle while (5 to 15 ms measured). The v2 cgroup has no such file that would do (<c>cgroup.threads</c> moves only
    /// within a threaded domain): it is entered at birth (<see cref="FsManager.OpenForClone"/>), or where that cannot be, by <c>cgroup.procs</c>.
    /// </summary>
    /// <param name="bornInUnified">The process was, or will be, born in the v2 cgroup.</param>
    public ImmutableArray<string> EntryFiles(bool bornInUnified)
    {
        var paths = ImmutableArray.CreateBuilder<string>(Groups.Length);
        foreach (var group in Groups)
        {
            if (!(bornInUnified && group.IsUnified))
            {
                paths.Add(EntryFile(group, group.Directory));
            }
        }

        return paths.DrainToImmutable();
    }

    /// <summary>The one of <see cref="EntryFiles"/> for a hierarchy.</summary>
    /// <param name="group">Tells the hierarchy.</param>
    /// <param name="directory">The cgroup to enter.</param>
    internal static string EntryFile(PlacedCgroup group, string directory) => directory + (group.IsUnified ? "/cgroup.procs" : "/tasks");
}
