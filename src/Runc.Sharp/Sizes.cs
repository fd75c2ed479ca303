using System;
using System.Globalization;

namespace Runc.Sharp;

/// <summary>Sizes of memory as people write them: <c>512m</c>, <c>1.5GiB</c>, <c>4096</c>; a thousand has 1024, whatever the unit.</summary>
internal static class Sizes
{
    /// <summary>Bytes; null where the word is no size.</summary>
    internal static long? Parse(string word)
    {
        int digits = Durations.NumberLength(word);
        ReadOnlySpan<char> number = word.AsSpan(0, digits);
        ReadOnlySpan<char> unit = word.AsSpan(digits);
        if (number.IsEmpty || number[0] == '.' || number[^1] == '.'
            || !double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
        {
            return null;
        }

        unit = unit.StartsWith(" ") ? unit[1..] : unit;
        int power = 0;
        if (!unit.IsEmpty && "kmgtp".IndexOf(char.ToLowerInvariant(unit[0]), StringComparison.Ordinal) is >= 0 and var at)
        {
            power = at + 1;
            unit = unit[1..];
            unit = unit.StartsWith("i", StringComparison.OrdinalIgnoreCase) ? unit[1..] : unit;
        }

        if (!unit.IsEmpty && !unit.Equals("b", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        double bytes = value * Math.Pow(1024, power);
        return bytes >= long.MaxValue ? null : power == 0 && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long exact) ? exact : (long)bytes;
    }
}
