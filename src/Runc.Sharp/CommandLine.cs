using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.IO;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp;

/// <summary>
/// Words to requests. Only the named verb's command is built: the whole tree with help costs three times as much as
/// reading a config.json.
/// </summary>
internal static class CommandLine
{
    private const string DefaultRoot = "/run/csrunc";

    /// <summary>The name under which csrunc was called: as runc it says runc of itself.</summary>
    internal static string Program
    {
        get
        {
            string name = Path.GetFileName(Environment.GetCommandLineArgs()[0]);
            return name == "runc" ? "runc" : "csrunc";
        }
    }

    /// <summary>Does what the words say.</summary>
    /// <returns>The exit code.</returns>
    internal static int Run(string[] args, LogFile log, ref string verb)
    {
        string[] words = Dashes(args, args.Length);
        int at = VerbIndex(words);
        if (at < 0)
        {
            return WithoutVerb(words);
        }

        verb = words[at];
        if (verb is "help" or "h")
        {
            return Help.Print(words.Length > at + 1 ? words[at + 1] : null);
        }

        Verb found = Verbs.Find(verb) ?? throw new UsageException(string.Concat("No help topic for '", verb, "'"));
        Command command = found.Build();
        words = OwnWords(args, words, at, found, command);
        if (AsksHelp(words, at))
        {
            return Help.Print(verb);
        }

        words = LastOfEach(words, ref at, command);
        ParseResult parsed = Parse(words, command);
        RefuseGlobalErrors(parsed);
        OpenLog(parsed, log);
        if (UnknownOption(words, at, command) is { } unknown)
        {
            throw new UsageException(string.Concat("flag provided but not defined: ", unknown));
        }

        if (parsed.Errors.Count > 0)
        {
            throw new UsageException(string.Concat(verb, ": ", Sentence(parsed.Errors[0].Message)));
        }

        Globals globals = GlobalsOf(parsed);
        if (!log.Debugs)
        {
            return found.Execute(parsed, globals, log);
        }

        log.Debug(string.Concat(Program + " " + BuildStamp.Version, " (commit " + BuildStamp.Commit, "): " + verb, " in the root " + globals.Root));
        int code = found.Execute(parsed, globals, log);
        log.Debug(string.Concat(verb, " ends with ", code.ToString(CultureInfo.InvariantCulture)));
        return code;
    }

    /// <summary>Understands words as those of one command.</summary>
    internal static ParseResult Parse(string[] words, Command command)
    {
        Command root = GlobalOptions.AddTo(new Command(Program));
        root.Subcommands.Add(command);
        return root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null }); // an id may begin with @
    }

    private static int WithoutVerb(string[] words)
    {
        foreach (string word in words)
        {
            if (word is "--version" or "-v")
            {
                Streams.Out(VersionText.For(Program));
                return 0;
            }

            if (word is "--help" or "-h")
            {
                return Help.Print(null);
            }
        }

        return words.Length == 0 ? Help.Print(null) : throw new UsageException("no command is given behind " + words[0]);
    }

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

    /// <summary>go-runc writes long options with one dash, which Go's flag packages take for the same.</summary>
    internal static string[] Dashes(string[] args, int count)
    {
        var words = new string[count];
        bool open = true;
        for (int at = 0; at < count; at++)
        {
            string word = args[at];
            open &= word != "--";
            bool longName = open && word.Length > 3 && word[0] == '-' && word[1] != '-' && char.IsAsciiLetter(word[1]) && char.IsAsciiLetterOrDigit(word[2]);
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
                if (word[1] != '-' && Find(command, word[..2]) is not null)
                {
                    continue; // several of one letter, or one with its value
                }

                return word;
            }

            if (equals < 0 && option.ValueType != typeof(bool))
            {
                at++;
            }
        }

        return null;
    }

    /// <summary>Of an option that is given again the last one counts, as in Go's flag packages; the parser would refuse it.</summary>
    internal static string[] LastOfEach(string[] words, ref int verb, Command command)
    {
        var kept = new List<string>(words.Length);
        var seen = new List<Option>();
        int end = Array.IndexOf(words, "--", verb);
        int last = (end < 0 ? words.Length : end) - 1;
        int before = verb;
        for (int at = words.Length - 1; at >= 0; at--)
        {
            // From the end: what comes first there is what counts.
            Option? option = at > last || at == verb ? null : OptionAt(words, at, verb, command);
            bool isValue = option is null && at > 0 && at <= last && at - 1 != verb && OptionAt(words, at - 1, verb, command) is { } owner
                && owner.ValueType != typeof(bool) && !words[at - 1].Contains('=', StringComparison.Ordinal);
            if (isValue)
            {
                option = OptionAt(words, at - 1, verb, command);
            }

            bool again = option is { Arity.MaximumNumberOfValues: <= 1 } && Holds(seen, option);
            if (option is not null)
            {
                seen.Add(option);
            }

            int count = isValue ? 2 : 1;
            for (int part = 0; part < count; part++)
            {
                if (!again)
                {
                    kept.Add(words[at - part]);
                }
                else if (at - part < before)
                {
                    verb--;
                }
            }

            at -= count - 1;
        }

        kept.Reverse();
        return [.. kept];
    }

    private static bool Holds(IReadOnlyList<Option> options, Option wanted)
    {
        foreach (Option option in options)
        {
            if (ReferenceEquals(option, wanted))
            {
                return true;
            }
        }

        return false;
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
        if (at > verb)
        {
            return Find(command, name);
        }

        foreach (Option option in GlobalOptions.All)
        {
            if (option.Name == name)
            {
                return option;
            }
        }

        return null;
    }

    private static void RefuseGlobalErrors(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors)
        {
            if (error.SymbolResult is OptionResult result && Holds(GlobalOptions.All, result.Option))
            {
                throw new UsageException(Sentence(error.Message));
            }
        }
    }

    private static bool TakesNext(Command command, string word) =>
        Find(command, word) is { } option && option.ValueType != typeof(bool); // else --name=value, or no option at all, which will be told

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

            if (word is "--root" or "--log" or "--log-format" or "--log-level" or "--cgroup-manager" or "--rootless")
            {
                at++;
            }
        }

        return -1;
    }

    private static void OpenLog(ParseResult parsed, LogFile log)
    {
        string? format = parsed.GetValue(GlobalOptions.LogFormat);
        log.Json = format switch
        {
            null or "" or "text" => false,
            "json" => true,
            _ => throw new UsageException("invalid log-format: " + format),
        };
        string? level = parsed.GetValue(GlobalOptions.LogLevel);
        if (level is not (null or "" or "error" or "warning" or "warn" or "info" or "debug"))
        {
            throw new UsageException("invalid log-level: " + level);
        }

        log.ErrorsOnly = level is "error" && !parsed.GetValue(GlobalOptions.Debug);
        log.Verbose = parsed.GetValue(GlobalOptions.Debug) || level is "debug" or "warning" or "warn" or "info";
        if (parsed.GetValue(GlobalOptions.Log) is { Length: > 0 } path)
        {
            log.Open(path);
        }

        log.Debugs = parsed.GetValue(GlobalOptions.Debug) || level == "debug";
    }

    private static Globals GlobalsOf(ParseResult parsed)
    {
        string? root = parsed.GetValue(GlobalOptions.Root);
        string? manager = parsed.GetValue(GlobalOptions.CgroupManager);
        if (manager is not (null or "cgroupfs" or "systemd" or "disabled"))
        {
            throw new UsageException("invalid cgroup-manager: " + manager);
        }

        if (parsed.GetValue(GlobalOptions.Rootless) is { } rootless && !IsRootlessMode(rootless))
        {
            throw new UsageException("invalid rootless: " + rootless);
        }

        return new Globals
        {
            Root = string.IsNullOrEmpty(root) ? StandardRoot() : Path.GetFullPath(root),
            RootIsExplicit = !string.IsNullOrEmpty(root),
            SystemdCgroup = parsed.GetValue(GlobalOptions.SystemdCgroup) || manager == "systemd",
            CgroupsDisabled = manager == "disabled",
        };
    }

    /// <summary>What runc takes: a truth value as Go writes them, or auto.</summary>
    private static bool IsRootlessMode(string word) =>
        word is "" or "auto" or "1" or "t" or "T" or "true" or "TRUE" or "True" or "0" or "f" or "F" or "false" or "FALSE" or "False";

    /// <summary>The machine's directory; a user's own where the caller is not the machine's root.</summary>
    private static string StandardRoot() =>
        Identity.EffectiveUserId != 0 && Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } directory
            ? Path.Join(directory, "csrunc")
            : DefaultRoot;

    private static string Sentence(string message)
    {
        string text = message.TrimEnd('.').ReplaceLineEndings(" ");
        return text.Length > 1 && char.IsUpper(text[0]) && !char.IsUpper(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
