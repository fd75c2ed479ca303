using System;
using System.Buffers.Binary;
using System.Text;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>Writes values in D-Bus' wire format, least significant byte first. D-Bus specification, "Marshaling".</summary>
internal sealed class DBusWriter
{
    private byte[] _buffer = new byte[1024];

    /// <summary>How many bytes there are.</summary>
    internal int Length { get; private set; }

    /// <summary>What was written.</summary>
    internal ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    internal void Byte(byte value) => Take(1)[0] = value;

    internal void UInt16(ushort value)
    {
        Align(2);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);
    }

    internal void UInt32(uint value)
    {
        Align(4);
        BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);
    }

    internal void UInt64(ulong value)
    {
        Align(8);
        BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);
    }

    internal void Boolean(bool value) => UInt32(value ? 1u : 0);

    /// <summary>A string or an object path: its length, its bytes, NUL.</summary>
    /// <exception cref="RuntimeException">It holds a NUL or half a surrogate pair, which no string of the bus may.</exception>
    internal void String(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new RuntimeException("a value for systemd holds a NUL");
        }

        int length;
        try
        {
            length = Strict.GetByteCount(value);
        }
        catch (EncoderFallbackException)
        {
            throw new RuntimeException("a value for systemd is not valid Unicode");
        }

        UInt32((uint)length);
        Strict.GetBytes(value, Take(length));
        Byte(0);
    }

    /// <summary>A signature: like a string, but with one byte of length.</summary>
    internal void Signature(string value)
    {
        Byte(checked((byte)value.Length));
        Encoding.ASCII.GetBytes(value, Take(value.Length));
        Byte(0);
    }

    /// <summary>A struct's start.</summary>
    internal void BeginStruct() => Align(8);

    /// <summary>An array's start.</summary>
    /// <param name="alignment">Of its elements: the padding before the first does not count into the length.</param>
    /// <returns>For <see cref="EndArray"/>.</returns>
    internal (int LengthAt, int From) BeginArray(int alignment)
    {
        UInt32(0);
        int at = Length - 4;
        Align(alignment);
        return (at, Length);
    }

    /// <summary>An array's end.</summary>
    internal void EndArray((int LengthAt, int From) array) => Patch(array.LengthAt, (uint)(Length - array.From));

    /// <summary>Sets a number that was not known when it was written.</summary>
    internal void Patch(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_buffer.AsSpan(at, 4), value);

    /// <summary>Zeros up to a multiple of <paramref name="alignment"/>.</summary>
    internal void Align(int alignment) => Take(-Length & (alignment - 1)).Clear();

    internal void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>A signature and a value of it.</summary>
    internal void Variant(object value)
    {
        Signature(SignatureOf(value));
        Value(value);
    }

    /// <summary>The signature of the values that systemd's properties have.</summary>
    internal static string SignatureOf(object value) => value switch
    {
        bool => "b",
        byte => "y",
        short => "n",
        ushort => "q",
        int => "i",
        uint => "u",
        long => "x",
        ulong => "t",
        double => "d",
        string => "s",
        byte[] => "ay",
        uint[] => "au",
        (string, string)[] => "a(ss)",
        (string, ulong)[] => "a(st)",
        DBusArray array => "a" + array.Element,
        _ => throw new ArgumentException("no value for the bus: " + value.GetType().Name, nameof(value)),
    };

    private static UTF8Encoding Strict { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private void Value(object value)
    {
        switch (value)
        {
            case bool flag:
                Boolean(flag);
                break;
            case byte number:
                Byte(number);
                break;
            case short number:
                UInt16((ushort)number);
                break;
            case ushort number:
                UInt16(number);
                break;
            case int number:
                UInt32((uint)number);
                break;
            case uint number:
                UInt32(number);
                break;
            case long number:
                UInt64((ulong)number);
                break;
            case ulong number:
                UInt64(number);
                break;
            case double number:
                UInt64(BitConverter.DoubleToUInt64Bits(number));
                break;
            case string text:
                String(text);
                break;
            case byte[] bytes:
                UInt32((uint)bytes.Length);
                Raw(bytes);
                break;
            default:
                List(value);
                break;
        }
    }

    private void List(object value)
    {
        switch (value)
        {
            case uint[] numbers:
                UInt32((uint)numbers.Length * 4);
                foreach (uint number in numbers)
                {
                    UInt32(number);
                }

                break;
            case (string, string)[] pairs:
                var array = BeginArray(8);
                foreach ((string first, string second) in pairs)
                {
                    BeginStruct();
                    String(first);
                    String(second);
                }

                EndArray(array);
                break;
            case (string, ulong)[] pairs:
                array = BeginArray(8);
                foreach ((string first, ulong second) in pairs)
                {
                    BeginStruct();
                    String(first);
                    UInt64(second);
                }

                EndArray(array);
                break;
            case DBusArray items:
                array = BeginArray(items.Element[0] is 'x' or 't' or 'd' ? 8 : items.Element[0] is 'y' ? 1 : items.Element[0] is 'n' or 'q' ? 2 : 4);
                foreach (object item in items.Items)
                {
                    Value(item);
                }

                EndArray(array);
                break;
        }
    }

    private Span<byte> Take(int count)
    {
        if (_buffer.Length - Length < count)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        }

        Length += count;
        return _buffer.AsSpan(Length - count, count);
    }
}

/// <summary>An array of one basic type.</summary>
/// <param name="Element">The signature of its elements: one letter.</param>
/// <param name="Items">The elements.</param>
internal sealed record DBusArray(string Element, object[] Items);
