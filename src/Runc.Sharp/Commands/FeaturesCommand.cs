using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>features</c>. features.md.</summary>
internal sealed class FeaturesCommand : Verb
{
    internal override Command Build() => new("features", "print what this runtime can do, as JSON");

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        Streams.Out(FeaturesDocument.Text() + "\n");
        return 0;
    }
}
