using System;

namespace Runc.Sharp.Spec;

/// <summary>Where in the text something stands: for people, so lines and columns count from 1.</summary>
public static class SpecPositions
{
    /// <summary>The line and the column (in bytes) of a byte.</summary>
    public static (int Line, int Column) At(ReadOnlySpan<byte> document, int offset)
    {
        ReadOnlySpan<byte> before = document[..Math.Clamp(offset, 0, document.Length)];
        int line = before.Count((byte)'\n') + 1;
        return (line, before.Length - before.LastIndexOf((byte)'\n'));
    }
}
