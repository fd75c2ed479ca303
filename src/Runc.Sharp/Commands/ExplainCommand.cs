using System.Collections.Immutable;
using System.CommandLine;
using System.Text;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>explain</c>.</summary>
internal sealed class ExplainCommand : Verb
{
    private readonly Operand _directory = new("DIR", optional: true);
    private readonly TextOption _format = new("--format") { Description = "how to print it", HelpName = "text|json" };
    private readonly BundleOptions _bundle = new();

    internal override Command Build()
    {
        var command = new Command("explain", "print what create and start would do with a bundle; needs no rights") { _directory, _format };
        _bundle.AddTo(command);
        return command;
    }

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string format = _format.In(parsed) is { Length: > 0 } given ? given : "text";
        if (format is not ("text" or "json"))
        {
            throw new UsageException("invalid format option: " + format);
        }

        CreateRequest request = _bundle.Request(parsed, globals, "explain");
        if (_directory.In(parsed) is { Length: > 0 } operand)
        {
            if (_bundle.IsNamed(parsed))
            {
                throw new UsageException(string.Concat("explain: --bundle and ", operand, " name a bundle each: give one of them"));
            }

            request = _bundle.IsBundle(operand, parsed)
                ? request with { Bundle = operand }
                : throw new UsageException(string.Concat(string.Concat("explain: ", operand, " has no slash, so it is no directory of a bundle: write "), "./", operand));
        }

        ImmutableArray<ExplainLine> lines = Explain.Run(request, log.Warning);
        Streams.Out(format == "json" ? Json(lines) : Text(lines));
        return 0;
    }

    private static string Text(ImmutableArray<ExplainLine> lines)
    {
        var text = new StringBuilder();
        foreach (ExplainLine line in lines)
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static string Json(ImmutableArray<ExplainLine> lines)
    {
        var json = new JsonText();
        json.BeginArray();
        foreach (ExplainLine line in lines)
        {
            json.BeginObject();
            if (line.Index is { } index)
            {
                json.Number("operation", (long)index);
            }

            json.String("pointer", line.Pointer).String("call", line.Call).String("words", line.Words).EndObject();
        }

        return json.EndArray() + "\n";
    }
}
