using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Runc.Sharp.Linux;

/// <summary>A string as the kernel knows it: bytes without NUL, in no encoding. Paths, arguments, environment, mount options.</summary>
/// <remarks>A NUL inside would silently cut the string, so it is refused here, once for all calls. Bytes that are not UTF-8 are kept.</remarks>
public readonly struct CPath : IEquatable<CPath>
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly byte[]? _terminated;

    private CPath(byte[] terminated) => _terminated = terminated;

    /// <summary>Whether it is the empty string.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The number of bytes.</summary>
    public int Length => _terminated is null ? 0 : _terminated.Length - 1;

    /// <summary>The bytes, without the NUL at the end.</summary>
    public ReadOnlySpan<byte> Bytes => _terminated is null ? default : _terminated.AsSpan(0, _terminated.Length - 1);

    /// <summary>The bytes and the NUL at the end.</summary>
    public ReadOnlySpan<byte> Terminated => _terminated ?? "\0"u8;

    /// <summary>The text in UTF-8.</summary>
    /// <exception cref="LinuxException">It has a NUL, or half of a surrogate pair.</exception>
    public static implicit operator CPath(string text) => FromString(text);

    /// <summary>A copy of the bytes.</summary>
    /// <exception cref="LinuxException">There is a NUL among them.</exception>
    public static implicit operator CPath(ReadOnlySpan<byte> bytes) => FromReadOnlySpan(bytes);

    /// <summary>The same bytes.</summary>
    public static bool operator ==(CPath left, CPath right) => left.Equals(right);

    /// <summary>Other bytes.</summary>
    public static bool operator !=(CPath left, CPath right) => !left.Equals(right);

    /// <summary>The text in UTF-8.</summary>
    /// <exception cref="LinuxException">It has a NUL, or half of a surrogate pair.</exception>
    public static CPath FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw Refused(Encoding.UTF8.GetBytes(text));
        }

        try
        {
            byte[] terminated = new byte[Strict.GetByteCount(text) + 1];
            Strict.GetBytes(text, terminated);
            return new CPath(terminated);
        }
        catch (EncoderFallbackException)
        {
            throw new LinuxException(string.Concat("\"", Printable(Encoding.UTF8.GetBytes(text)), "\" cannot be written in UTF-8"));
        }
    }

    /// <summary>A copy of the bytes.</summary>
    /// <exception cref="LinuxException">There is a NUL among them.</exception>
    public static CPath FromReadOnlySpan(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Contains((byte)0))
        {
            throw Refused(bytes);
        }

        byte[] terminated = new byte[bytes.Length + 1];
        bytes.CopyTo(terminated);
        return new CPath(terminated);
    }

    /// <summary><c>directory/name</c>; <paramref name="name"/> alone where the directory is empty.</summary>
    public static CPath Join(CPath directory, CPath name)
    {
        if (directory.IsEmpty)
        {
            return name;
        }

        int slash = directory.Bytes[^1] == (byte)'/' ? 0 : 1;
        byte[] terminated = new byte[directory.Length + slash + name.Length + 1];
        directory.Bytes.CopyTo(terminated);
        terminated[directory.Length] = (byte)'/';
        name.Bytes.CopyTo(terminated.AsSpan(directory.Length + slash));
        terminated[^1] = 0;
        return new CPath(terminated);
    }

    /// <summary><c>/proc/self/fd/N</c>: the way to an open file for the calls that only take paths. Needs /proc.</summary>
    public static CPath OfDescriptor(OwnedFd fd) =>
        FromString(string.Concat("/proc/self/fd/", fd.Number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Pins the terminated bytes in a <c>fixed</c> statement.</summary>
    public ref readonly byte GetPinnableReference() => ref MemoryMarshal.GetReference(Terminated);

    /// <inheritdoc/>
    public bool Equals(CPath other) => Bytes.SequenceEqual(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes);
        return hash.ToHashCode();
    }

    /// <summary>The bytes as text for messages; what is not UTF-8 reads U+FFFD, control characters read <c>\x0a</c>.</summary>
    public override string ToString() => Printable(Bytes);

    private static string Printable(ReadOnlySpan<byte> bytes) => Printable(Encoding.UTF8.GetString(bytes));

    /// <summary>A text for one line of a terminal: control characters read <c>\x0a</c>.</summary>
    public static string Printable(string text)
    {
        StringBuilder? escaped = null;
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]))
            {
                escaped ??= new StringBuilder(text, 0, i, text.Length + 16);
                escaped.Append("\\x").Append(((int)text[i]).ToString("x2", CultureInfo.InvariantCulture));
            }
            else
            {
                escaped?.Append(text[i]);
            }
        }

        return escaped?.ToString() ?? text;
    }

    private static LinuxException Refused(ReadOnlySpan<byte> bytes) =>
        new(string.Concat("\"", Printable(bytes), "\" has a NUL byte inside"));
}
