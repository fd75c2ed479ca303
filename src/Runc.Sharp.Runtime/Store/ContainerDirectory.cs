using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Runtime.Store;

/// <summary>
/// One container's directory: <c>state.json</c>, and while the container waits to be started the socket <c>gate</c>.
/// Crash-only: whatever was killed at whatever instant, the next delete finds here what is left to clean.
/// </summary>
/// <remarks>
/// The record is a file of lines to which each change adds one; the last whole line counts. Adding costs 1 µs. A new file renamed over the old one
/// costs 120 µs on ext4, which then writes it out, and 17 µs on tmpfs. Nothing is forced to the disk (fsync: 300 to 800 µs on ext4): a record
/// is of use only until the machine restarts, then no process of the container is left, and its boot id tells.
/// </remarks>
public sealed class ContainerDirectory : IDisposable
{
    /// <summary>The socket at which init waits for its start.</summary>
    public const string Gate = "gate";

    /// <summary>What the maker of a container says where a delete --force was faster.</summary>
    internal const string DeletedMeanwhile = "the container was deleted while it was made";

    private const string StateFile = "state.json";
    private const int MaxState = 16 << 20;
    private const long LongestPause = 50_000_000;
    private const int DeepestTree = 64;
    private readonly OwnedFd _root;
    private readonly string _rootPath;
    private OwnedFd? _record;

    internal ContainerDirectory(OwnedFd root, string rootPath, OwnedFd directory, string id)
    {
        _root = root;
        _rootPath = rootPath;
        Descriptor = directory;
        Id = id;
    }

    /// <summary>The container's id.</summary>
    public string Id { get; }

    /// <summary>The directory itself.</summary>
    public OwnedFd Descriptor { get; }

    /// <summary>Waits until no other command changes this container, and keeps them out until <see cref="Unlock"/> or <see cref="Dispose"/>.</summary>
    /// <remarks>flock(2) on the directory: no file to make, to forget and to remove.</remarks>
    /// <param name="deadline">Until when to wait, on <see cref="Clocks.MonotonicNanoseconds"/>; for ever by default.</param>
    /// <exception cref="RuntimeException">Another command is at work until the deadline, or has deleted the container.</exception>
    public void Lock(long deadline = Polling.Forever)
    {
        if (!TryLock(deadline))
        {
            throw new RuntimeException("container does not exist");
        }
    }

    /// <summary>As <see cref="Lock"/>, by who has just made the directory: <c>delete --force</c> may have been faster.</summary>
    internal void LockNew()
    {
        if (!TryLock())
        {
            throw new RuntimeException(DeletedMeanwhile);
        }
    }

    /// <summary>As <see cref="Lock"/>, but a container that is deleted meanwhile is no failure.</summary>
    /// <returns>Whether the container still exists.</returns>
    public bool TryLock(long deadline = Polling.Forever)
    {
        if (Files.LockEntry(Descriptor, LockKind.Exclusive, wait: false).Failed)
        {
            Wait(deadline);
        }

        // Who held the lock before may have deleted the container, and another of this id may stand in its place.
        return Files.Fstat(Descriptor, StatxMask.LinkCount).OrThrow().LinkCount != 0;
    }

    /// <summary>Lets other commands change the container.</summary>
    public void Unlock() => Files.LockEntry(Descriptor, LockKind.None, wait: false).OrThrow();

    /// <summary>What is remembered; null where nothing whole is: the creator died half-way.</summary>
    /// <exception cref="RuntimeException">The record is of a newer program.</exception>
    /// <exception cref="LinuxException">The record cannot be read.</exception>
    public ContainerRecord? Read()
    {
        SyscallResult<ReadOnlyMemory<byte>> read = Files.ReadFileAt(Descriptor, StateFile, MaxState);
        return read.Error == Errno.ENOENT ? null : ContainerRecord.Parse(read.OrThrow().Span);
    }

    /// <summary>As <see cref="Read()"/>, but without the notes: enough for who asks many containers what they are.</summary>
    /// <param name="buffer">Used for each of them, and grown where it is too small.</param>
    internal ContainerRecord? Glance(ref byte[] buffer)
    {
        SyscallResult<OwnedFd> opened = Files.OpenAt(Descriptor, StateFile, OpenFlags.ReadOnly | OpenFlags.NoControllingTerminal);
        if (opened.Error == Errno.ENOENT)
        {
            return null;
        }

        using OwnedFd file = opened.OrThrow();
        int length = 0;
        for (bool more = true; more;)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, length < MaxState ? Math.Max(2 * length, 1 << 14) : throw new RuntimeException("the record of " + Id + " is too large"));
            }

            int got = Files.Read(file, buffer.AsSpan(length)).OrThrow();
            length += got;
            more = length == buffer.Length; // a file fills what it can
        }

        return ContainerRecord.Parse(buffer.AsSpan(0, length), notes: false);
    }

    /// <summary>Adds a line to the record. A reader sees the record before or this one, however far the writing got.</summary>
    /// <remarks>The first record of a container has no pid and says what is about to be made: cgroups above all.</remarks>
    public void Write(ContainerRecord record)
    {
        const OpenFlags flags = OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow;
        if (_record is null)
        {
            SyscallResult<OwnedFd> opened = Files.OpenAt(Descriptor, StateFile, flags, 0x180);
            _record = opened.Failed ? throw Unwritten(opened.Error, opened.Result.Call) : opened.Value;
        }

        SyscallResult written = Files.WriteAll(_record, record.ToLine());
        if (written.Failed)
        {
            throw Unwritten(written.Error, written.Call);
        }
    }

    /// <summary>Writes what those need who join the container.</summary>
    internal void Keep(JoinFile join)
    {
        try
        {
            join.Write(Descriptor);
        }
        catch (LinuxException fault)
        {
            throw Unwritten(fault.Error, fault.Call);
        }
    }

    /// <summary>Makes the gate.</summary>
    internal OwnedFd MakeGate()
    {
        try
        {
            return ShimChannel.Listen(Descriptor, Gate);
        }
        catch (LinuxException fault)
        {
            throw Unwritten(fault.Error, fault.Call);
        }
    }

    /// <summary>Makes a directory in here, for everybody to look into.</summary>
    internal void MakeFolder(string name)
    {
        const uint searchable = 0x1ed; // rwxr-xr-x
        SyscallResult made = Files.MkdirAt(Descriptor, name, searchable);
        if (made.Failed)
        {
            throw Unwritten(made.Error, made.Call);
        }

        Files.FchmodAt(Descriptor, name, searchable).OrThrow(); // whatever the umask is
    }

    /// <summary>Whether init waits for its start.</summary>
    public bool HasGate() => !Files.Statx(Descriptor, Gate, AtFlags.NoFollow, StatxMask.Type).Failed;

    /// <summary>Takes the gate away: the container was started.</summary>
    public void RemoveGate() => Files.UnlinkAt(Descriptor, Gate).OrThrowUnless(Errno.ENOENT);

    /// <summary>Removes the directory and what is in it. Done twice, it does nothing more.</summary>
    public void Remove()
    {
        if (Files.Fstat(Descriptor, StatxMask.LinkCount).OrThrow().LinkCount == 0)
        {
            return; // and another container may have the name by now
        }

        Empty(Descriptor, DeepestTree);
        Files.UnlinkAt(_root, Id, AtFlags.RemoveDirectory).OrThrowUnless(Errno.ENOENT);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _record?.Dispose();
        Descriptor.Dispose();
    }

    /// <summary>What a person knows of the files in here is where they are.</summary>
    private RuntimeException Unwritten(Errno error, string? call) => StateRoot.Fault("written", System.IO.Path.Join(_rootPath, Id), error, call);

    private void Wait(long deadline)
    {
        if (deadline == Polling.Forever)
        {
            Files.LockEntry(Descriptor, LockKind.Exclusive, wait: true).OrThrow();
            return;
        }

        // There is no flock(2) with a time limit, and no signal may end the wait: it is asked again and again.
        for (long pause = 500_000; !Files.LockEntry(Descriptor, LockKind.Exclusive, wait: false).OrThrowUnless(Errno.EAGAIN); pause = Math.Min(2 * pause, LongestPause))
        {
            long now = Clocks.MonotonicNanoseconds;
            if (now >= deadline)
            {
                throw new RuntimeException(string.Concat("container ", Id, " is being changed by another command"));
            }

            Polling.Sleep(Math.Min(deadline, now + pause));
        }
    }

    /// <summary>By descriptor and without following links: nothing outside is touched, whatever was put here.</summary>
    private static void Empty(OwnedFd directory, int depth)
    {
        foreach ((CPath name, FileType type) in DirectoryNames.Of(directory))
        {
            SyscallResult removed = type == FileType.Directory ? Tree(directory, name, depth) : Files.UnlinkAt(directory, name);
            if (removed.Error == Errno.EISDIR)
            {
                removed = Tree(directory, name, depth); // the file system does not tell kinds
            }

            removed.OrThrowUnless(Errno.ENOENT);
        }
    }

    private static SyscallResult Tree(OwnedFd parent, CPath name, int depth)
    {
        SyscallResult<OwnedFd> opened = Files.OpenAt(parent, name, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.NoFollow);
        if (opened.Failed)
        {
            return opened.Result;
        }

        using OwnedFd directory = opened.Value;
        if (depth == 0)
        {
            throw new RuntimeException(string.Concat("directories in the state of the container are nested too deeply: ", name.ToString()));
        }

        Empty(directory, depth - 1);
        return Files.UnlinkAt(parent, name, AtFlags.RemoveDirectory);
    }
}
