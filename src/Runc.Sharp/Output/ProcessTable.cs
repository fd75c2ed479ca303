using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;

namespace Runc.Sharp.Output;

/// <summary>The table of ps(1), less the processes that are not meant.</summary>
internal static class ProcessTable
{
    private const int Largest = 64 << 20;

    /// <summary>Runs ps(1) and keeps the title and the lines of <paramref name="pids"/>.</summary>
    /// <exception cref="RuntimeException">There is no ps, it fails, or its table has no column PID.</exception>
    internal static string Of(IReadOnlyList<int> pids, ImmutableArray<string> options) => Filter(Run(options), new HashSet<int>(pids));

    /// <summary>The title, and the lines whose column under PID is one of <paramref name="pids"/>.</summary>
    internal static string Filter(string table, HashSet<int> pids)
    {
        string[] lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int column = lines.Length == 0 ? -1 : Array.IndexOf(Fields(lines[0]), "PID");
        if (column < 0)
        {
            throw new RuntimeException("couldn't find PID field in ps output");
        }

        var text = new StringBuilder().Append(lines[0]).Append('\n');
        foreach (string line in lines.AsSpan(1))
        {
            string[] fields = Fields(line);

            // A line of threads, or of wrapped text, may have less.
            if (fields.Length > column && int.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && pids.Contains(pid))
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string[] Fields(string line) => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static string Run(ImmutableArray<string> options)
    {
        var arguments = new CPath[options.Length + 1];
        arguments[0] = "ps";
        for (int at = 0; at < options.Length; at++)
        {
            arguments[at + 1] = options[at];
        }

        // A file in memory takes the table: a pipe would have to be emptied while ps runs.
        using OwnedFd output = Files.MemfdCreate("ps", MemfdFlags.None).OrThrow();
        SyscallResult<int> started = Processes.Spawn(Program(), arguments, Environment(), [new FdMapping(output, 1)]);
        if (started.Failed)
        {
            throw new RuntimeException("cannot run ps: " + new LinuxException(started.Result).Message);
        }

        ChildStatus ended = Processes.WaitPid(started.Value, wait: true).OrThrow();
        Files.Seek(output, 0).OrThrow();
        string table = Encoding.UTF8.GetString(Files.ReadAll(output, Largest).OrThrow().Span);
        return ended is { Killed: false, Value: 0 }
            ? table
            : throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"ps {string.Join(' ', options)}: {(ended.Killed ? "signal" : "exit status")} {ended.Value}"));
    }

    /// <summary>From the caller's path, absolute entries only: a relative one would be whatever lies where we were called.</summary>
    private static CPath Program()
    {
        string path = System.Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin";
        foreach (string folder in path.Split(':'))
        {
            if (folder.StartsWith('/') && !Files.AccessAt(OwnedFd.Cwd, folder + "/ps", 1).Failed)
            {
                return folder + "/ps";
            }
        }

        throw new RuntimeException("cannot find ps in PATH; hint: install procps, or use --format json");
    }

    private static CPath[] Environment()
    {
        var list = new List<CPath>();
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            list.Add(string.Concat((string)entry.Key, "=", (string?)entry.Value));
        }

        return [.. list];
    }
}
