using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>From the shim's first instruction to init's: namespaces joined and made. config-linux.md#namespaces.</summary>
internal static class BirthChapter
{
    /// <summary>The document's namespaces; none where it has no list.</summary>
    internal static ImmutableArray<NamespaceSpec> Namespaces(RuntimeSpec spec) =>
        spec.Linux is { } linux && !linux.Namespaces.IsDefault ? linux.Namespaces : [];

    /// <summary>The clone(2) flag of a namespace type; 0 for an unknown one.</summary>
    internal static long Flag(string type) => type switch
    {
        "pid" => CLONE_NEWPID,
        "network" => CLONE_NEWNET,
        "mount" => CLONE_NEWNS,
        "ipc" => CLONE_NEWIPC,
        "uts" => CLONE_NEWUTS,
        "user" => CLONE_NEWUSER,
        "cgroup" => CLONE_NEWCGROUP,
        "time" => CLONE_NEWTIME,
        _ => 0,
    };

    internal static void Add(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        IdMapChapter.Add(context);
        Hide(context);
        LimitsChapter.AddOutside(context);
        ProcChapter.Open(context);
        LabelsChapter.AddForKeys(context);
        ImmutableArray<(string, PlanRegister)> late = context.Facts.PlacedOnceBorn ? [] : EnterCgroups(context);
        Join(context);
        long flags = 0;
        foreach (NamespaceSpec item in Namespaces(context.Spec))
        {
            long flag = Flag(item.Type);
            context.HasMountNamespace |= flag == CLONE_NEWNS;
            context.HasUserNamespace |= flag == CLONE_NEWUSER;
            if (string.IsNullOrEmpty(item.Path))
            {
                flags |= flag;
            }
        }

        context.NewNamespaces = flags;
        flags = TimeChapter.Add(context) ? flags & ~CLONE_NEWTIME : flags;
        PlanArg cgroup = OpenCgroup(context);
        bool ownCgroups = (cgroup.Kind == PlanArgKind.Register || !late.IsEmpty || context.Facts.PlacedOnceBorn) && context.HasNew(CLONE_NEWCGROUP);

        // The maker of an ipc namespace owns the root of its message queues: that must be the container's root. mq_overview(7)
        long after = (ownCgroups ? CLONE_NEWCGROUP : 0) | (context.HasUserNamespace ? flags & CLONE_NEWIPC : 0);
        plan.At("/linux/namespaces");
        plan.Do("clone init into its namespaces", context.Facts.CgroupOfBirth, PlanCode.Clone, flags & ~after, cgroup);
        plan.At(string.Empty);
        if (cgroup.Kind == PlanArgKind.Register)
        {
            context.Close(context.Work);
        }

        AddNewborn(context, late, after);
    }

    /// <summary>Init's own first steps, with the host's files still in reach.</summary>
    /// <param name="context">The plan.</param>
    /// <param name="late">The cgroups to enter.</param>
    /// <param name="after">The namespaces that the clone did not make.</param>
    private static void AddNewborn(PlanContext context, ImmutableArray<(string, PlanRegister)> late, long after)
    {
        PlanBuilder plan = context.Plan;
        plan.Call("die with an uncommitted host process", null, Sys.prctl, PR_SET_PDEATHSIG, SIGKILL);
        if (!late.IsEmpty)
        {
            plan.At("/linux/cgroupsPath");
            CgroupEntryChapter.EnterLate(context, late);
            plan.At(string.Empty);
        }

        if (context.Facts.PlacedOnceBorn)
        {
            EnterCgroups(context);
        }

        if (context.HasNew(CLONE_NEWUSER))
        {
            plan.At("/linux/uidMappings");
            plan.Do("wait for the id maps", null, PlanCode.Await, (int)PlanStage.Mapped, 0, 0);
            BecomeRoot(context);
        }
        else if (context.HasUserNamespace)
        {
            BecomeRoot(context);
        }

        if (after != 0)
        {
            // A cgroup namespace of the clone itself would be rooted in the cgroup of the shim, not in init's.
            plan.At("/linux/namespaces");
            plan.Call(after switch { CLONE_NEWCGROUP => "make the cgroup namespace", CLONE_NEWIPC => "make the ipc namespace", _ => "make the ipc and cgroup namespaces" }, null, Sys.unshare, after);
            plan.At(string.Empty);
        }

        plan.Call("begin a session", null, Sys.setsid);
        if (!context.Request.NoNewKeyring)
        {
            NewKeyring(context);
        }
    }

    /// <summary>The first thing of all, before the container can know of the shim.</summary>
    internal static void Hide(PlanContext context)
    {
        // Whatever the caller of csrunc left open ends at the program's execve at the latest. CVE-2024-21626.
        context.Plan.Call("mark inherited descriptors close-on-exec", null, Sys.close_range, context.Descriptors.First, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
        context.Plan.Call("hide from the container's processes", null, Sys.prctl, PR_SET_DUMPABLE, 0); // CVE-2016-9962
    }

    /// <summary>Whether the container has a namespace of this type other than its caller's: a new one, or one that exists.</summary>
    internal static bool Has(RuntimeSpec spec, string type)
    {
        foreach (NamespaceSpec item in Namespaces(spec))
        {
            if (item.Type == type)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the document asks for a new namespace of a type.</summary>
    internal static bool Makes(RuntimeSpec spec, string type)
    {
        foreach (NamespaceSpec item in Namespaces(spec))
        {
            if (item.Type == type && string.IsNullOrEmpty(item.Path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether the document asks to join a namespace of a type.</summary>
    internal static bool Joins(RuntimeSpec spec, string type)
    {
        foreach (NamespaceSpec item in Namespaces(spec))
        {
            if (item.Type == type && !string.IsNullOrEmpty(item.Path))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The shim goes into the cgroups before it clones: init is born there, and a cgroup namespace is rooted there. Where systemd
    /// puts init into its cgroups, init itself goes into those that systemd leaves out, first of all.
    /// </summary>
    /// <returns>What is left for init to enter.</returns>
    private static ImmutableArray<(string, PlanRegister)> EnterCgroups(PlanContext context)
    {
        if (!context.Facts.HasCgroups)
        {
            return [];
        }

        PlanBuilder plan = context.Plan;
        plan.At("/linux/cgroupsPath");
        plan.Do("wait for the cgroups", null, PlanCode.Await, (int)PlanStage.Placed, 0, 0);
        ImmutableArray<(string, PlanRegister)> late = CgroupEntryChapter.Enter(context);
        plan.At(string.Empty);
        return late;
    }

    /// <summary>The v2 cgroup for clone3(2). Moving there later would stop forks and exits of the whole machine for a grace period.</summary>
    private static PlanArg OpenCgroup(PlanContext context)
    {
        if (context.Facts.CgroupOfBirth is not { } path)
        {
            return -1;
        }

        PlanBuilder plan = context.Plan;
        plan.At("/linux/cgroupsPath");
        plan.Call("open", path, Sys.openat, AT_FDCWD, plan.Text(path), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Work);
        return context.Work;
    }

    /// <summary>Namespaces to join, the user namespace last: until then the host's root may enter the others.</summary>
    private static void Join(PlanContext context)
    {
        for (int pass = 0; pass < 2; pass++)
        {
            for (int at = 0; at < context.Descriptors.Namespaces.Length; at++)
            {
                NamespaceSpec item = context.Descriptors.Namespaces[at];
                if ((item.Type == "user") == (pass == 1))
                {
                    context.Plan.At("/linux/namespaces", IndexOf(context.Spec, item), "/path");
                    context.Plan.Call("join the namespace", item.Path, Sys.setns, context.Descriptors.Namespace(at), Flag(item.Type));
                }
            }
        }
    }

    /// <summary>The place of an item of the document's list.</summary>
    internal static int IndexOf(RuntimeSpec spec, NamespaceSpec item)
    {
        ImmutableArray<NamespaceSpec> all = Namespaces(spec);
        for (int at = 0; at < all.Length; at++)
        {
            if (ReferenceEquals(all[at], item))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Until here init is an id that the namespace may not map, and what it makes would belong to nobody.</summary>
    internal static void BecomeRoot(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        plan.Call("become group 0 of the user namespace", null, Sys.setresgid, 0, 0, 0);
        plan.Call("become user 0 of the user namespace", null, Sys.setresuid, 0, 0, 0);
        plan.Call("hide from the container's processes", null, Sys.prctl, PR_SET_DUMPABLE, 0);
        plan.Call("die with an uncommitted host process", null, Sys.prctl, PR_SET_PDEATHSIG, SIGKILL); // a change of ids cleared it
    }

    internal static void NewKeyring(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        // ENOSYS: a kernel without keys has none to leak. EDQUOT is told: the session would stay the host's.
        plan.Call("make a session keyring", null, Sys.keyctl, KEYCTL_JOIN_SESSION_KEYRING, plan.Text("_ses." + context.Request.Id))
            .Into(plan, context.Work).Tolerating(plan, Linux.Errno.ENOSYS);
    }
}
