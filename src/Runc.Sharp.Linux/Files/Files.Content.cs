using System;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

public static unsafe partial class Files
{
    private const int SendFileChunk = 0x7ffff000;

    /// <summary>Reads at most a buffer of bytes. read(2).</summary>
    /// <returns>How many came; 0 is the end.</returns>
    public static SyscallResult<int> Read(OwnedFd fd, Span<byte> buffer)
    {
        // SAFETY: the kernel writes at most the length of the pinned buffer.
        fixed (byte* pointer = buffer)
        {
            nint returned = Libc.CallAgain(Sys.read, fd.Number, (nint)pointer, buffer.Length);
            return returned < 0 ? new(SyscallResult.From(returned, "read", fd)) : new((int)returned);
        }
    }

    /// <summary>Reads at most a buffer of bytes from a place in the file. pread(2).</summary>
    public static SyscallResult<int> Pread(OwnedFd fd, Span<byte> buffer, long offset)
    {
        // SAFETY: the kernel writes at most the length of the pinned buffer.
        fixed (byte* pointer = buffer)
        {
            nint returned = Libc.CallAgain(Sys.pread64, fd.Number, (nint)pointer, buffer.Length, (nint)offset);
            return returned < 0 ? new(SyscallResult.From(returned, "pread64", fd)) : new((int)returned);
        }
    }

    /// <summary>Writes what the file takes at once, perhaps less than all. write(2).</summary>
    /// <returns>How many went.</returns>
    public static SyscallResult<int> Write(OwnedFd fd, ReadOnlySpan<byte> bytes)
    {
        // SAFETY: the kernel reads the length of the pinned span.
        fixed (byte* pointer = bytes)
        {
            nint returned = Libc.CallAgain(Sys.write, fd.Number, (nint)pointer, bytes.Length);
            return returned < 0 ? new(SyscallResult.From(returned, "write", fd)) : new((int)returned);
        }
    }

    /// <summary>Writes at a place in the file what it takes at once. pwrite(2).</summary>
    public static SyscallResult<int> Pwrite(OwnedFd fd, ReadOnlySpan<byte> bytes, long offset)
    {
        // SAFETY: the kernel reads the length of the pinned span.
        fixed (byte* pointer = bytes)
        {
            nint returned = Libc.CallAgain(Sys.pwrite64, fd.Number, (nint)pointer, bytes.Length, (nint)offset);
            return returned < 0 ? new(SyscallResult.From(returned, "pwrite64", fd)) : new((int)returned);
        }
    }

    /// <summary>Writes all bytes, in as many calls as it takes.</summary>
    public static SyscallResult WriteAll(OwnedFd fd, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SyscallResult<int> written = Write(fd, bytes);
            if (written.Failed)
            {
                return written.Result;
            }

            bytes = bytes[written.Value..];
        }

        return default;
    }

    /// <summary>Reads from where the descriptor stands to the end.</summary>
    /// <param name="fd">The file.</param>
    /// <param name="limit">EFBIG when there are more bytes than this.</param>
    /// <param name="expected">About how many there are; a good guess saves calls and copies.</param>
    public static SyscallResult<ReadOnlyMemory<byte>> ReadAll(OwnedFd fd, int limit, int expected = 4000)
    {
        // One byte more than expected shows the end without a second buffer.
        byte[] buffer = new byte[Math.Min(limit, expected) + 1];
        int length = 0;
        while (true)
        {
            SyscallResult<int> got = Read(fd, buffer.AsSpan(length));
            if (got.Failed)
            {
                return new(got.Result);
            }

            if (got.Value == 0)
            {
                return new(buffer.AsMemory(0, length));
            }

            length += got.Value;
            if (length > limit)
            {
                return new(SyscallResult.From(-(nint)Errno.EFBIG, "read", fd));
            }

            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, (int)Math.Min((long)limit + 1, buffer.Length * 2L));
            }
        }
    }

    /// <summary>Opens a file, reads all of it, closes it.</summary>
    public static SyscallResult<ReadOnlyMemory<byte>> ReadFileAt(OwnedFd directory, CPath path, int limit, int expected = 4000)
    {
        SyscallResult<OwnedFd> opened = OpenAt(directory, path, OpenFlags.ReadOnly | OpenFlags.NoControllingTerminal);
        if (opened.Failed)
        {
            return new(opened.Result);
        }

        using OwnedFd file = opened.Value;
        SyscallResult<ReadOnlyMemory<byte>> content = ReadAll(file, limit, expected);
        return content.Failed ? new(content.Result.About(path.ToString())) : content;
    }

    /// <summary>Opens an existing file, writes to it in one call as kernel files want it, closes it.</summary>
    /// <remarks>Neither makes nor empties the file.</remarks>
    public static SyscallResult WriteFileAt(OwnedFd directory, CPath path, ReadOnlySpan<byte> content)
    {
        SyscallResult<OwnedFd> opened = OpenAt(directory, path, OpenFlags.WriteOnly | OpenFlags.NoControllingTerminal);
        if (opened.Failed)
        {
            return opened.Result;
        }

        using OwnedFd file = opened.Value;
        SyscallResult<int> written = Write(file, content);
        return written.Failed ? written.Result.About(path.ToString())
            : written.Value != content.Length ? SyscallResult.From(-(nint)Errno.EIO, "write", path)
            : default;
    }

    /// <summary>Copies from one file to another inside the kernel, from where the source stands. sendfile(2).</summary>
    /// <returns>How many bytes went; 0 is the end.</returns>
    public static SyscallResult<int> SendFile(OwnedFd target, OwnedFd source, int count = SendFileChunk)
    {
        nint returned = Libc.CallAgain(Sys.sendfile, target.Number, source.Number, 0, count);
        return returned < 0 ? new(SyscallResult.From(returned, "sendfile", target)) : new((int)returned);
    }

    /// <summary>Moves the place where reads and writes go on. lseek(2).</summary>
    /// <param name="fd">The file.</param>
    /// <param name="offset">The place from the beginning.</param>
    public static SyscallResult Seek(OwnedFd fd, long offset) =>
        SyscallResult.From(Libc.Call(Sys.lseek, fd.Number, (nint)offset, 0), "lseek", fd);

    /// <summary>Sets a file's length. ftruncate(2).</summary>
    public static SyscallResult Ftruncate(OwnedFd fd, long length) =>
        SyscallResult.From(Libc.CallAgain(Sys.ftruncate, fd.Number, (nint)length), "ftruncate", fd);

    /// <summary>Waits until a file is on the disk. fsync(2).</summary>
    public static SyscallResult Fsync(OwnedFd fd) => SyscallResult.From(Libc.CallAgain(Sys.fsync, fd.Number), "fsync", fd);
}
