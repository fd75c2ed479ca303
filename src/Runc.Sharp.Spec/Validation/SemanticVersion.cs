using System;

namespace Runc.Sharp.Spec.Validation;

/// <summary>A version of semver.org 2.0.0, with its numbers as written: they may be of any length.</summary>
internal readonly record struct SemanticVersion(string Major, string Minor, string Patch, bool IsPrerelease)
{
    internal static bool TryParse(string text, out SemanticVersion version)
    {
        version = default;
        ReadOnlySpan<char> core = text;
        int plus = core.IndexOf('+');
        if (plus >= 0 && !AreIdentifiers(core[(plus + 1)..], mayBeginWithZero: true))
        {
            return false;
        }

        core = plus >= 0 ? core[..plus] : core;
        int dash = core.IndexOf('-');
        if (dash >= 0 && !AreIdentifiers(core[(dash + 1)..], mayBeginWithZero: false))
        {
            return false;
        }

        core = dash >= 0 ? core[..dash] : core;
        int first = core.IndexOf('.');
        int second = first < 0 ? -1 : core[(first + 1)..].IndexOf('.') + first + 1;
        if (second <= first || !IsNumber(core[..first]) || !IsNumber(core[(first + 1)..second]) || !IsNumber(core[(second + 1)..]))
        {
            return false;
        }

        version = new SemanticVersion(core[..first].ToString(), core[(first + 1)..second].ToString(), core[(second + 1)..].ToString(), dash >= 0);
        return true;
    }

    private static bool AreIdentifiers(ReadOnlySpan<char> list, bool mayBeginWithZero)
    {
        foreach (Range range in list.Split('.'))
        {
            ReadOnlySpan<char> identifier = list[range];
            bool digits = true;
            foreach (char c in identifier)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                {
                    return false;
                }

                digits &= char.IsAsciiDigit(c);
            }

            if (identifier.IsEmpty || (digits && !mayBeginWithZero && identifier.Length > 1 && identifier[0] == '0'))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> digits) =>
        !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9') && (digits.Length == 1 || digits[0] != '0');
}
