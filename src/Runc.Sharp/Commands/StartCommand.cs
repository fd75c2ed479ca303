using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>start</c>.</summary>
internal sealed class StartCommand : Verb
{
    private readonly Argument<string> _id = new("container-id");

    internal override Command Build() => new("start", "start the program of a created container") { _id };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Start.Run(new ContainerRequest(globals, parsed.GetRequiredValue(_id)) { NotifySocket = BundleOptions.ServiceManager });
        return 0;
    }
}
