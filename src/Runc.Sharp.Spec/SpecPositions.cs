using System;
using System.Globalization;
using System.Text.Json;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec;

/// <summary>Where in the text something stands, for people: lines and characters count from 1. Reads the text again; for errors only.</summary>
public static class SpecPositions
{
    /// <summary>The line and the column of a byte.</summary>
    /// <param name="document">The text.</param>
    /// <param name="offset">The byte, from 0; what lies outside the text is moved to its nearer end.</param>
    public static (int Line, int Column) At(ReadOnlySpan<byte> document, int offset) => new LineCounter(document).At(offset);

    /// <summary>The line and the column at which a value begins, or the nearest value around it that the document has.</summary>
    /// <param name="document">The text. Where it is broken, what stands before the fault is found.</param>
    /// <param name="pointer">A JSON pointer (RFC 6901) such as <c>/mounts/3/destination</c>; empty is the whole document.</param>
    public static (int Line, int Column) Find(ReadOnlySpan<byte> document, string pointer)
    {
        var tracker = new PointerTracker(document);
        int offset = 0;
        if (tracker.Read())
        {
            offset = tracker.Start;
            string[] words = pointer.Split('/');
            for (int at = 1; at < words.Length && StepInto(ref tracker, JsonPointer.Unescape(words[at])); at++)
            {
                offset = tracker.Start;
            }
        }

        return At(document, offset);
    }

    /// <summary>Goes on to the value of a key or of an index of the value at hand; false where there is none.</summary>
    private static bool StepInto(ref PointerTracker tracker, string word)
    {
        JsonTokenType parent = tracker.Type;
        int depth = tracker.Depth;
        if (parent is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return false;
        }

        for (int index = 0; tracker.Read() && tracker.Depth >= depth;)
        {
            bool isStart = tracker.Type is JsonTokenType.StartObject or JsonTokenType.StartArray;
            bool isEnd = tracker.Type is JsonTokenType.EndObject or JsonTokenType.EndArray;
            if (tracker.Depth != (isStart ? depth + 1 : depth) || isEnd)
            {
                continue;
            }

            if (parent == JsonTokenType.StartArray)
            {
                if (word == index.ToString(CultureInfo.InvariantCulture))
                {
                    return true;
                }

                index++;
            }
            else if (tracker.Type == JsonTokenType.PropertyName && tracker.Name() == word)
            {
                return tracker.Read();
            }
        }

        return false;
    }
}
