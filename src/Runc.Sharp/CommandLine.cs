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
internal static partial class CommandLine
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
        (string[] words, int at) = GlobalWords(args);
        OpenLog(words, at, log);
        if (GlobalFault(words, at < 0 ? words.Length : at) is { } fault)
        {
            throw new UsageException(fault);
        }

        words = WithoutAsks(words, ref at, out bool help, out bool version);
        if (help)
        {
            return Help.Print(null);
        }

        if (version)
        {
            Streams.Out(VersionText.For(Program));
            return 0;
        }

        if (at < 0)
        {
            return words.Length == 0 ? Help.Print(null) : throw new UsageException("no command is given behind " + Shown(words[0]));
        }

        verb = words[at];
        if (verb is "help" or "h")
        {
            return Help.Print(words.Length > at + 1 && words[at + 1] is not ("help" or "h") ? words[at + 1] : null);
        }

        Verb found = Verbs.Find(verb) ?? throw UsageException.UnknownVerb(verb);
        Command command = found.Build();
        words = OwnWords(words, at, found, command);
        if (AsksHelp(words, at))
        {
            return Help.Print(verb);
        }

        words = LastOfEach(words, ref at, command);
        SpellTruths(words, at, command);
        ParseResult parsed = Parse(words, command);
        RefuseGlobalErrors(parsed);
        if (UnknownOption(words, at, command) is { } unknown)
        {
            throw new UsageException(Stranger(unknown));
        }

        if (Refusal(parsed) is { } refusal)
        {
            throw new UsageException(parsed.Errors.Count > 0 ? refusal : string.Concat(verb, ": ", refusal));
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
        Command root = GlobalOptions.AddTo(new Command("/")); // the parser passes over a first word whose file name is the root's, be it --root=/run/csrunc
        root.Subcommands.Add(command);
        if (command.Arguments is not [.., Operands])
        {
            command.Arguments.Add(new Operands("surplus") { Hidden = true }); // so that the sentence for a word too many is ours
        }

        return root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false }); // an id may begin with @
    }

    /// <summary>The words, those before the verb as the parser takes them; a <c>--</c> before the verb ends the options, and means no more.</summary>
    /// <returns>The words and where the verb is; -1 where there is none.</returns>
    internal static (string[] Words, int Verb) GlobalWords(string[] args)
    {
        var words = new List<string>(args.Length + 1);
        int end = Spell(args, 0, null, stops: true, words);
        end += end < args.Length && args[end] == "--" ? 1 : 0;
        int verb = end < args.Length ? words.Count : -1;
        words.AddRange(args.AsSpan(end));
        return ([.. words], verb);
    }

    private static void RefuseGlobalErrors(ParseResult parsed)
    {
        foreach (ParseError error in parsed.Errors)
        {
            if (error.SymbolResult is OptionResult { Option: { } option } && ReferenceEquals(Global(option.Name), option))
            {
                throw new UsageException(Sentence(error));
            }
        }
    }

    /// <summary>First of all, and by the words alone: engines look into the log for whatever is wrong with the others.</summary>
    private static void OpenLog(string[] words, int verb, LogFile log)
    {
        (string path, string format, string level, bool debugs) = LogWords(words, verb);
        log.Json = format switch
        {
            "" or "text" => false,
            "json" => true,
            _ => throw new UsageException("invalid log-format: " + format),
        };
        if (level is not ("" or "error" or "warning" or "warn" or "info" or "debug"))
        {
            throw new UsageException("invalid log-level: " + level);
        }

        log.ErrorsOnly = level is "error" && !debugs;
        log.Verbose = debugs || level is "debug" or "warning" or "warn" or "info";
        if (path.Length > 0)
        {
            log.Open(path);
        }

        log.Debugs = debugs || level == "debug";
    }

    private static Globals GlobalsOf(ParseResult parsed)
    {
        string? root = GlobalOptions.Root.In(parsed);
        string? manager = GlobalOptions.CgroupManager.In(parsed);
        if (manager is not (null or "cgroupfs" or "systemd" or "disabled"))
        {
            throw new UsageException("invalid cgroup-manager: " + manager);
        }

        if (GlobalOptions.Rootless.In(parsed) is { } rootless && !IsRootlessMode(rootless))
        {
            throw new UsageException("invalid rootless: " + rootless);
        }

        return new Globals
        {
            Root = string.IsNullOrEmpty(root) ? StandardRoot() : Path.GetFullPath(root),
            RootIsExplicit = !string.IsNullOrEmpty(root),
            SystemdCgroup = GlobalOptions.SystemdCgroup.In(parsed) || manager == "systemd",
            CgroupsDisabled = manager == "disabled",
            Criu = GlobalOptions.Criu.In(parsed) is { Length: > 0 } criu ? criu : "criu",
        };
    }

    /// <summary>What runc takes: a truth value as Go writes them, or auto.</summary>
    private static bool IsRootlessMode(string word) => word is "" or "auto" || Truth(word) is not null;

    /// <summary>The machine's directory; a user's own where the caller is not the machine's root.</summary>
    private static string StandardRoot() =>
        Identity.EffectiveUserId != 0 && Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } directory
            ? Path.Join(directory, "csrunc")
            : DefaultRoot;

    /// <summary>Why the words are not those of the verb; null where they are.</summary>
    internal static string? Refusal(ParseResult parsed)
    {
        if (parsed.Errors.Count > 0)
        {
            return Sentence(parsed.Errors[0]);
        }

        IList<Argument> arguments = parsed.CommandResult.Command.Arguments;
        foreach (Argument argument in arguments)
        {
            if (argument is Operand operand && operand.IsMissing(parsed))
            {
                return string.Concat("the operand ", operand.Name, " is missing");
            }
        }

        return arguments is [.., Operands { Hidden: true } surplus] && surplus.In(parsed) is [string word, ..]
            ? "what is \"" + word + "\" for? the verb takes no more words"
            : null;
    }

    private static string Sentence(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0 } empty => string.Concat("flag needs an argument: ", Shown(empty)),
        OptionResult { Tokens: [.., Token last] } bad => string.Concat("invalid value \"", last.Value, "\" for flag " + Shown(bad), ": ", error.Message),
        _ => error.Message,
    };
    /// <summary>By the name that was written.</summary>
    private static string Shown(OptionResult option) => Shown(option.IdentifierToken?.Value ?? option.Option.Name);
}
