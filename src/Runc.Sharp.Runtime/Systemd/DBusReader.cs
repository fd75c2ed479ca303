using System;
using System.Buffers.Binary;
using System.Text;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>Reads values in D-Bus' wire format. What does not fit throws: nothing of a message is believed.</summary>
/// <param name="bytes">A message, or a part of it that begins at a multiple of 8.</param>
/// <param name="swapped">Whether the most significant byte comes first.</param>
internal ref struct DBusReader(ReadOnlySpan<byte> bytes, bool swapped)
{
    /// <summary>Deepest nesting that the specification allows.</summary>
    private const int Deepest = 64;

    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _at;

    /// <summary>Where it stands.</summary>
    internal readonly int Position => _at;

    internal byte Byte() => Take(1)[0];

    internal uint UInt32()
    {
        Align(4);
        ReadOnlySpan<byte> four = Take(4);
        return swapped ? BinaryPrimitives.ReadUInt32BigEndian(four) : BinaryPrimitives.ReadUInt32LittleEndian(four);
    }

    internal string String()
    {
        ReadOnlySpan<byte> text = Take(Length());
        Take(1);
        return Encoding.UTF8.GetString(text);
    }

    internal string Signature()
    {
        ReadOnlySpan<byte> text = Take(Byte());
        Take(1);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>The start of an array.</summary>
    /// <returns>Where it ends.</returns>
    internal int BeginArray(int alignment)
    {
        int length = Length();
        Align(alignment);
        return length <= _bytes.Length - _at ? _at + length : throw Malformed();
    }

    internal void Align(int alignment) => Take(-_at & (alignment - 1));

    /// <summary>Passes over one value of the signature's first type.</summary>
    /// <param name="signature">The signature; what follows the first type is left in it.</param>
    /// <param name="depth">How deep it stands.</param>
    internal void Skip(ref ReadOnlySpan<char> signature, int depth = 0)
    {
        if (signature.IsEmpty || depth > Deepest)
        {
            throw Malformed();
        }

        char type = signature[0];
        signature = signature[1..];
        switch (type)
        {
            case 'y':
                Take(1);
                break;
            case 'n' or 'q':
                Align(2);
                Take(2);
                break;
            case 'b' or 'i' or 'u' or 'h':
                Align(4);
                Take(4);
                break;
            case 'x' or 't' or 'd':
                Align(8);
                Take(8);
                break;
            case 's' or 'o':
                Take(Length());
                Take(1);
                break;
            case 'g':
                Signature();
                break;
            case 'v':
                ReadOnlySpan<char> inner = Signature();
                Skip(ref inner, depth + 1);
                break;
            case 'a':
                SkipArray(ref signature);
                break;
            case '(' or '{':
                Align(8);
                while (!signature.IsEmpty && signature[0] is not (')' or '}'))
                {
                    Skip(ref signature, depth + 1);
                }

                signature = signature.IsEmpty ? throw Malformed() : signature[1..];
                break;
            default:
                throw Malformed();
        }
    }

    internal static RuntimeException Malformed() => new("the message bus sent a malformed message");

    private void SkipArray(ref ReadOnlySpan<char> signature)
    {
        int alignment = signature.IsEmpty ? throw Malformed() : signature[0] switch
        {
            'y' or 'g' or 'v' => 1,
            'n' or 'q' => 2,
            'x' or 't' or 'd' or '(' or '{' => 8,
            _ => 4,
        };
        _at = BeginArray(alignment);
        signature = signature[TypeLength(signature)..];
    }

    /// <summary>How many letters the first type of a signature has.</summary>
    private static int TypeLength(ReadOnlySpan<char> signature)
    {
        int at = 0;
        while (at < signature.Length && signature[at] == 'a')
        {
            at++;
        }

        int open = 0;
        for (; at < signature.Length; at++)
        {
            open += signature[at] is '(' or '{' ? 1 : signature[at] is ')' or '}' ? -1 : 0;
            if (open <= 0)
            {
                return at + 1;
            }
        }

        throw Malformed();
    }

    private int Length()
    {
        uint length = UInt32();
        return length <= (uint)(_bytes.Length - _at) ? (int)length : throw Malformed();
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _bytes.Length - _at)
        {
            throw Malformed();
        }

        _at += count;
        return _bytes.Slice(_at - count, count);
    }
}
