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
        "zsh" => "#compdef csrunc\nautoload -U +X bashcompinit && bashcompinit\n" + Bash(),
        "fish" => Fish(),
        _ => null,
    };

    private static string Bash()
    {
        var text = new StringBuilder();
        text.Append("_csrunc() {\n  local word=${COMP_WORDS[COMP_CWORD]} verb= words= at\n  for ((at = 1; at < COMP_CWORD; at++)); do\n    case ${COMP_WORDS[at]} in -*) ;; *) verb=${COMP_WORDS[at]}; break ;; esac\n  done\n  case $verb in\n");
        foreach (string name in Verbs.Names)
        {
            text.Append("    ").Append(name).Append(") words='").Append(Words(Verbs.Find(name)!.Build().Options));
            text.Append(name switch
            {
                "completion" => " bash zsh fish",
                "start" or "state" or "kill" or "delete" => "'\" $(csrunc list -q 2>/dev/null)\"'",
                _ => string.Empty,
            }).Append("' ;;\n");
        }

        text.Append("    '') words='").Append(string.Join(' ', Verbs.Names)).Append(' ').Append(Words(GlobalOptions.All)).Append(" --help --version' ;;\n  esac\n");
        return text.Append("  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n}\ncomplete -o default -F _csrunc csrunc\n").ToString();
    }

    private static string Fish()
    {
        var text = new StringBuilder();
        foreach (string name in Verbs.Names)
        {
            Command command = Verbs.Find(name)!.Build();
            text.Append("complete -c csrunc -n __fish_use_subcommand -a ").Append(name).Append(" -d '").Append(command.Description).Append("'\n");
            foreach (Option option in command.Options)
            {
                text.Append("complete -c csrunc -n '__fish_seen_subcommand_from ").Append(name).Append("' -l ").Append(option.Name.TrimStart('-')).Append(" -d '").Append(option.Description).Append("'\n");
            }
        }

        return text.ToString();
    }

    private static string Words(IEnumerable<Option> options)
    {
        var text = new StringBuilder();
        foreach (Option option in options)
        {
            text.Append(text.Length == 0 ? string.Empty : " ").Append(option.Name);
        }

        return text.ToString();
    }
}
