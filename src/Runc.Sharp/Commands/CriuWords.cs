using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using Runc.Sharp.Runtime.Criu;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary>The options that <c>checkpoint</c> and <c>restore</c> share.</summary>
internal sealed class CriuWords
{
    private readonly Option<string> _imagePath;
    private readonly Option<string> _workPath = new("--work-path") { Description = "directory for logs, by default that of the images", HelpName = "DIR" };
    private readonly Option<bool> _tcpEstablished = new("--tcp-established") { Description = "save or restore open TCP connections" };
    private readonly Option<bool> _extUnixSk = new("--ext-unix-sk") { Description = "allow unix sockets that lead out of the container" };
    private readonly Option<bool> _shellJob = new("--shell-job") { Description = "allow a terminal of a session outside" };
    private readonly Option<bool> _fileLocks = new("--file-locks") { Description = "save or restore file locks" };
    private readonly Option<string> _cgroupsMode = new("--manage-cgroups-mode") { Description = "soft, full, strict or ignore; by default soft", HelpName = "MODE" };
    private readonly Option<string[]> _emptyNs = new("--empty-ns") { Description = "a namespace whose content is left out: network, which always is", HelpName = "TYPE" };
    private readonly Option<bool> _autoDedup = new("--auto-dedup") { Description = "drop from older images what is in newer ones" };
    private readonly Option<bool> _lazyPages = new("--lazy-pages") { Description = "fetch memory when it is touched, by userfaultfd(2)" };

    internal CriuWords(string imagePath) =>
        _imagePath = new("--image-path") { Description = imagePath, HelpName = "DIR" };

    internal void AddTo(Command command)
    {
        command.Options.Add(_imagePath);
        command.Options.Add(_workPath);
        command.Options.Add(_tcpEstablished);
        command.Options.Add(_extUnixSk);
        command.Options.Add(_shellJob);
        command.Options.Add(_fileLocks);
        command.Options.Add(_cgroupsMode);
        command.Options.Add(_emptyNs);
        command.Options.Add(_autoDedup);
        command.Options.Add(_lazyPages);
    }

    /// <summary>What was typed.</summary>
    internal CriuSettings Settings(ParseResult parsed)
    {
        foreach (string kind in parsed.GetValue(_emptyNs) ?? [])
        {
            if (kind != "network")
            {
                throw new UsageException(string.Concat("namespace \"", kind, "\" is not supported"));
            }
        }

        return new CriuSettings
        {
            ImagePath = Path.GetFullPath(parsed.GetValue(_imagePath) is { Length: > 0 } images ? images : "checkpoint"),
            WorkPath = parsed.GetValue(_workPath) is { Length: > 0 } work ? Path.GetFullPath(work) : null,
            TcpEstablished = parsed.GetValue(_tcpEstablished),
            ExternalUnixSockets = parsed.GetValue(_extUnixSk),
            ShellJob = parsed.GetValue(_shellJob),
            FileLocks = parsed.GetValue(_fileLocks),
            AutoDedup = parsed.GetValue(_autoDedup),
            LazyPages = parsed.GetValue(_lazyPages),
            CgroupsMode = parsed.GetValue(_cgroupsMode) switch
            {
                null or "" => CriuCgroupsMode.Default,
                "soft" => CriuCgroupsMode.Soft,
                "full" => CriuCgroupsMode.Full,
                "strict" => CriuCgroupsMode.Strict,
                "ignore" => CriuCgroupsMode.Ignore,
                _ => throw new UsageException("invalid manage-cgroups-mode value"),
            },
        };
    }

    /// <summary>The address and the port of a page server.</summary>
    internal static (string Address, int Port)? PageServer(string? words)
    {
        if (string.IsNullOrEmpty(words))
        {
            return null;
        }

        int colon = words.LastIndexOf(':');
        if (colon <= 0 || colon == words.Length - 1)
        {
            throw new UsageException("use --page-server ADDRESS:PORT to specify page server");
        }

        // An IPv6 address stands in brackets, which are not part of it.
        string address = words[..colon];
        address = address.StartsWith('[') && address.EndsWith(']') ? address[1..^1] : address;
        return int.TryParse(words.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535
            ? (address, port)
            : throw new UsageException("invalid port number");
    }
}
