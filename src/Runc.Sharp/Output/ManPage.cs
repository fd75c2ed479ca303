using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Text;

namespace Runc.Sharp.Output;

/// <summary>Manual pages, from the same commands that parse. man(7).</summary>
internal static class ManPage
{
    /// <summary>csrunc(8).</summary>
    internal static string All()
    {
        StringBuilder text = Begin("csrunc", "runs containers by the specification of the Open Container Initiative");
        text.Append(".SH SYNOPSIS\n.B csrunc\n[global options]\n.I command\n[command options] [arguments]\n.SH COMMANDS\n");
        foreach (string name in Verbs.Names)
        {
            Row(text, @"\fBcsrunc\-" + Escape(name) + @"\fR(8)", Verbs.Find(name)!.Build().Description);
        }

        text.Append(".SH OPTIONS\n");
        Options(text, GlobalOptions.All);
        Row(text, @"\fB\-\-help\fR, \fB\-h\fR", "show help");
        Row(text, @"\fB\-\-version\fR, \fB\-v\fR", "print the version");
        text.Append(".SH EXIT STATUS\n");
        Row(text, "0", "done");
        Row(text, "1", "an error; one sentence on standard error, and in the log, says which");
        Row(text, "3", "there is no such verb");
        Row(text, "255", @"an error of \fBcsrunc\-exec\fR(8)");
        Row(text, "other", "of run and exec in the foreground: the program's own, or 128 and the signal that ended it");
        text.Append(".SH ENVIRONMENT\n");
        Row(text, "LISTEN_FDS, LISTEN_PID, LISTEN_FDNAMES", "descriptors of socket activation, which the container gets");
        Row(text, "NOTIFY_SOCKET", "the service manager to be told when the program is ready");
        Row(text, "XDG_RUNTIME_DIR", "where the state of a user's own containers is kept");
        return text.Append(".SH FILES\n.TP\n/run/csrunc\nthe state of containers, where no other root is given\n").ToString();
    }

    /// <summary>The page of one verb.</summary>
    internal static string Of(string verb)
    {
        Command command = Verbs.Find(verb)!.Build();
        StringBuilder text = Begin("csrunc-" + verb, command.Description!);
        text.Append(".SH SYNOPSIS\n.B csrunc\n[global options]\n.B ").Append(Escape(verb)).Append('\n');
        if (command.Options.Count > 0)
        {
            text.Append("[command options]\n");
        }

        foreach (Argument argument in command.Arguments)
        {
            string name = Escape(argument.HelpName ?? argument.Name);
            text.Append(".I ").Append(argument is Operand { IsOptional: false } ? name : "[" + name + "]").Append('\n');
        }

        text.Append(".SH OPTIONS\n");
        Options(text, command.Options);
        Row(text, @"\fB\-\-help\fR, \fB\-h\fR", "show help");
        return text.Append(".SH SEE ALSO\n.BR csrunc (8)\n").ToString();
    }

    private static StringBuilder Begin(string name, string description) => new StringBuilder()
        .Append(".TH ").Append(name.ToUpperInvariant()).Append(" 8 \"\" \"csrunc ").Append(BuildStamp.Version).Append("\" \"System administration\"\n.SH NAME\n")
        .Append(Escape(name)).Append(@" \- ").Append(Escape(description)).Append('\n');

    private static void Options(StringBuilder text, IEnumerable<Option> options)
    {
        foreach (Option option in options)
        {
            if (option.Hidden)
            {
                continue;
            }

            string names = @"\fB" + Escape(option.Name) + @"\fR";
            foreach (string alias in option.Aliases)
            {
                names += @", \fB" + Escape(alias) + @"\fR";
            }

            Row(text, option.HelpName is null ? names : names + @" \fI" + Escape(option.HelpName) + @"\fR", option.Description);
        }
    }

    private static void Row(StringBuilder text, string tag, string? description) =>
        text.Append(".TP\n").Append(tag).Append('\n').Append(description is null || description.Contains('\\', StringComparison.Ordinal) ? description : Escape(description)).Append('\n');

    private static string Escape(string text) => text.Replace(@"\", @"\e", StringComparison.Ordinal).Replace("-", @"\-", StringComparison.Ordinal);
}
