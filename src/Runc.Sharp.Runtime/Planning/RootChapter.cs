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

        // A shared volume can be bound into a shared root only: then the ties stay, and each bind that does not ask for them is cut by itself.
        PlanData top = plan.Text("/");
        if (propagation != MS_SHARED)
        {
            context.SetAttributes("cut the propagation to the host", "/", AT_FDCWD, top, 0, 0, propagation == MS_PRIVATE ? MS_PRIVATE : MS_SLAVE, recursive: true);
        }

        plan.At("/root/path");

        // pivot_root wants both roots to be no part of a shared group, and what is unbindable cannot be copied for readonlyPaths:
        // until the end the root is private then. No mount of the container's set-up shows on the host.
        context.SetAttributes("make the old root private", "/", AT_FDCWD, top, 0, 0, MS_PRIVATE, recursive: false);
        context.SetAttributes("set the propagation of the root", context.Spec.Root!.Path, context.Descriptors.Root, 0, 0, propagation == MS_SLAVE ? MS_SLAVE : MS_PRIVATE, recursive: true);
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
            bool shared = Propagation(context.Spec.Linux?.RootfsPropagation) == MS_SHARED;
            if (shared)
            {
                plan.Call("open the old root", null, Sys.openat, AT_FDCWD, plan.Text("/"), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Work);
            }

            plan.Call("change the root", null, Sys.pivot_root, here, here);
            if (shared)
            {
                // Its mounts are the host's peers yet: to unmount them here would unmount them there.
                context.SetAttributes("cut the propagation to the host", "the old root", context.Work, 0, 0, MS_SLAVE, recursive: true);
                context.Close(context.Work);
            }

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

    /// <summary>MS_SHARED, MS_PRIVATE, MS_UNBINDABLE, or MS_SLAVE, which is the default. The words with r- mean the same: it is the root's alone.</summary>
    internal static long Propagation(string? word) => word switch
    {
        "shared" or "rshared" => MS_SHARED,
        "private" or "rprivate" => MS_PRIVATE,
        "unbindable" or "runbindable" => MS_UNBINDABLE,
        _ => MS_SLAVE,
    };
}
