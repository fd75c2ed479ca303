using System;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Removing the cgroups.</content>
public sealed partial class FsManager
{
    /// <summary>
    /// Removes the container's cgroups with all below them, deepest first; waits for processes that are still dying. Only what this runtime made:
    /// neither parents nor a cgroup that was there before. Idempotent.
    /// </summary>
    /// <remarks>
    /// Of an intent (<see cref="PlacedCgroup.Unknown"/>) only an empty leaf goes: nothing of the container ran in it, and whoever did make
    /// it may have put something there.
    /// </remarks>
    /// <param name="patience">How long to wait for the last process; see also <see cref="KillAll"/>.</param>
    /// <exception cref="RuntimeException">A cgroup is still in use when the time is over, or the kernel refuses.</exception>
    public void Remove(TimeSpan patience) => RemoveAll(patience, kill: false);

    /// <summary>
    /// <see cref="KillAll"/> and <see cref="Remove"/>, for a container that should be over: whose processes are gone already, which is the rule,
    /// is removed without a kill. A process that is in only one of the cgroups, say because it forked while it was moved, is killed as well.
    /// </summary>
    /// <param name="patience">As of <see cref="Remove"/>.</param>
    /// <exception cref="RuntimeException">As of <see cref="Remove"/>.</exception>
    public void Destroy(TimeSpan patience) => RemoveAll(patience, kill: true);

    /// <summary>
    /// Removes the slices that <see cref="Adopt"/> made in the hierarchies that systemd does not care for, as far as they are empty: nobody else would.
    /// </summary>
    public void RemoveSlices()
    {
        foreach (var group in Placement.Groups)
        {
            if (group.IsUnified || KnownToSystemd(group))
            {
                continue;
            }

            for (var end = group.Path.LastIndexOf('/'); end > 0; end = group.Path.LastIndexOf('/', end - 1))
            {
                if (files.RemoveDirectory(CgroupName.Join(group.Mount, group.Path[..end])) != Errno.None)
                {
                    break; // in use, or somebody was faster
                }
            }
        }
    }

    /// <summary>Whether the one v2 cgroup is not there any more. Of v1 hierarchies systemd forgets some long after the others.</summary>
    internal bool IsGone() => Placement.Version == CgroupVersion.Unified && files.Probe(Placement.Groups[0].Directory) == Errno.ENOENT;

    internal static bool KnownToSystemd(PlacedCgroup group)
    {
        foreach (var controller in (ReadOnlySpan<string>)["name=systemd", "cpu", "cpuacct", "memory", "blkio", "pids", "devices"])
        {
            if (group.Has(controller))
            {
                return true;
            }
        }

        return false;
    }

    private void RemoveAll(TimeSpan patience, bool kill)
    {
        var killed = !kill;
        foreach (var group in Placement.Groups)
        {
            if (group.Made == 0)
            {
                continue;
            }

            var error = files.RemoveDirectory(group.Directory);
            if (error is Errno.None or Errno.ENOENT || group.Made == PlacedCgroup.Unknown)
            {
                continue;
            }

            if (!killed)
            {
                KillAll();
                killed = true;
            }

            RemoveTree(group, patience, kill);
        }
    }

    private void RemoveTree(PlacedCgroup group, TimeSpan patience, bool kill)
    {
        var directory = group.Directory;
        var error = Errno.EBUSY;
        Within(patience, () =>
        {
            error = RemoveOnce(directory, 0);
            if (error == Errno.EBUSY && kill)
            {
                SignalListed(group, SigKill);
            }

            return error is not Errno.EBUSY;
        });

        if (error == Errno.EBUSY)
        {
            var pids = new List<int>();
            CollectPids(directory, pids);
            throw Failed(directory, "remove", error, pids.Count == 0 ? null : $"{WriteTarget.Text(pids.Count)} process(es) are still in it, the first is {WriteTarget.Text(pids[0])}");
        }

        if (error != Errno.None)
        {
            // EROFS comes even for a directory that is not there.
            throw Failed(directory, "remove", error, error == Errno.EROFS ? "the cgroup file system is mounted read-only" : null);
        }
    }

    private Errno RemoveOnce(string directory, int depth)
    {
        var error = files.RemoveDirectory(directory);
        if (error == Errno.ENOENT || (error == Errno.EROFS && files.Probe(directory) == Errno.ENOENT))
        {
            return Errno.None;
        }

        // EBUSY is processes or sub-cgroups; ENOTEMPTY a plain directory's word for the latter.
        if (error is not (Errno.EBUSY or Errno.ENOTEMPTY) || depth >= DeepestTree)
        {
            return error;
        }

        var names = new List<string>();
        if (files.ListDirectories(directory, names) is Errno.ENOENT or Errno.ENODEV)
        {
            return Errno.None;
        }

        foreach (var name in names)
        {
            var below = RemoveOnce(directory + "/" + name, depth + 1);
            if (below != Errno.None)
            {
                return below;
            }
        }

        error = names.Count == 0 ? error : files.RemoveDirectory(directory);
        return error is Errno.ENOENT ? Errno.None : error == Errno.ENOTEMPTY ? Errno.EBUSY : error;
    }
}
