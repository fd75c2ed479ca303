using System;

namespace Runc.Sharp.Linux;

/// <summary>A system call failed, told in one line: <c>openat /x: ENOENT (no such file or directory)</c>, and a hint where the errno misleads.</summary>
public sealed class LinuxException : Exception
{
    /// <summary>Wraps a failed call.</summary>
    public LinuxException(SyscallResult failure)
        : base(Sentence(failure.Error, failure.Call, failure.Subject))
    {
        Error = failure.Error;
        Call = failure.Call;
        Subject = failure.Subject;
    }

    /// <summary>Refuses an argument that no system call could take as it is meant.</summary>
    /// <param name="sentence">What is wrong with it: lower case, no full stop.</param>
    public LinuxException(string sentence)
        : base(sentence)
    {
        Error = Errno.EINVAL;
    }

    /// <summary>The reason.</summary>
    public Errno Error { get; }

    /// <summary>The kernel's name of the call, where it was one.</summary>
    public string? Call { get; }

    /// <summary>What the call was about, mostly a path.</summary>
    public string? Subject { get; }

    /// <summary>The line for a failed call.</summary>
    public static string Sentence(Errno error, string? call, string? subject)
    {
        string where = subject is null ? call ?? "system call" : string.Concat(call, " ", subject);
        string text = string.Concat(where, ": ", error.Name(), string.Concat(" (", error.Words(), ")"));
        return Hints.For(call, error) is { } hint ? string.Concat(text, "; hint: ", hint) : text;
    }
}
