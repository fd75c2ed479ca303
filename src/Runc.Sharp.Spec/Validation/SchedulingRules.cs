using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Scheduling, input/output priority and affinity of the process. Spec: config.md#linux-process; sched_setattr(2), ioprio_set(2).</summary>
internal static class SchedulingRules
{
    internal static void Check(ProcessSpec process, string at, Report report)
    {
        if (process.Scheduler is { } scheduler)
        {
            CheckScheduler(scheduler, at + "/scheduler", report);
        }

        if (process.IoPriority is { } priority)
        {
            if (priority.Class is not ("IOPRIO_CLASS_RT" or "IOPRIO_CLASS_BE" or "IOPRIO_CLASS_IDLE"))
            {
                report.Error("IOPriorityClass", at + "/ioPriority/class", "must be IOPRIO_CLASS_RT, IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE, is " + Text.Quote(priority.Class));
            }

            if (priority.Priority is < 0 or > 7)
            {
                report.Error("IOPriorityRange", at + "/ioPriority/priority", Text.Join("must be 0 to 7, is ", priority.Priority, string.Empty));
            }
        }

        CheckList(process.ExecCpuAffinity?.Initial, at + "/execCPUAffinity/initial", report);
        CheckList(process.ExecCpuAffinity?.Final, at + "/execCPUAffinity/final", report);
    }

    private static void CheckList(string? list, string at, Report report)
    {
        if (list is not null && !Shape.IsNumberList(list))
        {
            report.Error("ExecCPUAffinityFormat", at, "must be a list of processors such as 0-3,7, is " + Text.Quote(list));
        }
    }

    private static void CheckScheduler(SchedulerSpec scheduler, string at, Report report)
    {
        string policy = scheduler.Policy;
        if (policy is not ("SCHED_OTHER" or "SCHED_FIFO" or "SCHED_RR" or "SCHED_BATCH" or "SCHED_ISO" or "SCHED_IDLE" or "SCHED_DEADLINE"))
        {
            report.Error("SchedulerPolicy", at + "/policy", "must be a policy of sched(7) such as SCHED_OTHER, is " + Text.Quote(policy));
            return;
        }

        if (scheduler.Nice is < -20 or > 19)
        {
            report.Error("SchedulerNiceRange", at + "/nice", Text.Join("must be -20 to 19, is ", scheduler.Nice.Value, string.Empty));
        }

        int priority = scheduler.Priority ?? 0;
        bool isRealtime = policy is "SCHED_FIFO" or "SCHED_RR";
        if (isRealtime && priority is < 1 or > 99)
        {
            report.Error("SchedulerPriorityRange", at + "/priority", Text.Join("must be 1 to 99 for " + policy + ", is ", priority, string.Empty));
        }
        else if (!isRealtime && priority != 0)
        {
            report.Error("SchedulerPriorityPolicy", at + "/priority", "can only be given for SCHED_FIFO and SCHED_RR");
        }

        ImmutableArray<string> flags = scheduler.Flags ?? [];
        for (int i = 0; i < flags.Length; i++)
        {
            if (flags[i] is not ("SCHED_FLAG_RESET_ON_FORK" or "SCHED_FLAG_RECLAIM" or "SCHED_FLAG_DL_OVERRUN" or "SCHED_FLAG_KEEP_POLICY"
                or "SCHED_FLAG_KEEP_PARAMS" or "SCHED_FLAG_UTIL_CLAMP_MIN" or "SCHED_FLAG_UTIL_CLAMP_MAX"))
            {
                report.Error("SchedulerFlag", Place.At(at + "/flags", i), "must be a flag of sched_setattr(2), is " + Text.Quote(flags[i]));
            }
        }

        CheckDeadline(scheduler, at, report);
    }

    /// <summary>The kernel wants 0 &lt; runtime ≤ deadline ≤ period, where a period of 0 is the deadline. sched(7).</summary>
    private static void CheckDeadline(SchedulerSpec scheduler, string at, Report report)
    {
        ulong runtime = scheduler.Runtime ?? 0;
        ulong deadline = scheduler.Deadline ?? 0;
        ulong period = scheduler.Period ?? 0;
        if (scheduler.Policy != "SCHED_DEADLINE")
        {
            if ((runtime | deadline | period) != 0)
            {
                report.Error("SchedulerDeadlinePolicy", at, "runtime, deadline and period can only be given for SCHED_DEADLINE");
            }
        }
        else if (runtime == 0 || runtime > deadline || (period != 0 && deadline > period))
        {
            report.Error("SchedulerDeadlineOrder", at, "must have a runtime above 0, a deadline not below it, and a period not below the deadline");
        }
    }
}
