using System;
using System.Text;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>The words of JSON pointers. RFC 6901.</summary>
internal static class JsonPointer
{
    /// <summary>A name as it stands in a pointer.</summary>
    internal static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    /// <summary>A name from a pointer.</summary>
    internal static string Unescape(string word) =>
        word.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    /// <summary>A key as it stands in a document between its quotation marks. One that is no text comes out as near as can be shown.</summary>
    internal static string Name(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\') || StringFaults.First(raw, escaped: true).Message is not null)
        {
            return Encoding.UTF8.GetString(raw);
        }

        var json = new Utf8JsonReader((byte[])[(byte)'"', .. raw, (byte)'"']);
        json.Read();
        return json.GetString()!;
    }
}
