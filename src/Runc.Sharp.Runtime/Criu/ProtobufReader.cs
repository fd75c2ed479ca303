using System;
using System.Text;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>Reads a protobuf message, field by field; what is not known is passed over. protobuf.dev, "Encoding".</summary>
/// <remarks>Never throws: what is cut off or no message at all ends the reading with <see cref="Failed"/>.</remarks>
public ref struct ProtobufReader
{
    private ReadOnlySpan<byte> _rest;

    /// <summary>Begins to read.</summary>
    public ProtobufReader(ReadOnlySpan<byte> message) => _rest = message;

    /// <summary>Whether the bytes are no message.</summary>
    public bool Failed { get; private set; }

    /// <summary>The number of the field.</summary>
    public uint Field { get; private set; }

    /// <summary>The value of a field that is a number; 0 where it is something else.</summary>
    public ulong Number { get; private set; }

    /// <summary>The value of a field that has a length; empty where it is something else.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The value as an int32.</summary>
    public readonly int Integer => unchecked((int)Number);

    /// <summary>The value as a truth value.</summary>
    public readonly bool Boolean => Number != 0;

    /// <summary>The value as a text.</summary>
    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end, and where <see cref="Failed"/>.</returns>
    public bool Next()
    {
        if (_rest.IsEmpty || Failed)
        {
            return false;
        }

        Number = 0;
        Bytes = default;
        if (!Take(out ulong tag) || tag >> 3 is 0 or > 0x1fffffff)
        {
            Failed = true;
            return false;
        }

        Field = (uint)(tag >> 3);
        Failed = !Value((int)(tag & 7));
        return !Failed;
    }

    private bool Value(int kind)
    {
        switch (kind)
        {
            case 0:
                Failed = !Take(out ulong number);
                Number = number;
                return !Failed;
            case 1:
                return Skip(8);
            case 2:
                if (!Take(out ulong length) || length > (ulong)_rest.Length)
                {
                    return false;
                }

                Bytes = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case 5:
                return Skip(4);
            default:
                return false; // groups are of a time before proto2, and the rest is nothing
        }
    }

    private bool Skip(int count)
    {
        if (count > _rest.Length)
        {
            return false;
        }

        _rest = _rest[count..];
        return true;
    }

    private bool Take(out ulong value)
    {
        value = 0;
        for (int at = 0; at < _rest.Length && at < 10; at++)
        {
            value |= (ulong)(_rest[at] & 0x7f) << (7 * at);
            if (_rest[at] < 0x80)
            {
                _rest = _rest[(at + 1)..];
                return true;
            }
        }

        return false;
    }
}
