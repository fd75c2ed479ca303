using System;
using System.Globalization;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Scheduling, input/output priority and processors of the process. config.md#linux-process.</summary>
internal static class SchedulingChapter
{
    private const int MaxProcessors = 1 << 16;

    /// <summary>Where the process still has the host's rights: most policies need CAP_SYS_NICE.</summary>
    internal static void Add(PlanContext context)
    {
        if (context.Process?.Scheduler is { } scheduler)
        {
            context.Plan.At("/process/scheduler");
            context.Plan.Call("set the scheduling policy", scheduler.Policy, Sys.sched_setattr, 0, Attributes(context.Plan, scheduler), 0);
        }

        if (context.Process?.IoPriority is { } priority)
        {
            int kind = priority.Class switch { "IOPRIO_CLASS_RT" => 1, "IOPRIO_CLASS_BE" => 2, _ => 3 };
            context.Plan.At("/process/ioPriority");
            context.Plan.Call("set the input/output priority", priority.Class, Sys.ioprio_set, 1, 0, (kind << 13) | priority.Priority); // IOPRIO_WHO_PROCESS
        }

        context.Plan.At(string.Empty);
    }

    /// <summary>Processors of a process that joins, until it is in its cgroups.</summary>
    internal static void AddInitialAffinity(PlanContext context) => Affinity(context, context.Process?.ExecCpuAffinity?.Initial, "/process/execCPUAffinity/initial");

    /// <summary>Its processors from then on.</summary>
    internal static void AddFinalAffinity(PlanContext context) => Affinity(context, context.Process?.ExecCpuAffinity?.Final, "/process/execCPUAffinity/final");

    /// <summary>The processors of a list such as 0-3,7, bit n of the bytes for processor n. cpuset(7), list format.</summary>
    internal static byte[] Mask(string list, string place)
    {
        var mask = new byte[128];
        foreach (Range part in list.AsSpan().Split(','))
        {
            ReadOnlySpan<char> range = list.AsSpan(part).Trim();
            int dash = range.IndexOf('-');
            int first = Number(dash < 0 ? range : range[..dash], place);
            int last = dash < 0 ? first : Number(range[(dash + 1)..], place);
            if (last >= mask.Length * 8)
            {
                Array.Resize(ref mask, (last / 64 * 8) + 8);
            }

            for (int processor = first; processor <= last; processor++)
            {
                mask[processor >> 3] |= (byte)(1 << (processor & 7));
            }
        }

        return mask;
    }

    private static void Affinity(PlanContext context, string? list, string place)
    {
        if (string.IsNullOrEmpty(list))
        {
            return;
        }

        byte[] mask = Mask(list, place);
        context.Plan.At(place);
        context.Plan.Call("run on the processors", list, Sys.sched_setaffinity, 0, mask.Length, context.Plan.Bytes(mask));
        context.Plan.At(string.Empty);
    }

    private static int Number(ReadOnlySpan<char> text, string place) =>
        int.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < MaxProcessors
            ? number
            : throw new RuntimeException(place, string.Concat("'", text.ToString(), "' is no processor's number"));

    /// <summary>struct sched_attr in its first size. sched_setattr(2).</summary>
    private static PlanData Attributes(PlanBuilder plan, SchedulerSpec scheduler)
    {
        Span<ulong> attributes =
        [
            48 | ((ulong)Policy(scheduler.Policy) << 32),
            Flags(scheduler),
            (uint)(scheduler.Nice ?? 0) | ((ulong)(uint)(scheduler.Priority ?? 0) << 32),
            scheduler.Runtime ?? 0,
            scheduler.Deadline ?? 0,
            scheduler.Period ?? 0,
        ];
        return plan.Bytes(MemoryMarshal.AsBytes(attributes));
    }

    private static int Policy(string name) => name switch
    {
        "SCHED_FIFO" => 1,
        "SCHED_RR" => 2,
        "SCHED_BATCH" => 3,
        "SCHED_ISO" => 4,
        "SCHED_IDLE" => 5,
        "SCHED_DEADLINE" => 6,
        _ => 0,
    };

    private static ulong Flags(SchedulerSpec scheduler)
    {
        ulong flags = 0;
        foreach (string flag in scheduler.Flags ?? [])
        {
            flags |= flag switch
            {
                "SCHED_FLAG_RESET_ON_FORK" => 1UL,
                "SCHED_FLAG_RECLAIM" => 2,
                "SCHED_FLAG_DL_OVERRUN" => 4,
                "SCHED_FLAG_KEEP_POLICY" => 8,
                "SCHED_FLAG_KEEP_PARAMS" => 0x10,
                "SCHED_FLAG_UTIL_CLAMP_MIN" => 0x20,
                _ => 0x40UL,
            };
        }

        return flags;
    }
}
