using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>checkpoint</c>.</summary>
internal sealed class CheckpointCommand : Verb
{
    private readonly Argument<string> _id = new("container-id");
    private readonly CriuWords _criu = new("directory that gets the images, by default checkpoint");
    private readonly Option<string> _parentPath = new("--parent-path") { Description = "directory of the images of a --pre-dump, as seen from that of the images", HelpName = "DIR" };
    private readonly Option<bool> _leaveRunning = new("--leave-running") { Description = "let the container go on" };
    private readonly Option<bool> _tcpSkipInFlight = new("--tcp-skip-in-flight") { Description = "leave out TCP connections that are being made" };
    private readonly Option<bool> _linkRemap = new("--link-remap") { Description = "give removed files that are open a name, where that is possible" };
    private readonly Option<int> _statusFd = new("--status-fd") { Description = "descriptor that gets a NUL when lazy pages can be fetched", HelpName = "FD" };
    private readonly Option<string> _pageServer = new("--page-server") { Description = "send memory there, not into the images", HelpName = "ADDRESS:PORT" };
    private readonly Option<bool> _preDump = new("--pre-dump") { Description = "save memory only, and let the container go on" };

    internal override Command Build()
    {
        var command = new Command("checkpoint", "save a running container with CRIU") { _id };
        _criu.AddTo(command);
        command.Options.Add(_parentPath);
        command.Options.Add(_leaveRunning);
        command.Options.Add(_preDump);
        command.Options.Add(_tcpSkipInFlight);
        command.Options.Add(_linkRemap);
        command.Options.Add(_pageServer);
        command.Options.Add(_statusFd);
        return command;
    }

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        int? status = parsed.GetResult(_statusFd) is { Implicit: false } ? parsed.GetValue(_statusFd) : null;
        CriuSettings settings = _criu.Settings(parsed) with
        {
            ParentPath = parsed.GetValue(_parentPath) is { Length: > 0 } parent ? parent : null,
            LeaveRunning = parsed.GetValue(_leaveRunning),
            PreDump = parsed.GetValue(_preDump),
            TcpSkipInFlight = parsed.GetValue(_tcpSkipInFlight),
            LinkRemap = parsed.GetValue(_linkRemap),
            PageServer = CriuWords.PageServer(parsed.GetValue(_pageServer)),
            StatusDescriptor = status == -1 ? null : status,
        };
        Checkpoint.Run(new ContainerRequest(globals, parsed.GetRequiredValue(_id)), settings, log.Warning);
        return 0;
    }
}
