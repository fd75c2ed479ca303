using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>delete</c>.</summary>
internal sealed class DeleteCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly FlagOption _force = new("--force", "-f") { Description = "kill what still runs" };

    internal override Command Build() => new("delete", "delete a container") { _id, _force };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string? warning = Delete.Run(new ContainerRequest(globals, _id.In(parsed)) { Force = _force.In(parsed) });
        if (warning is not null)
        {
            log.Warning(warning);
        }

        return 0;
    }
}
