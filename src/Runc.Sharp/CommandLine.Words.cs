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
    /// go-runc writes long options with one dash, which Go's flag packages take for the same; so several letters behind one dash are one name, too.
    /// </summary>
    internal static string[] Dashes(string[] args, int count)
    {
        var words = new string[count];
        bool open = true;
        for (int at = 0; at < count; at++)
        {
            string word = args[at];
            open &= word != "--";
            bool longName = open && word.Length > 2 && word[0] == '-' && word[1] != '-' && char.IsAsciiLetter(word[1]) && char.IsAsciiLetterOrDigit(word[2]);
            words[at] = longName ? "-" + word : word;
        }

        return words;
    }

    /// <summary>Puts a <c>--</c> where another program's words begin: not before the first argument of an open-ended verb.</summary>
    private static string[] OwnWords(string[] args, string[] words, int verb, Verb found, Command command)
    {
        if (!found.OpenEnded)
        {
            return words;
        }

        int at = verb + 1;
        while (at < words.Length && words[at].StartsWith('-') && words[at] != "--")
        {
            at += TakesNext(command, words[at]) ? 2 : 1;
        }

        return at >= words.Length || words[at] == "--" ? words : [.. Dashes(args, at), "--", .. args.AsSpan(at)];
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

    /// <summary>Of the words before the verb, the first that is an option and none of ours.</summary>
    private static string? UnknownGlobal(string[] words, int end)
    {
        for (int at = 0; at < end && words[at].StartsWith('-'); at++)
        {
            string word = words[at];
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (name is not ("--help" or "-h" or "--version" or "-v") && Global(name) is null)
            {
                return word;
            }

            if (equals < 0 && TakesNext(name))
            {
                at++;
            }
        }

        return null;
    }

    /// <summary>The parser would take a <c>--</c> for the end of all options, and the verb for an operand.</summary>
    private static void RefuseDashes(string[] words, int end)
    {
        for (int at = 0; at + 1 < end; at++)
        {
            if (TakesNext(words[at]) && words[++at] == "--")
            {
                throw new UsageException("invalid value \"--\" for " + words[at - 1]);
            }
        }
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

            int equals = words[at].IndexOf('=', StringComparison.Ordinal);
            string value = equals < 0 ? "true" : words[at][(equals + 1)..];
            words[at] = Truth(value) switch
            {
                true => option.Name + "=true",
                false => option.Name + "=false",
                _ => throw new UsageException(string.Concat("invalid boolean value \"", value, "\" for " + option.Name, ": must be true or false")),
            };
        }
    }

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

        return option is not NumberOption ? true : throw new UsageException(string.Concat("invalid value \"\" for ", option.Name, ": must be a number"));
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

    private static bool TakesNext(Command command, string word) =>
        Find(command, word) is not (null or FlagOption); // else --name=value, or no option at all, which will be told

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

    private static int VerbIndex(string[] words)
    {
        for (int at = 0; at < words.Length; at++)
        {
            string word = words[at];
            if (!word.StartsWith('-'))
            {
                return at;
            }

            if (TakesNext(word))
            {
                at++;
            }
        }

        return -1;
    }

    private static bool TakesNext(string globalOption) =>
        globalOption is "--root" or "--log" or "--log-format" or "--log-level" or "--cgroup-manager" or "--rootless" or "--criu";
}
