using System;
using System.Collections.Generic;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>
/// The container's root as CRIU wants it: a mount of its own, which no other hides, with every place that something is mounted upon. It is made
/// in a mount namespace that this thread enters and CRIU is started in, so that nothing of it reaches the host, whatever ends us.
/// </summary>
internal sealed class RestoreRoot : IDisposable
{
    private const string Name = "criu-root";
    private readonly OwnedFd _host;
    private readonly OwnedFd _where;
    private OwnedFd? _root;

    private RestoreRoot(OwnedFd host, OwnedFd where)
    {
        _host = host;
        _where = where;
    }

    /// <summary>The root's path, in the namespace.</summary>
    internal string Path { get; private set; } = string.Empty;

    /// <summary>Where the document's bind mounts stand, and their sources.</summary>
    internal List<CriuPair> Mounts { get; } = [];

    /// <summary>Enters a mount namespace and makes the root there.</summary>
    /// <param name="directory">The container's directory.</param>
    /// <param name="rootfs">The root file system.</param>
    internal static RestoreRoot Enter(OwnedFd directory, string rootfs)
    {
        OwnedFd host = Files.Open("/proc/thread-self/ns/mnt", OpenFlags.ReadOnly).OrThrow();
        var root = new RestoreRoot(host, Files.Open("."u8, OpenFlags.Path | OpenFlags.Directory).OrThrow());
        try
        {
            // This gives the thread a working directory of its own too: without that, it could not go back. mount_namespaces(7).
            Namespaces.Unshare(NamespaceKinds.Mount).OrThrow();
            Runc.Sharp.Linux.Mounts.Mount(default, "/"u8, default, MountFlags.Slave | MountFlags.Recursive).OrThrow();
            Files.MkdirAt(directory, Name, 0x1ed).OrThrowUnless(Errno.EEXIST);
            root.Path = string.Concat(CriuPlaces.PathOf(directory, string.Empty), "/", Name);
            Runc.Sharp.Linux.Mounts.Mount(rootfs, root.Path, default, MountFlags.Bind | MountFlags.Recursive).OrThrow();
            root._root = Files.Open(root.Path, OpenFlags.Path | OpenFlags.Directory).OrThrow();
            return root;
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>Makes the places of all mounts that the images do not bring, and finds where the bind mounts will stand.</summary>
    /// <remarks>A bind mount is made for as long as this takes: a later one may stand upon it, and its place is made in the source.</remarks>
    internal void Prepare(RuntimeSpec spec, string bundle)
    {
        var made = new Stack<string>();
        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            var options = MountOptions.Parse(mount.Type, mount.Options);
            string destination = PathRules.Normalize(mount.Destination);
            if (mount.Type is "cgroup" or "cgroup2" || options.Remount)
            {
                continue;
            }

            bool inMemory = OnTmpfs(spec, destination);
            if (!options.Bind)
            {
                if (!inMemory)
                {
                    Make(destination, file: false).Dispose();
                }

                continue;
            }

            string source = PathRules.Source(mount.Source ?? string.Empty, bundle);
            if (inMemory)
            {
                Mounts.Add(new CriuPair(destination, source)); // its place comes with the content of the tmpfs
                continue;
            }

            SyscallResult<FileStatus> status = Files.Statx(OwnedFd.Cwd, source, AtFlags.None, StatxMask.Type);
            if (status.Failed)
            {
                throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"/mounts/{at}/source"), new LinuxException(status.Result).Message);
            }

            using OwnedFd place = Make(destination, status.Value.Type != FileType.Directory);
            string path = CriuPlaces.PathOf(place, string.Empty);
            Mounts.Add(new CriuPair(path[Path.Length..], source));
            Runc.Sharp.Linux.Mounts.Mount(source, CPath.OfDescriptor(place), default, MountFlags.Bind | MountFlags.Recursive).OrThrow();
            made.Push(path);
        }

        while (made.TryPop(out string? path))
        {
            Runc.Sharp.Linux.Mounts.Unmount(path, UnmountFlags.Detach | UnmountFlags.NoFollow).OrThrow();
        }
    }

    /// <summary>Goes back to the host's namespace. The other one lives as long as CRIU.</summary>
    public void Dispose()
    {
        _root?.Dispose();
        using (_host)
        using (_where)
        {
            Namespaces.Enter(_host, NamespaceKinds.Mount).OrThrow();
            Files.ChangeDirectory(_where).OrThrow();
        }
    }

    /// <summary>Removes the directory that the root stood upon.</summary>
    internal static void Remove(OwnedFd directory) =>
        Files.UnlinkAt(directory, Name, AtFlags.RemoveDirectory).OrThrowUnless(Errno.ENOENT);

    private static bool OnTmpfs(RuntimeSpec spec, string destination)
    {
        foreach (MountSpec mount in spec.Mounts)
        {
            if (mount.Type == "tmpfs" && destination.StartsWith(PathRules.Normalize(mount.Destination).TrimEnd('/') + "/", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Opens a place inside the root, and makes what is missing of it. No link leads out. CVE-2019-16884 and its like.</summary>
    private OwnedFd Make(string path, bool file)
    {
        OwnedFd directory = Files.Duplicate(_root!).OrThrow();
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        string walked = string.Empty;
        for (int at = 0; at < names.Length; at++)
        {
            walked = string.Concat(walked, "/", names[at]);
            SyscallResult<OwnedFd> opened = Files.OpenAt2(_root!, walked, OpenFlags.Path, ResolveFlags.InRoot);
            if (opened.Error == Errno.ENOENT)
            {
                using (directory)
                {
                    MakeOne(directory, names[at], file && at == names.Length - 1);
                }

                opened = Files.OpenAt2(_root!, walked, OpenFlags.Path, ResolveFlags.InRoot);
            }

            directory.Dispose();
            directory = opened.OrThrow();
        }

        return directory;
    }

    private static void MakeOne(OwnedFd directory, string name, bool file)
    {
        if (file)
        {
            Files.OpenAt(directory, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1a4).OrThrow().Dispose();
        }
        else
        {
            Files.MkdirAt(directory, name, 0x1ed).OrThrow();
        }
    }
}
