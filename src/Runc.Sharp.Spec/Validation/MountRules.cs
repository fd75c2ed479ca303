using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Mounts. Spec: config.md#mounts. Option words are not checked: unknown ones belong to the file system.</summary>
internal static class MountRules
{
    private const string List = "/mounts";

    internal static void Check(ImmutableArray<MountSpec> mounts, NamespaceSet namespaces, Report report)
    {
        for (int i = 0; i < mounts.Length; i++)
        {
            MountSpec mount = mounts[i];
            if (mount.Destination.Length == 0)
            {
                report.Error("MountsDestAbs", Place.At(List, i, "destination"), "must not be empty");
            }
            else if (mount.Destination[0] != '/')
            {
                report.Warn("MountsDestAbs", Place.At(List, i, "destination"), string.Concat("should be absolute, is ", Text.Quote(mount.Destination), ", and is taken as relative to '/'"));
            }

            ImmutableArray<IdMappingSpec> uids = mount.UidMappings ?? [];
            ImmutableArray<IdMappingSpec> gids = mount.GidMappings ?? [];
            if (uids.IsEmpty != gids.IsEmpty)
            {
                report.Error(
                    "MountsIdMappingsBoth",
                    Place.At(List, i, uids.IsEmpty ? "gidMappings" : "uidMappings"),
                    uids.IsEmpty ? "must be given together with uidMappings" : "must be given together with gidMappings");
            }
            else if (uids.IsEmpty && !namespaces.Has(NamespaceKinds.User))
            {
                CheckIdmapOption(mount.Options ?? [], i, report);
            }

            MappingRules.CheckRanges(uids, List, i, "uidMappings", report);
            MappingRules.CheckRanges(gids, List, i, "gidMappings", report);
        }
    }

    private static void CheckIdmapOption(ImmutableArray<string> options, int mount, Report report)
    {
        for (int i = 0; i < options.Length; i++)
        {
            if (options[i] is "idmap" or "ridmap")
            {
                report.Error(
                    "MountsIdMapSource",
                    Place.At(Place.At(List, mount, "options"), i),
                    options[i] + " needs uidMappings and gidMappings of the mount, or a user namespace of the container");
            }
        }
    }
}
