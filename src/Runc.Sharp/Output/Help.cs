using System.Collections.Generic;
using System.CommandLine;
using System.Text;

namespace Runc.Sharp.Output;

/// <summary>Help texts, from the same commands that parse.</summary>
internal static class Help
{
    private const int Column = 28;

    /// <summary>Prints the help of a verb, or of all.</summary>
    internal static int Print(string? verb)
    {
        Streams.Out(verb is null ? All() : Of(verb));
        return 0;
    }

    internal static string All()
    {
        var text = new StringBuilder();
        text.Append("NAME:\n   ").Append(CommandLine.Program).Append(" - runs containers by the specification of the Open Container Initiative\n\nUSAGE:\n   ")
            .Append(CommandLine.Program).Append(" [global options] command [command options] [arguments]\n\nVERSION:\n   ").Append(BuildStamp.Version).Append("\n\nCOMMANDS:\n");
        foreach (string name in Verbs.Names)
        {
            Row(text, name, Verbs.Find(name)!.Build().Description);
        }

        Row(text, "help, h", "show this help, or that of a command");
        text.Append("\nGLOBAL OPTIONS:\n");
        Options(text, GlobalOptions.All);
        Row(text, "--help, -h", "show help");
        Row(text, "--version, -v", "print the version");
        return text.ToString();
    }

    internal static string Of(string verb)
    {
        Command command = (Verbs.Find(verb) ?? throw UsageException.UnknownVerb(verb)).Build();
        var text = new StringBuilder();
        text.Append("NAME:\n   ").Append(CommandLine.Program).Append(' ').Append(verb).Append(" - ").Append(command.Description).Append("\n\nUSAGE:\n   ")
            .Append(CommandLine.Program).Append(' ').Append(verb);
        foreach (Option option in command.Options)
        {
            if (!option.Hidden)
            {
                text.Append(" [command options]");
                break;
            }
        }

        foreach (Argument argument in command.Arguments)
        {
            string name = argument.HelpName ?? argument.Name;
            text.Append(' ').Append(argument is Operand { IsOptional: false } ? name : "[" + name + "]");
        }

        text.Append("\n\nOPTIONS:\n");
        Options(text, command.Options);
        Row(text, "--help, -h", "show help");
        return text.ToString();
    }

    private static void Options(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            if (option.Hidden)
            {
                continue;
            }

            string name = option.Name;
            foreach (string alias in option.Aliases)
            {
                name += ", " + alias;
            }

            Row(text, option.HelpName is null ? name : name + " " + option.HelpName, option.Description);
        }
    }

    private static void Row(StringBuilder text, string name, string? description) =>
        text.Append("   ").Append(name.PadRight(Column)).Append(' ').Append(description).Append('\n');
}
