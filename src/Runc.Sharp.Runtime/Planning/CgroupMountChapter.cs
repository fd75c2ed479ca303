using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Cgroups;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>A mount of type cgroup: the hierarchies of the host as the container may see them. config-linux.md#cgroup-ownership.</summary>
internal static class CgroupMountChapter
{
    private const long Closed = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

    internal static void Add(PlanContext context, ImmutableArray<CgroupMountStep> steps, MountOptions options, string destination)
    {
        PlanBuilder plan = context.Plan;
        PlanRegister holder = plan.NewRegister();
        bool held = false;
        foreach (CgroupMountStep step in steps)
        {
            string target = step.Target.Length == 0 ? destination : string.Concat(destination, "/", step.Target);
            switch (step.Kind)
            {
                case CgroupMountKind.Link:
                    plan.Call("make the link", target, Sys.symlinkat, plan.Text(step.Source), holder, plan.Text(step.Target)).Tolerating(plan, Errno.EEXIST);
                    break;
                default:
                    Mount(context, options, step, target);
                    if (!held)
                    {
                        held = true;
                        plan.Call("keep", target, Sys.fcntl, context.Mount, F_DUPFD_CLOEXEC, 0).Into(plan, holder);
                    }

                    MountsChapter.Finish(context, options, target);
                    break;
            }
        }

        if ((options.Set & MOUNT_ATTR_RDONLY) != 0 && steps is [{ Holds: true }, ..])
        {
            context.SetAttributes(MountsChapter.SealAct, destination, holder, MOUNT_ATTR_RDONLY, 0, 0, recursive: false);
        }

        context.Close(holder);
    }

    private static void Mount(PlanContext context, MountOptions options, CgroupMountStep step, string target)
    {
        PlanBuilder plan = context.Plan;
        long attributes = (step.EntryFlags ? options.Set : Closed | options.Set) & ~(step.Holds ? MOUNT_ATTR_RDONLY : 0);
        context.OpenTarget(target, PlanTarget.Directory);
        if (step.Kind == CgroupMountKind.Bind)
        {
            Bind(context, options, step, target, attributes);
            context.Attach(target);
            return;
        }

        var own = MountOptions.Parse(step.FsType, null);
        foreach (string option in step.Data.Split(',', System.StringSplitOptions.RemoveEmptyEntries))
        {
            own.Data.Add(option);
        }

        own.Add(attributes);
        (int create, int mount) = FileSystemChapter.Make(context, step.FsType, step.Source, target, own);
        if (step.Otherwise is not { } otherwise)
        {
            context.Attach(target);
            return;
        }

        // cgroup2 cannot be mounted everywhere; then the host's own mount is bound, as runc does.
        int done = plan.Do("go on with", target, PlanCode.Branch, 0, 0);
        plan.TolerateAt(create, Errno.EPERM, Errno.EBUSY);
        plan.TolerateAt(mount, Errno.EPERM, Errno.EBUSY);
        plan.JumpFrom(create);
        plan.JumpFrom(mount);
        Bind(context, options, otherwise, target, attributes);
        plan.JumpFrom(done);
        context.Attach(target);
    }

    private static void Bind(PlanContext context, MountOptions options, CgroupMountStep step, string target, long attributes)
    {
        context.Plan.Call("open the cgroup", step.Source, Sys.open_tree, AT_FDCWD, context.Plan.Text(step.Source), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE).Into(context.Plan, context.Mount);
        context.SetAttributes("set the attributes of", target, context.Mount, attributes, (attributes & MOUNT_ATTR__ATIME) != 0 ? MOUNT_ATTR__ATIME : 0, MS_PRIVATE, recursive: false);
    }
}
