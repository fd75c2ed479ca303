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
        string text = second.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        long fraction = nanoseconds % 1_000_000_000;
        return fraction == 0 ? text + "Z" : string.Concat(text, ".", fraction.ToString("d9", CultureInfo.InvariantCulture).TrimEnd('0'), "Z");
    }
}
