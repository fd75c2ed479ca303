using System.CommandLine;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>kill</c>.</summary>
internal sealed class KillCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly Operand _signal = new("signal", optional: true);
    private readonly FlagOption _all = new("--all", "-a") { Description = "all processes of the container", Hidden = true };

    internal override Command Build() => new("kill", "send a signal to the init of a container, by default SIGTERM") { _id, _signal, _all };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string word = _signal.In(parsed) is { Length: > 0 } given ? given : "SIGTERM";
        if (!Signals.TryParse(word, out int signal))
        {
            throw new UsageException("unknown signal " + new Runtime.JsonText().String(null, word));
        }

        Kill.Run(new ContainerRequest(globals, _id.In(parsed)) { Signal = signal, All = _all.In(parsed) });
        return 0;
    }
}
