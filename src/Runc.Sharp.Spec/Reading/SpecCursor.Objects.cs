using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>The keys an object may have, and what was seen of them.</summary>
/// <remarks>
/// The names stand in the order in which Go's encoder writes them, so that the search for the next key, which begins behind the one
/// before, nearly always ends at its first or second step.
/// </remarks>
/// <param name="names">The names, at most 64, with a blank between any two.</param>
/// <param name="required">A bit for each name without which the object is at fault.</param>
internal ref struct Keys(ReadOnlySpan<byte> names, ulong required = 0)
{
    internal readonly ReadOnlySpan<byte> Names = names;
    internal readonly ulong Required = required;
    internal ulong Seen;
    internal ulong Given;
    internal int Offset = -1;
    internal int NextStart;
    internal int NextIndex;
}

/// <summary>Objects with known keys, and maps.</summary>
internal ref partial struct SpecCursor
{
    /// <summary>More entries than this, and a map's keys are kept in a set to find the ones given twice.</summary>
    private const int FewEntries = 16;

    /// <summary>
    /// The index in <paramref name="keys"/> of the next key with a value, which is then at hand; -1 at the object's end. Unknown keys and
    /// keys whose value is null are passed over.
    /// </summary>
    internal int Next(scoped ref Keys keys)
    {
        if (keys.Offset < 0)
        {
            if (!Is(JsonTokenType.StartObject, "an object"))
            {
                return -1;
            }

            keys.Offset = (int)_json.TokenStartIndex;
        }

        while (Read() && _json.TokenType == JsonTokenType.PropertyName)
        {
            int index = Search(ref keys);
            if (index < 0)
            {
                PassOver(keys.Names);
                continue;
            }

            ulong bit = 1UL << index;
            if ((keys.Seen & bit) != 0)
            {
                Find("JsonDuplicateKey", "is given twice");
            }

            keys.Seen |= bit;
            if (Read() && _json.TokenType != JsonTokenType.Null)
            {
                keys.Given |= bit;
                return index;
            }
        }

        if ((keys.Required & ~keys.Given) != 0 && !Ended)
        {
            FindMissing(keys);
        }

        return -1;
    }

    /// <summary>A map of strings, in the order of the document. Null is no value here.</summary>
    internal ImmutableArray<KeyValuePair<string, string>> StringMap() => Map(static (ref SpecCursor json) => json.String());

    /// <summary>A map, in the order of the document. Null is no value here.</summary>
    internal ImmutableArray<KeyValuePair<string, T>> Map<T>(ValueReader<T> read)
    {
        if (!Is(JsonTokenType.StartObject, "an object"))
        {
            return [];
        }

        GrowingArray<KeyValuePair<string, T>> entries = default;
        HashSet<string>? seen = null;
        while (Read() && _json.TokenType == JsonTokenType.PropertyName && Count())
        {
            bool isText = !_badText;
            string key = String();
            if (isText && IsRepeated(ref entries, ref seen, key))
            {
                Find("JsonDuplicateKey", "is given twice");
            }

            if (Read())
            {
                entries.Add(new KeyValuePair<string, T>(key, read(ref this)));
            }
        }

        return entries.ToImmutable();
    }

    private static bool IsRepeated<T>(ref GrowingArray<KeyValuePair<string, T>> entries, ref HashSet<string>? seen, string key)
    {
        ReadOnlySpan<KeyValuePair<string, T>> before = entries.Items;
        if (before.Length < FewEntries)
        {
            foreach (ref readonly KeyValuePair<string, T> entry in before)
            {
                if (string.Equals(entry.Key, key, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }

        if (seen is null)
        {
            seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (ref readonly KeyValuePair<string, T> entry in before)
            {
                seen.Add(entry.Key);
            }
        }

        return !seen.Add(key);
    }

    /// <summary>Finds the key at hand among the names, from behind the one found before, once around.</summary>
    private readonly int Search(scoped ref Keys keys)
    {
        Span<byte> unescaped = stackalloc byte[Longest];
        scoped ReadOnlySpan<byte> name = _json.ValueSpan;
        if (_json.ValueIsEscaped)
        {
            if (_badText || name.Length > Longest)
            {
                return -1;
            }

            name = unescaped[.._json.CopyString(unescaped)];
        }

        ReadOnlySpan<byte> names = keys.Names;
        int start = keys.NextStart;
        int index = keys.NextIndex;
        for (int at = start, n = index; ;)
        {
            ReadOnlySpan<byte> rest = names[at..];
            bool found = rest.StartsWith(name) && (rest.Length == name.Length || rest[name.Length] == ' ');
            int length = found ? name.Length : rest.IndexOf((byte)' ');
            bool last = length < 0 || length == rest.Length;
            int nextStart = last ? 0 : at + length + 1;
            int nextIndex = last ? 0 : n + 1;
            if (found)
            {
                keys.NextStart = nextStart;
                keys.NextIndex = nextIndex;

                // A name with a blank in it could only match two names at once.
                return name.Contains((byte)' ') ? -1 : n;
            }

            (at, n) = (nextStart, nextIndex);
            if (at == start)
            {
                return -1;
            }
        }
    }

    /// <summary>An unknown key: without meaning, unless Go's decoder would take it for a known one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void PassOver(ReadOnlySpan<byte> names)
    {
        if (!_badText && _json.ValueSpan.Length <= Longest * 6 && KeyCase.Variant(_json.GetString()!, names) is { } known)
        {
            Find("JsonKeyCase", string.Concat("must be spelled '", known, "'"));
        }

        if (Read())
        {
            Skip();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FindMissing(scoped in Keys keys)
    {
        ulong missing = keys.Required & ~keys.Given;
        ReadOnlySpan<byte> names = keys.Names;
        for (; missing != 0; missing >>= 1)
        {
            int length = names.IndexOf((byte)' ');
            length = length < 0 ? names.Length : length;
            if ((missing & 1) != 0)
            {
                Note(new Fault(keys.Offset, "JsonRequired", "is required, and missing", Encoding.ASCII.GetString(names[..length])));
            }

            names = names[Math.Min(length + 1, names.Length)..];
        }
    }
}
