using System.CommandLine;
using System.IO;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>restore</c>.</summary>
internal sealed class RestoreCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly CriuWords _criu = new("directory of the images, by default checkpoint");
    private readonly TextOption _bundle = new("--bundle", "-b") { Description = "directory of the bundle, by default this one", HelpName = "DIR" };
    private readonly TextOption _consoleSocket = new("--console-socket") { Description = "unix socket that gets the terminal's master side", HelpName = "PATH" };
    private readonly FlagOption _detach = new("--detach", "-d") { Description = "do not wait for the container's end" };
    private readonly TextOption _pidFile = new("--pid-file") { Description = "file that gets the process id", HelpName = "FILE" };
    private readonly FlagOption _noSubreaper = new("--no-subreaper") { Description = "do not take over orphaned processes" };
    private readonly FlagOption _noPivot = new("--no-pivot") { Description = "accepted; how the root is left is CRIU's choice" };
    private readonly TextOption _lsmProfile = new("--lsm-profile") { Description = "AppArmor profile or SELinux label of the processes", HelpName = "TYPE:NAME" };
    private readonly TextOption _lsmMountContext = new("--lsm-mount-context") { Description = "SELinux context of the mounts", HelpName = "CONTEXT" };

    internal override Command Build()
    {
        var command = new Command("restore", "restore a container that was saved by checkpoint") { _id };
        _criu.AddTo(command);
        command.Options.Add(_bundle);
        command.Options.Add(_consoleSocket);
        command.Options.Add(_detach);
        command.Options.Add(_pidFile);
        command.Options.Add(_noSubreaper);
        command.Options.Add(_noPivot);
        command.Options.Add(_lsmProfile);
        command.Options.Add(_lsmMountContext);
        return command;
    }

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        var request = new CreateRequest
        {
            Globals = globals,
            Id = _id.In(parsed),
            Bundle = _bundle.In(parsed) is { Length: > 0 } bundle ? bundle : ".",
            ConsoleSocket = _consoleSocket.In(parsed) is { Length: > 0 } socket ? Path.GetFullPath(socket) : null,
            PidFile = _pidFile.In(parsed) is { Length: > 0 } pidFile ? Path.GetFullPath(pidFile) : null,
            NoPivot = _noPivot.In(parsed),
            Detach = _detach.In(parsed),
            NoSubreaper = _noSubreaper.In(parsed),
        };
        CriuSettings settings = _criu.Settings(parsed) with
        {
            LsmProfile = _lsmProfile.In(parsed) is { Length: > 0 } profile ? profile : null,
            LsmMountContext = _lsmMountContext.In(parsed) is { Length: > 0 } context ? context : null,
        };
        return Restore.Execute(request, settings, log.Warning, log.Debug);
    }
}
