using System.CommandLine;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>mounts</c>.</summary>
internal sealed class MountsCommand : Verb
{
    private const int LargestDocument = 16 << 20;

    private readonly Operand _action = new("add|remove");
    private readonly Operand _id = new("container-id");
    private readonly Operand _file = new("file");

    internal override Command Build() =>
        new("mounts", "add mounts to a container that lives, or take them away: those in the file, a list as in config.json") { _action, _id, _file };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string action = _action.In(parsed);
        if (action is not ("add" or "remove"))
        {
            throw new UsageException("mounts: neither add nor remove: " + action);
        }

        string path = _file.In(parsed);
        using OwnedFd file = path == "-" ? OwnedFd.Borrow(0) : Files.Open(path, OpenFlags.ReadOnly).OrThrow();
        ChangeMounts.Run(
            new ContainerRequest(globals, _id.In(parsed)), path == "-" ? "standard input" : path, Files.ReadAll(file, LargestDocument).OrThrow(), remove: action == "remove");
        return 0;
    }
}
