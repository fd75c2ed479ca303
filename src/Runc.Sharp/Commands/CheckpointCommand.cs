using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>checkpoint</c>.</summary>
internal sealed class CheckpointCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly CriuWords _criu = new("directory that gets the images, by default checkpoint");
    private readonly TextOption _parentPath = new("--parent-path") { Description = "directory of the images of a --pre-dump, as seen from that of the images", HelpName = "DIR" };
    private readonly FlagOption _leaveRunning = new("--leave-running") { Description = "let the container go on" };
    private readonly FlagOption _tcpSkipInFlight = new("--tcp-skip-in-flight") { Description = "leave out TCP connections that are being made" };
    private readonly FlagOption _linkRemap = new("--link-remap") { Description = "give removed files that are open a name, where that is possible" };
    private readonly NumberOption _statusFd = new("--status-fd") { Description = "descriptor that gets a NUL when lazy pages can be fetched", HelpName = "FD" };
    private readonly TextOption _pageServer = new("--page-server") { Description = "send memory there, not into the images", HelpName = "ADDRESS:PORT" };
    private readonly FlagOption _preDump = new("--pre-dump") { Description = "save memory only, and let the container go on" };

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
        int? status = _statusFd.In(parsed);
        CriuSettings settings = _criu.Settings(parsed) with
        {
            ParentPath = _parentPath.In(parsed) is { Length: > 0 } parent ? parent : null,
            LeaveRunning = _leaveRunning.In(parsed),
            PreDump = _preDump.In(parsed),
            TcpSkipInFlight = _tcpSkipInFlight.In(parsed),
            LinkRemap = _linkRemap.In(parsed),
            PageServer = CriuWords.PageServer(_pageServer.In(parsed)),
            StatusDescriptor = status == -1 ? null : status,
        };
        Checkpoint.Run(new ContainerRequest(globals, _id.In(parsed)), settings, log.Warning);
        return 0;
    }
}
