using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>delete</c>.</summary>
internal sealed class DeleteCommand : Verb
{
    private readonly Argument<string> _id = new("container-id");
    private readonly Option<bool> _force = new("--force", "-f") { Description = "kill what still runs" };

    internal override Command Build() => new("delete", "delete a container") { _id, _force };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string? warning = Delete.Run(new ContainerRequest(globals, parsed.GetRequiredValue(_id)) { Force = parsed.GetValue(_force) });
        if (warning is not null)
        {
            log.Warning(warning);
        }

        return 0;
    }
}
