using System;
using System.Globalization;

namespace Runc.Sharp;

/// <summary>Times as Go programs write them: <c>5s</c>, <c>1m30s</c>, <c>0.5h</c>, <c>100ms</c>.</summary>
internal static class Durations
{
    /// <summary>Nanoseconds, as many as there can be; null where the word is no time.</summary>
    internal static long? Parse(string word)
    {
        ReadOnlySpan<char> rest = word;
        bool negative = rest.StartsWith("-");
        rest = negative || rest.StartsWith("+") ? rest[1..] : rest;
        if (rest is "0")
        {
            return 0;
        }

        double total = 0;
        if (rest.IsEmpty)
        {
            return null;
        }

        while (!rest.IsEmpty)
        {
            int digits = NumberLength(rest);
            if (digits == 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return null;
            }

            rest = rest[digits..];
            int letters = rest.IndexOfAnyInRange('0', '9');
            double? unit = Unit(letters < 0 ? rest : rest[..letters]);
            if (unit is null)
            {
                return null;
            }

            total += number * unit.Value;
            rest = letters < 0 ? default : rest[letters..];
        }

        // Half of all there is: a deadline is added to.
        long nanoseconds = (long)double.Min(total, long.MaxValue / 2);
        return negative ? -nanoseconds : nanoseconds;
    }

    /// <summary>How many digits and points a word begins with.</summary>
    internal static int NumberLength(ReadOnlySpan<char> word)
    {
        int length = 0;
        while (length < word.Length && (char.IsAsciiDigit(word[length]) || word[length] == '.'))
        {
            length++;
        }

        return length;
    }

    private static double? Unit(ReadOnlySpan<char> name) => name switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1e3,
        "ms" => 1e6,
        "s" => 1e9,
        "m" => 60e9,
        "h" => 3600e9,
        _ => null,
    };
}
