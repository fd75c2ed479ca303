using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The cgroups that a process which joins a container enters.</summary>
/// <param name="Entries">The v1 files by which a lone thread moves itself, absolute.</param>
/// <param name="Birth">The v2 cgroup into which it is cloned; null is the caller's. Owned.</param>
internal sealed record ExecCgroups(ImmutableArray<string> Entries, OwnedFd? Birth) : IDisposable
{
    /// <summary>The container's own.</summary>
    internal static ExecCgroups Of(ContainerRecord record)
    {
        if (record.Cgroups.Length == 0)
        {
            return new ExecCgroups([], null);
        }

        CgroupPlacement placement = CgroupPlacementText.Read(record.Cgroups);
        var entries = ImmutableArray.CreateBuilder<string>(placement.Groups.Length);
        OwnedFd? birth = null;
        foreach (PlacedCgroup group in placement.Groups)
        {
            string directory = string.Concat(placement.Root, "/", group.Directory);
            if (group.IsUnified)
            {
                birth = Files.Open(directory, OpenFlags.Path | OpenFlags.Directory).OrThrow();
            }
            else
            {
                entries.Add(directory + "/tasks");
            }
        }

        return new ExecCgroups(entries.DrainToImmutable(), birth);
    }

    /// <inheritdoc/>
    public void Dispose() => Birth?.Dispose();
}
