using System;
using System.Globalization;

namespace Runc.Sharp.Spec.Validation;

/// <summary>What several rules ask of a string.</summary>
internal static class Shape
{
    /// <summary>Whether a string holds a control character: in the line of a kernel's file it would begin another.</summary>
    internal static bool HasControl(string value)
    {
        foreach (char c in value)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a string is safe as the name of one file: not empty, no separator, not the directory itself or its parent.</summary>
    internal static bool IsFileName(string value) =>
        value.Length > 0 && value is not ("." or "..") && !value.Contains('/', StringComparison.Ordinal) && !HasControl(value);

    /// <summary>Whether a string lists numbers as <c>0-3,7</c>. Blanks and empty items are allowed, as runc allows them.</summary>
    internal static bool IsNumberList(string value)
    {
        foreach (Range range in value.AsSpan().Split(','))
        {
            ReadOnlySpan<char> item = value.AsSpan()[range].Trim(' ');
            int dash = item.IndexOf('-');
            bool good = item.IsEmpty || (dash < 0
                ? IsNumber(item, out _)
                : IsNumber(item[..dash], out uint first) && IsNumber(item[(dash + 1)..], out uint last) && first <= last);
            if (!good)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> item, out uint number) =>
        uint.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
