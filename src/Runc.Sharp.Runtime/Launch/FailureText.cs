using System;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Turns {operation, errno} into the sentence that a person reads, with the words that engines look for.</summary>
public static class FailureText
{
    /// <summary>How a sentence on a process that joins a container begins.</summary>
    internal const string InProcess = "unable to start container process: ";

    private const string InInit = "unable to start container process: error during container init: ";

    private const int NotExecuted = 127 << 8; // the wait status of a hook that execve(2) refused, or of a shell that says the same

    /// <summary>What is kept beside the state for operations behind the gate: what is needed for the sentence, in one text.</summary>
    internal static string Keep(in PlanOp op, PlanNote note) =>
        string.Join('\n', ((int)op.Code).ToString(CultureInfo.InvariantCulture), op.Number.ToString(CultureInfo.InvariantCulture), note.Pointer, note.Act, note.Subject ?? string.Empty);

    /// <summary>The sentence from what <see cref="Keep"/> kept.</summary>
    internal static string Of(string kept, in PlanMessage failure, ReadOnlySpan<byte> words)
    {
        string[] parts = kept.Split('\n', 5);
        return parts.Length < 5
            ? InInit + ((Errno)failure.Value).Words()
            : Of((PlanCode)int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture), parts[2], parts[3], parts[4], failure, words);
    }

    /// <summary>The sentence for a failed operation of a plan at hand.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="failure">What the shim said.</param>
    /// <param name="beginning">How the sentence begins.</param>
    /// <param name="text">The document, for the line of the fault.</param>
    /// <param name="words">What came behind the message: what a failed hook wrote.</param>
    internal static string Of(PlanBuilder plan, in PlanMessage failure, string beginning = InInit, DocumentText? text = null, ReadOnlySpan<byte> words = default)
    {
        PlanOp op = plan.Operations[failure.Operation];
        PlanNote note = plan.Notes[failure.Operation];
        string pointer = text?.Own(note.Pointer) ?? note.Pointer;
        string place = text is null || pointer.Length == 0 ? pointer : string.Concat(pointer, " (", text.Place(pointer), ")");
        return Of(op.Code, op.Number, place, note.Act, note.Subject ?? string.Empty, failure, words, beginning);
    }

    private static string Of(PlanCode code, int number, string place, string act, string subject, in PlanMessage failure, ReadOnlySpan<byte> words, string beginning = InInit)
    {
        var error = (Errno)failure.Value;
        if (code == PlanCode.FindExecutable)
        {
            return beginning + Executable(subject, error);
        }

        if (code == PlanCode.Syscall && number == Sys.execve && error == Errno.EFAULT && subject.Length == 0)
        {
            return beginning + "/process is missing from the document, and without one there is nothing to start"; // create needs none. config.md#process
        }

        if (code == PlanCode.Syscall && number == Sys.execve)
        {
            string exec = beginning + string.Concat("exec: \"", subject, "\": ", error.Words());
            return error switch
            {
                Errno.ENOENT => exec + "; hint: the file is there, the interpreter that it names is not",
                Errno.ENOEXEC => exec + "; hint: it is no program for this machine, nor a script that begins with #!",
                _ => exec,
            };
        }

        if (code == PlanCode.Hook)
        {
            int output = Math.Clamp((int)(failure.Extra >> 32), 0, words.Length);
            return string.Concat("error ", act, " ", Hook(error, (int)failure.Extra, subject, words[..output], words[output..]));
        }

        if (code == PlanCode.CheckWorkingDirectory)
        {
            return string.Concat(beginning, place, ": current working directory is outside of container mount namespace root -- possible container breakout detected");
        }

        if (code == PlanCode.Target && error == Errno.EPERM)
        {
            return beginning + string.Concat(place, ": ", subject, act == LiveMountsPlanner.FindAct
                ? " leads to /proc, which stays as it is as long as the container lives"
                : " leads to a place inside /proc, where nothing may be mounted");
        }

        string call = code == PlanCode.Syscall ? CallNames.Of(number) : CallNames.Of(code);
        string what = subject.Length == 0 ? act : string.Concat(act, " ", subject);
        string text = string.Concat(place.Length == 0 ? string.Empty : place + ": ", what, ": ", string.Concat(call, ": ", error.Name(), " (", error.Words() + ")"));
        return beginning + ((LabelHint(act, error) ?? Hints.For(call, error)) is { } hint ? string.Concat(text, "; hint: ", hint) : text);
    }

    private static string? LabelHint(string act, Errno error) => (act, error) switch
    {
        (LabelsChapter.ProfileAct, Errno.ENOENT) => "no such profile is loaded: apparmor_parser -r loads one, aa-status lists those that are",
        (LabelsChapter.LabelAct, Errno.EINVAL) => "the SELinux policy of this machine knows no such label",
        _ => null,
    };

    /// <summary>Docker and Podman tell their exit codes 126 and 127 by these words.</summary>
    private static string Executable(string name, Errno error)
    {
        string quoted = string.Concat("exec: \"", name, "\": ");
        return error switch
        {
            Errno.ENOENT when !name.Contains('/', StringComparison.Ordinal) => quoted + "executable file not found in $PATH",
            Errno.EACCES => quoted + "permission denied",
            Errno.EISDIR => quoted + "is a directory: permission denied", // runc 1.1 says the one, 1.2 the other; engines of their times know only that
            _ => string.Concat(quoted, "stat ", name, ": ", error.Words()),
        };
    }

    /// <summary>How a hook ended and what it said, in runc's words: who looks for the fault of a GPU or a network reads them there.</summary>
    /// <param name="error">ECANCELED: it ended by itself; ETIME: it took too long; else why it did not start.</param>
    /// <param name="status">Its wait status.</param>
    /// <param name="path">What was run.</param>
    /// <param name="output">The last that it wrote to standard output.</param>
    /// <param name="errors">The last that it wrote to standard error.</param>
    internal static string Hook(Errno error, int status, string path, ReadOnlySpan<byte> output, ReadOnlySpan<byte> errors)
    {
        string ending = error switch
        {
            Errno.ECANCELED when (status & 0x7f) != 0 => string.Create(CultureInfo.InvariantCulture, $"killed by signal {status & 0x7f}"),
            Errno.ECANCELED => string.Create(CultureInfo.InvariantCulture, $"exit status {(status >> 8) & 0xff}"),
            Errno.ETIME => string.Concat("it took longer than its timeout and was killed (", path, ")"),
            _ => string.Concat(error.Words(), " (", path, ")"),
        };
        bool silent = output.IsEmpty && errors.IsEmpty;
        if (silent && error != Errno.ECANCELED)
        {
            return ending;
        }

        string told = string.Concat(ending, ", stdout: ", Encoding.UTF8.GetString(output).TrimEnd(), ", stderr: " + Encoding.UTF8.GetString(errors).TrimEnd());
        return silent && status == NotExecuted ? string.Concat(told, "; hint: ", path, " may be missing or not executable") : told;
    }
}
