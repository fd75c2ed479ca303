using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// The way into cgroups that are not those of a clone: the shim goes before it clones, init itself through <see cref="HostFacts.LateEntries"/>. A lone
/// thread that moves itself does not wait for a grace period of the kernel, as moving another process does. cgroups(7)
/// </summary>
internal static class CgroupEntryChapter
{
    /// <summary>How the step is called that enters a cgroup.</summary>
    internal const string Act = "enter the cgroup of";

    /// <summary>Enters what is not entered late, and opens the rest: from within the container's namespaces the files are out of reach.</summary>
    /// <returns>The opened files of <see cref="HostFacts.LateEntries"/>, in the order of the entries.</returns>
    internal static ImmutableArray<(string Path, PlanRegister File)> Enter(PlanContext context)
    {
        if (context.Facts.CgroupEntries.IsEmpty)
        {
            return [];
        }

        PlanBuilder plan = context.Plan;
        PlanData self = plan.Text("0");
        var late = ImmutableArray.CreateBuilder<(string, PlanRegister)>(context.Facts.LateEntries.Length);
        foreach (string path in context.Facts.CgroupEntries)
        {
            bool isLate = context.Facts.LateEntries.Contains(path);
            PlanRegister file = isLate ? plan.NewRegister() : context.Work;
            plan.Call("open", path, Sys.openat, AT_FDCWD, plan.Text(path), O_WRONLY | O_CLOEXEC).Into(plan, file);
            if (isLate)
            {
                late.Add((path, file));
            }
            else
            {
                Write(context, path, file, self);
            }
        }

        return late.DrainToImmutable();
    }

    /// <summary>Init's part.</summary>
    internal static void EnterLate(PlanContext context, ImmutableArray<(string Path, PlanRegister File)> opened)
    {
        PlanData self = context.Plan.Text("0");
        foreach ((string path, PlanRegister file) in opened)
        {
            Write(context, path, file, self);
        }
    }

    private static void Write(PlanContext context, string path, PlanRegister file, PlanData self)
    {
        context.Plan.Call(Act, path, Sys.write, file, self, 1);
        context.Close(file);
    }
}
