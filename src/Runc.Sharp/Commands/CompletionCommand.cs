using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>completion</c>.</summary>
internal sealed class CompletionCommand : Verb
{
    private readonly Operand _shell = new("bash|zsh|fish");

    internal override Command Build() => new("completion", "print a completion script for a shell") { _shell };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string shell = _shell.In(parsed);
        Streams.Out(CompletionScript.For(shell) ?? throw new UsageException("no completion for the shell " + shell + "; known are bash, zsh and fish"));
        return 0;
    }
}
