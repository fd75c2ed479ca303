using System;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The cgroup file system as far as can be told without touching it: what a manager would make and write is kept, not done. So <c>explain</c> hears it from
/// the very code that acts.
/// </summary>
/// <param name="files">The machine's, of which is only read.</param>
/// <param name="root">The directory of all hierarchies, for the paths that people read.</param>
internal sealed class CgroupRehearsal(ICgroupFiles files, string root) : ICgroupFiles
{
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _written = new(StringComparer.Ordinal);

    /// <summary>What would be done, in order.</summary>
    internal List<CgroupAct> Acts { get; } = [];

    /// <summary>Takes a directory, with its parents, for one that somebody else will have made by then.</summary>
    internal void Assume(string directory)
    {
        for (; directory.Length > 0 && !Exists(directory); directory = Parent(directory))
        {
            _made.Add(directory);
        }
    }

    /// <summary>Keeps that a device program would be attached: that is no file.</summary>
    internal void Attach(string directory, CgroupDevicesV2 devices) =>
        Acts.Add(new CgroupAct("bpf", directory, $"attach a device program of {WriteTarget.Text(devices.Program.Length)} instructions to {root}/{directory}"));

    /// <inheritdoc/>
    public Errno MakeDirectory(string path)
    {
        if (Exists(path))
        {
            return Errno.EEXIST;
        }

        if (Parent(path) is { Length: > 0 } parent && !Exists(parent))
        {
            return Errno.ENOENT;
        }

        _made.Add(path);
        Acts.Add(new CgroupAct("mkdirat", path, $"make the cgroup {root}/{path}"));
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Write(string path, ReadOnlySpan<string> values, out int written)
    {
        written = 0;
        if (Probe(path) != Errno.None)
        {
            return Errno.ENOENT;
        }

        foreach (var value in values)
        {
            _written[path] = value;
            Acts.Add(new CgroupAct("write", path, $"write {WriteTarget.Shown(value)} to {root}/{path}", value));
        }

        written = values.Length;
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Give(string path, uint userId)
    {
        if (!Exists(path) && Probe(path) != Errno.None)
        {
            return Errno.ENOENT;
        }

        Acts.Add(new CgroupAct("fchownat", path, $"give {root}/{path} to the user {WriteTarget.Text(userId)}"));
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Probe(string path)
    {
        var directory = Parent(path);
        if (!_made.Contains(directory))
        {
            return files.Probe(path);
        }

        // A new cgroup has the files that the nearest one above it has; but roots lack some, and on v2 what was not handed down yet is missing.
        var above = Above(directory);
        return Is(above, "cgroup.controllers") || Is(above, "release_agent") ? Errno.None : files.Probe(CgroupName.Join(above, path[(directory.Length + 1)..]));
    }

    /// <inheritdoc/>
    public Errno Read(string path, out byte[] content)
    {
        content = [];
        if (_written.TryGetValue(path, out var value))
        {
            content = Encoding.ASCII.GetBytes(value);
            return Errno.None;
        }

        // Told is what comes of the bundle, also while its container lives there.
        var file = path[(path.LastIndexOf('/') + 1)..];
        if (file is "cgroup.procs" or "cgroup.freeze" or "freezer.state")
        {
            return Errno.None;
        }

        var directory = Parent(path);
        if (!_made.Contains(directory))
        {
            return files.Read(path, out content);
        }

        var above = Above(directory);
        return path[(directory.Length + 1)..] switch
        {
            "cgroup.type" => files.Read(CgroupName.Join(above, "cgroup.type"), out content),
            "cgroup.controllers" when above == Parent(directory) => files.Read(CgroupName.Join(above, "cgroup.subtree_control"), out content),
            _ => Probe(path),
        };
    }

    /// <inheritdoc/>
    public Errno RemoveDirectory(string path) => Errno.None;

    /// <inheritdoc/>
    public Errno ListDirectories(string path, ICollection<string> names) => _made.Contains(path) ? Errno.None : files.ListDirectories(path, names);

    /// <inheritdoc/>
    public Errno OpenDirectory(string path, out OwnedFd? directory)
    {
        directory = null;
        return Errno.ENOENT;
    }

    /// <inheritdoc/>
    public ICgroupProcess? OpenProcess(int pid) => null;

    private static string Parent(string path) => path[..Math.Max(path.LastIndexOf('/'), 0)];

    private bool Exists(string directory) => _made.Contains(directory) || files.Probe(directory) == Errno.None;

    private bool Is(string directory, string file) => files.Probe(CgroupName.Join(directory, file)) == Errno.None;

    /// <summary>The nearest directory above that is there already.</summary>
    private string Above(string directory)
    {
        while (_made.Contains(directory))
        {
            directory = Parent(directory);
        }

        return directory;
    }
}

/// <summary>One thing that a manager of cgroups would do.</summary>
/// <param name="Call">The system call.</param>
/// <param name="Path">The directory or file, below the directory of all hierarchies.</param>
/// <param name="Words">What is done.</param>
/// <param name="Value">What is written.</param>
internal readonly record struct CgroupAct(string Call, string Path, string Words, string? Value = null);
