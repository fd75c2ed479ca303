using System;
using System.Text;

namespace Runc.Sharp.Runtime;

/// <summary>Points in time as texts.</summary>
public static class Timestamps
{
    /// <summary>RFC 3339 in UTC with as many digits as are needed, as Go writes it.</summary>
    /// <param name="nanoseconds">Since 1970.</param>
    public static string Rfc3339(long nanoseconds)
    {
        DateTime second = DateTime.UnixEpoch.AddSeconds(nanoseconds / 1_000_000_000);
        var text = new StringBuilder(30);
        Append(text, second.Year, 4).Append('-');
        Append(text, second.Month, 2).Append('-');
        Append(text, second.Day, 2).Append('T');
        Append(text, second.Hour, 2).Append(':');
        Append(text, second.Minute, 2).Append(':');
        Append(text, second.Second, 2);
        int fraction = (int)(nanoseconds % 1_000_000_000);
        if (fraction != 0)
        {
            Append(text.Append('.'), fraction, 9);
            while (text[^1] == '0')
            {
                text.Length--;
            }
        }

        return text.Append('Z').ToString();
    }

    /// <summary>Digit by digit: the library's formats of a date know time zones, and read files for them.</summary>
    private static StringBuilder Append(StringBuilder text, int number, int digits)
    {
        for (int place = Power(digits); place > 0; place /= 10)
        {
            text.Append((char)('0' + (number / place % 10)));
        }

        return text;
    }

    private static int Power(int digits) => digits <= 1 ? 1 : 10 * Power(digits - 1);
}
