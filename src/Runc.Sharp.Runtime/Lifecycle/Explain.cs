using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>explain</c>: what a bundle comes to, in words. Needs no rights and changes nothing.</summary>
public static class Explain
{
    /// <summary>The plan's operations and, where they are done, the steps of the host.</summary>
    public static ImmutableArray<ExplainLine> Run(CreateRequest request, Action<string> warn)
    {
        using BundleFile bundle = BundleFile.Open(request.Bundle, request.Config, warn);
        (MachineFacts facts, PlannedContainer planned) = bundle.Plan(request, startsAtOnce: false);
        string state = Path.Join(request.Globals.Root, request.Id);
        ImmutableArray<ExplainLine> maps = planned.NeedsIdMaps ? Maps(bundle.Spec.Linux!) : [];
        return Lines(planned, new HostSteps(state, facts.Cgroups.Rehearse(), maps, bundle.Spec.Hooks));
    }

    /// <summary>What a person wants to know of a plan: all but the housekeeping.</summary>
    internal static ImmutableArray<ExplainLine> Lines(PlannedContainer planned) => Lines(planned, null);

    private static ImmutableArray<ExplainLine> Lines(PlannedContainer planned, HostSteps? host)
    {
        var lines = ImmutableArray.CreateBuilder<ExplainLine>(planned.Builder.Count);
        Add(lines, host, HostTurn.First);
        for (int at = 0; at < planned.Builder.Count; at++)
        {
            PlanOp op = planned.Builder.Operations[at];
            PlanNote note = planned.Builder.Notes[at];
            if (op.Code == PlanCode.Await)
            {
                Add(lines, host, TurnOf((PlanStage)op.A0));
            }

            if (op.Code != PlanCode.Branch && !(op.Code == PlanCode.Syscall && op.Number == Sys.close))
            {
                lines.Add(new ExplainLine(at, note.Pointer, op.Code == PlanCode.Syscall ? CallNames.Of(op.Number) : CallNames.Of(op.Code), note.Words));
            }
        }

        Add(lines, host, HostTurn.Started);
        return lines.ToImmutable();
    }

    /// <summary>What the host does while the shim waits for it.</summary>
    private static HostTurn? TurnOf(PlanStage stage) => stage switch
    {
        PlanStage.Placed => HostTurn.Placing,
        PlanStage.Mapped => HostTurn.Mapping,
        PlanStage.Mounted => HostTurn.Mounted,
        PlanStage.Ready => HostTurn.Committing,
        _ => null,
    };

    private static void Add(ImmutableArray<ExplainLine>.Builder lines, HostSteps? host, HostTurn? turn)
    {
        if (host is not null && turn is { } its)
        {
            lines.AddRange(host.At(its));
        }
    }

    /// <summary>What the host does at each turn.</summary>
    private sealed class HostSteps(string state, ImmutableArray<ExplainLine> cgroups, ImmutableArray<ExplainLine> maps, HooksSpec? hooks)
    {
        internal ImmutableArray<ExplainLine> At(HostTurn turn) => turn switch
        {
            HostTurn.First => [Host("mkdirat", "make the state directory " + state), Host("write", "write what will be made into " + state)],
            HostTurn.Placing => cgroups,
            HostTurn.Mapping => maps,
            HostTurn.Mounted => Hooks(HostHooks.BeforePivot(hooks)),
            HostTurn.Committing => [Host("write", "write the record of the container into " + state)],
            _ => Hooks(HostHooks.BehindStart(hooks)),
        };
    }

    private static ExplainLine Host(string call, string words, string pointer = "") => new(null, pointer, call, words);

    private static ImmutableArray<ExplainLine> Maps(LinuxSpec linux)
    {
        var lines = ImmutableArray.CreateBuilder<ExplainLine>();
        foreach ((string pointer, string file, string text) in IdMaps.Of(linux))
        {
            lines.Add(Host("write", string.Concat("write ", text.TrimEnd('\n').Replace("\n", ", ", StringComparison.Ordinal), " to init's ", file), pointer));
        }

        return lines.ToImmutable();
    }

    private static ImmutableArray<ExplainLine> Hooks((string Name, ImmutableArray<HookSpec>? Hooks)[] all)
    {
        var lines = ImmutableArray.CreateBuilder<ExplainLine>();
        foreach ((string name, ImmutableArray<HookSpec>? hooks) in all)
        {
            int count = HooksChapter.Count(hooks);
            for (int at = 0; at < count; at++)
            {
                lines.Add(Host("execve", string.Create(CultureInfo.InvariantCulture, $"run {name} hook #{at}: {hooks!.Value[at].Path}"), string.Create(CultureInfo.InvariantCulture, $"/hooks/{name}/{at}")));
            }
        }

        return lines.ToImmutable();
    }
}

/// <summary>The points at which the host has its turn.</summary>
internal enum HostTurn
{
    /// <summary>Before there is a shim.</summary>
    First,

    /// <summary>The shim waits for its cgroups.</summary>
    Placing,

    /// <summary>Init waits for its id maps.</summary>
    Mapping,

    /// <summary>The mounts stand.</summary>
    Mounted,

    /// <summary>Only the program is missing.</summary>
    Committing,

    /// <summary>The program runs.</summary>
    Started,
}
