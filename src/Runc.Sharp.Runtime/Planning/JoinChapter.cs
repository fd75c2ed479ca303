using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>From the shim's first instruction into a container that exists, and at last to the program.</summary>
internal static class JoinChapter
{
    /// <summary>
    /// All namespaces in one call by init's pidfd: no path is resolved, no other process that got the number is met, and the kernel joins all or
    /// none. setns(2), Linux 5.8. Only then a process of the container's pid namespace is born: its processes never see one that still has
    /// the host's root or working directory.
    /// </summary>
    internal static void Add(PlanContext context, ExecPlanRequest request)
    {
        PlanBuilder plan = context.Plan;
        CloseStrangers(context, request);
        CgroupEntryChapter.Enter(context);
        bool apart = ExecPlanner.JoinsCgroupNamespaceApart(request.BornInCgroup, request.Namespaces);
        long together = apart ? request.Namespaces & ~CLONE_NEWCGROUP : request.Namespaces;
        if (together != 0)
        {
            plan.Call("join the namespaces of the container", null, Sys.setns, context.Descriptors.Namespace(ExecPlanner.InitAt), together);
        }

        plan.Do("clone the process into the container", null, PlanCode.Clone, 0, request.BornInCgroup ? context.Descriptors.Namespace(ExecPlanner.CgroupAt) : -1);
        plan.Call("die with the host process", null, Sys.prctl, PR_SET_PDEATHSIG, SIGKILL);
        if (context.Facts.PlacedOnceBorn)
        {
            // Not by itself: for an instant the container could take the descriptor of the cgroup's file from it.
            plan.Do("wait for the cgroups", null, PlanCode.Await, (int)PlanStage.Placed, 0, 0);
        }

        if (apart)
        {
            // From inside the namespace the way into the cgroup would be barred: it must not be entered from outside. cgroup v2, nsdelegate.
            plan.Call("join the cgroup namespace of the container", null, Sys.setns, context.Descriptors.Namespace(ExecPlanner.CgroupNamespaceAt), CLONE_NEWCGROUP);
        }

        // Nothing of these is for the program, nor for a working directory below /proc/self/fd.
        plan.Call("close", null, Sys.close_range, context.Descriptors.Namespace(ExecPlanner.InitAt), uint.MaxValue, 0);
        if ((request.Namespaces & CLONE_NEWUSER) != 0)
        {
            BirthChapter.BecomeRoot(context);
        }

        plan.Call("begin a session", null, Sys.setsid);
        if (!context.Request.NoNewKeyring)
        {
            BirthChapter.NewKeyring(context);
        }
    }

    /// <summary>What the caller of csrunc left open is closed, not only marked: a container with CAP_SYS_PTRACE could take it from a newborn process.</summary>
    private static void CloseStrangers(PlanContext context, ExecPlanRequest request)
    {
        int others = !request.BornInCgroup ? 1 : ExecPlanner.JoinsCgroupNamespaceApart(request.BornInCgroup, request.Namespaces) ? 3 : 2;
        context.Plan.Call("close what was inherited", null, Sys.close_range, context.Descriptors.Gate, context.Descriptors.Root, 0);
        context.Plan.Call("close what was inherited", null, Sys.close_range, context.Descriptors.Namespace(others), uint.MaxValue, 0);
    }

    /// <summary>Without a stop: what the caller asks of the process has been done, or is done beside it.</summary>
    internal static void Execute(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        ProcessSpec process = context.Process!;
        PlanRegister program = plan.NewRegister();
        List<string> variables = ProgramChapter.Environment(context, process);
        PlanData environment = ProgramChapter.Environment(context, process, variables);
        ImmutableArray<string> args = process.Args is { IsDefault: false } given ? given : [];
        plan.At("/process/args");
        PlanData arguments = HooksChapter.Texts(plan, args);
        ProgramChapter.Find(context, args[0], variables, program);
        PlanData filter = context.Filter is { } seccomp ? ProgramChapter.Encode(plan, seccomp) : default;
        plan.At(string.Empty);
        plan.Call("stay hidden", null, Sys.prctl, PR_SET_DUMPABLE, 0); // a change of ids shows it where fs.suid_dumpable says so. proc_sys_fs(5)
        plan.Call("live on without the host process", null, Sys.prctl, PR_SET_PDEATHSIG, 0);
        plan.Do("tell that only the program is missing", null, PlanCode.Tell, (int)PlanStage.Ready, 0);
        plan.Call("let no further descriptor through", null, Sys.close_range, context.Descriptors.First, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
        ProgramChapter.Load(context, context.Filter, filter);
        plan.At("/process/args");
        plan.Call("exec", args[0], Sys.execve, program, arguments, environment);
    }
}
