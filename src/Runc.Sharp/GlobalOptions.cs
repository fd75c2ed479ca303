using System.Collections.Generic;
using System.CommandLine;

namespace Runc.Sharp;

/// <summary>The options that stand before the verb. A class of its own: they are made where a verb is, not for <c>--version</c>.</summary>
internal static class GlobalOptions
{
    internal static readonly TextOption Root = new("--root") { Description = "directory for the state of containers", HelpName = "DIR" };
    internal static readonly TextOption Log = new("--log") { Description = "file for errors, beside standard error", HelpName = "FILE" };
    internal static readonly TextOption LogFormat = new("--log-format") { Description = "format of log lines", HelpName = "text|json" };
    internal static readonly TextOption LogLevel = new("--log-level") { Description = "how much is told", HelpName = "error|warning|debug" };
    internal static readonly FlagOption Debug = new("--debug") { Description = "tell what is done; a log of JSON objects gets warnings too" };
    internal static readonly FlagOption SystemdCgroup = new("--systemd-cgroup") { Description = "let systemd make the cgroups; cgroupsPath is slice:prefix:name then" };
    internal static readonly TextOption CgroupManager = new("--cgroup-manager") { Description = "who makes the cgroups", HelpName = "cgroupfs|systemd|disabled" };
    internal static readonly TextOption Rootless = new("--rootless") { Description = "ignore cgroup permission errors", HelpName = "true|false|auto" };

    internal static readonly TextOption Criu = new("--criu") { Description = "program of CRIU, for checkpoint and restore", HelpName = "PATH" };

    /// <summary>All of them, for help and completion.</summary>
    internal static IReadOnlyList<Option> All => [Root, Log, LogFormat, LogLevel, Debug, SystemdCgroup, CgroupManager, Rootless, Criu];

    /// <summary>Gives them to a command.</summary>
    internal static Command AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Options.Add(option);
        }

        return command;
    }
}
