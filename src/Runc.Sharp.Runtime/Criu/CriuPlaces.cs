using System;
using System.Collections.Generic;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>What CRIU must know of a container's document beside its processes.</summary>
internal static class CriuPlaces
{
    /// <summary>CLONE_NEWNET: a container's network devices and routes are its engine's to make again.</summary>
    internal const long Network = 0x40000000;

    /// <summary>The file with the names of the streams, beside the images; as runc writes it.</summary>
    internal const string Descriptors = "descriptors.json";

    private const string ConfigAnnotation = "org.criu.config";

    /// <summary>The file of settings that win over ours: what the annotation names, none where it is empty.</summary>
    internal static string? ConfigFile(RuntimeSpec spec)
    {
        foreach (KeyValuePair<string, string> annotation in spec.Annotations)
        {
            if (annotation.Key == ConfigAnnotation)
            {
                return annotation.Value.Length == 0 ? null : annotation.Value;
            }
        }

        return "/etc/criu/runc.conf";
    }

    /// <summary>The name under which a namespace that is not the container's own is saved.</summary>
    internal static string NamespaceKey(string type) => type == "pid" ? "extRootPidNS" : "extRootNetNS";

    /// <summary>The namespaces of another's making that CRIU is not to save, but to find again. criu.org/External_resources.</summary>
    /// <param name="spec">The document.</param>
    /// <param name="version">CRIU's version.</param>
    internal static List<NamespaceSpec> ExternalNamespaces(RuntimeSpec spec, int version)
    {
        const int externalNetwork = 31100;
        const int externalPid = 31500;
        var found = new List<NamespaceSpec>();
        foreach (NamespaceSpec item in BirthChapter.Namespaces(spec))
        {
            if (item.Type is not ("network" or "pid") || string.IsNullOrEmpty(item.Path))
            {
                continue;
            }

            if (version < (item.Type == "pid" ? externalPid : externalNetwork))
            {
                throw new RuntimeException(string.Concat("criu lacks support for external ", item.Type, " namespace (old criu version?)"));
            }

            found.Add(item);
        }

        return found;
    }

    /// <summary>CRIU makes a bind mount as it is asked to, without its mapping of ids: the container would find other owners.</summary>
    internal static void RefuseMappedMounts(RuntimeSpec spec)
    {
        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            if (mount.UidMappings is { IsDefaultOrEmpty: false } || MountOptions.Parse(mount.Type, mount.Options).IdMap is not null)
            {
                throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"/mounts/{at}"), "criu cannot restore a mount with mapped ids");
            }
        }
    }

    /// <summary>Where a path of the container leads, links followed inside its root; null where nothing is.</summary>
    /// <param name="root">The root.</param>
    /// <param name="path">The path.</param>
    /// <param name="prefix">The root's own path, which is taken off; empty where the root is another mount namespace's.</param>
    /// <param name="type">What stands there.</param>
    internal static string? Resolve(OwnedFd root, string path, string prefix, out FileType type)
    {
        type = FileType.Unknown;
        SyscallResult<OwnedFd> opened = Files.OpenAt2(root, path, OpenFlags.Path, ResolveFlags.InRoot);
        if (opened.Error is Errno.ENOENT or Errno.ENOTDIR)
        {
            return null;
        }

        using OwnedFd place = opened.OrThrow();
        type = Files.Fstat(place, StatxMask.Type).OrThrow().Type;
        return PathOf(place, prefix);
    }

    /// <summary>The path of an open file, by the kernel.</summary>
    internal static string PathOf(OwnedFd place, string prefix)
    {
        string path = System.Text.Encoding.UTF8.GetString(Files.ReadLinkAt(OwnedFd.Cwd, CPath.OfDescriptor(place)).OrThrow().Bytes);
        return path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length ? path[prefix.Length..] : path;
    }
}
