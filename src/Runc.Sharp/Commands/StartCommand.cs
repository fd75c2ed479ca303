using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>start</c>.</summary>
internal sealed class StartCommand : Verb
{
    private readonly Operand _id = new("container-id");

    internal override Command Build() => new("start", "start the program of a created container") { _id };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Start.Run(new ContainerRequest(globals, _id.In(parsed)) { NotifySocket = BundleOptions.ServiceManager }, log.Warning);
        return 0;
    }
}
