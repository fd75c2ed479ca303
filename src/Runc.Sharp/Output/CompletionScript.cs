using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Text;

namespace Runc.Sharp.Output;

/// <summary>Completion scripts, from the same commands that parse.</summary>
internal static class CompletionScript
{
    /// <summary>The script for a shell; null for an unknown one.</summary>
    internal static string? For(string shell) => shell switch
    {
        "bash" => Bash(),
        "zsh" => Zsh(),
        "fish" => Fish(),
        _ => null,
    };

    /// <summary>What an option or argument may be, where it is one of few words: they stand in its name, <c>text|json</c>.</summary>
    private static string[] Choices(string? name) => name is not null && name.Contains('|', StringComparison.Ordinal) ? name.Split('|') : [];

    /// <summary>Verbs on a container that exists.</summary>
    private static bool WantsContainer(string verb, Command command) =>
        verb is not ("create" or "run" or "restore") && Has(command, "container-id");

    private static bool Has(Command command, string argument)
    {
        foreach (Argument item in command.Arguments)
        {
            if (item.Name == argument)
            {
                return true;
            }
        }

        return false;
    }

    private static bool TakesValue(Option option) => option is not FlagOption;

    private static string Bash()
    {
        var text = new StringBuilder();
        text.Append("_csrunc() {\n  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} verb= words= at root=()\n")
            .Append("  COMPREPLY=()\n  for ((at = 1; at < COMP_CWORD; at++)); do\n    case ${COMP_WORDS[at]} in\n")
            .Append("      --root) root=(--root \"${COMP_WORDS[++at]}\") ;;\n      ").Append(Names(GlobalOptions.All, '|')).Append(") ((at++)) ;;\n")
            .Append("      -*) ;;\n      *) verb=${COMP_WORDS[at]}; break ;;\n    esac\n  done\n  case $verb:$previous in\n");
        BashValues(text, string.Empty, GlobalOptions.All);
        foreach (string name in Verbs.Names)
        {
            Command command = Verbs.Find(name)!.Build();
            BashValues(text, name, command.Options);
            text.Append("    ").Append(name).Append(":*) words='").Append(AllNames(command.Options)).Append(" --help");
            foreach (Argument argument in command.Arguments)
            {
                text.Append(string.Concat(Array.ConvertAll(Choices(argument.Name), static choice => " " + choice)));
            }

            text.Append('\'').Append(WantsContainer(name, command) ? "\" $(csrunc \"${root[@]}\" list -q 2>/dev/null)\"" : string.Empty).Append(" ;;\n");
        }

        text.Append("    :*) words='").Append(string.Join(' ', Verbs.Names)).Append(" help ").Append(AllNames(GlobalOptions.All)).Append(" --help --version' ;;\n  esac\n");
        return text.Append("  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\ncomplete -o default -F _csrunc csrunc\n").ToString();
    }

    /// <summary>Behind an option that takes a value: the words it may be, or nothing, so that bash offers files.</summary>
    private static void BashValues(StringBuilder text, string verb, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            if (!TakesValue(option))
            {
                continue;
            }

            text.Append("    ").Append(verb).Append(':').Append(option.Name);
            foreach (string alias in option.Aliases)
            {
                text.Append('|').Append(verb).Append(':').Append(alias);
            }

            string[] choices = Choices(option.HelpName);
            text.Append(choices.Length > 0 ? ") words='" + string.Join(' ', choices) + "' ;;\n" : ") return ;;\n");
        }
    }

    private static string Zsh()
    {
        var text = new StringBuilder();
        text.Append("#compdef csrunc\n_csrunc_containers() {\n  local -a ids\n  ids=(${(f)\"$(csrunc ${opt_args[--root]:+--root} ${opt_args[--root]} list -q 2>/dev/null)\"})\n  compadd -a ids\n}\n")
            .Append("_csrunc() {\n  local context state line\n  local -A opt_args\n  local -a verbs\n  verbs=(");
        foreach (string name in Verbs.Names)
        {
            text.Append(" '").Append(name).Append(':').Append(Quote(Verbs.Find(name)!.Build().Description)).Append('\'');
        }

        text.Append(" )\n  _arguments -C");
        ZshOptions(text, GlobalOptions.All);
        text.Append(" '(- *)'{-h,--help}'[show help]' '(- *)'{-v,--version}'[print the version]' '1: :->verb' '*:: :->words'\n")
            .Append("  case $state in\n    verb) _describe command verbs ;;\n    words)\n      case $words[1] in\n");
        foreach (string name in Verbs.Names)
        {
            Command command = Verbs.Find(name)!.Build();
            text.Append("        ").Append(name).Append(") _arguments");
            ZshOptions(text, command.Options);
            foreach (Argument argument in command.Arguments)
            {
                string[] choices = Choices(argument.Name);
                text.Append(" '").Append(argument.Arity.MaximumNumberOfValues > 1 ? "*" : string.Empty).Append(':').Append(choices.Length > 0 ? name == "completion" ? "shell" : "action" : argument.Name).Append(':')
                    .Append(choices.Length > 0 ? "(" + string.Join(' ', choices) + ")" : argument.Name == "container-id" && WantsContainer(name, command) ? "_csrunc_containers" : "_files").Append('\'');
            }

            text.Append(" ;;\n");
        }

        return text.Append("      esac ;;\n  esac\n}\n_csrunc \"$@\"\n").ToString();
    }

    private static void ZshOptions(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            if (option.Hidden)
            {
                continue;
            }

            string[] choices = Choices(option.HelpName);
            string value = !TakesValue(option) ? string.Empty : ":value:" + (choices.Length > 0 ? "(" + string.Join(' ', choices) + ")" : "_files");
            text.Append(" '").Append(option.Name).Append('[').Append(Quote(option.Description)).Append(']').Append(value).Append('\'');
            foreach (string alias in option.Aliases)
            {
                text.Append(" '").Append(alias).Append('[').Append(Quote(option.Description)).Append(']').Append(value).Append('\'');
            }
        }
    }

    private static string Fish()
    {
        var text = new StringBuilder();
        FishOptions(text, "__fish_use_subcommand", GlobalOptions.All);
        foreach (string name in Verbs.Names)
        {
            Command command = Verbs.Find(name)!.Build();
            text.Append("complete -c csrunc -n __fish_use_subcommand -f -a ").Append(name).Append(" -d '").Append(FishQuote(command.Description)).Append("'\n");
            string seen = "__fish_seen_subcommand_from " + name;
            FishOptions(text, seen, command.Options);
            if (WantsContainer(name, command))
            {
                text.Append("complete -c csrunc -n '").Append(seen).Append("' -f -a '(csrunc list -q 2>/dev/null)'\n");
            }

            foreach (Argument argument in command.Arguments)
            {
                if (Choices(argument.Name) is { Length: > 0 } choices)
                {
                    text.Append("complete -c csrunc -n '").Append(seen).Append("' -f -a '").Append(string.Join(' ', choices)).Append("'\n");
                }
            }
        }

        return text.ToString();
    }

    private static void FishOptions(StringBuilder text, string condition, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            if (option.Hidden)
            {
                continue;
            }

            text.Append("complete -c csrunc -n '").Append(condition).Append("' -l ").Append(option.Name.AsSpan(2));
            foreach (string alias in option.Aliases)
            {
                text.Append(" -s ").Append(alias.AsSpan(1));
            }

            text.Append(TakesValue(option) ? " -r" : string.Empty);
            if (Choices(option.HelpName) is { Length: > 0 } choices)
            {
                text.Append(" -f -a '").Append(string.Join(' ', choices)).Append('\'');
            }

            text.Append(" -d '").Append(FishQuote(option.Description)).Append("'\n");
        }
    }

    /// <summary>The names of options that take a value in the next word.</summary>
    private static string Names(IEnumerable<Option> options, char separator)
    {
        var text = new StringBuilder();
        foreach (Option option in options)
        {
            if (TakesValue(option))
            {
                text.Append(text.Length == 0 ? string.Empty : separator).Append(option.Name);
            }
        }

        return text.ToString();
    }

    private static string AllNames(IEnumerable<Option> options)
    {
        var text = new StringBuilder();
        foreach (Option option in options)
        {
            if (!option.Hidden)
            {
                text.Append(text.Length == 0 ? string.Empty : " ").Append(option.Name);
            }
        }

        return text.ToString();
    }

    private static string FishQuote(string? text) =>
        (text ?? string.Empty).Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal);

    /// <summary>For within single quotes and a zsh description.</summary>
    private static string Quote(string? text) =>
        (text ?? string.Empty).Replace("'", "'\\''", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal).Replace("]", "\\]", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal);
}
