using System.Collections.Generic;
using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>ps</c>.</summary>
internal sealed class PsCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly Operands _options = new("ps options");
    private readonly TextOption _format = new("--format", "-f") { Description = "how to print it", HelpName = "table|json" };

    internal override bool OpenEnded => true;

    internal override Command Build() => new("ps", "list the processes of a container; what stands behind the id is for ps(1), by default -ef") { _id, _options, _format };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string format = _format.In(parsed) is { Length: > 0 } given ? given : "table";
        if (format is not ("table" or "json"))
        {
            throw new UsageException("invalid format option: " + format);
        }

        IReadOnlyList<int> pids = Ps.Run(new ContainerRequest(globals, _id.In(parsed)));
        if (format == "table")
        {
            Streams.Out(ProcessTable.Of(pids, _options.In(parsed) is { Length: > 0 } options ? options : ["-ef"]));
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
