using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>resume</c>.</summary>
internal sealed class ResumeCommand : Verb
{
    private readonly Operand _id = new("container-id");

    internal override Command Build() => new("resume", "let the processes of a paused container go on") { _id };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Resume.Run(new ContainerRequest(globals, _id.In(parsed)));
        return 0;
    }
}
