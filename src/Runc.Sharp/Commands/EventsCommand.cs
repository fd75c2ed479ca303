using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>events</c>.</summary>
internal sealed class EventsCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly TextOption _interval = new("--interval") { Description = "time between two reports, such as 500ms or 1m30s (default 5s)", HelpName = "TIME" };
    private readonly FlagOption _stats = new("--stats") { Description = "print the counters once" };

    internal override Command Build() => new("events", "print the counters of a container, and its wants of memory") { _id, _interval, _stats };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        var request = new ContainerRequest(globals, _id.In(parsed));
        string word = _interval.In(parsed) is { Length: > 0 } given ? given : "5s";
        long interval = Durations.Parse(word) ?? throw new UsageException("invalid duration " + new Runtime.JsonText().String(null, word));
        if (interval <= 0)
        {
            throw new UsageException("duration interval must be greater than 0");
        }

        if (_stats.In(parsed))
        {
            Streams.Out(EventFormat.Line(request.Id, Events.Stats(request)));
            return 0;
        }

        Events.Watch(request, interval, stats => Streams.Out(EventFormat.Line(request.Id, stats)));
        return 0;
    }
}
