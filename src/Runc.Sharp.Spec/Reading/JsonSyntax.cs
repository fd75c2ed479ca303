using System;
using System.Text.Json;

namespace Runc.Sharp.Spec.Reading;

/// <summary>Says where and how a document breaks the grammar of JSON (RFC 8259). Looks only at what follows the last good token.</summary>
internal static class JsonSyntax
{
    /// <summary>The byte at fault and the words for it.</summary>
    /// <param name="document">The text.</param>
    /// <param name="tracker">Stopped at the fault.</param>
    internal static (int Offset, string Message) Explain(ReadOnlySpan<byte> document, in PointerTracker tracker)
    {
        int at = SkipBlanks(document, tracker.End);
        bool first = tracker.Type is JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName;
        bool inObject = tracker.Depth > 0 && !tracker.InArray;
        if (at < document.Length && tracker.Depth > 0 && !first && document[at] == ',')
        {
            int comma = at;
            at = SkipBlanks(document, at + 1);
            if (at < document.Length && document[at] is (byte)'}' or (byte)']')
            {
                return (comma, "has a comma with nothing behind it");
            }

            return inObject
                ? Name(document, at, "a property name in quotation marks")
                : Value(document, at, "a value");
        }

        return tracker.Type switch
        {
            JsonTokenType.None => Value(document, at, "a value"),
            JsonTokenType.PropertyName => Value(document, at, "a value"),
            JsonTokenType.StartObject => Name(document, at, "a property name in quotation marks or '}'"),
            JsonTokenType.StartArray => Value(document, at, "a value or ']'"),
            _ when tracker.Depth == 0 => Other(document, at, "the end of the document"),
            _ => Other(document, at, inObject ? "',' or '}'" : "',' or ']'"),
        };
    }

    /// <summary>A key is expected: it may be absent, broken, or without its colon.</summary>
    private static (int Offset, string Message) Name(ReadOnlySpan<byte> document, int at, string expected)
    {
        if (at >= document.Length || document[at] != '"')
        {
            return Other(document, at, expected);
        }

        int end = StringEnd(document, at, out (int Offset, string Message) fault);
        return end < 0 ? fault : Other(document, SkipBlanks(document, end), "':'");
    }

    /// <summary>A value is expected.</summary>
    private static (int Offset, string Message) Value(ReadOnlySpan<byte> document, int at, string expected)
    {
        if (at >= document.Length)
        {
            return Other(document, at, expected);
        }

        if (document[at] == '"')
        {
            _ = StringEnd(document, at, out (int Offset, string Message) fault);
            return fault;
        }

        int length = 0;
        while (at + length < document.Length && (char.IsAsciiLetterOrDigit((char)document[at + length]) || document[at + length] is (byte)'-' or (byte)'+' or (byte)'.'))
        {
            length++;
        }

        if (length == 0)
        {
            return Other(document, at, expected);
        }

        bool isNumber = char.IsAsciiDigit((char)document[at]) || (document[at] == '-' && length > 1 && char.IsAsciiDigit((char)document[at + 1]));
        if (at + length == document.Length && (isNumber || IsStart(document[at..])))
        {
            return (at + length, "ends before it is complete");
        }

        return (at, string.Concat("expected ", expected, isNumber ? ", found the malformed number " : ", found ", Text.Quote(document.Slice(at, length))));
    }

    private static bool IsStart(ReadOnlySpan<byte> word) => "true"u8.StartsWith(word) || "false"u8.StartsWith(word) || "null"u8.StartsWith(word);

    private static (int Offset, string Message) Other(ReadOnlySpan<byte> document, int at, string expected)
    {
        if (at >= document.Length)
        {
            return (document.Length, document.Length == 0 ? "is empty" : "ends before it is complete: expected " + expected);
        }

        ReadOnlySpan<byte> rest = document[at..];
        return (at, rest.StartsWith("//"u8) || rest.StartsWith("/*"u8)
            ? "has a comment, which JSON does not allow"
            : string.Concat("expected ", expected, ", found ", Text.Character(rest)));
    }

    /// <summary>The byte behind a string; -1 with the fault where the string is broken.</summary>
    private static int StringEnd(ReadOnlySpan<byte> document, int start, out (int Offset, string Message) fault)
    {
        fault = (start, "has a malformed string");
        for (int at = start + 1; at < document.Length; at++)
        {
            byte value = document[at];
            if (value == '"')
            {
                return at + 1;
            }

            if (value < 0x20)
            {
                fault = (at, string.Concat("has a raw control character in a string, ", Text.Character(document[at..]), ", or lacks a closing quotation mark"));
                return -1;
            }

            if (value != '\\')
            {
                continue;
            }

            int length = EscapeLength(document[at..]);
            if (length == 0)
            {
                fault = (at, "has an escape in a string that JSON does not know");
                return -1;
            }

            at += length - 1;
        }

        fault = (document.Length, "ends before it is complete: expected the end of a string");
        return -1;
    }

    /// <summary>The length of an escape; all that is left where the text ends in it, 0 where it is none.</summary>
    private static int EscapeLength(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 2)
        {
            return rest.Length;
        }

        if (rest[1] != 'u')
        {
            return "\"\\/bfnrt"u8.Contains(rest[1]) ? 2 : 0;
        }

        int length = 2;
        while (length < 6 && length < rest.Length && char.IsAsciiHexDigit((char)rest[length]))
        {
            length++;
        }

        return length == 6 || length == rest.Length ? length : 0;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> document, int at)
    {
        while (at < document.Length && document[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            at++;
        }

        return at;
    }
}
