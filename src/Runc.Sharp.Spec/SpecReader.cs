using System;
using System.Text.Json;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec;

/// <summary>Reads the bytes of the specification's documents. Opens no file.</summary>
public static class SpecReader
{
    /// <summary>The largest document that is read, in bytes.</summary>
    public const int MaxBytes = 32 << 20;

    /// <summary>How deep values may be nested.</summary>
    public const int MaxDepth = 64;

    /// <summary>Reads config.json. config.md.</summary>
    public static SpecDocument<RuntimeSpec> Read(ReadOnlySpan<byte> document) => Read(document, RuntimeSpecReader.Document);

    /// <summary>Reads a process object, as <c>exec --process</c> gets one. config.md#process.</summary>
    public static SpecDocument<ProcessSpec> ReadProcess(ReadOnlySpan<byte> document) => Read(document, ProcessSpecReader.Process);

    /// <summary>Reads a resources object, as <c>update --resources</c> gets one. config-linux.md#control-groups.</summary>
    public static SpecDocument<ResourcesSpec> ReadResources(ReadOnlySpan<byte> document) => Read(document, ResourcesSpecReader.Resources);

    private static SpecDocument<T> Read<T>(ReadOnlySpan<byte> document, SpecCursor.Record<T> read)
        where T : class
    {
        var cursor = new SpecCursor(document);
        if (document.StartsWith("\ufeff"u8))
        {
            cursor.Find("JsonSyntax", "begins with a byte order mark, which JSON forbids", 0);
            return new SpecDocument<T>(null, cursor.Findings);
        }

        T? value = null;
        try
        {
            value = read(ref cursor);
            cursor.End();
        }
        catch (JsonException fault)
        {
            cursor.FindSyntax(fault);
            value = null;
        }

        return new SpecDocument<T>(value, cursor.Findings);
    }
}
