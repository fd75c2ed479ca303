using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Text;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Commands;

/// <summary><c>run</c>. An operand with a slash is a bundle: the command for debugging by hand.</summary>
internal sealed class RunCommand : Verb
{
    private readonly Operand _id = new("container-id") { HelpName = "container-id|DIR" };
    private readonly BundleOptions _bundle = new();
    private readonly FlagOption _detach = new("--detach", "-d") { Description = "do not wait for the container's end" };
    private readonly FlagOption _keep = new("--keep") { Description = "do not delete the container after its end" };
    private readonly FlagOption _noSubreaper = new("--no-subreaper") { Description = "do not take over orphaned processes" };

    internal override Command Build()
    {
        var command = new Command("run", "create and start a container; an operand with a slash is a bundle") { _id };
        _bundle.AddTo(command);
        command.Options.Add(_detach);
        command.Options.Add(_keep);
        command.Options.Add(_noSubreaper);
        return command;
    }

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        string operand = _id.In(parsed);
        CreateRequest request = _bundle.Request(parsed, globals, operand) with
        {
            Detach = _detach.In(parsed),
            Keep = _keep.In(parsed),
            NoSubreaper = _noSubreaper.In(parsed),
        };
        if (_bundle.IsBundle(operand, parsed))
        {
            request = request with { Id = IdOf(operand, globals), Bundle = operand };
        }

        return Run.Execute(request, log.Warning, log.Debug);
    }

    /// <summary>The bundle's name as far as an id may hold it, and a number where it is taken.</summary>
    private static string IdOf(string bundle, Globals globals)
    {
        string name = Path.GetFileName(Path.GetFullPath(bundle).TrimEnd('/'));
        var letters = new StringBuilder();
        foreach (char letter in name)
        {
            letters.Append(ContainerId.IsValid(letter) ? letter : '-');
        }

        string id = ContainerId.IsValid(letters.ToString()) ? letters.ToString() : "bundle";
        using StateRoot? root = StateRoot.Open(globals.Root, create: false);
        string free = id;
        for (int number = 2; ; number++)
        {
            using ContainerDirectory? taken = root?.TryOpen(free);
            if (taken is null)
            {
                return free;
            }

            free = string.Create(CultureInfo.InvariantCulture, $"{id}-{number}");
        }
    }
}
