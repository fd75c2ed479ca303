using System;
using System.Collections.Generic;
using System.CommandLine;

namespace Runc.Sharp;

/// <content>What is done to the words before the parser sees them.</content>
internal static partial class CommandLine
{
    private static bool AsksHelp(string[] words, int verb)
    {
        for (int at = verb + 1; at < words.Length && words[at] != "--"; at++)
        {
            if (words[at] is "--help" or "-h")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Go's flag packages, for which callers write, take one dash or two before a name, be it long or a letter, and behind an option that takes a value the
    /// next word, whatever it begins with. The parser wants two dashes before a long name and one before a letter, and takes no option's name for a value.
    /// </summary>
    /// <param name="typed">The words.</param>
    /// <param name="from">The first that may be an option.</param>
    /// <param name="command">Whose options are meant; null: those before the verb.</param>
    /// <param name="stops">Whether the first word that is no option, or a <c>--</c>, ends the options and is left to the caller.</param>
    /// <param name="spelled">Gets the words as the parser takes them, a value behind an equals sign.</param>
    /// <returns>The first word that is left.</returns>
    internal static int Spell(string[] typed, int from, Command? command, bool stops, List<string> spelled)
    {
        bool open = true;
        for (int at = from; at < typed.Length; at++)
        {
            bool option = open && typed[at] is ['-', _, ..] and not "--";
            if (stops && !option)
            {
                return at;
            }

            open &= typed[at] != "--";
            if (!option)
            {
                spelled.Add(typed[at]);
                continue;
            }

            string word = Dashed(typed[at]);
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            bool takesNext = equals < 0 && at + 1 < typed.Length && TakesNext(command, word);
            if (takesNext ? typed[at + 1].Length == 0 : equals == word.Length - 1 && command is not null && Find(command, word[..equals]) is TextsOption)
            {
                spelled.AddRange([takesNext ? word : word[..equals], string.Empty]); // behind an equals sign, the parser would not see it
            }
            else
            {
                spelled.Add(takesNext ? string.Concat(word, "=", typed[at + 1]) : word);
            }

            at += takesNext ? 1 : 0;
        }

        return typed.Length;
    }

    /// <summary>An option's name with as many dashes as the parser wants; what can be no name stays as it is.</summary>
    private static string Dashed(string word)
    {
        string name = word[(word[1] == '-' ? 2 : 1)..];
        return name[0] is '-' or '=' ? word : string.Concat(name.Length == 1 || name[1] == '=' ? "-" : "--", name);
    }

    /// <summary>An option in a refusal: as Go's flag packages spell it.</summary>
    internal static string Shown(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return string.Concat("-", (equals < 0 ? word : word[..equals]).AsSpan().TrimStart('-'));
    }

    /// <summary>Why a word that begins as an option does is none, in the words of Go's flag packages.</summary>
    internal static string Stranger(string word) => word[word.StartsWith("--", StringComparison.Ordinal) ? 2 : 1] is '-' or '='
        ? string.Concat("bad flag syntax: ", word)
        : string.Concat("flag provided but not defined: ", Shown(word));

    /// <summary>The words of the verb as the parser takes them, and a <c>--</c> where another program's words begin: not before the first argument of an open-ended verb.</summary>
    internal static string[] OwnWords(string[] words, int verb, Verb found, Command command)
    {
        var own = new List<string>(words.Length + 1);
        own.AddRange(words.AsSpan(0, verb + 1));
        int end = Spell(words, verb + 1, command, found.OpenEnded, own);
        if (end < words.Length && words[end] != "--")
        {
            own.Add("--");
        }

        own.AddRange(words.AsSpan(end));
        return [.. own];
    }

    /// <summary>The parser takes an unknown option for an argument where one more may come; nobody means it so.</summary>
    internal static string? UnknownOption(string[] words, int verb, Command command)
    {
        for (int at = verb + 1; at < words.Length && words[at] != "--"; at++)
        {
            string word = words[at];
            if (word.Length < 2 || word[0] != '-')
            {
                continue;
            }

            int equals = word.IndexOf('=', StringComparison.Ordinal);
            if (Find(command, equals < 0 ? word : word[..equals]) is not { } option)
            {
                return word;
            }

            if (equals < 0 && option is not FlagOption)
            {
                at++;
            }
        }

        return null;
    }

    /// <summary>
    /// Of an option that is given again the last one counts, as in Go's flag packages; the parser would refuse it. One whose last value is empty
    /// counts as not given: the parser would take the next word for it.
    /// </summary>
    internal static string[] LastOfEach(string[] words, ref int verb, Command command)
    {
        List<(Option? Option, int Start, int Count)> parts = Parts(words, verb, command);
        var kept = new List<string>(words.Length);
        int verbAt = verb;
        for (int at = 0; at < parts.Count; at++)
        {
            (Option? option, int start, int count) = parts[at];
            if (option is { Arity.MaximumNumberOfValues: <= 1 } && (IsAgain(parts, at) || IsEmpty(words[start], option)))
            {
                continue;
            }

            if (start == verb)
            {
                verbAt = kept.Count;
            }

            kept.AddRange(words.AsSpan(start, count));
        }

        verb = verbAt;
        return [.. kept];
    }

    /// <summary>Why the words before the verb are not all options of ours, with their values; null where they are.</summary>
    internal static string? GlobalFault(string[] words, int end)
    {
        for (int at = 0; at < end; at++)
        {
            string word = words[at];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (name is not ("--help" or "-h" or "--version" or "-v") && Global(name) is null)
            {
                return Stranger(word);
            }

            if (equals < 0 && TakesNext(name) && ++at == end)
            {
                return string.Concat("flag needs an argument: ", Shown(name));
            }
        }

        return null;
    }

    /// <summary>
    /// Before the verb, help and the version may be asked for in place of it. The last one of each counts, and their words are taken out: the parser
    /// has no such options, and no sentence left in it for a word that it does not expect.
    /// </summary>
    internal static string[] WithoutAsks(string[] words, ref int verb, out bool help, out bool version)
    {
        (help, version) = (false, false);
        var others = new List<string>(words.Length);
        int end = verb < 0 ? words.Length : verb;
        for (int at = 0; at < end; at++)
        {
            int equals = words[at].IndexOf('=', StringComparison.Ordinal);
            switch (equals < 0 ? words[at] : words[at][..equals])
            {
                case "--help" or "-h":
                    help = TruthOf(words[at], equals);
                    break;
                case "--version" or "-v":
                    version = TruthOf(words[at], equals);
                    break;
                default:
                    others.Add(words[at]);
                    break;
            }
        }

        verb = verb < 0 ? verb : others.Count;
        others.AddRange(words.AsSpan(end));
        return [.. others];
    }

    private static Option? Global(string name)
    {
        foreach (Option option in GlobalOptions.All)
        {
            if (option.Name == name)
            {
                return option;
            }
        }

        return null;
    }

    /// <summary>
    /// A truth value may be written as Go writes them; the parser knows two words. Without an equals sign there is none: the parser would take a
    /// container called "true" for it.
    /// </summary>
    internal static void SpellTruths(string[] words, int verb, Command command)
    {
        foreach ((Option? option, int at, _) in Parts(words, verb, command))
        {
            if (option is not FlagOption)
            {
                continue;
            }

            words[at] = option.Name + (TruthOf(words[at], words[at].IndexOf('=', StringComparison.Ordinal)) ? "=true" : "=false");
        }
    }

    private static bool TruthOf(string word, int equals) => equals < 0 || (Truth(word[(equals + 1)..])
        ?? throw new UsageException(string.Concat("invalid boolean value \"", word[(equals + 1)..], "\" for " + Shown(word), ": must be true or false")));

    /// <summary>A truth value as Go writes them; null where it is none.</summary>
    private static bool? Truth(string word) => word switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };

    /// <summary>What the words before the verb say of the log; the last one of each counts.</summary>
    private static (string Path, string Format, string Level, bool Debugs) LogWords(string[] words, int verb)
    {
        (string path, string format, string level, bool debugs) = (string.Empty, string.Empty, string.Empty, false);
        for (int at = 0; at < verb; at++)
        {
            int equals = words[at].IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? words[at] : words[at][..equals];
            string value = equals >= 0 ? words[at][(equals + 1)..] : TakesNext(name) ? words[++at] : "true";
            switch (name)
            {
                case "--log":
                    path = value;
                    break;
                case "--log-format":
                    format = value;
                    break;
                case "--log-level":
                    level = value;
                    break;
                case "--debug":
                    debugs = Truth(value) == true;
                    break;
            }
        }

        return (path, format, level, debugs);
    }

    /// <summary>The words, an option together with its value; behind a <c>--</c> there are no options.</summary>
    private static List<(Option? Option, int Start, int Count)> Parts(string[] words, int verb, Command command)
    {
        var parts = new List<(Option? Option, int Start, int Count)>(words.Length);
        bool open = true;
        for (int at = 0; at < words.Length; at += parts[^1].Count)
        {
            open &= at <= verb || words[at] != "--";
            Option? option = open && at != verb ? OptionAt(words, at, verb, command) : null;
            bool hasValue = option is not (null or FlagOption) && at + 1 < words.Length && !words[at].Contains('=', StringComparison.Ordinal);
            parts.Add((option, at, hasValue ? 2 : 1));
        }

        return parts;
    }

    private static bool IsAgain(List<(Option? Option, int Start, int Count)> parts, int at)
    {
        for (int later = at + 1; later < parts.Count; later++)
        {
            if (ReferenceEquals(parts[later].Option, parts[at].Option))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsEmpty(string word, Option option)
    {
        if (!word.EndsWith('=') || option is FlagOption)
        {
            return false;
        }

        return option is not NumberOption ? true : throw new UsageException(string.Concat("invalid value \"\" for flag ", Shown(word), ": must be a number"));
    }

    private static Option? OptionAt(string[] words, int at, int verb, Command command)
    {
        string word = words[at];
        if (word.Length < 2 || word[0] != '-' || word == "--")
        {
            return null;
        }

        int equals = word.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? word : word[..equals];
        return at > verb ? Find(command, name) : Global(name);
    }

    private static bool TakesNext(Command? command, string word) =>
        command is null ? TakesNext(word) : Find(command, word) is not (null or FlagOption); // else --name=value, or no option at all, which will be told

    private static Option? Find(Command command, string name)
    {
        foreach (Option option in command.Options)
        {
            if (option.Name == name || option.Aliases.Contains(name))
            {
                return option;
            }
        }

        return null;
    }

    private static bool TakesNext(string globalOption) =>
        globalOption is "--root" or "--log" or "--log-format" or "--log-level" or "--cgroup-manager" or "--rootless" or "--criu";
}
