using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>pause</c>.</summary>
internal sealed class PauseCommand : Verb
{
    private readonly Operand _id = new("container-id");

    internal override Command Build() => new("pause", "stop every process of a container where it stands") { _id };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Pause.Run(new ContainerRequest(globals, _id.In(parsed)));
        return 0;
    }
}
