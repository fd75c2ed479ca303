using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>create</c>.</summary>
internal sealed class CreateCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly BundleOptions _bundle = new();

    internal override Command Build()
    {
        var command = new Command("create", "create a container") { _id };
        _bundle.AddTo(command);
        return command;
    }

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Create.Run(_bundle.Request(parsed, globals, _id.In(parsed)), log.Warning, log.Debug);
        return 0;
    }
}
