using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>The forms in which control files tell numbers.</summary>
internal sealed class StatFiles(ICgroupFiles files, string root)
{
    /// <summary>The whole file, or null where there is no such file or none any more, or the kernel does not count that (EOPNOTSUPP).</summary>
    /// <exception cref="RuntimeException">It cannot be read otherwise.</exception>
    internal byte[]? Content(string path)
    {
        var error = files.Read(path, out var content);
        return error switch
        {
            Errno.None => content,
            Errno.ENOENT or Errno.ENODEV or Errno.EOPNOTSUPP => null,
            _ => throw new RuntimeException($"read {root}/{path}: {error.Name()} ({error.Words()})"),
        };
    }

    /// <summary>One number; <c>max</c> is the largest, and what a kernel bug made negative is 0.</summary>
    internal ulong? Number(string path) => Content(path) is { } content ? Number(content) : null;

    internal static ulong Number(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd((byte)'\n');
        if (text.SequenceEqual("max"u8))
        {
            return ulong.MaxValue;
        }

        return Utf8Parser.TryParse(text, out ulong value, out _) ? value : 0;
    }

    /// <summary>A number that may be negative.</summary>
    internal long Signed(string path) =>
        Content(path) is { } content && Utf8Parser.TryParse(content, out long value, out _) ? value : 0;

    /// <summary>Lines of a word and a number.</summary>
    internal ImmutableArray<KeyValuePair<string, ulong>> Table(string path)
    {
        if (Content(path) is not { } content)
        {
            return [];
        }

        var table = ImmutableArray.CreateBuilder<KeyValuePair<string, ulong>>(64);
        for (var rest = content.AsSpan(); NextLine(ref rest, out var line);)
        {
            var space = line.IndexOf((byte)' ');
            if (space > 0)
            {
                table.Add(new(Encoding.UTF8.GetString(line[..space]), Number(line[(space + 1)..])));
            }
        }

        return table.ToImmutable();
    }

    internal static ulong Get(ImmutableArray<KeyValuePair<string, ulong>> table, string key)
    {
        foreach (var (name, value) in table)
        {
            if (name == key)
            {
                return value;
            }
        }

        return 0;
    }

    /// <summary>A list as <c>0-2,7</c>. Bounded by the kernel's own numbers, not by the file's word.</summary>
    internal ImmutableArray<ushort> Range(string path)
    {
        const int Most = 8192;
        var list = ImmutableArray.CreateBuilder<ushort>();
        ReadOnlySpan<byte> rest = Content(path);
        while (Utf8Parser.TryParse(rest, out ushort from, out var used))
        {
            var to = from;
            rest = rest[used..];
            if (!rest.IsEmpty && rest[0] == (byte)'-' && Utf8Parser.TryParse(rest[1..], out to, out used))
            {
                rest = rest[(used + 1)..];
            }

            for (int i = from; i <= to && list.Count < Most; i++)
            {
                list.Add((ushort)i);
            }

            rest = rest.IsEmpty ? rest : rest[1..];
        }

        return list.ToImmutable();
    }

    /// <summary><c>some avg10=0.00 avg60=0.00 avg300=0.00 total=0</c> and the same for full.</summary>
    internal PressureStats? Pressure(string path)
    {
        if (Content(path) is not { } content)
        {
            return null;
        }

        PressureLine some = default;
        PressureLine full = default;
        for (var rest = content.AsSpan(); NextLine(ref rest, out var line);)
        {
            if (line.StartsWith("some "u8))
            {
                some = PressureOf(line);
            }
            else if (line.StartsWith("full "u8))
            {
                full = PressureOf(line);
            }
        }

        return new PressureStats(some, full);
    }

    internal static bool NextLine(ref Span<byte> rest, out ReadOnlySpan<byte> line)
    {
        if (rest.IsEmpty)
        {
            line = default;
            return false;
        }

        var end = rest.IndexOf((byte)'\n');
        line = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[(end + 1)..];
        return true;
    }

    private static PressureLine PressureOf(ReadOnlySpan<byte> line) =>
        new(Decimal(line, "avg10="u8), Decimal(line, "avg60="u8), Decimal(line, "avg300="u8), Number(Behind(line, "total="u8)));

    private static double Decimal(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key) =>
        Utf8Parser.TryParse(Behind(line, key), out double value, out _) ? value : 0;

    private static ReadOnlySpan<byte> Behind(ReadOnlySpan<byte> line, ReadOnlySpan<byte> key)
    {
        var at = line.IndexOf(key);
        return at < 0 ? default : line[(at + key.Length)..];
    }
}
