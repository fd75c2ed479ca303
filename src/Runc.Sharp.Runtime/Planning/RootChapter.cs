using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The container's root: attached, moved into, closed behind. config.md#root, pivot_root(2).</summary>
internal static class RootChapter
{
    private const string AttachAct = "attach the root";

    /// <summary>
    /// The root comes as a detached mount, made by the host of the bundle's rootfs: what it is hangs on no path that is resolved here.
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

        // pivot_root(2) wants what holds the new root to be no part of a shared group, and what is unbindable cannot be copied for
        // readonlyPaths: until the end the root is private then. No mount of the container's set-up shows on the host.
        context.SetAttributes("set the propagation of the root", context.Spec.Root!.Path, context.Descriptors.Root, 0, 0, propagation == MS_SLAVE ? MS_SLAVE : MS_PRIVATE, recursive: true);
        Attach(context, top, propagation == MS_SHARED);
        plan.Do("take the root", context.Spec.Root.Path, PlanCode.Target, context.Descriptors.Root, plan.Text("."), (int)PlanTarget.Existing).Into(plan, context.Root);

        // Mount points, devices and links get the mode that they are given.
        plan.Call("set the file mode mask", null, Sys.umask, 0);
    }

    /// <summary>
    /// The root stands where its files lie, so that the host's paths of it, which sources of later mounts and hooks of the container's namespace
    /// use, show the mounts made before; a copy of the host's whole tree shows the host. Upon "/", the one place that every mount
    /// namespace has, it stands where that place is out of reach.
    /// </summary>
    private static void Attach(PlanContext context, PlanData top, bool shared)
    {
        PlanBuilder plan = context.Plan;
        string path = context.Spec.Root!.Path;
        PlanData place = plan.Text(PathRules.Source(path, context.Request.Bundle) + "/.");
        plan.Call("open the place of the root", path, Sys.openat, AT_FDCWD, place, O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Work);
        int missing = plan.Count - 1;
        plan.Tolerate(Errno.ENOENT, Errno.EACCES);
        (int closed, int other) = shared ? MakePlacePrivate(context, path) : default;
        plan.Call(AttachAct, path, Sys.move_mount, context.Descriptors.Root, context.Empty, context.Work, context.Empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
        context.Close(context.Work);
        int done = plan.Do("go on with", path, PlanCode.Branch, 0, 0);
        if (shared)
        {
            plan.JumpFrom(other);
            context.Close(context.Target);
            plan.JumpFrom(closed);
            context.Close(context.Work);
        }

        plan.JumpFrom(missing);
        if (shared)
        {
            MakeTopPrivate(context, top);
        }

        plan.Call(AttachAct, path, Sys.move_mount, context.Descriptors.Root, context.Empty, AT_FDCWD, top, MOVE_MOUNT_F_EMPTY_PATH);
        plan.JumpFrom(done);
    }

    /// <summary>
    /// What is attached on a mount that is shared with the host shows there; and pivot_root(2) wants the mount that holds the root to be in no such group. Only
    /// the root of a mount stands for it: from the root's place it is as many directories up as the host saw.
    /// </summary>
    /// <returns>What jumps where the way up is closed, and where another mount has come between.</returns>
    private static (int Closed, int Other) MakePlacePrivate(PlanContext context, string path)
    {
        PlanBuilder plan = context.Plan;
        var up = new StringBuilder(".");
        for (int at = 0; at < context.Facts.RootDepth; at++)
        {
            up.Append("/..");
        }

        plan.Call("open the mount below the root", path, Sys.openat, context.Work, plan.Text(up.ToString()), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Target).Tolerating(plan, Errno.EACCES, Errno.ENOENT);
        int closed = plan.Count - 1;
        context.SetAttributes("make the mount below the root private", path, context.Target, 0, 0, MS_PRIVATE, recursive: false);
        int other = plan.Count - 1;
        plan.Tolerate(Errno.EINVAL);
        context.Close(context.Target);
        return (closed, other);
    }

    /// <summary>
    /// Only where the new root comes upon "/": volumes whose source lies there are tied to the host by it, docker run -v /:/host:rslave.
    /// </summary>
    private static void MakeTopPrivate(PlanContext context, PlanData top) =>
        context.SetAttributes("make the old root private", "/", AT_FDCWD, top, 0, 0, MS_PRIVATE, recursive: false);

    /// <summary>Whether the mounts of the container's namespace stay shared with the host until the root is entered.</summary>
    internal static bool StaysShared(RuntimeSpec spec) => Propagation(spec.Linux?.RootfsPropagation) == MS_SHARED;

    /// <summary>Makes the root the only file system in reach: pivot_root onto itself, then the old root goes.</summary>
    internal static void Pivot(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        plan.At("/root/path");
        plan.Call("enter the root", null, Sys.fchdir, context.Root);
        PlanData here = plan.Text(".");
        if (context.Request.NoPivot)
        {
            if (StaysShared(context.Spec))
            {
                MakeTopPrivate(context, plan.Text("/"));
            }

            // ELOOP: it stands there already.
            plan.Call("move the root upon", "/", Sys.move_mount, context.Root, context.Empty, AT_FDCWD, plan.Text("/"), MOVE_MOUNT_F_EMPTY_PATH).Tolerating(plan, Errno.ELOOP);
            plan.Call("change the root", null, Sys.chroot, here);
        }
        else
        {
            bool shared = StaysShared(context.Spec);
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

    /// <summary>What was put off until nothing is made in the root any more: its propagation and read-only, and that of new file systems.</summary>
    internal static void End(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        foreach ((PlanRegister mount, string destination, int index) in context.FilledFirst)
        {
            plan.At(MountsChapter.Section, index);
            context.SetAttributes(MountsChapter.SealAct, destination, mount, MOUNT_ATTR_RDONLY, 0, 0, recursive: false);
            context.Close(mount);
        }

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
