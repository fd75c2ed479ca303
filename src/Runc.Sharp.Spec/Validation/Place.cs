using System.Globalization;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Puts JSON pointers together.</summary>
internal static class Place
{
    /// <summary>An element of a list.</summary>
    internal static string At(string list, int index) => string.Concat(list, "/", index.ToString(CultureInfo.InvariantCulture));

    /// <summary>A property of an element of a list.</summary>
    internal static string At(string list, int index, string property) => string.Concat(At(list, index), "/", property);

    /// <summary>An entry of a map.</summary>
    internal static string Of(string map, string key) => string.Concat(map, "/", JsonPointer.Escape(key));
}
