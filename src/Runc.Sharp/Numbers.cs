using System;

namespace Runc.Sharp;

/// <summary>Whole numbers as Go's flag packages take them: <c>0x</c>, <c>0o</c>, <c>0b</c> and a leading <c>0</c> tell the base, <c>_</c> parts digits.</summary>
internal static class Numbers
{
    /// <summary>The number; null where the word is none of 64 bits.</summary>
    internal static long? Read(string word)
    {
        bool negative = word is ['-', ..];
        ReadOnlySpan<char> digits = word.AsSpan(word is ['-' or '+', ..] ? 1 : 0);
        (uint radix, int prefix) = digits switch
        {
            ['0', 'x' or 'X', _, ..] => (16u, 2),
            ['0', 'o' or 'O', _, ..] => (8u, 2),
            ['0', 'b' or 'B', _, ..] => (2u, 2),
            ['0', _, ..] => (8u, 1),
            _ => (10u, 0),
        };
        ulong limit = negative ? 1ul << 63 : long.MaxValue;
        ulong value = 0;
        bool parts = prefix > 0; // whether a _ may come
        bool ends = false;
        foreach (char letter in digits[prefix..])
        {
            ends = letter != '_';
            if (!ends && parts)
            {
                parts = false;
                continue;
            }

            uint digit = letter switch
            {
                >= '0' and <= '9' => (uint)(letter - '0'),
                >= 'a' and <= 'f' => (uint)(letter - 'a' + 10),
                >= 'A' and <= 'F' => (uint)(letter - 'A' + 10),
                _ => uint.MaxValue,
            };
            if (digit >= radix || value > (limit - digit) / radix)
            {
                return null;
            }

            value = (value * radix) + digit;
            parts = true;
        }

        return !ends ? null : negative ? unchecked(-(long)value) : (long)value;
    }
}
