using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Planning;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>explain</c>: the plan of a bundle, in words. Needs no rights and changes nothing.</summary>
public static class Explain
{
    /// <summary>The operations, in their order.</summary>
    public static ImmutableArray<ExplainLine> Run(CreateRequest request, Action<string> warn)
    {
        using BundleFile bundle = BundleFile.Open(request.Bundle, request.Config, warn);
        return Lines(bundle.Plan(request, startsAtOnce: false).Planned);
    }

    /// <summary>What a person wants to know of a plan: all but the housekeeping.</summary>
    internal static ImmutableArray<ExplainLine> Lines(PlannedContainer planned)
    {
        var lines = ImmutableArray.CreateBuilder<ExplainLine>(planned.Builder.Count);
        for (int at = 0; at < planned.Builder.Count; at++)
        {
            PlanOp op = planned.Builder.Operations[at];
            PlanNote note = planned.Builder.Notes[at];
            if (op.Code != PlanCode.Branch && !(op.Code == PlanCode.Syscall && op.Number == Sys.close))
            {
                lines.Add(new ExplainLine(at, note.Pointer, op.Code == PlanCode.Syscall ? CallNames.Of(op.Number) : CallNames.Of(op.Code), note.Words));
            }
        }

        return lines.ToImmutable();
    }
}
