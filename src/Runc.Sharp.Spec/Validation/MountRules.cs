using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Mounts. Spec: config.md#mounts. Option words are not checked: unknown ones belong to the file system.</summary>
internal static class MountRules
{
    internal static void Check(ImmutableArray<MountSpec> mounts, string list, NamespaceSet namespaces, Report report)
    {
        for (int i = 0; i < mounts.Length; i++)
        {
            MountSpec mount = mounts[i];
            if (mount.Destination.Length == 0)
            {
                report.Error("MountsDestAbs", Place.At(list, i, "destination"), "must not be empty");
            }
            else if (mount.Destination[0] != '/')
            {
                report.Warn("MountsDestAbs", Place.At(list, i, "destination"), string.Concat("should be absolute, is ", Text.Quote(mount.Destination), ", and is taken as relative to '/'"));
            }

            ImmutableArray<IdMappingSpec> uids = mount.UidMappings ?? [];
            ImmutableArray<IdMappingSpec> gids = mount.GidMappings ?? [];
            if (uids.IsEmpty != gids.IsEmpty)
            {
                report.Error(
                    "MountsIdMappingsBoth",
                    Place.At(list, i, uids.IsEmpty ? "gidMappings" : "uidMappings"),
                    uids.IsEmpty ? "must be given together with uidMappings" : "must be given together with gidMappings");
            }
            else if (uids.IsEmpty && !namespaces.Has(NamespaceKinds.User))
            {
                CheckIdmapOption(mount.Options ?? [], list, i, report);
            }

            MappingRules.CheckRanges(uids, list, i, "uidMappings", report);
            MappingRules.CheckRanges(gids, list, i, "gidMappings", report);
        }
    }

    private static void CheckIdmapOption(ImmutableArray<string> options, string list, int mount, Report report)
    {
        for (int i = 0; i < options.Length; i++)
        {
            if (options[i] is "idmap" or "ridmap")
            {
                report.Error(
                    "MountsIdMapSource",
                    Place.At(Place.At(list, mount, "options"), i),
                    options[i] + " needs uidMappings and gidMappings of the mount, or a user namespace of the container");
            }
        }
    }
}
