using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>
/// Walks the document once, knows the JSON pointer it stands at, and gathers what is wrong. Go's decoder, which engines
/// use, takes keys in any case and lets the last of two win: here both are faults, so that no two readers differ.
/// </summary>
internal ref partial struct SpecCursor
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly ImmutableArray<Finding>.Builder _findings;
    private readonly string?[] _names;
    private readonly int[] _indices;
    private Utf8JsonReader _reader;
    private int _depth;

    internal SpecCursor(ReadOnlySpan<byte> document)
    {
        _document = document;
        _findings = ImmutableArray.CreateBuilder<Finding>();
        _names = new string?[SpecReader.MaxDepth + 2];
        _indices = new int[SpecReader.MaxDepth + 2];
        _reader = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = SpecReader.MaxDepth });
    }

    /// <summary>Reads the value that comes next as a record.</summary>
    internal delegate T? Record<T>(ref SpecCursor cursor)
        where T : class;

    internal readonly ImmutableArray<Finding> Findings => _findings.ToImmutable();

    /// <summary>What an object's reader remembers between two keys.</summary>
    internal struct Scope
    {
        internal ulong Seen;
        internal bool Entered;
        internal int Offset;
        internal int Findings;
    }

    /// <summary>Steps into an object. False for null, and for another type, which is a finding.</summary>
    internal bool Enter(ref Scope scope)
    {
        if (!Begin(JsonTokenType.StartObject, "an object"))
        {
            return false;
        }

        scope.Offset = (int)_reader.TokenStartIndex;
        scope.Findings = _findings.Count;
        return true;
    }

    /// <summary>The index in <paramref name="names"/> of the next key; -1 at the object's end. Unknown keys are passed over.</summary>
    internal int Next(ref Scope scope, scoped ReadOnlySpan<string> names)
    {
        if (scope.Entered)
        {
            _depth--;
            scope.Entered = false;
        }

        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            int index = Match(names);
            if (index < 0)
            {
                RefuseCaseVariant(names);
                _reader.Skip();
                continue;
            }

            _names[_depth++] = names[index];
            scope.Entered = true;
            if ((scope.Seen & (1UL << index)) != 0)
            {
                Find("JsonDuplicateKey", "is given twice", (int)_reader.TokenStartIndex);
            }

            scope.Seen |= 1UL << index;
            return index;
        }

        return -1;
    }

    /// <summary>Steps into an array. False for null, and for another type, which is a finding.</summary>
    internal bool EnterArray() => Begin(JsonTokenType.StartArray, "an array");

    /// <summary>Whether another element follows; it is the next value then.</summary>
    internal bool NextElement(ref int index)
    {
        if (index >= 0)
        {
            _depth--;
        }

        Utf8JsonReader ahead = _reader;
        if (ahead.Read() && ahead.TokenType == JsonTokenType.EndArray)
        {
            _reader.Read();
            return false;
        }

        index++;
        _names[_depth] = null;
        _indices[_depth++] = index;
        return true;
    }

    /// <summary>The next key of a map; null at its end. Stays until <see cref="LeaveKey"/>.</summary>
    internal string? NextMapKey()
    {
        if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return null;
        }

        string key = Text() ?? string.Empty;
        _names[_depth++] = key;
        return key;
    }

    internal void LeaveKey() => _depth--;

    /// <summary>What is left behind the document.</summary>
    internal void End()
    {
        if (_reader.Read())
        {
            Find("JsonSyntax", "has something behind its end", (int)_reader.TokenStartIndex);
        }
    }

    /// <summary>A fault of the value at hand.</summary>
    internal readonly void Find(string clause, string message, int offset) => _findings.Add(new Finding(clause, Pointer(), message, offset));

    /// <summary>A required property has no value; where it has one of another type, that was found already.</summary>
    internal readonly void FindMissing(in Scope scope, string name)
    {
        if (_findings.Count == scope.Findings)
        {
            _findings.Add(new Finding("JsonRequired", Pointer(), "lacks the property '" + name + "'", scope.Offset));
        }
    }

    internal readonly void FindSyntax(JsonException fault)
    {
        int offset = (int)_reader.BytesConsumed;
        if (fault.LineNumber is { } line)
        {
            offset = 0;
            for (long left = line; left > 0; left--)
            {
                offset += _document[offset..].IndexOf((byte)'\n') + 1;
            }

            offset += (int)(fault.BytePositionInLine ?? 0);
        }

        _findings.Add(new Finding("JsonSyntax", Pointer(), Words(fault, offset), offset));
    }

    private readonly string Words(JsonException fault, int offset)
    {
        if (_reader.CurrentDepth >= SpecReader.MaxDepth - 1)
        {
            return string.Create(CultureInfo.InvariantCulture, $"is nested deeper than {SpecReader.MaxDepth}");
        }

        return offset >= _document.Length ? "is not JSON: it ends in the middle" : "is not JSON: unexpected " + Show(_document[offset]) + (fault.InnerException is null ? string.Empty : " in a text");
    }

    private static string Show(byte value) => value is > 0x20 and < 0x7f
        ? string.Concat("'", ((char)value).ToString(), "'")
        : string.Create(CultureInfo.InvariantCulture, $"byte 0x{value:x2}");

    private bool Begin(JsonTokenType type, string words)
    {
        _reader.Read();
        if (_reader.TokenType == type)
        {
            return true;
        }

        Mismatch(words);
        return false;
    }

    /// <summary>A finding that names both types, unless the value is null, which is the same as absent.</summary>
    private void Mismatch(string wanted)
    {
        if (_reader.TokenType == JsonTokenType.Null)
        {
            if (_depth > 0 && _names[_depth - 1] is null)
            {
                Find("JsonType", "must be " + wanted + ", is null", (int)_reader.TokenStartIndex);
            }

            return;
        }

        string found = _reader.TokenType switch
        {
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            JsonTokenType.StartArray => "an array",
            _ => "an object",
        };
        Find("JsonType", "must be " + wanted + ", is " + found, (int)_reader.TokenStartIndex);
        _reader.Skip();
    }

    private int Match(scoped ReadOnlySpan<string> names)
    {
        int length = _reader.ValueSpan.Length;
        for (int at = 0; at < names.Length; at++)
        {
            if ((names[at].Length == length || _reader.ValueIsEscaped) && _reader.ValueTextEquals(names[at]))
            {
                return at;
            }
        }

        return -1;
    }

    private readonly void RefuseCaseVariant(scoped ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (name.Length == _reader.ValueSpan.Length && Ascii.EqualsIgnoreCase(_reader.ValueSpan, name))
            {
                Find("JsonCase", "has the key '" + Encoding.ASCII.GetString(_reader.ValueSpan) + "', which is spelled '" + name + "'", (int)_reader.TokenStartIndex);
            }
        }
    }

    private readonly string Pointer()
    {
        if (_depth == 0)
        {
            return string.Empty;
        }

        var text = new StringBuilder();
        for (int at = 0; at < _depth; at++)
        {
            text.Append('/');
            if (_names[at] is { } name)
            {
                text.Append(name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            }
            else
            {
                text.Append(_indices[at].ToString(CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }
}
