using System;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Walks a document and knows the JSON pointer of each token. For places of faults only: the cursor itself keeps no pointers.</summary>
internal ref struct PointerTracker
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly Level[] _levels = new Level[SpecReader.MaxDepth + 2];
    private Utf8JsonReader _json;
    private int _depth;

    internal PointerTracker(ReadOnlySpan<byte> document)
    {
        _document = document;
        _json = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = SpecReader.MaxDepth + 2 });
    }

    /// <summary>The token at hand: the last good one, whatever the reader did on its way to a fault.</summary>
    internal JsonTokenType Type { get; private set; }

    /// <summary>The byte at which it begins.</summary>
    internal readonly int Start => (int)_json.TokenStartIndex;

    /// <summary>The byte behind it; behind the colon for a key.</summary>
    internal int End { get; private set; }

    /// <summary>How many arrays and objects are open behind the token at hand.</summary>
    internal readonly int Depth => _depth;

    /// <summary>Whether the innermost open value is an array.</summary>
    internal readonly bool InArray => _depth > 0 && _levels[_depth - 1].IsArray;

    /// <summary>Whether reading ended at a fault of syntax.</summary>
    internal bool Broken { get; private set; }

    /// <summary>The next token; false at the end.</summary>
    internal bool Read()
    {
        try
        {
            if (!_json.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            Broken = true;
            return false;
        }

        Type = _json.TokenType;
        End = (int)_json.BytesConsumed;
        switch (Type)
        {
            case JsonTokenType.PropertyName:
                _levels[_depth - 1].Name = _json.TokenStartIndex + 1;
                _levels[_depth - 1].Length = _json.ValueSpan.Length;
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                CountElement();
                _levels[_depth++] = new Level { IsArray = Type == JsonTokenType.StartArray, Index = -1 };
                break;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                _depth--;
                break;
            default:
                CountElement();
                break;
        }

        return true;
    }

    /// <summary>The key at hand.</summary>
    internal readonly string Name() => JsonPointer.Name(_json.ValueSpan);

    /// <summary>The pointer of the token at hand.</summary>
    internal readonly string Pointer() => Pointer(Type is JsonTokenType.StartObject or JsonTokenType.StartArray ? _depth - 1 : _depth);

    /// <summary>The pointer of what lies between the token at hand and the next: of the key if that is at hand, else of the open value.</summary>
    internal readonly string GapPointer() => Pointer(Type == JsonTokenType.PropertyName ? _depth : _depth - 1);

    private readonly string Pointer(int depth)
    {
        var text = new StringBuilder();
        for (int at = 0; at < depth; at++)
        {
            ref readonly Level level = ref _levels[at];
            text.Append('/');
            if (level.IsArray)
            {
                text.Append(level.Index.ToString(CultureInfo.InvariantCulture));
            }
            else
            {
                text.Append(JsonPointer.Escape(JsonPointer.Name(_document.Slice((int)level.Name, level.Length))));
            }
        }

        return text.ToString();
    }

    private readonly void CountElement()
    {
        if (_depth > 0 && _levels[_depth - 1].IsArray)
        {
            _levels[_depth - 1].Index++;
        }
    }

    private struct Level
    {
        internal bool IsArray;
        internal int Index;
        internal long Name;
        internal int Length;
    }
}
