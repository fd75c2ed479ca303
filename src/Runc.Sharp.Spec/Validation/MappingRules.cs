using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Mappings of user and group ids. Spec: config-linux.md#user-namespace-mappings; user_namespaces(7).</summary>
internal static class MappingRules
{
    /// <summary>How many ranges the kernel takes: UID_GID_MAP_MAX_EXTENTS.</summary>
    private const int MostRanges = 340;

    /// <summary>The mappings of the container's user namespace, and whether there is one.</summary>
    internal static void Check(LinuxSpec linux, NamespaceSet namespaces, Report report)
    {
        CheckRanges(linux.UidMappings ?? [], "/linux", -1, "uidMappings", report);
        CheckRanges(linux.GidMappings ?? [], "/linux", -1, "gidMappings", report);
        CheckNamespace(linux.UidMappings ?? [], "/linux/uidMappings", namespaces, report);
        CheckNamespace(linux.GidMappings ?? [], "/linux/gidMappings", namespaces, report);
    }

    /// <summary>Whether the process's ids are among the mapped ones: an id that is not mapped ends in EINVAL at setresuid(2).</summary>
    internal static void CheckUser(UserSpec? user, LinuxSpec linux, NamespaceSet namespaces, Report report)
    {
        if (!namespaces.Has(NamespaceKinds.User) || namespaces.Joins(NamespaceKinds.User) || user is null)
        {
            return;
        }

        ImmutableArray<IdMappingSpec> uids = linux.UidMappings ?? [];
        ImmutableArray<IdMappingSpec> gids = linux.GidMappings ?? [];
        CheckMapped(user.Uid, uids, "/process/user/uid", "/linux/uidMappings", report);
        CheckMapped(user.Gid, gids, "/process/user/gid", "/linux/gidMappings", report);
        ImmutableArray<uint> groups = user.AdditionalGids ?? [];
        for (int i = 0; i < groups.Length && !gids.IsEmpty; i++)
        {
            if (!IsMapped(groups[i], gids))
            {
                CheckMapped(groups[i], gids, Place.At("/process/user/additionalGids", i), "/linux/gidMappings", report);
            }
        }
    }

    /// <summary>The ranges of one list: what the kernel refuses with a bare EINVAL is told by its place.</summary>
    /// <param name="ranges">The list.</param>
    /// <param name="parent">The pointer of what holds it, or of the list whose element holds it.</param>
    /// <param name="element">The index of that element; -1 for none.</param>
    /// <param name="property">The name of the list.</param>
    /// <param name="report">Where to tell.</param>
    internal static void CheckRanges(ImmutableArray<IdMappingSpec> ranges, string parent, int element, string property, Report report)
    {
        if (ranges.IsEmpty)
        {
            return;
        }

        string at = element < 0 ? string.Concat(parent, "/", property) : Place.At(parent, element, property);
        if (ranges.Length > MostRanges)
        {
            report.Error("IdMappingsCount", at, Text.Join("must have at most 340 ranges, has ", ranges.Length, string.Empty));
            return;
        }

        for (int i = 0; i < ranges.Length; i++)
        {
            IdMappingSpec range = ranges[i];
            if (range.Size == 0)
            {
                report.Error("IdMappingsSize", Place.At(at, i, "size"), "must be above 0");
            }

            CheckEnd(range.ContainerId, range.Size, Place.At(at, i, "containerID"), report);
            CheckEnd(range.HostId, range.Size, Place.At(at, i, "hostID"), report);
            for (int j = 0; j < i; j++)
            {
                CheckOverlap(range, i, ranges[j], j, at, report);
            }
        }
    }

    /// <summary>The last id of a range must stay below 4294967295, which is no id.</summary>
    private static void CheckEnd(uint first, uint size, string at, Report report)
    {
        if ((ulong)first + size > uint.MaxValue)
        {
            report.Error("IdMappingsRange", at, "must leave room for the size: 4294967294 is the last id");
        }
    }

    private static void CheckOverlap(IdMappingSpec range, int index, IdMappingSpec other, int before, string at, Report report)
    {
        if (Overlap(range.ContainerId, range.Size, other.ContainerId, other.Size))
        {
            report.Error("IdMappingsOverlap", Place.At(at, index, "containerID"), Text.Join("must not overlap the range of element ", before, string.Empty));
        }

        if (Overlap(range.HostId, range.Size, other.HostId, other.Size))
        {
            report.Error("IdMappingsOverlap", Place.At(at, index, "hostID"), Text.Join("must not overlap the range of element ", before, string.Empty));
        }
    }

    private static bool Overlap(uint one, uint size, uint other, uint otherSize) =>
        one < (ulong)other + otherSize && other < (ulong)one + size;

    /// <summary>
    /// A namespace that is joined has its mappings; nothing is said of those given beside it. containerd and CRI-O give both, and what is
    /// told at create where no log is named ends in the container's own log, with CRI-O.
    /// </summary>
    private static void CheckNamespace(ImmutableArray<IdMappingSpec> ranges, string at, NamespaceSet namespaces, Report report)
    {
        if (!namespaces.Has(NamespaceKinds.User))
        {
            if (!ranges.IsEmpty)
            {
                report.Error("UserNSMappings", at, "user namespace mappings specified, but user namespace isn't enabled in the config");
            }
        }
        else if (!namespaces.Joins(NamespaceKinds.User) && ranges.IsEmpty)
        {
            report.Error("UserNSMappings", at, "user namespaces enabled, but no namespace path to join nor mappings to apply specified");
        }
    }

    private static void CheckMapped(uint id, ImmutableArray<IdMappingSpec> ranges, string at, string list, Report report)
    {
        if (!ranges.IsEmpty && id != ProcessRules.NoId && !IsMapped(id, ranges))
        {
            report.Error("UserIdMapped", at, Text.Join(string.Concat("must be in a range of ", list, ", is "), id, string.Empty));
        }
    }

    private static bool IsMapped(uint id, ImmutableArray<IdMappingSpec> ranges)
    {
        foreach (IdMappingSpec range in ranges)
        {
            if (id >= range.ContainerId && id < (ulong)range.ContainerId + range.Size)
            {
                return true;
            }
        }

        return false;
    }
}
