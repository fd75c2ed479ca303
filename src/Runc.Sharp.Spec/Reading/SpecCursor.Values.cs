using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Strings, numbers, booleans and lists. Each reads the value at hand; at a fault the value is empty.</summary>
internal ref partial struct SpecCursor
{
    /// <summary>The longest key that is looked up where it holds escapes, in bytes.</summary>
    private const int Longest = 64;

    /// <summary>A string, or a key.</summary>
    internal string String()
    {
        // A bad text was noted when it was read.
        if (_badText || (_json.TokenType != JsonTokenType.PropertyName && !Is(JsonTokenType.String, "a string")))
        {
            return string.Empty;
        }

        if (_json.ValueIsEscaped)
        {
            return _json.GetString()!;
        }

        return (_isAscii ? Encoding.Latin1 : Encoding.UTF8).GetString(_json.ValueSpan);
    }

    /// <summary>A boolean.</summary>
    internal bool Boolean()
    {
        if (_json.TokenType == JsonTokenType.False)
        {
            return false;
        }

        return Is(JsonTokenType.True, "a boolean");
    }

    /// <summary>An integer of 64 bits.</summary>
    internal long Int64()
    {
        if (!Integer(out bool negative, out ulong size))
        {
            return 0;
        }

        if (size > (negative ? 1UL << 63 : long.MaxValue))
        {
            FindRange("-9223372036854775808 to 9223372036854775807");
            return 0;
        }

        return negative ? unchecked(-(long)size) : (long)size;
    }

    /// <summary>An integer of 32 bits.</summary>
    internal int Int32()
    {
        if (!Integer(out bool negative, out ulong size))
        {
            return 0;
        }

        if (size > (negative ? 1UL << 31 : int.MaxValue))
        {
            FindRange("-2147483648 to 2147483647");
            return 0;
        }

        return (int)(negative ? -(long)size : (long)size);
    }

    /// <summary>A natural number of 64 bits.</summary>
    internal ulong UInt64() => Natural(ulong.MaxValue);

    /// <summary>A natural number of 32 bits.</summary>
    internal uint UInt32() => (uint)Natural(uint.MaxValue);

    /// <summary>A natural number of 16 bits.</summary>
    internal ushort UInt16() => (ushort)Natural(ushort.MaxValue);

    /// <summary>A list of strings.</summary>
    internal ImmutableArray<string> Strings() => List(static (ref SpecCursor json) => json.String());

    /// <summary>A list of natural numbers of 32 bits.</summary>
    internal ImmutableArray<uint> UInt32s() => List(static (ref SpecCursor json) => json.UInt32());

    /// <summary>A list. Null is no element. A wrong element keeps its place, so that the others keep their index.</summary>
    internal ImmutableArray<T> List<T>(ValueReader<T> read)
    {
        if (!Is(JsonTokenType.StartArray, "an array"))
        {
            return [];
        }

        GrowingArray<T> items = default;
        while (Read() && _json.TokenType != JsonTokenType.EndArray && Count())
        {
            items.Add(read(ref this));
        }

        return items.ToImmutable();
    }

    private ulong Natural(ulong most)
    {
        if (!Integer(out bool negative, out ulong size))
        {
            return 0;
        }

        // -0 is 0.
        if (size > most || (negative && size != 0))
        {
            FindRange("0 to " + most.ToString(CultureInfo.InvariantCulture));
            return 0;
        }

        return size;
    }

    /// <summary>The sign and the size of an integer. A fraction or an exponent is a fault, even one that makes a whole number.</summary>
    private bool Integer(out bool negative, out ulong size)
    {
        negative = false;
        size = 0;
        if (!Is(JsonTokenType.Number, "an integer"))
        {
            return false;
        }

        ReadOnlySpan<byte> digits = _json.ValueSpan;
        negative = digits[0] == '-';
        foreach (byte digit in digits[(negative ? 1 : 0)..])
        {
            uint value = (uint)(digit - '0');
            if (value > 9)
            {
                Find("JsonType", "must be an integer, is " + Number());
                return false;
            }

            ulong next = unchecked((size * 10) + value);
            if (size > ulong.MaxValue / 10 || next < value)
            {
                Find("JsonRange", Number() + " is more than 64 bits hold");
                return false;
            }

            size = next;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FindRange(string range) => Find("JsonRange", string.Concat("must be ", range, ", is ", Number()));

    private readonly string Number()
    {
        string number = Encoding.ASCII.GetString(_json.ValueSpan);
        return number.Length > Longest ? number[..Longest] + "…" : number;
    }

    /// <summary>
    /// Makes sure that a string can be a C# string and an argument of the kernel: valid UTF-8, no half of a surrogate pair, and no NUL,
    /// at which the kernel would stop reading.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CheckText()
    {
        ReadOnlySpan<byte> raw = _json.ValueSpan;
        (int at, string clause, string? message) = StringFaults.First(raw, _json.ValueIsEscaped);
        _badText = message is not null;
        if (message is not null)
        {
            // The opening quotation mark stands before the span.
            Note(new Fault((int)_json.TokenStartIndex + 1 + at, clause, message));
        }
    }
}
