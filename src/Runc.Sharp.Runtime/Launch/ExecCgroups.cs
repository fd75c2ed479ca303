using System;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The cgroups that a process which joins a container enters.</summary>
/// <param name="Entries">The files by which a lone thread moves itself before it clones, absolute.</param>
/// <param name="LateEntries">Those by which the host moves the process once it is cloned: where a clone fails, as in a cgroup that is full of processes, a move does not.</param>
/// <param name="Birth">The v2 cgroup into which it is cloned; null is none. Owned.</param>
/// <param name="IsFirstWay">There is another way, by <paramref name="LateEntries"/>.</param>
internal sealed record ExecCgroups(ImmutableArray<string> Entries, ImmutableArray<string> LateEntries, OwnedFd? Birth, bool IsFirstWay) : IDisposable
{
    /// <summary>The container's own, or the asked ones below them.</summary>
    /// <param name="record">The container.</param>
    /// <param name="asked">As <see cref="Lifecycle.ExecRequest.Cgroups"/>.</param>
    /// <param name="cloned">The process may be cloned into the v2 cgroup, and where processes are counted; else it is moved once it is born.</param>
    /// <param name="withInit">On v2 the cgroup where init is by now: the container's own takes no process. runc#2416.</param>
    internal static ExecCgroups Of(ContainerRecord record, ImmutableArray<string> asked, bool cloned = true, bool withInit = false)
    {
        if (record.Cgroups.Length == 0)
        {
            return asked.IsEmpty ? new ExecCgroups([], [], null, IsFirstWay: false) : throw new RuntimeException("--cgroup: the container was created without cgroups");
        }

        CgroupPlacement placement = CgroupPlacementText.Read(record.Cgroups);
        SubCgroups below = SubCgroups.Of(asked, placement);
        var entries = ImmutableArray.CreateBuilder<string>(placement.Groups.Length);
        var late = ImmutableArray.CreateBuilder<string>(1);
        OwnedFd? birth = null;
        foreach (PlacedCgroup group in placement.Groups)
        {
            string directory = string.Concat(placement.Root, "/", group.IsUnified && withInit ? OfInit(record, group) : group.Directory) + below.PathIn(group);
            if (group.IsUnified && cloned)
            {
                birth = Open(directory);
            }
            else
            {
                (!cloned && (group.IsUnified || group.Has("pids")) ? late : entries).Add(CgroupPlacement.EntryFile(group, directory));
            }
        }

        return new ExecCgroups(entries.DrainToImmutable(), late.DrainToImmutable(), birth, cloned);
    }

    private static string OfInit(ContainerRecord record, PlacedCgroup unified)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{record.Pid}/cgroup");
        ReadOnlyMemory<byte> text = Files.ReadFileAt(OwnedFd.Cwd, path, 1 << 20).OrThrow();
        foreach (ProcCgroupLine line in ProcCgroupLine.Parse(text.Span))
        {
            if (line.Controllers.Length == 0)
            {
                return CgroupName.Join(unified.Mount, line.Path.TrimStart('/'));
            }
        }

        throw new RuntimeException(path + ": names no cgroup of v2");
    }

    /// <summary>
    /// A copy of the mount that begins at the cgroup and cannot be written: for an instant the newborn process holds the descriptor, and a container
    /// with CAP_SYS_PTRACE could take it. From here no way leads up, and nothing can be changed.
    /// </summary>
    private static OwnedFd Open(string directory)
    {
        OwnedFd mount = Mounts.OpenTree(OwnedFd.Cwd, directory, copy: true).OrThrow();
        try
        {
            Mounts.SetAttributes(mount, new MountChange { Set = MountAttributes.ReadOnly }, recursive: false).OrThrow();
            return mount;
        }
        catch
        {
            mount.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Birth?.Dispose();
}
