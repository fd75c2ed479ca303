using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// Where the fs manager puts a container: <c>linux.cgroupsPath</c> and the container's id turned into one path per hierarchy.
/// Spec: config-linux.md#cgroups-path. Absolute is from the hierarchy's mount point, relative and absent from this process's own cgroup.
/// </summary>
public static class CgroupPath
{
    /// <summary>The JSON pointer of the path.</summary>
    public const string Pointer = "/linux/cgroupsPath";

    /// <summary>Whether the path depends on the cgroup this process stands in, which costs the detection extra work.</summary>
    public static bool NeedsOwn(string? cgroupsPath) => string.IsNullOrEmpty(cgroupsPath) || cgroupsPath[0] != '/';

    /// <summary>
    /// Computes the placement, without a side effect: the intent record of <c>create</c>. What was really made is known only after
    /// <see cref="FsManager.Create"/>, so every <see cref="PlacedCgroup.Made"/> is <see cref="PlacedCgroup.Unknown"/>.
    /// </summary>
    /// <exception cref="RuntimeException">A component is hostile, or the path names a hierarchy's root, or the own cgroup is out of reach.</exception>
    public static CgroupPlacement Plan(CgroupFacts facts, string? cgroupsPath, string containerId)
    {
        var absolute = !NeedsOwn(cgroupsPath);
        var inner = string.IsNullOrEmpty(cgroupsPath) ? Checked(containerId, "container id", null) : Checked(cgroupsPath, "path", cgroupsPath);
        if (inner.Length == 0)
        {
            throw new RuntimeException(Pointer, $"must name a cgroup below the hierarchy's root, is '{cgroupsPath}'");
        }

        // Without the devices controller a v1 container could open every device it can name.
        if (facts.Version != CgroupVersion.Unified && facts.Find("devices") is null)
        {
            throw new RuntimeException($"the devices controller is not mounted below {facts.Root}, so a container's access to devices cannot be limited");
        }

        var groups = ImmutableArray.CreateBuilder<PlacedCgroup>(facts.Hierarchies.Length);
        foreach (var hierarchy in facts.Hierarchies)
        {
            var path = absolute || (hierarchy.IsUnified && facts.Version == CgroupVersion.Hybrid)
                ? inner
                : CgroupName.Join(Parent(facts, hierarchy), inner);
            groups.Add(new PlacedCgroup(hierarchy.Controllers, hierarchy.Mount, path, PlacedCgroup.Unknown));
        }

        return new CgroupPlacement
        {
            Manager = CgroupManagerKind.Fs,
            Version = facts.Version,
            Root = facts.Root,
            Groups = groups.MoveToImmutable(),
        };
    }

    /// <summary>The placement of a unit of systemd, which has the same path in every hierarchy.</summary>
    /// <param name="facts">The machine.</param>
    /// <param name="init">The lines of <c>/proc/1/cgroup</c>: systemd's own cgroup, from which the units' paths count.</param>
    /// <param name="unit">The path of the unit's cgroup.</param>
    public static CgroupPlacement PlanUnit(CgroupFacts facts, System.ReadOnlySpan<byte> init, string unit)
    {
        var root = string.Empty;
        foreach (var line in ProcCgroupLine.Parse(init))
        {
            if (line.Controllers is "" or "name=systemd" && CgroupName.Normalize(line.Path).Path is { } path && (root.Length == 0 || line.Controllers.Length > 0))
            {
                const string Own = "init.scope"; // where systemd keeps itself
                root = path == Own ? string.Empty : path.EndsWith("/" + Own, System.StringComparison.Ordinal) ? path[..^(Own.Length + 1)] : path;
            }
        }

        var groups = ImmutableArray.CreateBuilder<PlacedCgroup>(facts.Hierarchies.Length);
        foreach (var hierarchy in facts.Hierarchies)
        {
            groups.Add(new PlacedCgroup(hierarchy.Controllers, hierarchy.Mount, CgroupName.Join(root, unit), PlacedCgroup.Unknown));
        }

        return new CgroupPlacement
        {
            Manager = CgroupManagerKind.Systemd,
            Version = facts.Version,
            Root = facts.Root,
            Groups = groups.MoveToImmutable(),
        };
    }

    /// <summary>
    /// The cgroups this process stands in, for <see cref="CgroupMounts"/> of a container without cgroups of its own. Never to be killed or
    /// removed: <see cref="FsManager"/> takes it for empty.
    /// </summary>
    public static CgroupPlacement OfCaller(CgroupFacts facts)
    {
        var groups = ImmutableArray.CreateBuilder<PlacedCgroup>(facts.Hierarchies.Length);
        foreach (var hierarchy in facts.Hierarchies)
        {
            groups.Add(new PlacedCgroup(hierarchy.Controllers, hierarchy.Mount, CgroupName.Normalize(hierarchy.Own).Path ?? string.Empty, 0));
        }

        return CgroupPlacement.Disabled(facts) with { Groups = groups.MoveToImmutable() };
    }

    private static string Parent(CgroupFacts facts, CgroupHierarchy hierarchy)
    {
        if (hierarchy.Own.EndsWith(ProcCgroupLine.Deleted, System.StringComparison.Ordinal))
        {
            throw new RuntimeException(
                $"{Pointer}: the cgroup this command runs in was removed ('{hierarchy.Own}'), so the container needs an absolute path");
        }

        if (hierarchy.Own.Contains('\uFFFD', System.StringComparison.Ordinal))
        {
            throw new RuntimeException(
                $"{Pointer}: the cgroup this command runs in has a name that is not UTF-8, so the container needs an absolute path");
        }

        // '/..' in /proc/self/cgroup: this process stands outside the root of its cgroup namespace. cgroup_namespaces(7).
        var (own, fault) = CgroupName.Normalize(hierarchy.Own);
        if (own is null)
        {
            throw new RuntimeException(
                $"{Pointer}: the cgroup this command runs in, '{hierarchy.Own}', must {fault}, so the container needs an absolute path");
        }

        // On v2 a cgroup with processes cannot hand controllers to its children, and this process's own cgroup has at least
        // one: the container becomes a sibling. cgroups(7), "no internal processes" rule.
        if (facts.Version == CgroupVersion.Unified)
        {
            var slash = own.LastIndexOf('/');
            return slash < 0 ? string.Empty : own[..slash];
        }

        return own;
    }

    private static string Checked(string path, string what, string? configured)
    {
        var (normal, fault) = CgroupName.Normalize(path);
        if (normal is null)
        {
            throw new RuntimeException(configured is null
                ? $"the cgroup name made of the {what} must {fault}"
                : $"{Pointer}: every component must {fault}");
        }

        return normal;
    }
}
