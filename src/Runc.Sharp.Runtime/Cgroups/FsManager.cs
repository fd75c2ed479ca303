using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// Makes, fills, limits, freezes, kills and removes a container's cgroups through the cgroup file system. Stateless: what it must know stands
/// in the <see cref="CgroupPlacement"/>, so any process can go on where another stopped.
/// </summary>
/// <param name="files">The cgroup file system; see <see cref="KernelCgroupFiles"/>.</param>
/// <param name="placement">The container's cgroups, made or only intended.</param>
public sealed partial class FsManager(ICgroupFiles files, CgroupPlacement placement)
{
    /// <summary>The container's cgroups as far as this manager knows.</summary>
    public CgroupPlacement Placement { get; private set; } =
        placement.Manager == CgroupManagerKind.Disabled ? placement with { Groups = [] } : placement;

    /// <summary>
    /// Opens the container's v2 cgroup (also that of a hybrid machine), for <c>CLONE_INTO_CGROUP</c>; null on pure v1. The caller closes it.
    /// </summary>
    /// <exception cref="RuntimeException">The directory cannot be opened.</exception>
    public OwnedFd? OpenForClone()
    {
        if (Placement.Unified is not { } group)
        {
            return null;
        }

        var error = files.OpenDirectory(group.Directory, out var directory);
        return error == Errno.None ? directory : throw Failed(group.Directory, "open", error);
    }

    /// <summary>
    /// Moves a process into every one of the container's cgroups, from outside. The first such move after an idle while costs a whole RCU grace
    /// period (5 to 15 ms measured), for the kernel stops all forks and exits meanwhile; <see cref="CgroupPlacement.EntryFiles"/> do not.
    /// </summary>
    /// <param name="pid">The process, or 0 for the caller itself.</param>
    /// <param name="skipUnified">The process was born in the v2 cgroup.</param>
    /// <exception cref="RuntimeException">A hierarchy refuses it.</exception>
    public void Place(int pid, bool skipUnified = false)
    {
        var text = WriteTarget.Text(pid);
        foreach (var group in Placement.Groups)
        {
            if (!(skipUnified && group.IsUnified))
            {
                PlaceIn(group, group.Directory, text);
            }
        }
    }

    /// <inheritdoc cref="CgroupPlacement.EntryFiles"/>
    public ImmutableArray<string> SelfPlacementFiles(bool bornInUnified) => Placement.EntryFiles(bornInUnified);

    private void PlaceIn(PlacedCgroup group, string directory, string pid)
    {
        var path = directory + "/cgroup.procs";
        var error = files.Write(path, pid);

        // A task whose fork is not finished yet answers EINVAL for a moment; a real-time one without bandwidth answers it forever.
        for (var attempt = 0; error == Errno.EINVAL && attempt < 5; attempt++)
        {
            Pause(TimeSpan.FromMilliseconds(20));
            error = files.Write(path, pid);
        }

        if (error != Errno.None)
        {
            var hint = error switch
            {
                Errno.EINVAL when group.Has("cpu") => "a real-time process needs /linux/resources/cpu/realtimeRuntime",
                Errno.ENOSPC when group.Has("cpuset") => "the cpuset has no processors or no memory nodes",
                Errno.EBUSY when group.IsUnified => "the cgroup hands controllers to its children, so it cannot hold processes itself",
                Errno.EOPNOTSUPP when group.IsUnified => "the cgroup is part of a threaded subtree",
                _ => null,
            };
            throw Failed(path, "move process " + pid + " to", error, hint);
        }
    }

    /// <summary>A sentence for a call that failed on a cgroup file.</summary>
    private RuntimeException Failed(string path, string verb, Errno error, string? hint = null) =>
        new(string.Concat(verb, " ", Placement.Root, "/", path) + ": " + Words(error) + (hint is null ? string.Empty : "; hint: " + hint));

    private static string Words(Errno error) => string.Concat(error.Name(), " (", error.Words(), ")");

    private static void Pause(TimeSpan time) => System.Threading.Thread.Sleep(time);
}
