using System;
using System.Globalization;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>What happened in a container that is watched.</summary>
public enum OomWatchAnswer
{
    /// <summary>Nothing until the deadline.</summary>
    Nothing,

    /// <summary>A process wanted memory that the limit does not give.</summary>
    OutOfMemory,

    /// <summary>The cgroup is gone, or on v2 its last process: nothing more will come.</summary>
    Ended,
}

/// <summary>
/// Waits for notices of want of memory. v1 has a descriptor for it, to be named in <c>cgroup.event_control</c>; v2 marks
/// <c>memory.events</c> as changed, and <c>cgroup.events</c> when the last process ends. Kernel documentation, admin-guide/cgroup-v1/memory and cgroup-v2.
/// </summary>
public sealed class OomWatch : IDisposable
{
    /// <summary>How often the cgroup is looked for where nothing tells of its end, in nanoseconds.</summary>
    private const long Glance = 500_000_000;

    private readonly KernelCgroupFiles _files;
    private readonly string _directory;
    private readonly bool _v2;
    private OwnedFd? _notices;
    private OwnedFd? _control;
    private ulong _kills;

    private OomWatch(KernelCgroupFiles files, string directory, bool v2)
    {
        _files = files;
        _directory = directory;
        _v2 = v2;
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="files">The cgroup file system; closed with the watch.</param>
    /// <param name="placement">The container's cgroups.</param>
    /// <exception cref="LinuxException">The kernel gives no notices.</exception>
    /// <exception cref="RuntimeException">As before.</exception>
    public static OomWatch Open(KernelCgroupFiles files, CgroupPlacement placement)
    {
        bool v2 = placement.Version == CgroupVersion.Unified;
        PlacedCgroup? memory = placement.Find(v2 ? string.Empty : "memory");
        var watch = new OomWatch(files, (memory ?? placement.Groups[0]).Directory, v2);
        try
        {
            if (v2)
            {
                watch.OpenV2(placement.Root);
            }
            else if (memory is not null)
            {
                watch.OpenV1(placement.Root);
            }
        }
        catch
        {
            watch.Dispose();
            throw;
        }

        return watch;
    }

    /// <summary>Waits.</summary>
    /// <param name="deadline">On <see cref="Clocks.MonotonicNanoseconds"/>.</param>
    public OomWatchAnswer Wait(long deadline)
    {
        while (!IsGone())
        {
            if (_notices is null)
            {
                Polling.Sleep(Math.Min(deadline, Clocks.MonotonicNanoseconds + Glance));
            }
            else if (Polling.Wait(_notices, PollEvents.Readable, deadline).OrThrow() != PollEvents.None && Take())
            {
                return OomWatchAnswer.OutOfMemory;
            }

            if (Clocks.MonotonicNanoseconds >= deadline && !IsGone())
            {
                return OomWatchAnswer.Nothing;
            }
        }

        return OomWatchAnswer.Ended;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _notices?.Dispose();
        _control?.Dispose();
        _files.Dispose();
    }

    private void OpenV1(string root)
    {
        _control = Linux.Files.Open(string.Concat(root, "/", _directory, "/memory.oom_control"), OpenFlags.ReadOnly | OpenFlags.NoFollow).OrThrow();
        _notices = Linux.Files.EventFd(nonBlocking: true).OrThrow();
        string file = _directory + "/cgroup.event_control";
        Errno error = _files.Write(file, string.Create(CultureInfo.InvariantCulture, $"{_notices.Number} {_control.Number}"));
        if (error != Errno.None)
        {
            throw new RuntimeException(string.Concat("ask ", root, "/", file) + " for notices: " + error.Name() + " (" + error.Words() + ")");
        }
    }

    private void OpenV2(string root)
    {
        _notices = FileEvents.Create().OrThrow();
        string directory = string.Concat(root, "/", _directory);
        FileEvents.Watch(_notices, directory + "/cgroup.events", FileEvents.Modified | FileEvents.Deleted).OrThrow();

        // Without the controller nothing of the kind can happen.
        FileEvents.Watch(_notices, directory + "/memory.events", FileEvents.Modified).OrThrowUnless(Errno.ENOENT);
        _kills = Count("/memory.events", "oom_kill");
    }

    /// <summary>Takes the notices that are there; whether they are about memory.</summary>
    private bool Take()
    {
        if (!_v2)
        {
            // The removal of the cgroup is told by the same descriptor.
            Linux.Files.Read(_notices!, stackalloc byte[8]).OrThrowUnless(Errno.EAGAIN);
            return !IsGone();
        }

        FileEvents.Drain(_notices!).OrThrow();
        ulong before = _kills;
        _kills = Count("/memory.events", "oom_kill");
        return _kills > before;
    }

    private bool IsGone() => _v2 ? Count("/cgroup.events", "populated") == 0 : _files.Probe(_directory) != Errno.None;

    private ulong Count(string file, string key)
    {
        // Gone is no count.
        if (_files.Read(_directory + file, out byte[] content) != Errno.None)
        {
            return 0;
        }

        for (Span<byte> rest = content; StatFiles.NextLine(ref rest, out ReadOnlySpan<byte> line);)
        {
            int space = line.IndexOf((byte)' ');
            if (space > 0 && System.Text.Encoding.UTF8.GetString(line[..space]) == key)
            {
                return StatFiles.Number(line[(space + 1)..]);
            }
        }

        return 0;
    }
}
