using System;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>
/// One container's directory: <c>lock</c>, <c>state.json</c>, and while the container waits to be started the socket <c>gate</c>.
/// Crash-only: whatever was killed at whatever instant, the next delete finds here what is left to clean.
/// </summary>
public sealed class ContainerDirectory : IDisposable
{
    /// <summary>The socket at which init waits for its start.</summary>
    public const string Gate = "gate";

    private const string StateFile = "state.json";
    private const string LockFile = "lock";
    private const int MaxState = 16 << 20;
    private readonly OwnedFd _root;
    private OwnedFd? _lock;

    internal ContainerDirectory(OwnedFd root, OwnedFd directory, string id)
    {
        _root = root;
        Descriptor = directory;
        Id = id;
    }

    /// <summary>The container's id.</summary>
    public string Id { get; }

    /// <summary>The directory itself.</summary>
    public OwnedFd Descriptor { get; }

    /// <summary>Waits until no other command changes this container, and keeps them out until <see cref="Dispose"/>.</summary>
    public void Lock()
    {
        _lock = Files.OpenAt(Descriptor, LockFile, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.NoFollow, 0x180).OrThrowUnless(Errno.ENOENT)
            ?? throw new RuntimeException("container does not exist"); // deleted between our two looks
        Files.Lock(_lock, LockKind.Exclusive, wait: true).OrThrow();
    }

    /// <summary>What is remembered; null where nothing whole is: the creator died half-way.</summary>
    public ContainerRecord? Read()
    {
        SyscallResult<ReadOnlyMemory<byte>> read = Files.ReadFileAt(Descriptor, StateFile, MaxState);
        return read.Failed ? null : ContainerRecord.Parse(read.Value.Span);
    }

    /// <summary>
    /// Writes the record in one step: a reader sees the old one or this one. It is not forced to the disk: a record is of
    /// use only until the machine restarts, and then no container of it is left.
    /// </summary>
    public void Write(ContainerRecord record)
    {
        // Only who holds the lock writes, so the name is free but for what a killed writer left.
        const string temporary = StateFile + ".new";
        Files.UnlinkAt(Descriptor, temporary).OrThrowUnless(Errno.ENOENT);
        using (OwnedFd file = Files.OpenAt(Descriptor, temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180).OrThrow())
        {
            Files.WriteAll(file, record.ToJson()).OrThrow();
        }

        Files.RenameAt(Descriptor, temporary, Descriptor, StateFile).OrThrow();
    }

    /// <summary>Whether init waits for its start.</summary>
    public bool HasGate() => !Files.Statx(Descriptor, Gate, AtFlags.NoFollow).Failed;

    /// <summary>Takes the gate away: the container was started.</summary>
    public void RemoveGate() => Files.UnlinkAt(Descriptor, Gate).OrThrowUnless(Errno.ENOENT);

    /// <summary>Removes the directory and what is in it. Done twice, it does nothing more.</summary>
    public void Remove()
    {
        foreach (string name in DirectoryNames.Of(Descriptor))
        {
            Files.UnlinkAt(Descriptor, name).OrThrowUnless(Errno.ENOENT);
        }

        Files.UnlinkAt(_root, Id, AtFlags.RemoveDirectory).OrThrowUnless(Errno.ENOENT);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _lock?.Dispose();
        Descriptor.Dispose();
    }
}
