using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Runc.Sharp.Spec.Reading;

/// <summary>
/// Walks a document once, token by token. Where it meets a fault it notes it by byte offset and goes on, with an empty value in place of
/// the wrong one; a fault of syntax, too much depth or too many values end the walk, and every reader then falls through to its end.
/// A document without faults costs no exception, no pointer and no position.
/// </summary>
internal ref partial struct SpecCursor
{
    private readonly ReadOnlySpan<byte> _document;
    private readonly bool _isAscii;
    private readonly bool _isUtf8;
    private Utf8JsonReader _json;
    private int _values;
    private bool _badText;

    internal SpecCursor(ReadOnlySpan<byte> document)
    {
        _document = document;

        // One vectorised pass over the whole text spares a check of each string.
        // Decoding a string that is known to be ASCII saves a twentieth of the whole reading.
        _isAscii = Ascii.IsValid(document);
        _isUtf8 = _isAscii || Utf8.IsValid(document);

        // The depth is checked here, without an exception; the reader only must not refuse first.
        _json = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = SpecReader.MaxDepth + 2 });
    }

    /// <summary>What was found so far; null for nothing.</summary>
    internal List<Fault>? Faults { get; private set; }

    /// <summary>Whether the walk ended before the document did.</summary>
    internal bool Ended { get; private set; }

    /// <summary>Whether it ended at a fault of syntax.</summary>
    internal bool Broken { get; private set; }

    /// <summary>Steps to the document's value. False where there is nothing to read.</summary>
    internal bool Begin()
    {
        if (_document.Length > SpecReader.MaxBytes)
        {
            Stop(0, "JsonBounds", Text.Join("is larger than ", SpecReader.MaxBytes, " bytes"));
        }
        else if (_document.StartsWith("\ufeff"u8))
        {
            Stop(0, "JsonSyntax", "begins with a byte order mark, which JSON does not allow");
        }

        return !Ended && Read();
    }

    /// <summary>Makes sure that nothing follows the document's value.</summary>
    internal void End() => Read();

    /// <summary>Notes a fault of the token at which the cursor stands.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal void Find(string clause, string message) => Note(new Fault((int)_json.TokenStartIndex, clause, message));

    /// <summary>The next token. False at the end, and where the walk ended.</summary>
    private bool Read()
    {
        if (Ended)
        {
            return false;
        }

        try
        {
            if (!_json.Read())
            {
                return false;
            }
        }
        catch (JsonException)
        {
            // Its place and its words are found by JsonSyntax, which does not depend on the messages of the library:
            // the published program has none.
            Ended = true;
            Broken = true;
            return false;
        }

        _badText = false;
        switch (_json.TokenType)
        {
            case JsonTokenType.PropertyName or JsonTokenType.String when _json.ValueIsEscaped || !_isUtf8:
                CheckText();
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray when _json.CurrentDepth >= SpecReader.MaxDepth:
                Stop((int)_json.TokenStartIndex, "JsonDepth", Text.Join("is nested deeper than ", SpecReader.MaxDepth, " levels"));
                return false;
            default:
                break;
        }

        return true;
    }

    /// <summary>Passes over the value at hand. Its tokens are checked as any others.</summary>
    internal void Skip()
    {
        if (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            int depth = _json.CurrentDepth;
            while (Read() && _json.CurrentDepth > depth)
            {
            }
        }
    }

    /// <summary>Counts an element or an entry. False where there are too many to hold.</summary>
    private bool Count()
    {
        if (++_values > SpecReader.MaxValues)
        {
            Stop((int)_json.TokenStartIndex, "JsonBounds", Text.Join("is one of more than ", SpecReader.MaxValues, " elements and entries"));
            return false;
        }

        return true;
    }

    /// <summary>Whether the value at hand is of a type. If not, that is a fault, and the value is passed over.</summary>
    private bool Is(JsonTokenType type, string words)
    {
        if (_json.TokenType == type)
        {
            return true;
        }

        if (!Ended)
        {
            Mismatch(words);
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Mismatch(string words)
    {
        string found = _json.TokenType switch
        {
            JsonTokenType.String => "a string",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "a boolean",
            JsonTokenType.StartArray => "an array",
            JsonTokenType.StartObject => "an object",
            _ => "null",
        };
        Find("JsonType", string.Concat("must be ", words, ", is ", found));
        Skip();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Stop(int offset, string clause, string message)
    {
        Note(new Fault(offset, clause, message));
        Ended = true;
    }

    private void Note(Fault fault)
    {
        Faults ??= [];
        if (Faults.Count < SpecReader.MaxFindings)
        {
            Faults.Add(fault);
        }
        else if (Faults.Count == SpecReader.MaxFindings)
        {
            Faults.Add(fault with { Clause = "JsonBounds", Message = "is at fault, and so are others: only the first are told", Child = null });
        }
    }
}
