using System;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>What CRIU wrote of its work.</summary>
public static class CriuLog
{
    private const int Longest = 64 << 20;

    /// <summary>The sentence about a failure, with the first error in the log: what follows comes of it.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="path">The log.</param>
    internal static string Sentence(CriuResponse response, string path) => Sentence(
        string.Create(CultureInfo.InvariantCulture, $"criu failed: type {response.Word} errno {response.Error}"), response.Message, path);

    /// <summary>The sentence about an end that was none of success.</summary>
    internal static string Sentence(ChildStatus ended, string path) => Sentence(
        string.Create(CultureInfo.InvariantCulture, $"criu failed: {(ended.Killed ? "signal" : "exit status")} {ended.Value}"), string.Empty, path);

    private static string Sentence(string failure, string message, string path)
    {
        SyscallResult<ReadOnlyMemory<byte>> log = Files.ReadFileAt(OwnedFd.Cwd, path, Longest);
        string reason = (log.Failed ? null : FirstError(log.Value.Span)) ?? message.Trim().ReplaceLineEndings(" ");
        return string.Concat(failure, reason.Length == 0 ? string.Empty : ": " + reason, "; log file: ", path);
    }

    /// <summary>The text of the first error, and behind it where in CRIU's source it comes from; null where there is none.</summary>
    /// <param name="log">Lines such as <c>(00.012) Error (criu/mount.c:1): mnt: no way</c>; one of several processes has <c>12: </c> before the word.</param>
    public static string? FirstError(ReadOnlySpan<byte> log)
    {
        while (!log.IsEmpty)
        {
            int end = log.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? log : log[..end];
            log = end < 0 ? default : log[(end + 1)..];
            int word = line.IndexOf("Error ("u8);
            if (word < 0 || line.IndexOf("RLIMIT_NOFILE"u8) >= 0)
            {
                continue; // CRIU raises its limit of open files beyond what a container's host may allow, and goes on without
            }

            ReadOnlySpan<byte> rest = line[(word + "Error ".Length)..];
            int close = rest.IndexOf("): "u8);
            return close < 0
                ? Encoding.UTF8.GetString(rest).Trim()
                : string.Concat(Encoding.UTF8.GetString(rest[(close + 3)..]).Trim(), " ", Encoding.UTF8.GetString(rest[..(close + 1)]));
        }

        return null;
    }
}
