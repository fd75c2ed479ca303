using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// What the security module will make of the program. config.md#linux-process. Written through <see cref="ProcChapter"/>'s procfs.
/// </summary>
internal static class LabelsChapter
{
    /// <summary>How the steps are called that ask for a profile, and for a label.</summary>
    internal const string ProfileAct = "ask for the profile";

    /// <inheritdoc cref="ProfileAct"/>
    internal const string LabelAct = "ask for the label";

    private const string AppArmorFile = "thread-self/attr/apparmor/exec";
    private const string ExecFile = "thread-self/attr/exec";
    private const string KeyFile = "thread-self/attr/keycreate";
    private const string ProfilePlace = "/process/apparmorProfile";
    private const string LabelPlace = "/process/selinuxLabel";

    /// <summary>The profile and the label take effect at the program's execve; a clone before it hands them on.</summary>
    internal static void Add(PlanContext context)
    {
        string? profile = Given(context.Process?.ApparmorProfile);
        string? label = Given(context.Process?.SelinuxLabel);
        if (profile is null && label is null)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanRegister proc = context.Proc!.Value;
        if (profile is not null)
        {
            plan.At(ProfilePlace);
            int open = Open(context, proc, AppArmorFile).Tolerating(plan, Errno.ENOENT);
            int found = plan.Do("go on with", profile, PlanCode.Branch, 0, 0);
            plan.JumpFrom(open);
            Open(context, proc, ExecFile); // before Linux 5.8 all modules shared one file
            plan.JumpFrom(found);
            Write(context, ProfileAct, profile, "exec " + profile);
        }

        if (label is not null)
        {
            plan.At(LabelPlace);
            Open(context, proc, ExecFile);
            Write(context, LabelAct, label, label);
        }

        plan.At(string.Empty);
    }

    /// <summary>
    /// The session keyring gets the program's label: with the runtime's, the program could not use it. A clone hands it on, and the
    /// program's execve ends it.
    /// </summary>
    internal static void AddForKeys(PlanContext context)
    {
        if (context.Request.NoNewKeyring || Given(context.Process?.SelinuxLabel) is not { } label)
        {
            return;
        }

        context.Plan.At(LabelPlace);
        Open(context, context.Proc!.Value, KeyFile);
        Write(context, LabelAct, label, label);
        context.Plan.At(string.Empty);
    }

    /// <summary>
    /// The label of the mounts, by which the program's label may use a new file system. The kernel labels the files of /proc, /sys and of cgroups
    /// itself, and mqueue's root takes its label only once it is mounted. config-linux.md#mount-label
    /// </summary>
    /// <returns>The label that is an option of the file system; null where it takes none.</returns>
    internal static string? OfMount(PlanContext context, string type, MountOptions options)
    {
        if (type is "proc" or "sysfs" or "cgroup" or "cgroup2" or "mqueue" || Given(context.Spec.Linux?.MountLabel) is not { } label)
        {
            return null;
        }

        foreach (string option in options.Data)
        {
            if (option.StartsWith("context=", System.StringComparison.Ordinal))
            {
                return null; // the document's own is the narrower one
            }
        }

        return label;
    }

    /// <summary>Whether <see cref="AddToQueues"/> labels a file system of this type: until then it must be writable.</summary>
    internal static bool LabelsQueues(PlanContext context, string? type) => type == "mqueue" && Given(context.Spec.Linux?.MountLabel) is not null;

    /// <summary>Labels the root of a detached mqueue. mq_overview(7).</summary>
    internal static void AddToQueues(PlanContext context, string type, string destination)
    {
        if (!LabelsQueues(context, type) || context.Spec.Linux?.MountLabel is not { } label)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        plan.Call("open", destination, Sys.openat, context.Mount, plan.Text("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Work);
        plan.Call(MountAct(label), destination, Sys.fsetxattr, context.Work, plan.Text("security.selinux"), plan.Text(label), Encoding.UTF8.GetByteCount(label) + 1, 0);
        context.Close(context.Work);
    }

    /// <summary>How the step is called that labels a mount.</summary>
    internal static string MountAct(string label) => string.Concat("set the label ", label, " of");

    /// <summary>Where the process asks for a profile or a label; null where it asks for neither.</summary>
    internal static string? Place(ProcessSpec? process) =>
        Given(process?.ApparmorProfile) is not null ? ProfilePlace : Given(process?.SelinuxLabel) is not null ? LabelPlace : null;

    private static string? Given(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static int Open(PlanContext context, PlanRegister proc, string file) =>
        context.Plan.Call("open", file, Sys.openat2, proc, context.Plan.Text(file), context.OpenHow(O_WRONLY, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV), 24).Into(context.Plan, context.Work);

    private static void Write(PlanContext context, string act, string subject, string text)
    {
        context.Plan.Call(act, subject, Sys.write, context.Work, context.Plan.Text(text), Encoding.UTF8.GetByteCount(text));
        context.Close(context.Work);
    }
}
