using System;
using System.Globalization;
using System.Text;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Words for findings: only faulty documents come here.</summary>
internal static class Text
{
    private const int Longest = 64;

    /// <summary>A sentence around a number.</summary>
    internal static string Join(string before, long number, string after) =>
        string.Concat(before, number.ToString(CultureInfo.InvariantCulture), after);

    /// <summary>A value in quotes, fit for one line: control characters are escaped, a long value is cut.</summary>
    internal static string Quote(string value)
    {
        var text = new StringBuilder("'");
        foreach (char c in value.AsSpan(0, Math.Min(value.Length, Longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                text.Append(c);
            }
        }

        return text.Append(value.Length > Longest ? "…'" : "'").ToString();
    }

    /// <summary>Bytes of a document as text, cut and escaped as by <see cref="Quote(string)"/>.</summary>
    internal static string Quote(ReadOnlySpan<byte> value) => Quote(Encoding.UTF8.GetString(value[..Math.Min(value.Length, Longest * 4)]));

    /// <summary>The character at the front of some bytes, or the byte where it is none that can be shown.</summary>
    internal static string Character(ReadOnlySpan<byte> value) => value[0] is > 0x20 and < 0x7f
        ? string.Concat("'", ((char)value[0]).ToString(), "'")
        : Rune.DecodeFromUtf8(value, out Rune rune, out _) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune)
            ? string.Concat("'", rune.ToString(), "'")
            : string.Concat("byte 0x", value[0].ToString("x2", CultureInfo.InvariantCulture));
}
