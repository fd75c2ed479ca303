using System;
using System.Text.Json;

namespace Runc.Sharp.Spec;

/// <summary>Parts of a document as they were written.</summary>
public static class SpecText
{
    /// <summary>The value of one property of a document that was read without a fault; empty where it has none.</summary>
    /// <param name="document">The document; its value is an object.</param>
    /// <returns>Its place in the text.</returns>
    /// <param name="property">The property's name.</param>
    public static (int Start, int Length) Of(ReadOnlySpan<byte> document, ReadOnlySpan<byte> property)
    {
        var json = new Utf8JsonReader(document, new JsonReaderOptions { MaxDepth = SpecReader.MaxDepth + 2 });
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool found = json.ValueTextEquals(property);
            json.Read();
            int start = (int)json.TokenStartIndex;
            json.Skip();
            if (found)
            {
                return (start, (int)json.BytesConsumed - start);
            }
        }

        return default;
    }
}
