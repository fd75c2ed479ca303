using System;
using System.Buffers.Binary;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>The names in a directory, without <c>.</c> and <c>..</c>, in the order of the file system. getdents64(2).</summary>
/// <remarks>Reads from where the descriptor stands; a second pass needs <see cref="Files.Seek"/> to 0.</remarks>
public ref struct DirectoryEntries
{
    private const int Header = 19;
    private readonly OwnedFd _directory;
    private readonly Span<byte> _buffer;
    private int _length;
    private int _next;

    /// <summary>Begins to read.</summary>
    /// <param name="directory">The directory, open for reading.</param>
    /// <param name="buffer">Room for at least one entry: 280 bytes; more saves calls.</param>
    public DirectoryEntries(OwnedFd directory, Span<byte> buffer)
    {
        _directory = directory;
        _buffer = buffer;
    }

    /// <summary>The name of the entry, until the next step.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The kind of the entry; <see cref="FileType.Unknown"/> where the file system does not tell.</summary>
    public FileType Type { get; private set; }

    /// <summary>Goes to the next entry.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LinuxException">The directory cannot be read.</exception>
    public bool MoveNext()
    {
        while (true)
        {
            if (_next == _length && !Fill())
            {
                return false;
            }

            ReadOnlySpan<byte> entry = _buffer[_next.._length];
            _next += BinaryPrimitives.ReadUInt16LittleEndian(entry[16..]);
            ReadOnlySpan<byte> name = entry[Header..];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                Name = name;
                Type = (FileType)(entry[18] << 12);
                return true;
            }
        }
    }

    private unsafe bool Fill()
    {
        // SAFETY: the kernel writes at most the length of the pinned buffer.
        fixed (byte* pointer = _buffer)
        {
            nint returned = Libc.CallAgain(Sys.getdents64, _directory.Number, (nint)pointer, _buffer.Length);
            SyscallResult.From(returned, "getdents64", _directory).OrThrow();
            _length = (int)returned;
            _next = 0;
            return returned > 0;
        }
    }
}
