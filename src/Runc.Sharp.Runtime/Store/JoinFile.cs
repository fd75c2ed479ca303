using System;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>
/// What a process must know that joins the container later, kept in the file <c>join</c> beside the record: read by <c>exec</c>, <c>checkpoint</c> and <c>mounts</c> alone,
/// so that no other command pays for it, and independent of what becomes of the bundle. The system call filter is kept compiled.
/// </summary>
/// <remarks>Ten numbers of 32 bits, then the texts in the order of their lengths. Written whole before the record names init.</remarks>
public sealed record JoinFile
{
    private const string Name = "join";
    private const uint Magic = 0x4a727363; // "csrJ"
    private const int Header = 40;
    private const char Between = '\0'; // of names, which hold anything else
    private const int MaxLength = 32 << 20;

    /// <summary>The namespaces that are not the creator's own, as clone(2) flags.</summary>
    public required long Namespaces { get; init; }

    /// <summary>Whether the creator's session keyring was kept.</summary>
    public bool KeepsKeyring { get; init; }

    /// <summary>The process object of the document, as it was written; empty where it had none.</summary>
    public ReadOnlyMemory<byte> Process { get; init; }

    /// <summary>The system call filter: struct sock_filter, 8 bytes each; empty is none. seccomp(2).</summary>
    public ReadOnlyMemory<byte> Filter { get; init; }

    /// <summary>The flags with which it is loaded.</summary>
    public uint FilterFlags { get; init; }

    /// <summary>Whether a listener comes of it.</summary>
    public bool FilterNotifies { get; init; }

    /// <summary>The socket of the agent that gets the listener; empty is none.</summary>
    public string ListenerPath { get; init; } = string.Empty;

    /// <summary>What the agent is told beside; null is nothing.</summary>
    public string? ListenerMetadata { get; init; }

    /// <summary>The domain of linux.personality; null where the document has none.</summary>
    public string? Personality { get; init; }

    /// <summary>The label of the container's mounts; null where it has none.</summary>
    public string? MountLabel { get; init; }

    /// <summary>The document's name in the bundle; empty where it is not known.</summary>
    public string Document { get; init; } = string.Empty;

    /// <summary>What standard input, output and error were when the container got them, e.g. <c>pipe:[81]</c>; empty where it has a terminal.</summary>
    public ImmutableArray<string> Streams { get; init; } = [];

    /// <summary>Writes it into a container's directory.</summary>
    public void Write(OwnedFd directory)
    {
        using OwnedFd file = Files.OpenAt(directory, Name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180).OrThrow();
        Files.WriteAll(file, ToBytes()).OrThrow();
    }

    /// <summary>Reads it.</summary>
    /// <exception cref="RuntimeException">The container was made by a program that did not write it, or it is cut off.</exception>
    public static JoinFile Read(OwnedFd directory)
    {
        SyscallResult<ReadOnlyMemory<byte>> read = Files.ReadFileAt(directory, Name, MaxLength);
        return read.Error == Errno.ENOENT
            ? throw new RuntimeException("the container was made by an older program, which kept nothing for exec")
            : Parse(read.OrThrow()) ?? throw new RuntimeException("what the container's state keeps for exec is damaged");
    }

    /// <summary>The file's bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] path = Encoding.UTF8.GetBytes(ListenerPath);
        byte[] metadata = Encoding.UTF8.GetBytes(ListenerMetadata ?? string.Empty);
        byte[] origin = Encoding.UTF8.GetBytes(string.Join(Between, MountLabel is null ? [Document, .. Streams] : [Document, .. Streams, MountLabel]));
        var bytes = new byte[Header + Process.Length + Filter.Length + path.Length + metadata.Length + origin.Length];
        Span<byte> rest = bytes;
        Put(ref rest, Magic);
        Put(ref rest, 1);
        Put(ref rest, (uint)Namespaces);
        Put(ref rest, (KeepsKeyring ? 1u : 0) | (FilterNotifies ? 2u : 0) | (ListenerMetadata is not null ? 4u : 0) | Personality switch { null => 0u, "LINUX32" => 16u, _ => 8u } | (MountLabel is not null ? 32u : 0));
        Put(ref rest, FilterFlags);
        Put(ref rest, (uint)Process.Length);
        Put(ref rest, (uint)Filter.Length);
        Put(ref rest, (uint)path.Length);
        Put(ref rest, (uint)metadata.Length);
        Put(ref rest, (uint)origin.Length);
        Process.Span.CopyTo(rest);
        Filter.Span.CopyTo(rest[Process.Length..]);
        path.CopyTo(rest[(Process.Length + Filter.Length)..]);
        metadata.CopyTo(rest[(Process.Length + Filter.Length + path.Length)..]);
        origin.CopyTo(rest[^origin.Length..]);
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> wrote; null where it is something else.</summary>
    public static JoinFile? Parse(ReadOnlyMemory<byte> file)
    {
        if (file.Length < Header || At(file, 0) != Magic || At(file, 1) != 1)
        {
            return null;
        }

        uint flags = At(file, 3);
        long process = At(file, 5);
        long filter = At(file, 6);
        long path = At(file, 7);
        long metadata = At(file, 8);
        long origin = At(file, 9);
        if (Header + process + filter + path + metadata + origin != file.Length)
        {
            return null;
        }

        ReadOnlyMemory<byte> rest = file[Header..^(int)origin];
        string[] words = Encoding.UTF8.GetString(file.Span[^(int)origin..]).Split(Between);
        bool labelled = (flags & 32) != 0 && words.Length > 1;
        return new JoinFile
        {
            Namespaces = At(file, 2),
            KeepsKeyring = (flags & 1) != 0,
            FilterNotifies = (flags & 2) != 0,
            FilterFlags = At(file, 4),
            Process = Take(ref rest, process),
            Filter = Take(ref rest, filter),
            ListenerPath = Encoding.UTF8.GetString(Take(ref rest, path).Span),
            ListenerMetadata = (flags & 4) != 0 ? Encoding.UTF8.GetString(rest.Span) : null,
            Personality = (flags & 16) != 0 ? "LINUX32" : (flags & 8) != 0 ? "LINUX" : null,
            Document = words[0],
            MountLabel = labelled ? words[^1] : null,
            Streams = [.. words.AsSpan(1, words.Length - (labelled ? 2 : 1))],
        };
    }

    private static void Put(ref Span<byte> rest, uint number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(rest, number);
        rest = rest[4..];
    }

    private static uint At(ReadOnlyMemory<byte> file, int index) => BinaryPrimitives.ReadUInt32LittleEndian(file.Span[(index * 4)..]);

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> rest, long length)
    {
        ReadOnlyMemory<byte> taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }
}
