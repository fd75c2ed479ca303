using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary>The options that <c>create</c> and <c>run</c> share.</summary>
internal sealed class BundleOptions
{
    private readonly TextOption _bundle = new("--bundle", "-b") { Description = "directory of the bundle, by default this one", HelpName = "DIR" };
    private readonly TextOption _config = new("--config", "-f") { Description = "name of the document in the bundle, by default config.json", HelpName = "FILE" };
    private readonly TextOption _consoleSocket = new("--console-socket") { Description = "unix socket that gets the terminal's master side", HelpName = "PATH" };
    private readonly TextOption _pidfdSocket = new("--pidfd-socket") { Description = "unix socket that gets a descriptor of init", HelpName = "PATH" };
    private readonly TextOption _pidFile = new("--pid-file") { Description = "file that gets the process id", HelpName = "FILE" };
    private readonly FlagOption _noPivot = new("--no-pivot") { Description = "do not use pivot_root(2), as on an initramfs" };
    private readonly FlagOption _noNewKeyring = new("--no-new-keyring") { Description = "keep the caller's session keyring" };
    private readonly NumberOption _preserveFds = new("--preserve-fds") { Description = "pass N more descriptors, from 3 upwards", HelpName = "N" };

    /// <summary>The socket of a service manager that waits for the program to be ready. sd_notify(3).</summary>
    internal static string? ServiceManager => Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 0 } socket ? socket : null;

    /// <summary>Adds the options to a command.</summary>
    internal void AddTo(Command command)
    {
        command.Options.Add(_bundle);
        command.Options.Add(_config);
        command.Options.Add(_consoleSocket);
        command.Options.Add(_pidfdSocket);
        command.Options.Add(_pidFile);
        command.Options.Add(_noPivot);
        command.Options.Add(_noNewKeyring);
        command.Options.Add(_preserveFds);
    }

    /// <summary>Whether an operand is a bundle: it has a slash. Where the options name one it is an id, whatever it looks like.</summary>
    internal bool IsBundle(string operand, ParseResult parsed) =>
        operand.Contains('/', StringComparison.Ordinal) && !IsNamed(parsed);

    /// <summary>Whether the options name a bundle.</summary>
    internal bool IsNamed(ParseResult parsed) => _bundle.In(parsed) is not null;

    /// <summary>What was typed, as a request.</summary>
    internal CreateRequest Request(ParseResult parsed, Globals globals, string id)
    {
        int preserved = _preserveFds.In(parsed) ?? 0;
        string? pidFile = _pidFile.In(parsed);
        (int listen, string? names) = SocketActivation();
        return new CreateRequest
        {
            Globals = globals,
            Id = id,
            Bundle = _bundle.In(parsed) is { Length: > 0 } bundle ? bundle : ".",
            Config = _config.In(parsed) is { Length: > 0 } config ? config : "config.json",
            ConsoleSocket = _consoleSocket.In(parsed) is { Length: > 0 } socket ? Path.GetFullPath(socket) : null,
            PidfdSocket = _pidfdSocket.In(parsed) is { Length: > 0 } pidfd ? Path.GetFullPath(pidfd) : null,
            NotifySocket = ServiceManager,
            PidFile = string.IsNullOrEmpty(pidFile) ? null : Path.GetFullPath(pidFile),
            NoPivot = _noPivot.In(parsed),
            NoNewKeyring = _noNewKeyring.In(parsed),
            PreserveFds = preserved <= 1024 ? Math.Max(preserved, 0) : throw new UsageException("--preserve-fds: must not be more than 1024"),
            ListenFds = listen,
            ListenFdNames = names,
        };
    }

    /// <summary>Descriptors that systemd passes are meant for us only where LISTEN_PID says so. sd_listen_fds(3).</summary>
    private static (int Count, string? Names) SocketActivation()
    {
        string? count = Environment.GetEnvironmentVariable("LISTEN_FDS");
        if (count is null || Environment.GetEnvironmentVariable("LISTEN_PID") != Processes.ProcessId.ToString(CultureInfo.InvariantCulture))
        {
            return (0, null);
        }

        return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= 1024
            ? (number, Environment.GetEnvironmentVariable("LISTEN_FDNAMES"))
            : throw new UsageException("LISTEN_FDS: is no number from 0 to 1024");
    }
}
