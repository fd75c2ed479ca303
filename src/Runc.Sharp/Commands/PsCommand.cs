using System.Collections.Generic;
using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>ps</c>.</summary>
internal sealed class PsCommand : Verb
{
    private readonly Argument<string> _id = new("container-id");
    private readonly Argument<string[]> _options = new("ps options") { Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string> _format = new("--format", "-f") { Description = "how to print it", HelpName = "table|json" };

    internal override bool OpenEnded => true;

    internal override Command Build() => new("ps", "list the processes of a container; what stands behind the id is for ps(1), by default -ef") { _id, _options, _format };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string format = parsed.GetValue(_format) is { Length: > 0 } given ? given : "table";
        if (format is not ("table" or "json"))
        {
            throw new UsageException("invalid format option: " + format);
        }

        IReadOnlyList<int> pids = Ps.Run(new ContainerRequest(globals, parsed.GetRequiredValue(_id)));
        if (format == "table")
        {
            Streams.Out(ProcessTable.Of(pids, parsed.GetValue(_options) is { Length: > 0 } options ? options : ["-ef"]));
            return 0;
        }

        if (pids.Count == 0)
        {
            Streams.Out("null\n"); // as Go writes a list that was never made
            return 0;
        }

        var json = new JsonText();
        json.BeginArray();
        foreach (int pid in pids)
        {
            json.Number(null, (long)pid);
        }

        Streams.Out(json.EndArray().ToString() + "\n");
        return 0;
    }
}
