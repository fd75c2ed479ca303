using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// A procfs of our own that is attached nowhere, for kernel parameters and labels: on a path, something else than procfs could stand, and a
/// container's mounts could lead a write elsewhere. CVE-2019-16884, CVE-2025-52881.
/// </summary>
internal static class ProcChapter
{
    private const string Subject = "a private /proc";

    /// <summary>
    /// Opens it where something will be written through it. While still outside: a user namespace makes a procfs only where it owns the process
    /// namespace and sees a /proc with nothing masked. What is written there is the writer's own, in whichever namespace he is. user_namespaces(7)
    /// </summary>
    internal static void Open(PlanContext context)
    {
        string? place = context.Spec.Linux is { Sysctl.Length: > 0 } ? "/linux/sysctl" : LabelsChapter.Place(context.Process);
        if (place is not null)
        {
            context.Plan.At(place);
            context.Proc = Make(context);
            context.Plan.At(string.Empty);
        }
    }

    /// <summary>Closes what <see cref="Open"/> opened.</summary>
    internal static void Close(PlanContext context)
    {
        if (context.Proc is { } proc)
        {
            context.Close(proc);
            context.Proc = null;
        }
    }

    /// <summary>A procfs that is attached nowhere; whoever asks closes it.</summary>
    internal static PlanRegister Make(PlanContext context)
    {
        PlanRegister proc = context.Plan.NewRegister();
        FileSystemChapter.Make(context, "proc", null, Subject, MountOptions.Parse("proc", null));
        context.Plan.Call("open", Subject, Sys.fcntl, context.Mount, F_DUPFD_CLOEXEC, 0).Into(context.Plan, proc);
        context.Close(context.Mount);
        return proc;
    }
}
