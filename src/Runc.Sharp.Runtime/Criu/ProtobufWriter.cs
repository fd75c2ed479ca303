using System;
using System.Buffers;
using System.Text;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>Writes a protobuf message, field by field: varints and what has a length, no more is needed. protobuf.dev, "Encoding".</summary>
public sealed class ProtobufWriter
{
    private const uint Varint = 0;
    private const uint Delimited = 2;
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>An integer or an enumeration; a negative one takes ten bytes, as int32 is written.</summary>
    public ProtobufWriter Number(uint field, long value)
    {
        Put((field << 3) | Varint);
        Put((ulong)value);
        return this;
    }

    /// <summary>A truth value.</summary>
    public ProtobufWriter Boolean(uint field, bool value) => Number(field, value ? 1 : 0);

    /// <summary>A truth value that is left out where it is false, as it is by default.</summary>
    public ProtobufWriter Flag(uint field, bool value) => value ? Number(field, 1) : this;

    /// <summary>A text; null is left out.</summary>
    public ProtobufWriter Text(uint field, string? value) => value is null ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message within.</summary>
    public ProtobufWriter Message(uint field, ProtobufWriter message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return Bytes(field, message.Written);
    }

    private ProtobufWriter Bytes(uint field, ReadOnlySpan<byte> value)
    {
        Put((field << 3) | Delimited);
        Put((uint)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Put(ulong value)
    {
        Span<byte> room = _bytes.GetSpan(10);
        int length = 0;
        while (value > 0x7f)
        {
            room[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        room[length++] = (byte)value;
        _bytes.Advance(length);
    }
}
