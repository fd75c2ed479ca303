using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// Plans mounts in a container that lives. Pure, as <see cref="Planner"/> is; and the same shim plays them. It stays in the host's pid namespace: no
/// process of the container can see it, nor take from it what it holds.
/// </summary>
public static class LiveMountsPlanner
{
    /// <summary>How the operation is called that makes a mount visible.</summary>
    internal const string AttachAct = "attach";

    private const int InitAt = 0;

    /// <summary>Where the mount to take away is held: umount2(2) takes a path, and by this number it has one that nobody can bend.</summary>
    private const int Held = 200;

    /// <summary>How the search for a mount that is to go is labelled.</summary>
    internal const string FindAct = "find the mount";

    /// <summary>Plans further mounts. The shim's further descriptors: init's pidfd, then the sources of the bind mounts.</summary>
    /// <param name="mounts">The mounts, in their order; they have passed <see cref="SpecValidator"/>.</param>
    /// <param name="namespaces">The container's namespaces, as clone(2) flags.</param>
    /// <param name="label">The label of the container's mounts; null where it has none.</param>
    /// <exception cref="RuntimeException">What is asked cannot be done in a container that lives; the message names it.</exception>
    public static PlannedContainer Add(ImmutableArray<MountSpec> mounts, long namespaces, string? label = null)
    {
        var sources = ImmutableArray.CreateBuilder<int>(mounts.Length);
        for (int at = 0; at < mounts.Length; at++)
        {
            Refuse(mounts[at], at);
            if (MountOptions.Parse(mounts[at].Type, mounts[at].Options).Bind)
            {
                sources.Add(at);
            }
        }

        PlanContext context = Begin(mounts, namespaces, sources.ToImmutable(), label);
        Join(context, namespaces, HostFilesChapter.IsNeeded(context));
        MountsChapter.Add(context);
        return End(context);
    }

    /// <summary>Plans the end of mounts: the topmost at each destination. The shim's further descriptor is init's pidfd.</summary>
    /// <param name="mounts">The mounts, of which only the destinations count.</param>
    /// <param name="namespaces">The container's namespaces, as clone(2) flags.</param>
    public static PlannedContainer Remove(ImmutableArray<MountSpec> mounts, long namespaces)
    {
        PlanContext context = Begin(mounts, namespaces, []);
        PlanBuilder plan = context.Plan;
        PlanRegister proc = ProcChapter.Make(context);
        Join(context, namespaces, hostFiles: false);
        plan.Call("go to a private /proc", null, Sys.fchdir, proc);
        PlanData held = plan.Text(FormattableString.Invariant($"self/fd/{Held}"));
        for (int at = 0; at < mounts.Length; at++)
        {
            string destination = PathRules.Normalize(mounts[at].Destination);
            RefuseRoot(destination, at);
            plan.At("/mounts", at);
            context.OpenTarget(destination, PlanTarget.Existing | PlanTarget.OutsideProc, FindAct);
            plan.Call("hold", destination, Sys.fcntl, context.Target, F_DUPFD_CLOEXEC, Held).Into(plan, context.Work);
            plan.Call("take away", destination, Sys.umount2, held, MNT_DETACH);
            context.Close(context.Work);
            context.Close(context.Target);
        }

        return End(context);
    }

    private static PlanContext Begin(ImmutableArray<MountSpec> mounts, long namespaces, ImmutableArray<int> sources, string? label = null)
    {
        if ((namespaces & CLONE_NEWNS) == 0)
        {
            throw new RuntimeException("the container has no mount namespace of its own: what is mounted there is the host's affair");
        }

        var spec = new RuntimeSpec { OciVersion = string.Empty, Mounts = mounts, Linux = new LinuxSpec { MountLabel = label } };
        var descriptors = new ShimDescriptors(3, [new NamespaceSpec { Type = "mount" }], sources);
        var context = new PlanContext(spec, new PlanRequest { Id = string.Empty }, new HostFacts { LastCapability = 0, Capabilities = 0 }, descriptors)
        {
            HasMountNamespace = true,
            HasUserNamespace = (namespaces & CLONE_NEWUSER) != 0,
        };
        BirthChapter.Hide(context);
        context.Plan.Call("close what was inherited", null, Sys.close_range, descriptors.Gate, descriptors.Root, 0);
        context.Plan.Call("close what was inherited", null, Sys.close_range, descriptors.Source(sources.Length), uint.MaxValue, 0);
        return context;
    }

    /// <summary>New file systems belong to the container's namespaces, so all are joined but those that only a child would be in.</summary>
    private static void Join(PlanContext context, long namespaces, bool hostFiles)
    {
        PlanBuilder plan = context.Plan;
        long joined = namespaces & ~(CLONE_NEWPID | CLONE_NEWTIME | (hostFiles ? CLONE_NEWNS : 0));
        if (joined != 0)
        {
            plan.Call("join the namespaces of the container", null, Sys.setns, context.Descriptors.Namespace(InitAt), joined);
        }

        if (context.HasUserNamespace)
        {
            BirthChapter.BecomeRoot(context);
        }

        plan.Call("set the file mode mask", null, Sys.umask, 0);
        if (hostFiles)
        {
            HostFilesChapter.Add(context);
            plan.Call("join the mount namespace of the container", null, Sys.setns, context.Descriptors.Namespace(InitAt), CLONE_NEWNS);
        }

        plan.Call("open the root", null, Sys.openat, AT_FDCWD, plan.Text("/"), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Root);
    }

    private static PlannedContainer End(PlanContext context)
    {
        context.Plan.At(string.Empty);
        context.Plan.Do("tell that all is done", null, PlanCode.Tell, (int)PlanStage.Ready, 0);
        return new PlannedContainer(context.Plan, context.Descriptors, []);
    }

    /// <summary>Without its root, or with another over it, no program of the container would be found again.</summary>
    private static void RefuseRoot(string destination, int index)
    {
        if (destination == "/")
        {
            throw new RuntimeException([new Refusal(FormattableString.Invariant($"/mounts/{index}/destination"), " is the root of the container, which stays as it is as long as the container lives")]);
        }
    }

    private static void Refuse(MountSpec mount, int index)
    {
        RefuseRoot(PathRules.Normalize(mount.Destination), index);
        MountOptions options = MountOptions.Parse(mount.Type, mount.Options);
        string? what = mount.Type is "proc" or "cgroup" or "cgroup2" ? "a mount of type " + mount.Type
            : options.Remount ? "a remount"
            : IdMapChapter.Asks(mount) ? "an id-mapped mount"
            : null;
        if (what is not null)
        {
            throw new RuntimeException(FormattableString.Invariant($"/mounts/{index}"), what + " cannot be added to a container that lives");
        }
    }
}
