using System.CommandLine;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp;

/// <summary>One verb: how its words are understood, and what is done.</summary>
internal abstract class Verb
{
    /// <summary>Whether the words behind the first argument are another program's, dashes and all.</summary>
    internal virtual bool OpenEnded => false;

    /// <summary>The words after the verb.</summary>
    internal abstract Command Build();

    /// <summary>Does it.</summary>
    /// <returns>The exit code.</returns>
    internal abstract int Execute(ParseResult parsed, Globals globals, LogFile log);
}

/// <summary>The verbs by name.</summary>
internal static class Verbs
{
    /// <summary>All of them, in the order of help.</summary>
    internal static readonly string[] Names =
    [
        "checkpoint", "completion", "create", "delete", "events", "exec", "explain", "features", "kill", "list", "man", "mounts", "pause", "ps", "restore",
        "resume", "run", "spec", "start", "state", "update",
    ];

    /// <summary>The verb of that name; null where there is none.</summary>
    internal static Verb? Find(string name) => name switch
    {
        "checkpoint" => new Commands.CheckpointCommand(),
        "completion" => new Commands.CompletionCommand(),
        "create" => new Commands.CreateCommand(),
        "delete" => new Commands.DeleteCommand(),
        "events" => new Commands.EventsCommand(),
        "exec" => new Commands.ExecCommand(),
        "explain" => new Commands.ExplainCommand(),
        "features" => new Commands.FeaturesCommand(),
        "kill" => new Commands.KillCommand(),
        "list" => new Commands.ListCommand(),
        "man" => new Commands.ManCommand(),
        "mounts" => new Commands.MountsCommand(),
        "pause" => new Commands.PauseCommand(),
        "ps" => new Commands.PsCommand(),
        "restore" => new Commands.RestoreCommand(),
        "resume" => new Commands.ResumeCommand(),
        "run" => new Commands.RunCommand(),
        "spec" => new Commands.SpecCommand(),
        "start" => new Commands.StartCommand(),
        "state" => new Commands.StateCommand(),
        "update" => new Commands.UpdateCommand(),
        _ => null,
    };
}
