using System;
using System.Globalization;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Resource limits of the process and its worth to the out-of-memory killer. config.md#posix-process, config.md#linux-process.</summary>
internal static class LimitsChapter
{
    /// <summary>Before the birth: through the host's own /proc, which no container can have changed.</summary>
    internal static void AddOutside(PlanContext context)
    {
        if (context.Process?.OomScoreAdj is not { } score)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        string text = score.ToString(CultureInfo.InvariantCulture);
        plan.At("/process/oomScoreAdj");
        plan.Call("open", "/proc/self/oom_score_adj", Sys.openat, AT_FDCWD, plan.Text("/proc/self/oom_score_adj"), O_WRONLY | O_CLOEXEC).Into(plan, context.Work);
        plan.Call("set the out-of-memory score to", text, Sys.write, context.Work, plan.Text(text), text.Length);
        context.Close(context.Work);
        plan.At(string.Empty);
    }

    internal static void Add(PlanContext context)
    {
        if (context.Process?.Rlimits is not { IsDefault: false } limits)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        for (int at = 0; at < limits.Length; at++)
        {
            RlimitSpec limit = limits[at];
            plan.At("/process/rlimits", at);
            Span<ulong> pair = [limit.Soft, limit.Hard];
            plan.Call("set the limit", limit.Type, Sys.prlimit64, 0, RlimitNames.Number(limit.Type), plan.Bytes(MemoryMarshal.AsBytes(pair)), 0);
        }

        plan.At(string.Empty);
    }
}
