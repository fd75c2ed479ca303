using System;
using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;

namespace Runc.Sharp.Tests.Spec;

/// <summary>Writes a record back as JSON, with the spelling of the keys taken from the document it was read from.</summary>
internal static class RecordsAsJson
{
    internal static JsonNode? Write(object? value, JsonNode? original)
    {
        switch (value)
        {
            case null:
                return null;
            case string or bool or int or uint or long or ulong or ushort:
                return JsonNode.Parse(value is string text ? System.Text.Json.JsonSerializer.Serialize(text) : Convert.ToString(value, CultureInfo.InvariantCulture)!.ToLowerInvariant());
            case IEnumerable items when IsMap(items.GetType()):
                return Map(items, original);
            case IEnumerable items:
                return List(items, original);
            default:
                return Record(value, original);
        }
    }

    private static bool IsMap(Type type) => type.GenericTypeArguments is [{ IsGenericType: true }];

    private static JsonObject? Map(IEnumerable items, JsonNode? original)
    {
        var result = new JsonObject();
        foreach (object entry in items)
        {
            string key = (string)entry.GetType().GetProperty("Key")!.GetValue(entry)!;
            result.Add(key, Write(entry.GetType().GetProperty("Value")!.GetValue(entry), (original as JsonObject)?[key]));
        }

        return result.Count == 0 && original is null ? null : result;
    }

    private static JsonArray? List(IEnumerable items, JsonNode? original)
    {
        var result = new JsonArray();
        foreach (object item in items)
        {
            result.Add(Write(item, original is JsonArray array && result.Count < array.Count ? array[result.Count] : null));
        }

        return result.Count == 0 && original is null ? null : result;
    }

    private static JsonObject Record(object value, JsonNode? original)
    {
        var result = new JsonObject();
        foreach (PropertyInfo property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string name = property.Name;
            JsonNode? there = null;
            foreach ((string key, JsonNode? node) in original as JsonObject ?? [])
            {
                (name, there) = string.Equals(key, property.Name, StringComparison.OrdinalIgnoreCase) ? (key, node) : (name, there);
            }

            if (Write(property.GetValue(value), there) is { } written)
            {
                result.Add(name, written);
            }
        }

        return result;
    }
}
