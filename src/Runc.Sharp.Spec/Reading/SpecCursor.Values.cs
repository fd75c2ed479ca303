using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Values, each null where the document says null or something else, which is a finding.</summary>
internal ref partial struct SpecCursor
{
    internal string? String()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.String)
        {
            return Text();
        }

        Mismatch("a string");
        return null;
    }

    internal bool? Boolean()
    {
        _reader.Read();
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
        {
            return _reader.TokenType == JsonTokenType.True;
        }

        Mismatch("a boolean");
        return null;
    }

    internal long? Int64() => Integer(long.MinValue, long.MaxValue);

    internal int? Int32() => (int?)Integer(int.MinValue, int.MaxValue);

    internal uint? UInt32() => (uint?)Integer(0, uint.MaxValue);

    internal ushort? UInt16() => (ushort?)Integer(0, ushort.MaxValue);

    internal ulong? UInt64()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.Number)
        {
            Mismatch("a number");
            return null;
        }

        if (_reader.TryGetUInt64(out ulong value) || (_reader.TryGetInt64(out long signed) && signed == 0))
        {
            return value;
        }

        Find("JsonRange", "must be an integer from 0 to 18446744073709551615", (int)_reader.TokenStartIndex);
        return null;
    }

    internal ImmutableArray<string>? Strings()
    {
        if (!EnterArray())
        {
            return null;
        }

        var items = ImmutableArray.CreateBuilder<string>();
        int index = -1;
        while (NextElement(ref index))
        {
            if (String() is { } item)
            {
                items.Add(item);
            }
        }

        return items.DrainToImmutable();
    }

    internal ImmutableArray<uint>? UInt32s()
    {
        if (!EnterArray())
        {
            return null;
        }

        var items = ImmutableArray.CreateBuilder<uint>();
        int index = -1;
        while (NextElement(ref index))
        {
            if (UInt32() is { } item)
            {
                items.Add(item);
            }
        }

        return items.DrainToImmutable();
    }

    internal ImmutableArray<T>? Records<T>(Record<T> read)
        where T : class
    {
        if (!EnterArray())
        {
            return null;
        }

        var items = ImmutableArray.CreateBuilder<T>();
        int index = -1;
        while (NextElement(ref index))
        {
            if (read(ref this) is { } item)
            {
                items.Add(item);
            }
        }

        return items.DrainToImmutable();
    }

    /// <summary>A map, in the order of the document.</summary>
    internal ImmutableArray<KeyValuePair<string, T>> Map<T>(Record<T> read)
        where T : class
    {
        Scope scope = default;
        if (!Enter(ref scope))
        {
            return [];
        }

        var items = ImmutableArray.CreateBuilder<KeyValuePair<string, T>>();
        HashSet<string>? seen = null;
        while (NextMapKey() is { } key)
        {
            seen ??= new HashSet<string>(StringComparer.Ordinal);
            if (!seen.Add(key))
            {
                Find("JsonDuplicateKey", "is given twice", (int)_reader.TokenStartIndex);
            }

            if (read(ref this) is { } item)
            {
                items.Add(new KeyValuePair<string, T>(key, item));
            }

            LeaveKey();
        }

        return items.DrainToImmutable();
    }

    private long? Integer(long least, long most)
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.Number)
        {
            Mismatch("a number");
            return null;
        }

        if (_reader.TryGetInt64(out long value) && value >= least && value <= most)
        {
            return value;
        }

        Find("JsonRange", FormattableString.Invariant($"must be an integer from {least} to {most}"), (int)_reader.TokenStartIndex);
        return null;
    }

    /// <summary>A text becomes an argument of the kernel, so it must be Unicode, and hold no NUL at which the kernel would stop.</summary>
    private readonly string? Text()
    {
        string? text;
        try
        {
            text = _reader.GetString();
        }
        catch (InvalidOperationException)
        {
            Find("JsonText", "is not valid Unicode", (int)_reader.TokenStartIndex);
            return null;
        }

        if (text is not null && text.Contains('\0', StringComparison.Ordinal))
        {
            Find("JsonNul", "holds a NUL character", (int)_reader.TokenStartIndex);
            return null;
        }

        return text;
    }
}
