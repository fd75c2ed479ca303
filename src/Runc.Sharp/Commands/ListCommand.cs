using System.Collections.Immutable;
using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>list</c>.</summary>
internal sealed class ListCommand : Verb
{
    private readonly TextOption _format = new("--format", "-f") { Description = "how to print it", HelpName = "table|json" };
    private readonly FlagOption _quiet = new("--quiet", "-q") { Description = "print ids only" };

    internal override Command Build() => new("list", "list the containers of a root") { _format, _quiet };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string format = _format.In(parsed) is { Length: > 0 } given ? given : "table";
        if (format is not ("table" or "json"))
        {
            throw new UsageException("invalid format option: " + format);
        }

        ImmutableArray<ContainerState> states = List.Run(globals, log.Warning);
        if (_quiet.In(parsed))
        {
            foreach (ContainerState state in states)
            {
                Streams.Out(state.Id + "\n");
            }

            return 0;
        }

        Streams.Out(format == "json" ? StateFormat.Json(states) + "\n" : StateFormat.Table(states));
        return 0;
    }
}
