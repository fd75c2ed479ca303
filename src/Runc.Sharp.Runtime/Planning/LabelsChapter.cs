using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What the security module will make of the program. config.md#linux-process.</summary>
internal static class LabelsChapter
{
    private const string AppArmorFile = "thread-self/attr/apparmor/exec";
    private const string OldFile = "thread-self/attr/exec";

    /// <summary>
    /// The profile takes effect at the program's execve. Written through a procfs of our own that is attached nowhere: on a path, something
    /// else than procfs could stand. CVE-2019-16884, CVE-2025-52881.
    /// </summary>
    internal static void Add(PlanContext context)
    {
        if (context.Process?.ApparmorProfile is not { Length: > 0 } profile)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        plan.At("/process/apparmorProfile");
        PlanRegister proc = SettingsChapter.PrivateProc(context);
        int open = Open(context, proc, AppArmorFile).Tolerating(plan, Errno.ENOENT);
        int found = plan.Do("go on with", profile, PlanCode.Branch, 0, 0);
        plan.JumpFrom(open);
        Open(context, proc, OldFile); // before Linux 5.8 all modules shared one file
        plan.JumpFrom(found);
        string text = "exec " + profile;
        plan.Call("ask for the profile", profile, Sys.write, context.Work, plan.Text(text), Encoding.UTF8.GetByteCount(text));
        context.Close(context.Work);
        context.Close(proc);
        plan.At(string.Empty);
    }

    private static int Open(PlanContext context, PlanRegister proc, string file) =>
        context.Plan.Call("open", file, Sys.openat2, proc, context.Plan.Text(file), context.OpenHow(O_WRONLY, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV), 24).Into(context.Plan, context.Work);
}
