using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>What the host opens for the shim, each path once.</summary>
internal static class HostMounts
{
    /// <summary>A detached copy of the mount of the root file system; the dot refuses what is no directory.</summary>
    internal static OwnedFd OpenRoot(BundleFile bundle) =>
        Open("/root/path", bundle.Rootfs + "/.", AtFlags.Recursive);

    /// <summary>A detached copy of the source of a bind mount.</summary>
    internal static OwnedFd OpenSource(MountSpec mount, int index, string bundle)
    {
        bool recursive = MountOptions.Parse(mount.Type, mount.Options).RecursiveBind;
        return Open(string.Create(CultureInfo.InvariantCulture, $"/mounts/{index}/source"), PathRules.Source(mount.Source ?? string.Empty, bundle), recursive ? AtFlags.Recursive : AtFlags.None);
    }

    /// <summary>A namespace to join, after a look that it is one of the type asked. ioctl_ns(2).</summary>
    internal static OwnedFd OpenNamespace(NamespaceSpec item, int index)
    {
        SyscallResult<OwnedFd> opened = Files.Open(item.Path!, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
        if (opened.Failed)
        {
            throw new RuntimeException(Place(index), string.Concat(What(item), ": ", new LinuxException(opened.Result).Message));
        }

        OwnedFd file = opened.Value;
        SyscallResult<NamespaceKinds> kind = Namespaces.KindOf(file);
        if (kind.Failed || (long)kind.Value != BirthChapter.Flag(item.Type))
        {
            file.Dispose();
            throw new RuntimeException(Place(index), What(item) + " is not a namespace of this type");
        }

        return file;
    }

    private static string Place(int index) => string.Create(CultureInfo.InvariantCulture, $"/linux/namespaces/{index}/path");

    private static string What(NamespaceSpec item) => string.Concat("the ", item.Type, " namespace ", item.Path);

    private static OwnedFd Open(string pointer, string path, AtFlags flags)
    {
        SyscallResult<OwnedFd> opened = Mounts.OpenTree(OwnedFd.Cwd, path, copy: true, flags);
        return opened.Failed ? throw new RuntimeException(pointer, new LinuxException(opened.Result).Message) : opened.Value;
    }
}
