using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The container's root: attached, moved into, closed behind. config.md#root, pivot_root(2).</summary>
internal static class RootChapter
{
    /// <summary>
    /// The root comes as a detached mount, made by the host of the bundle's rootfs: no path of it is resolved here. It is
    /// stacked upon "/", which is the one place that every mount namespace has.
    /// </summary>
    internal static void Begin(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        long propagation = Propagation(context.Spec.Linux?.RootfsPropagation);
        plan.At("/linux/rootfsPropagation");

        // Slave even for "shared": no mount of the container's set-up may show on the host. What was asked holds in the end.
        PlanData top = plan.Text("/");
        context.SetAttributes("cut the propagation to the host", "/", AT_FDCWD, top, 0, 0, propagation == MS_PRIVATE ? MS_PRIVATE : MS_SLAVE, recursive: true);
        plan.At("/root/path");

        // pivot_root wants the mount below the new root to be private.
        context.SetAttributes("make the old root private", "/", AT_FDCWD, top, 0, 0, MS_PRIVATE, recursive: false);
        context.SetAttributes("set the propagation of the root", context.Spec.Root!.Path, context.Descriptors.Root, 0, 0, propagation == MS_SHARED ? MS_SHARED : propagation, recursive: true);
        plan.Call("attach the root", context.Spec.Root.Path, Sys.move_mount, context.Descriptors.Root, context.Empty, AT_FDCWD, top, MOVE_MOUNT_F_EMPTY_PATH);
        plan.Do("take the root", context.Spec.Root.Path, PlanCode.Target, context.Descriptors.Root, plan.Text("."), (int)PlanTarget.Existing).Into(plan, context.Root);

        // Mount points, devices and links get the mode that they are given.
        plan.Call("set the file mode mask", null, Sys.umask, 0);
    }

    /// <summary>Makes the root the only file system in reach: pivot_root onto itself, then the old root goes.</summary>
    internal static void Pivot(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        plan.At("/root/path");
        plan.Call("enter the root", null, Sys.fchdir, context.Root);
        PlanData here = plan.Text(".");
        if (context.Request.NoPivot)
        {
            // The stack upon "/" is already what a moved mount would be; only this process' root is still below it.
            plan.Call("change the root", null, Sys.chroot, here);
        }
        else
        {
            plan.Call("change the root", null, Sys.pivot_root, here, here);
            plan.Call("leave the old root", null, Sys.umount2, here, MNT_DETACH);
        }

        plan.Call("go to the root", null, Sys.chdir, plan.Text("/"));
    }

    /// <summary>What was put off until nothing is made in the root any more: its propagation and read-only.</summary>
    internal static void End(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        long propagation = Propagation(context.Spec.Linux?.RootfsPropagation);
        if (propagation is MS_SHARED or MS_UNBINDABLE)
        {
            plan.At("/linux/rootfsPropagation");
            context.SetAttributes("set the propagation of the root", null, context.Root, 0, 0, propagation, recursive: false);
        }

        if (context.Spec.Root!.Readonly == true)
        {
            plan.At("/root/readonly");
            context.SetAttributes("make the root read-only", null, context.Root, MOUNT_ATTR_RDONLY, 0, 0, recursive: false);
        }
    }

    private static long Propagation(string? word) => word switch
    {
        "shared" or "rshared" => MS_SHARED,
        "private" or "rprivate" => MS_PRIVATE,
        "unbindable" or "runbindable" => MS_UNBINDABLE,
        _ => MS_SLAVE,
    };
}
