using System.CommandLine;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Commands;

/// <summary><c>mounts</c>.</summary>
internal sealed class MountsCommand : Verb
{
    private const int LargestDocument = 16 << 20;

    private readonly Argument<string> _action = new("add|remove");
    private readonly Argument<string> _id = new("container-id");
    private readonly Argument<string> _file = new("file");

    internal override Command Build() =>
        new("mounts", "add mounts to a container that lives, or take them away: those in the file, a list as in config.json") { _action, _id, _file };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string action = parsed.GetRequiredValue(_action);
        if (action is not ("add" or "remove"))
        {
            throw new UsageException("mounts: neither add nor remove: " + action);
        }

        string path = parsed.GetRequiredValue(_file);
        using OwnedFd file = path == "-" ? OwnedFd.Borrow(0) : Files.Open(path, OpenFlags.ReadOnly).OrThrow();
        MountList list = ChangeMounts.Read(path == "-" ? "standard input" : path, Files.ReadAll(file, LargestDocument).OrThrow().Span);
        ChangeMounts.Run(new ContainerRequest(globals, parsed.GetRequiredValue(_id)), list, remove: action == "remove");
        return 0;
    }
}
