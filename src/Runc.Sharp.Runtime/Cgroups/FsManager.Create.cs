using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Making the cgroups.</content>
public sealed partial class FsManager
{
    private const string Cpus = "cpuset.cpus";
    private const string Mems = "cpuset.mems";

    /// <summary>Why controllers could not be handed down on the way to the v2 cgroup: told when a limit then cannot be set.</summary>
    private string? _controllersKept;

    /// <summary>
    /// Makes the intended cgroups, so that processes and limits can be put in. A cgroup that is there already is used, unless it holds processes or
    /// is frozen. On failure nothing is left behind.
    /// </summary>
    /// <param name="writes">The limits that will be applied, for cpuset needs to know; null for none.</param>
    /// <returns>What was made: <see cref="Placement"/>, now exact.</returns>
    /// <exception cref="RuntimeException">A cgroup cannot be made or used.</exception>
    public CgroupPlacement Create(CgroupWriteList? writes = null)
    {
        var made = ImmutableArray.CreateBuilder<PlacedCgroup>(Placement.Groups.Length);
        try
        {
            foreach (var group in Placement.Groups)
            {
                CreateOne(group, made);
                if (group.Has("cpuset"))
                {
                    InheritCpuset(group, writes);
                }
            }

            if (Placement.Version == CgroupVersion.Unified)
            {
                EnableControllers(made[0], writes);
            }
        }
        catch
        {
            RemoveMade(made);
            throw;
        }

        Placement = Placement with { Groups = made.DrainToImmutable() };
        return Placement;
    }

    /// <summary>
    /// Completes the cgroups of a unit that systemd has started: it knows some v1 controllers only, and hands down those v2 controllers that it has
    /// words for. They are the container's from now on, for a unit is never anybody else's.
    /// </summary>
    /// <param name="writes">As of <see cref="Create"/>.</param>
    /// <returns>As <see cref="Create"/>.</returns>
    /// <exception cref="RuntimeException">A cgroup cannot be made.</exception>
    public CgroupPlacement Adopt(CgroupWriteList? writes)
    {
        var adopted = ImmutableArray.CreateBuilder<PlacedCgroup>(Placement.Groups.Length);
        foreach (var group in Placement.Groups)
        {
            adopted.Add(group with { Made = 1 });
        }

        Placement = Placement with { Groups = adopted.MoveToImmutable() };
        foreach (var group in Placement.Groups)
        {
            var error = files.MakeDirectory(group.Directory);

            // Another container's end may take a slice away between its making and that of our cgroup in it.
            for (var attempt = 0; error == Errno.ENOENT && attempt < 10; attempt++)
            {
                error = MakeWithParents(group, out _);
            }

            if (error is not (Errno.None or Errno.EEXIST))
            {
                throw Failed(group.Directory, "make", error);
            }

            if (group.Has("cpuset"))
            {
                InheritCpuset(group, writes);
            }
        }

        if (Placement.Version == CgroupVersion.Unified)
        {
            EnableControllers(Placement.Groups[0], writes);
        }

        return Placement;
    }

    /// <summary>Takes back what <see cref="Create"/> made, parents included as far as they are empty: for a create that fails later on.</summary>
    public void UndoCreate() => RemoveMade(Placement.Groups);

    /// <summary>The same behind <see cref="Destroy"/>: the parents alone. Where the cgroup itself is there again, it is somebody else's.</summary>
    internal void UndoParents() => RemoveMade(Placement.Groups, parentsOnly: true);

    private void CreateOne(PlacedCgroup group, ImmutableArray<PlacedCgroup>.Builder made)
    {
        var error = files.MakeDirectory(group.Directory);
        if (error == Errno.EEXIST)
        {
            made.Add(group with { Made = 0 });
            RequireUnused(group);
            return;
        }

        // Another container's failed create may take a parent away between its making and that of our cgroup in it.
        var count = 1;
        for (var attempt = 0; error == Errno.ENOENT && attempt < 10; attempt++)
        {
            error = MakeWithParents(group, out count);
        }

        if (error != Errno.None)
        {
            throw Failed(group.Directory, "make", error, error switch
            {
                Errno.EROFS => "the cgroup file system is mounted read-only",
                Errno.EACCES or Errno.EPERM => "this user may not make cgroups there; name a delegated one in /linux/cgroupsPath",
                Errno.EAGAIN => "a parent cgroup limits the number of its descendants (cgroup.max.descendants, cgroup.max.depth)",
                Errno.ENOSPC => "the kernel has no room for another cgroup of this controller",
                _ => null,
            });
        }

        made.Add(group with { Made = count });
    }

    private Errno MakeWithParents(PlacedCgroup group, out int made)
    {
        made = 0;
        var error = Errno.None;
        var path = group.Path;
        for (var end = NextComponent(path, 0); ; end = NextComponent(path, end + 1))
        {
            error = files.MakeDirectory(CgroupName.Join(group.Mount, path[..end]));
            if (error == Errno.None)
            {
                made++;
            }
            else if (error != Errno.EEXIST || end == path.Length)
            {
                break;
            }

            if (end == path.Length)
            {
                return Errno.None;
            }
        }

        // Those above the failed one are ours; nothing records them yet.
        for (var end = path.LastIndexOf('/'); made > 0 && end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (files.RemoveDirectory(CgroupName.Join(group.Mount, path[..end])) == Errno.None)
            {
                made--;
            }
        }

        return error;
    }

    private static int NextComponent(string path, int start)
    {
        var slash = path.IndexOf('/', start);
        return slash < 0 ? path.Length : slash;
    }

    /// <summary>runc's rule and words: a container must not find strangers in its cgroup, for they would be killed with it.</summary>
    private void RequireUnused(PlacedCgroup group)
    {
        var pids = new List<int>();
        CollectPids(group.Directory, pids);
        if (pids.Count > 0)
        {
            throw new RuntimeException($"container's cgroup is not empty: {WriteTarget.Text(pids.Count)} process(es) found");
        }

        if (StateOf(group) == CgroupFreezerState.Frozen)
        {
            throw new RuntimeException("container's cgroup unexpectedly frozen");
        }
    }

    /// <summary>
    /// A new v1 cpuset has neither processors nor memory, and takes no process until it has: what the configuration does not give comes from the parent,
    /// and from its parents first where they are as bare.
    /// </summary>
    private void InheritCpuset(PlacedCgroup group, CgroupWriteList? writes)
    {
        Inherit(group, Cpus, writes?.Sets(Cpus) == true);
        Inherit(group, Mems, writes?.Sets(Mems) == true);
    }

    private void Inherit(PlacedCgroup group, string file, bool given)
    {
        var slash = group.Path.LastIndexOf('/');
        var value = Filled(group.Mount, slash < 0 ? string.Empty : group.Path[..slash], file);
        if (!given && value.Length > 0)
        {
            FillIn(CgroupName.Join(group.Mount, group.Path), file, value);
        }
    }

    private string Filled(string mount, string path, string file)
    {
        var directory = CgroupName.Join(mount, path);
        if (files.ReadText(directory + "/" + file, out var value) == Errno.ENOENT)
        {
            // A hierarchy mounted with noprefix, as on Android.
            files.ReadText(directory + "/" + file["cpuset.".Length..], out value);
        }

        if (value.Length > 0 || path.Length == 0)
        {
            return value;
        }

        var slash = path.LastIndexOf('/');
        value = Filled(mount, slash < 0 ? string.Empty : path[..slash], file);
        FillIn(directory, file, value);
        return value;
    }

    private void FillIn(string directory, string file, string value)
    {
        var path = directory + "/" + file;
        var error = files.Write(path, value);
        if (error == Errno.ENOENT)
        {
            error = files.Write(directory + "/" + file["cpuset.".Length..], value);
        }

        if (error != Errno.None)
        {
            throw Failed(path, "copy the parent's value to", error);
        }
    }

    /// <summary>Hands all controllers of the root down to the container's cgroup, as far as they are not there already.</summary>
    private void EnableControllers(PlacedCgroup group, CgroupWriteList? writes)
    {
        files.ReadText("cgroup.controllers", out var offered);
        files.ReadText(group.Directory + "/cgroup.controllers", out var there);
        var missing = new List<string>();
        foreach (var name in offered.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (Array.IndexOf(there.Split(' '), name) < 0)
            {
                missing.Add("+" + name);
            }
        }

        if (missing.Count == 0)
        {
            return;
        }

        var all = string.Join(' ', missing);
        for (var end = 0; end < group.Path.Length; end = NextComponent(group.Path, end == 0 ? 0 : end + 1))
        {
            var directory = group.Path[..end];
            var file = CgroupName.Join(directory, "cgroup.subtree_control");
            var error = files.Write(file, all);
            if (error != Errno.None)
            {
                KeepReason(file, error);
                foreach (var name in missing)
                {
                    files.Write(file, name);
                }
            }
        }

        SettleDomain(group, writes);
    }

    private void KeepReason(string file, Errno error) =>
        _controllersKept ??= string.Concat(Placement.Root, "/", file) + " answered " + Words(error) + error switch
        {
            Errno.EBUSY => ", because that cgroup has processes of its own",
            Errno.EACCES or Errno.EPERM => ", because it is not delegated to this user",
            Errno.EOPNOTSUPP => ", because it is part of a threaded subtree",
            _ => string.Empty,
        };

    /// <summary>Below a threaded cgroup a new one is invalid until it is threaded too, and then it has no memory, io or hugetlb controller. cgroups(7).</summary>
    private void SettleDomain(PlacedCgroup group, CgroupWriteList? writes)
    {
        if (files.ReadText(group.Directory + "/cgroup.type", out var type) != Errno.None || type is "domain")
        {
            return;
        }

        if (writes is not null)
        {
            foreach (var write in writes.Writes)
            {
                if (write.Controller is "memory" or "io" or "hugetlb")
                {
                    throw new RuntimeException(
                        write.Pointer,
                        $"the cgroup {Placement.Root}/{group.Directory} lies in a threaded subtree (its type is '{type}'), which has no {write.Controller} controller");
                }
            }
        }

        if (type == "domain invalid")
        {
            var error = files.Write(group.Directory + "/cgroup.type", "threaded");
            if (error != Errno.None)
            {
                throw Failed(group.Directory + "/cgroup.type", "write threaded to", error);
            }
        }
    }

    private void RemoveMade(IReadOnlyList<PlacedCgroup> groups, bool parentsOnly = false)
    {
        foreach (var group in groups)
        {
            var end = group.Path.Length;
            for (var count = group.Made; count > 0 && end > 0; count--)
            {
                // EBUSY: somebody else moved in meanwhile, and so it is no longer ours to remove.
                var passed = parentsOnly && end == group.Path.Length;
                if (!passed && files.RemoveDirectory(CgroupName.Join(group.Mount, group.Path[..end])) != Errno.None)
                {
                    break;
                }

                end = Math.Max(group.Path.LastIndexOf('/', end - 1), 0);
            }
        }
    }
}
