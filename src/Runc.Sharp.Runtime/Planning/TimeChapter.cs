using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The clocks of a time namespace. config-linux.md#offset-for-time-namespace, time_namespaces(7).</summary>
internal static class TimeChapter
{
    /// <summary>
    /// Offsets hold from the first process on, so they are set before there is one: the shim makes the namespace for its children, sets its
    /// clocks through the host's own /proc, and init is born into it.
    /// </summary>
    /// <returns>Whether the namespace is made here, and not by the clone.</returns>
    internal static bool Add(PlanContext context)
    {
        if (context.Spec.Linux is not { TimeOffsets.Length: > 0 } linux || !context.HasNew(CLONE_NEWTIME))
        {
            return false;
        }

        PlanBuilder plan = context.Plan;
        plan.At("/linux/namespaces");
        plan.Call("make the time namespace", null, Sys.unshare, CLONE_NEWTIME);
        plan.At("/linux/timeOffsets");
        var lines = new StringBuilder();
        foreach (KeyValuePair<string, TimeOffsetSpec> offset in linux.TimeOffsets)
        {
            lines.Append(CultureInfo.InvariantCulture, $"{offset.Key} {offset.Value.Secs} {offset.Value.Nanosecs}\n");
        }

        string text = lines.ToString();
        plan.Call("open", "/proc/self/timens_offsets", Sys.openat, AT_FDCWD, plan.Text("/proc/self/timens_offsets"), O_WRONLY | O_CLOEXEC).Into(plan, context.Work);
        plan.Call("set the clocks", null, Sys.write, context.Work, plan.Text(text), text.Length);
        context.Close(context.Work);
        return true;
    }
}
