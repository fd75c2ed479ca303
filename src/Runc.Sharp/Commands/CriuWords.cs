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
    private readonly TextOption _imagePath;
    private readonly TextOption _workPath = new("--work-path") { Description = "directory for logs, by default that of the images", HelpName = "DIR" };
    private readonly FlagOption _tcpEstablished = new("--tcp-established") { Description = "save or restore open TCP connections" };
    private readonly FlagOption _extUnixSk = new("--ext-unix-sk") { Description = "allow unix sockets that lead out of the container" };
    private readonly FlagOption _shellJob = new("--shell-job") { Description = "allow a terminal of a session outside" };
    private readonly FlagOption _fileLocks = new("--file-locks") { Description = "save or restore file locks" };
    private readonly TextOption _cgroupsMode = new("--manage-cgroups-mode") { Description = "soft, full, strict or ignore; by default soft", HelpName = "MODE" };
    private readonly TextsOption _emptyNs = new("--empty-ns") { Description = "a namespace whose content is left out: network, which always is", HelpName = "TYPE" };
    private readonly FlagOption _autoDedup = new("--auto-dedup") { Description = "drop from older images what is in newer ones" };
    private readonly FlagOption _lazyPages = new("--lazy-pages") { Description = "fetch memory when it is touched, by userfaultfd(2)" };

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
        foreach (string kind in _emptyNs.In(parsed))
        {
            if (kind != "network")
            {
                throw new UsageException(string.Concat("namespace \"", kind, "\" is not supported"));
            }
        }

        return new CriuSettings
        {
            ImagePath = Path.GetFullPath(_imagePath.In(parsed) is { Length: > 0 } images ? images : "checkpoint"),
            WorkPath = _workPath.In(parsed) is { Length: > 0 } work ? Path.GetFullPath(work) : null,
            TcpEstablished = _tcpEstablished.In(parsed),
            ExternalUnixSockets = _extUnixSk.In(parsed),
            ShellJob = _shellJob.In(parsed),
            FileLocks = _fileLocks.In(parsed),
            AutoDedup = _autoDedup.In(parsed),
            LazyPages = _lazyPages.In(parsed),
            CgroupsMode = _cgroupsMode.In(parsed) switch
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
