using System;
using System.Text;

namespace Runc.Sharp.Spec.Reading;

/// <summary>
/// The keys that Go's decoder takes for another: it compares them after folding, by which <c>S</c>, <c>s</c> and the long s (U+017F) are
/// one, and <c>K</c>, <c>k</c> and the Kelvin sign (U+212A). To pass such a key over would drop what the engine believes to have set.
/// </summary>
internal static class KeyCase
{
    /// <summary>The name among <paramref name="names"/>, which blanks part, that a key folds to; null for none.</summary>
    internal static string? Variant(string key, ReadOnlySpan<byte> names)
    {
        while (!names.IsEmpty)
        {
            int length = names.IndexOf((byte)' ');
            ReadOnlySpan<byte> name = length < 0 ? names : names[..length];
            if (IsVariant(key, name))
            {
                return Encoding.ASCII.GetString(name);
            }

            names = length < 0 ? [] : names[(length + 1)..];
        }

        return null;
    }

    private static bool IsVariant(string key, ReadOnlySpan<byte> name)
    {
        if (key.Length != name.Length)
        {
            return false;
        }

        for (int at = 0; at < key.Length; at++)
        {
            if (Fold(key[at]) != Fold((char)name[at]))
            {
                return false;
            }
        }

        return true;
    }

    private static char Fold(char c) => c switch
    {
        '\u017f' => 's',
        '\u212a' => 'k',
        >= 'A' and <= 'Z' => (char)(c | 0x20),
        _ => c,
    };
}
