using System.CommandLine;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>kill</c>.</summary>
internal sealed class KillCommand : Verb
{
    private readonly Argument<string> _id = new("container-id");
    private readonly Argument<string> _signal = new("signal") { Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<bool> _all = new("--all", "-a") { Description = "all processes of the container", Hidden = true };

    internal override Command Build() => new("kill", "send a signal to the init of a container, by default SIGTERM") { _id, _signal, _all };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string word = parsed.GetValue(_signal) is { Length: > 0 } given ? given : "SIGTERM";
        if (!Signals.TryParse(word, out int signal))
        {
            throw new UsageException("unknown signal " + new Runtime.JsonText().String(null, word));
        }

        Kill.Run(new ContainerRequest(globals, parsed.GetRequiredValue(_id)) { Signal = signal, All = parsed.GetValue(_all) });
        return 0;
    }
}
