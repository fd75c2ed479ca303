using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>From which memory nodes the container gets its pages. config-linux.md#memory-policy, set_mempolicy(2).</summary>
internal static class MemoryPolicyChapter
{
    internal static void Add(PlanContext context)
    {
        if (context.Spec.Linux?.MemoryPolicy is not { } asked)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        int mode = Mode(asked.Mode);
        foreach (string flag in asked.Flags ?? [])
        {
            mode |= flag switch
            {
                "MPOL_F_STATIC_NODES" => 1 << 15,
                "MPOL_F_RELATIVE_NODES" => 1 << 14,
                "MPOL_F_NUMA_BALANCING" => 1 << 13,
                _ => throw new RuntimeException("/linux/memoryPolicy/flags", "unknown flag " + flag),
            };
        }

        plan.At("/linux/memoryPolicy");
        string nodes = (asked.Nodes ?? string.Empty).Trim(' ', ',');
        if (nodes.Length == 0)
        {
            plan.Call("set the memory policy", asked.Mode, Sys.set_mempolicy, mode, 0, 0);
        }
        else
        {
            // The kernel reads one bit less than it is told.
            byte[] mask = SchedulingChapter.Mask(nodes, "/linux/memoryPolicy/nodes");
            plan.Call("set the memory policy", asked.Mode, Sys.set_mempolicy, mode, plan.Bytes(mask), (mask.Length * 8) + 1);
        }

        plan.At(string.Empty);
    }

    private static int Mode(string name) => name switch
    {
        "MPOL_DEFAULT" => 0,
        "MPOL_PREFERRED" => 1,
        "MPOL_BIND" => 2,
        "MPOL_INTERLEAVE" => 3,
        "MPOL_LOCAL" => 4,
        "MPOL_PREFERRED_MANY" => 5,
        "MPOL_WEIGHTED_INTERLEAVE" => 6,
        _ => throw new RuntimeException("/linux/memoryPolicy/mode", "unknown mode " + name),
    };
}
