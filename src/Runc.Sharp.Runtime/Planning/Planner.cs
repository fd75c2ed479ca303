using System.Collections.Immutable;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// Turns a valid config.json into a plan. A pure function: no system call, no file; what it must know of the machine is
/// <see cref="HostFacts"/>. The order of the chapters is the order of a container's birth, and each says why it stands there.
/// </summary>
public static class Planner
{
    /// <summary>Plans a container.</summary>
    /// <param name="spec">The document; it has passed <see cref="SpecValidator"/>.</param>
    /// <param name="request">What the caller asks beside it.</param>
    /// <param name="facts">What must be known of the machine.</param>
    /// <exception cref="RuntimeException">The document asks for what is not supported; the message names it.</exception>
    public static PlannedContainer Plan(RuntimeSpec spec, PlanRequest request, HostFacts facts)
    {
        Unsupported.Refuse(spec, facts);
        ShimDescriptors descriptors = Descriptors(spec, request, facts);
        var context = new PlanContext(spec, request, facts, descriptors);

        // Outside: what needs the host's rights or the host's /proc, then the birth into the namespaces.
        BirthChapter.Add(context);

        // Inside, the root not yet left: mounts are built from host sources and attached below the new root.
        if (context.HasMountNamespace)
        {
            HooksChapter.KeepMask(context);
            RootChapter.Begin(context);
            MountsChapter.Add(context);
            DevicesChapter.Add(context);
        }

        // Whatever namespaces there are: who asks for a hook counts on it, to allow a device or to refuse the container.
        HooksChapter.AddBeforePivot(context);
        if (context.HasMountNamespace)
        {
            RootChapter.Pivot(context);
        }

        // Inside, nothing of the host in reach any more.
        SettingsChapter.Add(context);
        LabelsChapter.Add(context);
        ProcChapter.Close(context);
        if (context.HasMountNamespace)
        {
            PathsChapter.Add(context);
            ConsoleChapter.Add(context);
            StreamsChapter.Add(context);
            IdentityChapter.OpenWorkingDirectory(context);
            RootChapter.End(context);
        }

        LimitsChapter.Add(context);
        SchedulingChapter.Add(context);
        MemoryPolicyChapter.Add(context);

        // Rights go last, since everything above needs them; the program is looked for with the rights it will have.
        IdentityChapter.Add(context);
        ProgramChapter.Add(context);

        return new PlannedContainer(context.Plan, descriptors, context.Warnings.ToImmutable())
        {
            HookState = request.HookStateRoom > 0,
            TellsMounted = context.TellsMounted,
            SendsConsole = context.SendsConsole,
            SendsListener = context.SendsListener,
            NeedsIdMaps = context.HasNew(CLONE_NEWUSER),
            Filter = context.Filter,
            FirstAfterGate = context.FirstAfterGate,
        };
    }

    private static ShimDescriptors Descriptors(RuntimeSpec spec, PlanRequest request, HostFacts facts)
    {
        var joined = ImmutableArray.CreateBuilder<NamespaceSpec>();
        bool otherUser = false;
        foreach (NamespaceSpec item in BirthChapter.Namespaces(spec))
        {
            if (!string.IsNullOrEmpty(item.Path))
            {
                joined.Add(item);
            }

            otherUser |= item.Type == "user";
        }

        // In a user namespace the way to a bind mount's source may be closed to its root, and to map ids was never its right: the host opens it. What
        // is not there for the host is looked for inside, once the mounts before it are made.
        var sources = ImmutableArray.CreateBuilder<int>();
        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            if (((otherUser && !facts.MissingSources.Contains(at)) || IdMapChapter.Asks(mount)) && MountOptions.Parse(mount.Type, mount.Options).Bind)
            {
                sources.Add(at);
            }
        }

        return new ShimDescriptors(3 + request.PreservedDescriptors, joined.ToImmutable(), sources.ToImmutable());
    }
}
