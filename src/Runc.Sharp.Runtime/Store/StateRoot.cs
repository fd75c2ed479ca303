using System;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>The directory that holds a directory for each container.</summary>
public sealed class StateRoot : IDisposable
{
    private readonly OwnedFd _directory;

    private StateRoot(OwnedFd directory, string path)
    {
        _directory = directory;
        Path = path;
    }

    /// <summary>Its absolute path.</summary>
    public string Path { get; }

    /// <summary>Opens the root, and makes it where <paramref name="create"/> says so.</summary>
    /// <returns>Null where it does not exist and is not to be made.</returns>
    public static StateRoot? Open(string path, bool create)
    {
        if (path.AsSpan().Trim('/').IsEmpty)
        {
            throw new RuntimeException("the root directory must not be '/'");
        }

        const OpenFlags flags = OpenFlags.Directory | OpenFlags.Path | OpenFlags.NoFollow;
        SyscallResult<OwnedFd> opened = Files.Open(path, flags);
        if (opened.Error == Errno.ENOENT)
        {
            if (!create)
            {
                return null;
            }

            Make(path);
            opened = Files.Open(path, flags);
        }

        OwnedFd directory = opened.OrThrow();
        if (Files.Fstat(directory).OrThrow().UserId != Identity.EffectiveUserId)
        {
            directory.Dispose();
            throw new RuntimeException("the root directory " + path + " belongs to another user");
        }

        return new StateRoot(directory, path);
    }

    /// <summary>The same; a missing root holds no container.</summary>
    public static StateRoot Existing(string path) => Open(path, create: false) ?? throw new RuntimeException("container does not exist");

    /// <summary>Makes the directory of a new container: who makes it first has the id.</summary>
    public ContainerDirectory Create(string id)
    {
        ContainerId.Check(id);
        if (!Files.MkdirAt(_directory, id, 0x1c9).OrThrowUnless(Errno.EEXIST))
        {
            throw new RuntimeException("container with given ID already exists");
        }

        return OpenDirectory(id) ?? throw new RuntimeException("container does not exist");
    }

    /// <summary>The directory of an existing container.</summary>
    public ContainerDirectory Open(string id) => TryOpen(id) ?? throw new RuntimeException("container does not exist");

    /// <summary>The directory of a container; null where there is none.</summary>
    public ContainerDirectory? TryOpen(string id)
    {
        ContainerId.Check(id);
        return OpenDirectory(id);
    }

    /// <summary>The ids of all containers, sorted.</summary>
    public IReadOnlyList<string> Ids()
    {
        using OwnedFd listing = Files.OpenAt(_directory, ".", OpenFlags.Directory).OrThrow();
        var ids = new List<string>();
        foreach (string name in DirectoryNames.Of(listing))
        {
            if (ContainerId.IsValid(name))
            {
                ids.Add(name);
            }
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private ContainerDirectory? OpenDirectory(string id)
    {
        SyscallResult<OwnedFd> opened = Files.OpenAt(_directory, id, OpenFlags.Directory | OpenFlags.NoFollow);
        return opened.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? null : new ContainerDirectory(_directory, opened.OrThrow(), id);
    }

    private static void Make(string path)
    {
        for (int slash = path.IndexOf('/', 1); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            MakeOne(path[..slash], 0x1ed);
        }

        MakeOne(path, 0x1c0);
    }

    private static void MakeOne(string path, uint mode) => Files.MkdirAt(OwnedFd.Cwd, path, mode).OrThrowUnless(Errno.EEXIST);
}
