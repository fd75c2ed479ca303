using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Mounts that show other owners than the file system has. config.md#mounts, mount_setattr(2).</summary>
internal static class IdMapChapter
{
    /// <summary>Whether a mount is id-mapped.</summary>
    internal static bool Asks(MountSpec mount) =>
        mount.UidMappings is { IsDefaultOrEmpty: false } || mount.GidMappings is { IsDefaultOrEmpty: false } || MountOptions.Parse(mount.Type, mount.Options).IdMap is not null;

    /// <summary>
    /// On the detached mounts that the host has opened, with the host's rights: whether a file system may be mapped is decided by who
    /// mounted it. First of all, while the shim's helper, whose namespace gives the mapping, can be looked at.
    /// </summary>
    internal static void Add(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        for (int passed = 0; passed < context.Descriptors.Sources.Length; passed++)
        {
            int index = context.Descriptors.Sources[passed];
            MountSpec mount = context.Spec.Mounts[index];
            if (!Asks(mount))
            {
                continue;
            }

            bool own = mount.UidMappings is { IsDefaultOrEmpty: false };
            ImmutableArray<IdMappingSpec>? uids = own ? mount.UidMappings : context.Spec.Linux?.UidMappings;
            ImmutableArray<IdMappingSpec>? gids = own ? mount.GidMappings : context.Spec.Linux?.GidMappings;
            if (uids is not { IsDefaultOrEmpty: false } || gids is not { IsDefaultOrEmpty: false })
            {
                throw new RuntimeException(FormattableString.Invariant($"/mounts/{index}"), "an id-mapped mount that takes the mappings of a joined user namespace is not supported yet");
            }

            string uidText = Text(uids);
            string gidText = Text(gids);
            bool recursive = MountOptions.Parse(mount.Type, mount.Options).IdMap == "ridmap";
            plan.At("/mounts", index, own ? "/uidMappings" : "/options");
            plan.Do("map the ids of", mount.Source, PlanCode.MapIds, context.Descriptors.Source(passed), AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), plan.Text(uidText), uidText.Length, plan.Text(gidText), gidText.Length);
        }

        plan.At(string.Empty);
    }

    /// <summary>The lines of /proc/PID/uid_map. user_namespaces(7).</summary>
    private static string Text(ImmutableArray<IdMappingSpec>? mappings)
    {
        var text = new StringBuilder();
        foreach (IdMappingSpec mapping in mappings ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        return text.ToString();
    }
}
