using System;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Lines and columns of rising byte offsets. Both count from 1; a column is a character, not a byte.</summary>
internal ref struct LineCounter(ReadOnlySpan<byte> document)
{
    private readonly ReadOnlySpan<byte> _document = document;
    private int _line = 1;
    private int _lineStart;

    /// <summary>The line and the column of a byte, which must not lie before that of the last call.</summary>
    internal (int Line, int Column) At(int offset)
    {
        offset = Math.Clamp(offset, _lineStart, _document.Length);
        for (int end; (end = _document[_lineStart..offset].IndexOf((byte)'\n')) >= 0; _line++)
        {
            _lineStart += end + 1;
        }

        int column = 1;
        foreach (byte value in _document[_lineStart..offset])
        {
            // The further bytes of a character begin with the bits 10.
            column += (value & 0xc0) == 0x80 ? 0 : 1;
        }

        return (_line, column);
    }
}
