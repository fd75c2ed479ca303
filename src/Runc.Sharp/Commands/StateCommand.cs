using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>state</c>.</summary>
internal sealed class StateCommand : Verb
{
    private readonly Operand _id = new("container-id");

    internal override Command Build() => new("state", "print the state of a container") { _id };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Streams.Out(StateFormat.State(State.Run(new ContainerRequest(globals, _id.In(parsed)))));
        return 0;
    }
}
