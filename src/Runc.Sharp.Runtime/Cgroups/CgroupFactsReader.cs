using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>What the detection asks of a machine; a seam, so that every kind of machine is tested on any.</summary>
public interface ICgroupMachine
{
    /// <summary>The file system's magic number of <see cref="CgroupFacts.ConventionalRoot"/>, or 0 where there is none. statfs(2).</summary>
    long FileSystem { get; }

    /// <summary>The inode number of a directory below the conventional root (empty: of itself), or 0 where there is none. stat(2).</summary>
    ulong InodeOf(string directory);

    /// <summary>The content of <c>/proc/self/NAME</c>.</summary>
    byte[] ReadSelf(string name);
}

/// <summary>
/// Finds out which cgroups a machine has. On the hot path of every create, so it takes the shortest way that is right: one stat per hierarchy and
/// <c>/proc/self/cgroup</c>. <c>/proc/self/mountinfo</c>, which costs four times as much on an empty machine and grows with every container, is read only where
/// something is not as usual.
/// </summary>
public static class CgroupFactsReader
{
    private const long TmpfsMagic = 0x01021994;
    private const long RamfsMagic = 0x858458f6;
    private const long Cgroup2Magic = 0x63677270;

    /// <summary>The inode of a hierarchy's real root: kernfs numbers from 1.</summary>
    private const ulong RootInode = 1;

    /// <summary>Detects the machine's kind and hierarchies.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="ownNeeded">Whether <see cref="CgroupHierarchy.Own"/> matters: see <see cref="CgroupPath.NeedsOwn"/>. Saves a call on v2.</param>
    /// <exception cref="RuntimeException">No cgroup file system is mounted, or none this process can stand in.</exception>
    public static CgroupFacts Read(ICgroupMachine machine, bool ownNeeded)
    {
        var lines = ProcCgroupLine.Parse(machine.ReadSelf("cgroup"));
        return machine.FileSystem switch
        {
            Cgroup2Magic => Unified(machine, lines, ownNeeded),
            TmpfsMagic or RamfsMagic => PerController(machine, lines),
            _ => FromMounts(lines, CgroupMountLine.Parse(machine.ReadSelf("mountinfo")), null),
        };
    }

    private static CgroupFacts Unified(ICgroupMachine machine, List<ProcCgroupLine> lines, bool ownNeeded)
    {
        foreach (var line in lines)
        {
            if (line.Controllers.Length > 0)
            {
                continue;
            }

            if (ownNeeded && line.Path != "/" && machine.InodeOf(string.Empty) != RootInode)
            {
                break;
            }

            return new CgroupFacts
            {
                Version = CgroupVersion.Unified,
                Hierarchies = [new CgroupHierarchy { Controllers = string.Empty, Mount = string.Empty, Own = line.Path }],
            };
        }

        return FromMounts(lines, CgroupMountLine.Parse(machine.ReadSelf("mountinfo")), CgroupFacts.ConventionalRoot);
    }

    /// <summary>
    /// The usual layout: each hierarchy in the directory that bears its controllers' names. Inode 1 proves in one call that the hierarchy is
    /// mounted there and wholly, not the part of it that a container without cgroup namespace is given; else the mount table is asked. No directory
    /// is an answer as well: the kernel remembers a hierarchy after its last mount is gone. Only a shared one may bear its names in another order.
    /// </summary>
    private static CgroupFacts PerController(ICgroupMachine machine, List<ProcCgroupLine> lines)
    {
        var hierarchies = ImmutableArray.CreateBuilder<CgroupHierarchy>(lines.Count);
        var version = CgroupVersion.V1;
        foreach (var line in lines)
        {
            var mount = DirectoryOf(line.Controllers);
            var inode = machine.InodeOf(mount);
            if (inode == RootInode)
            {
                version = line.Controllers.Length == 0 ? CgroupVersion.Hybrid : version;
                hierarchies.Add(new CgroupHierarchy { Controllers = line.Controllers, Mount = mount, Own = line.Path });
            }
            else if (line.Controllers.Length > 0 && (inode != 0 || line.Controllers.Contains(',', StringComparison.Ordinal)))
            {
                return FromMounts(lines, CgroupMountLine.Parse(machine.ReadSelf("mountinfo")), CgroupFacts.ConventionalRoot);
            }
        }

        return new CgroupFacts { Version = version, Hierarchies = hierarchies.DrainToImmutable() };
    }

    private static string DirectoryOf(string controllers) =>
        controllers.Length == 0 ? "unified" : controllers.StartsWith("name=", StringComparison.Ordinal) ? controllers["name=".Length..] : controllers;

    /// <summary>The thorough way: which of the mounts carries which hierarchy, and what part of it.</summary>
    /// <param name="lines">The hierarchies.</param>
    /// <param name="mounts">The cgroup mounts.</param>
    /// <param name="root">The directory of all hierarchies; null for the parent of the first v1 mount, or the v2 mount itself.</param>
    internal static CgroupFacts FromMounts(List<ProcCgroupLine> lines, List<CgroupMountLine> mounts, string? root)
    {
        if (mounts.Count == 0)
        {
            throw new RuntimeException($"no cgroup file system is mounted: there is none in /proc/self/mountinfo; hint: mount one at {CgroupFacts.ConventionalRoot}");
        }

        var first = mounts.Find(static mount => !mount.IsV2);
        var onlyV2 = first.MountPoint is null;
        root ??= onlyV2 ? mounts[0].MountPoint : first.MountPoint![..Math.Max(first.MountPoint!.LastIndexOf('/'), 1)];
        var hierarchies = ImmutableArray.CreateBuilder<CgroupHierarchy>(lines.Count);
        var hybrid = false;
        foreach (var line in lines)
        {
            var mount = mounts.Find(mount => mount.Carries(line.Controllers) && CgroupName.IsBelow(mount.MountPoint, root));
            if (mount.MountPoint is null || OwnBelow(mount.Root, line.Path) is not { } own)
            {
                continue;
            }

            var name = mount.MountPoint[root.Length..].TrimStart('/');
            hybrid |= mount.IsV2;
            hierarchies.Add(new CgroupHierarchy { Controllers = line.Controllers, Mount = name, Own = own });
        }

        return new CgroupFacts
        {
            Version = onlyV2 ? CgroupVersion.Unified : hybrid ? CgroupVersion.Hybrid : CgroupVersion.V1,
            Root = root,
            Hierarchies = hierarchies.Count > 0
                ? hierarchies.DrainToImmutable()
                : throw new RuntimeException($"none of the cgroup mounts below {root} shows the cgroup this command runs in"),
        };
    }

    /// <summary>The part of <paramref name="path"/> behind the mount's own root, by components; null where the path lies outside of the mount.</summary>
    private static string? OwnBelow(string mountRoot, string path)
    {
        // A root of '/..' means the mount was made outside this cgroup namespace, whose root then is somewhere below.
        if (mountRoot.StartsWith("/..", StringComparison.Ordinal))
        {
            return null;
        }

        if (!CgroupName.IsBelow(path, mountRoot))
        {
            // In a cgroup namespace of its own, '/' is the place itself and so is the mount.
            return path == "/" ? "/" : null;
        }

        var rest = path.AsSpan()[(mountRoot == "/" ? 0 : mountRoot.Length)..];
        return rest.IsEmpty ? "/" : new string(rest);
    }
}
