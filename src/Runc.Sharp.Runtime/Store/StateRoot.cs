using System;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>The directory that holds a directory for each container.</summary>
/// <remarks>What is in it decides what is killed and removed, so it must be ours, and nobody else may put anything there.</remarks>
public sealed class StateRoot : IDisposable
{
    private const uint WritableByOthers = 0x2;
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
    /// <exception cref="RuntimeException">It is <c>/</c>, no directory, a symbolic link, another user's, or writable by others; or it cannot be opened or made.</exception>
    public static StateRoot? Open(string path, bool create)
    {
        // A slash at the end would let a symbolic link be followed.
        string trimmed = path.TrimEnd('/');
        if (trimmed.Length == 0)
        {
            throw Slash();
        }

        const OpenFlags flags = OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow;
        SyscallResult<OwnedFd> opened = Files.Open(trimmed, flags);
        if (opened.Error == Errno.ENOENT)
        {
            if (!create)
            {
                return null;
            }

            Make(trimmed);
            opened = Files.Open(trimmed, flags);
        }

        if (opened.Error is Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new RuntimeException(string.Concat("the root directory ", path, " is not a directory, or a symbolic link"));
        }

        OwnedFd directory = opened.Failed ? throw Fault("opened", path, opened.Error, opened.Result.Call) : opened.Value;
        try
        {
            Check(directory, path);
            return new StateRoot(directory, path);
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Opens the root of existing containers; a missing root holds none.</summary>
    public static StateRoot Existing(string path) => Open(path, create: false) ?? throw new RuntimeException("container does not exist");

    /// <summary>Makes the directory of a new container and keeps others out of it: who makes it first has the id.</summary>
    /// <exception cref="RuntimeException">The id is none or taken.</exception>
    public ContainerDirectory Create(string id)
    {
        ContainerId.Check(id);
        SyscallResult made = Files.MkdirAt(_directory, id, 0x1c9);
        if (made.Failed)
        {
            throw made.Error == Errno.EEXIST
                ? new RuntimeException("container with given ID already exists")
                : Fault("written", System.IO.Path.Join(Path, id), made.Error, made.Call);
        }

        return OpenDirectory(id) ?? throw new RuntimeException(ContainerDirectory.DeletedMeanwhile);
    }

    /// <summary>The directory of an existing container.</summary>
    public ContainerDirectory Open(string id) => TryOpen(id) ?? throw new RuntimeException("container does not exist");

    /// <summary>The directory of a container; null where there is none.</summary>
    public ContainerDirectory? TryOpen(string id)
    {
        ContainerId.Check(id);
        return OpenDirectory(id);
    }

    /// <summary>The ids of all containers, sorted. What has no id for a name, or is no directory, is not ours and left out.</summary>
    public IReadOnlyList<string> Ids()
    {
        var ids = new List<string>();
        foreach ((CPath name, FileType type) in DirectoryNames.Of(_directory))
        {
            string id = name.ToString();
            if (type is FileType.Directory or FileType.Unknown && ContainerId.IsValid(id))
            {
                ids.Add(id);
            }
        }

        ids.Sort(StringComparer.Ordinal);
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private ContainerDirectory? OpenDirectory(string id)
    {
        SyscallResult<OwnedFd> opened = Files.OpenAt(_directory, id, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        return opened.Error is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? null : new ContainerDirectory(_directory, Path, opened.OrThrow(), id);
    }

    private static void Check(OwnedFd directory, string path)
    {
        FileStatus status = Files.Fstat(directory).OrThrow();
        if (status.UserId != Identity.EffectiveUserId)
        {
            throw new RuntimeException(string.Concat("the root directory ", path, " belongs to another user"));
        }

        if ((status.Permissions & WritableByOthers) != 0)
        {
            throw new RuntimeException(string.Concat("the root directory ", path, " can be written by everybody"));
        }

        // "/." and "/run/.." are the same place by other words.
        if (status.IsMountRoot)
        {
            FileStatus root = Files.Statx(OwnedFd.Cwd, "/"u8).OrThrow();
            if ((root.Inode, root.HolderMajor, root.HolderMinor) == (status.Inode, status.HolderMajor, status.HolderMinor))
            {
                throw Slash();
            }
        }
    }

    private static void Make(string path)
    {
        for (int slash = path.IndexOf('/', 1); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            MakeOne(path[..slash], 0x1ed);
        }

        MakeOne(path, 0x1c0);
    }

    private static void MakeOne(string path, uint mode)
    {
        SyscallResult made = Files.MkdirAt(OwnedFd.Cwd, path, mode);
        if (made.Error is not (Errno.None or Errno.EEXIST))
        {
            throw Fault("made", path, made.Error, made.Call);
        }
    }

    /// <summary>Why there is no state, and what to do.</summary>
    internal static RuntimeException Fault(string verb, string path, Errno error, string? call)
    {
        string text = string.Concat(string.Concat("the state directory ", path, " cannot be "), verb, ": ", LinuxException.Sentence(error, call, null));
        return new RuntimeException(error switch
        {
            Errno.ENOSPC or Errno.EDQUOT => text + "; hint: free space or inodes there, or name another place by --root",
            Errno.EACCES or Errno.EPERM => text + "; hint: it takes root's rights, or a place of one's own by --root",
            Errno.EROFS => text + "; hint: name another place by --root",
            _ => text,
        });
    }

    private static RuntimeException Slash() => new("the root directory must not be /");
}
