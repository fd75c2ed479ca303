using System;
using System.Globalization;

namespace Runc.Sharp.Runtime;

/// <summary>Points in time as texts.</summary>
public static class Timestamps
{
    /// <summary>RFC 3339 in UTC with as many digits as are needed, as Go writes it.</summary>
    /// <param name="nanoseconds">Since 1970.</param>
    public static string Rfc3339(long nanoseconds)
    {
        DateTime second = DateTime.UnixEpoch.AddSeconds(nanoseconds / 1_000_000_000);
        long fraction = nanoseconds % 1_000_000_000;

        // Number by number: the library's formats of a date know time zones, and bring in the reading of files for them.
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{second.Year:d4}-{second.Month:d2}-{second.Day:d2}T{second.Hour:d2}:{second.Minute:d2}:{second.Second:d2}");
        return fraction == 0 ? text + "Z" : string.Concat(text, ".", fraction.ToString("d9", CultureInfo.InvariantCulture).TrimEnd('0'), "Z");
    }
}
