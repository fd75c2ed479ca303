using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace Runc.Sharp.Spec.Reading;

/// <summary>What a JSON string may hold by its grammar, and still is no text.</summary>
internal static class StringFaults
{
    /// <summary>The first fault of a string, as it stands between the quotation marks; no message where there is none.</summary>
    internal static (int Offset, string Clause, string? Message) First(ReadOnlySpan<byte> raw, bool escaped)
    {
        int at = InvalidByte(raw);
        if (at >= 0)
        {
            return (at, "JsonUtf8", "is not valid UTF-8: byte 0x" + raw[at].ToString("x2", CultureInfo.InvariantCulture));
        }

        for (at = 0; escaped && at < raw.Length; at++)
        {
            if (raw[at] != '\\')
            {
                continue;
            }

            if (raw[at + 1] != 'u')
            {
                at++;
                continue;
            }

            int unit = Unit(raw[(at + 2)..]);
            if (unit == 0)
            {
                return (at, "JsonNul", "holds a NUL character, at which the kernel would stop reading");
            }

            if (char.IsHighSurrogate((char)unit) && raw[(at + 6)..].StartsWith("\\u"u8) && char.IsLowSurrogate((char)Unit(raw[(at + 8)..])))
            {
                at += 6;
            }
            else if (char.IsSurrogate((char)unit))
            {
                return (at, "JsonUtf8", "holds half of a surrogate pair");
            }

            at += 5;
        }

        return (0, string.Empty, null);
    }

    /// <summary>The offset of the first byte that begins no UTF-8 character; -1 for none.</summary>
    private static int InvalidByte(ReadOnlySpan<byte> raw)
    {
        for (int at = 0; at < raw.Length;)
        {
            if (Rune.DecodeFromUtf8(raw[at..], out _, out int length) != OperationStatus.Done)
            {
                return at;
            }

            at += length;
        }

        return -1;
    }

    private static int Unit(ReadOnlySpan<byte> hex) => int.Parse(hex[..4], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
