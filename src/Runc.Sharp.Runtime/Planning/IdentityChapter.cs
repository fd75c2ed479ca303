using System;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Who the program is and what it may do. config.md#user, config.md#linux-process, capabilities(7).</summary>
internal static class IdentityChapter
{
    internal static void Add(PlanContext context)
    {
        if (context.Process is not { } process)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanRegister entered = WorkingDirectory(context, process);
        if (process.NoNewPrivileges == true)
        {
            plan.At("/process/noNewPrivileges");
            plan.Call("give up new privileges", null, Sys.prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
        }

        CapabilitySets sets = Sets(context, process);
        plan.At("/process/capabilities/bounding");
        plan.Do("drop from the bounding set", null, PlanCode.EachBit, (long)(~sets.Bounding & AllBits(context)), PR_CAPBSET_DROP, -1);
        User(context, process);
        plan.At("/process/capabilities");

        // Without no_new_privs the filter needs CAP_SYS_ADMIN; it is kept until the filter is loaded, at the last moment.
        bool keeps = LoadsPrivileged(context);
        SetCapabilities(context, sets, keeps ? Capabilities.SysAdmin : 0);
        if (!keeps)
        {
            Ambient(context, sets);
        }

        plan.At(string.Empty);
        plan.Call("die with an uncommitted host process", null, Sys.prctl, PR_SET_PDEATHSIG, SIGKILL); // a change of ids cleared it
        EnterAsUser(context, process, entered);
    }

    internal static bool LoadsPrivileged(PlanContext context) =>
        (context.Spec.Linux?.Seccomp is not null || context.Filter is not null) && context.Process is { NoNewPrivileges: not true };

    /// <summary>The second half, after a privileged load of the filter.</summary>
    internal static void GiveUpTheRest(PlanContext context)
    {
        CapabilitySets sets = Sets(context, context.Process!);
        context.Plan.At("/process/capabilities");
        SetCapabilities(context, sets, 0);
        Ambient(context, sets);
    }

    private static ulong AllBits(PlanContext context) => ulong.MaxValue >> (63 - context.Facts.LastCapability);

    private static CapabilitySets Sets(PlanContext context, ProcessSpec process)
    {
        ulong possible = context.HasUserNamespace ? AllBits(context) : context.Facts.Capabilities & AllBits(context);
        CapabilitiesSpec? asked = process.Capabilities;
        ulong permitted = Capabilities.Set(asked?.Permitted, possible, context.Warnings);
        ulong inheritable = Capabilities.Set(asked?.Inheritable, possible, context.Warnings);
        ulong ambient = Capabilities.Set(asked?.Ambient, possible, context.Warnings);
        return new CapabilitySets(
            Capabilities.Set(asked?.Bounding, possible, context.Warnings),
            Capabilities.Set(asked?.Effective, possible, context.Warnings),
            permitted,
            inheritable,
            ambient & permitted & inheritable); // the kernel refuses the others; runc spec's own default lists some
    }

    private static void User(PlanContext context, ProcessSpec process)
    {
        PlanBuilder plan = context.Plan;
        UserSpec? user = process.User;
        ImmutableArray<uint> groups = user?.AdditionalGids is { IsDefault: false } additional ? additional : [];
        plan.At("/process/user");
        plan.Call("set the file mode mask", null, Sys.umask, (long)(user?.Umask ?? 0x12));
        plan.Call("keep the capabilities for now", null, Sys.prctl, PR_SET_KEEPCAPS, 1);
        plan.At("/process/user/additionalGids");
        plan.Call("set the additional groups", null, Sys.setgroups, groups.Length, plan.Bytes(MemoryMarshal.AsBytes(groups.AsSpan())));
        plan.At("/process/user/gid");
        plan.Call("become the group", null, Sys.setresgid, (long)(user?.Gid ?? 0), (long)(user?.Gid ?? 0), (long)(user?.Gid ?? 0));
        plan.At("/process/user/uid");
        plan.Call("become the user", null, Sys.setresuid, (long)(user?.Uid ?? 0), (long)(user?.Uid ?? 0), (long)(user?.Uid ?? 0));
        plan.Call("keep the capabilities no longer", null, Sys.prctl, PR_SET_KEEPCAPS, 0);
    }

    /// <summary>capset(2), version 3: effective, permitted, inheritable; the low words, then the high ones.</summary>
    private static void SetCapabilities(PlanContext context, CapabilitySets sets, ulong more)
    {
        PlanBuilder plan = context.Plan;
        ulong effective = sets.Effective | more;
        ulong permitted = sets.Permitted | more;
        Span<uint> header = [0x20080522, 0];
        Span<uint> data =
        [
            (uint)effective, (uint)permitted, (uint)sets.Inheritable,
            (uint)(effective >> 32), (uint)(permitted >> 32), (uint)(sets.Inheritable >> 32),
        ];
        plan.Call("set the capabilities", null, Sys.capset, plan.Bytes(MemoryMarshal.AsBytes(header)), plan.Bytes(MemoryMarshal.AsBytes(data)));
    }

    private static void Ambient(PlanContext context, CapabilitySets sets)
    {
        if (sets.Ambient != 0)
        {
            context.Plan.At("/process/capabilities/ambient");
            context.Plan.Do("raise the ambient capabilities that are permitted and inheritable", null, PlanCode.EachBit, (long)sets.Ambient, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE);
        }
    }

    /// <summary>Opens the working directory, and makes it where it is missing, while the root can be written yet.</summary>
    internal static void OpenWorkingDirectory(PlanContext context)
    {
        if (context.Process is { } process)
        {
            context.WorkingDirectory = context.Plan.NewRegister();
            context.Plan.At("/process/cwd");
            context.Plan.Do("open the working directory", process.Cwd, PlanCode.Target, context.Root, context.Plan.Text(process.Cwd), (int)PlanTarget.Directory).Into(context.Plan, context.WorkingDirectory);
        }
    }

    /// <summary>
    /// The directory is opened once, inside the root and through no magic link, and made where it is missing, as runc does.
    /// It is entered with the host's rights first: a user may be given a directory that he could not enter himself.
    /// </summary>
    private static PlanRegister WorkingDirectory(PlanContext context, ProcessSpec process)
    {
        PlanBuilder plan = context.Plan;
        PlanRegister entered = plan.NewRegister();
        plan.At("/process/cwd");
        if (context.Joins)
        {
            // Of a container that runs: its processes may have put anything in the directory's place, but no way out. CVE-2024-21626.
            int opened = plan.Call("open the working directory", process.Cwd, Sys.openat2, AT_FDCWD, plan.Text(process.Cwd), context.OpenHow(O_PATH | O_DIRECTORY, RESOLVE_NO_MAGICLINKS), 24).Into(plan, context.Work).Tolerating(plan, Errno.EACCES, Errno.EPERM);
            plan.Call("enter the working directory", process.Cwd, Sys.fchdir, context.Work).Into(plan, entered).Tolerating(plan, Errno.EACCES, Errno.EPERM);
            context.Close(context.Work);
            plan.JumpFrom(opened);
        }
        else if (context.HasMountNamespace)
        {
            plan.Call("enter the working directory", process.Cwd, Sys.fchdir, context.WorkingDirectory).Into(plan, entered).Tolerating(plan, Errno.EACCES, Errno.EPERM);
        }
        else
        {
            plan.Call("enter the working directory", process.Cwd, Sys.chdir, plan.Text(process.Cwd)).Into(plan, entered).Tolerating(plan, Errno.EACCES, Errno.EPERM);
        }

        return entered;
    }

    private static void EnterAsUser(PlanContext context, ProcessSpec process, PlanRegister entered)
    {
        PlanBuilder plan = context.Plan;
        plan.At("/process/cwd");
        int done = plan.Do("see whether the directory was entered", process.Cwd, PlanCode.Branch, entered, 0);
        plan.Call("enter the working directory", process.Cwd, Sys.chdir, plan.Text(process.Cwd));
        plan.JumpFrom(done);
        plan.Do("see that the working directory is inside the container", process.Cwd, PlanCode.CheckWorkingDirectory);
    }

    private readonly record struct CapabilitySets(ulong Bounding, ulong Effective, ulong Permitted, ulong Inheritable, ulong Ambient);
}
