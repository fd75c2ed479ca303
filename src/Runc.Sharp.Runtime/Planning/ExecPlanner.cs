using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What <c>exec</c> asks, as far as the plan depends on it.</summary>
public sealed record ExecPlanRequest
{
    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>What to run, with nothing left to be filled in; it has passed <see cref="SpecValidator"/>.</summary>
    public required ProcessSpec Process { get; init; }

    /// <summary>The namespaces to join, as clone(2) flags.</summary>
    public required long Namespaces { get; init; }

    /// <summary>The container's system call filter; null is none.</summary>
    public SeccompProgram? Filter { get; init; }

    /// <summary>The domain of the container's linux.personality; null is none.</summary>
    public string? Personality { get; init; }

    /// <summary>Whether the caller's session keyring stays.</summary>
    public bool KeepsKeyring { get; init; }

    /// <summary>How many descriptors from 3 upwards the program keeps.</summary>
    public int PreservedDescriptors { get; init; }

    /// <summary>Whether the process is cloned into a v2 cgroup.</summary>
    public bool BornInCgroup { get; init; }
}

/// <summary>
/// Turns a process object into a plan that joins a container which exists. Pure, as <see cref="Planner"/> is; and the same shim plays it.
/// </summary>
public static class ExecPlanner
{
    /// <summary>The place of init's pidfd among the shim's further descriptors.</summary>
    internal const int InitAt = 0;

    /// <summary>The place of the v2 cgroup.</summary>
    internal const int CgroupAt = 1;

    /// <summary>The place of the cgroup namespace, where it is joined apart.</summary>
    internal const int CgroupNamespaceAt = 2;

    /// <summary>Plans a process in a container.</summary>
    /// <exception cref="RuntimeException">The process asks for what is not supported; the message names it.</exception>
    public static PlannedContainer Plan(ExecPlanRequest request, HostFacts facts)
    {
        var spec = new RuntimeSpec { OciVersion = string.Empty, Process = request.Process };
        Unsupported.Refuse(spec, facts);
        var descriptors = new ShimDescriptors(3 + request.PreservedDescriptors, [], []);
        var context = new PlanContext(spec, ToPlan(request), facts, descriptors)
        {
            Joins = true,
            Filter = request.Filter,
            HasUserNamespace = (request.Namespaces & CLONE_NEWUSER) != 0,
        };

        // Outside: what needs the host's rights, the host's /proc or the host's cgroup files.
        BirthChapter.Hide(context);
        SchedulingChapter.AddInitialAffinity(context);
        LimitsChapter.AddOutside(context);
        ProcChapter.Open(context);
        LabelsChapter.AddForKeys(context);
        LabelsChapter.Add(context);
        ProcChapter.Close(context);
        JoinChapter.Add(context, request);

        // Inside. Rights go last, since everything above needs them; the program is looked for with the rights it will have.
        SettingsChapter.AddPersonality(context, request.Personality);
        ConsoleChapter.Add(context);
        LimitsChapter.Add(context);
        SchedulingChapter.Add(context);
        SchedulingChapter.AddFinalAffinity(context);
        IdentityChapter.Add(context);
        JoinChapter.Execute(context);
        return new PlannedContainer(context.Plan, descriptors, context.Warnings.ToImmutable())
        {
            SendsConsole = context.SendsConsole,
            SendsListener = context.SendsListener,
        };
    }

    /// <summary>Whether the cgroup namespace is joined by a descriptor of its own, after the birth.</summary>
    internal static bool JoinsCgroupNamespaceApart(bool bornInCgroup, long namespaces) => bornInCgroup && (namespaces & CLONE_NEWCGROUP) != 0;

    private static PlanRequest ToPlan(ExecPlanRequest request) => new()
    {
        Id = request.Id,
        PreservedDescriptors = request.PreservedDescriptors,
        NoNewKeyring = request.KeepsKeyring,
        StartsAtOnce = true,
    };
}
