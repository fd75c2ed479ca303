using System.Collections.Immutable;
using System.Linq;
using Runc.Sharp.Runtime.Cgroups;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>Sample machines.</summary>
internal static class Machines
{
    internal static readonly string[] V1Controllers =
        ["hugetlb", "name=systemd", "pids", "blkio", "freezer", "devices", "memory", "cpuset", "cpu,cpuacct", "net_cls,net_prio", "rdma"];

    internal static CgroupFacts Unified(string own = "/user.slice/session-1.scope") => new()
    {
        Version = CgroupVersion.Unified,
        Hierarchies = [new CgroupHierarchy { Controllers = string.Empty, Mount = string.Empty, Own = own }],
    };

    internal static CgroupFacts V1(string own = "/", params string[] without) => new()
    {
        Version = CgroupVersion.V1,
        Hierarchies = [.. V1Controllers.Except(without).Select(c => new CgroupHierarchy { Controllers = c, Mount = c.Replace("name=", "", System.StringComparison.Ordinal), Own = own })],
    };

    internal static CgroupFacts Hybrid(string own = "/") => V1(own) with
    {
        Version = CgroupVersion.Hybrid,
        Hierarchies = V1(own).Hierarchies.Add(new CgroupHierarchy { Controllers = string.Empty, Mount = "unified", Own = own }),
    };

    internal static CgroupPlacement On(CgroupFacts facts, string path = "/c1") => CgroupPath.Plan(facts, path, "c1");

    internal static CgroupPlacement Made(CgroupFacts facts, string path = "/c1")
    {
        var plan = On(facts, path);
        return plan with { Groups = [.. plan.Groups.Select(static g => g with { Made = 1 })] };
    }

    internal static FakeCgroups Fake(CgroupFacts facts) =>
        facts.Version == CgroupVersion.Unified ? FakeCgroups.V2() : FakeCgroups.V1([.. facts.Hierarchies.Select(static h => h.Mount)]);

    internal static ImmutableArray<T> List<T>(params T[] items) => [.. items];
}
