using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>What is particular to Linux, the smaller parts; the larger have rules of their own. Spec: config-linux.md.</summary>
internal static class LinuxRules
{
    internal static void Check(LinuxSpec linux, NamespaceSet namespaces, Report report)
    {
        CheckNamespaces(linux.Namespaces, report);
        MappingRules.Check(linux, namespaces, report);
        SysctlRules.Check(linux.Sysctl, namespaces, report);
        if (linux.Resources is { } resources)
        {
            ResourceRules.Check(resources, "/linux/resources", report);
        }

        CheckCgroupsPath(linux.CgroupsPath, report);
        DeviceRules.Check(linux.Devices, report);
        NetDeviceRules.Check(linux.NetDevices, namespaces, report);
        if (linux.Seccomp is { } seccomp)
        {
            SeccompRules.Check(seccomp, report);
        }

        CheckPaths(linux.MaskedPaths ?? [], "/linux/maskedPaths", "MaskedPathsAbs", namespaces, report);
        CheckPaths(linux.ReadonlyPaths ?? [], "/linux/readonlyPaths", "ReadonlyPathsAbs", namespaces, report);
        if (linux.RootfsPropagation is not (null or "" or "shared" or "rshared" or "slave" or "rslave" or "private" or "rprivate" or "unbindable" or "runbindable"))
        {
            report.Error("RootfsPropagation", "/linux/rootfsPropagation", "must be shared, slave, private or unbindable, is " + Text.Quote(linux.RootfsPropagation));
        }

        ProcessRules.CheckLabel(linux.MountLabel, "/linux/mountLabel", report);
        CheckIntelRdt(linux.IntelRdt, report);
        CheckMemoryPolicy(linux.MemoryPolicy, report);
        CheckPersonality(linux.Personality, report);
        CheckTimeOffsets(linux.TimeOffsets, namespaces, report);
    }

    private static void CheckNamespaces(ImmutableArray<NamespaceSpec> list, Report report)
    {
        NamespaceKinds seen = NamespaceKinds.None;
        for (int i = 0; i < list.Length; i++)
        {
            NamespaceKinds kind = NamespaceSet.Kind(list[i].Type);
            if (kind == NamespaceKinds.None)
            {
                report.Error("NSTypeKnown", Place.At("/linux/namespaces", i, "type"), "must be pid, network, mount, ipc, uts, user, cgroup or time, is " + Text.Quote(list[i].Type));
            }
            else if ((seen & kind) != 0)
            {
                report.Error("NSErrorOnDup", Place.At("/linux/namespaces", i, "type"), list[i].Type + " is given twice");
            }

            seen |= kind;
            if (list[i].Path is { Length: > 0 } path && path[0] != '/')
            {
                report.Error("NSPathAbs", Place.At("/linux/namespaces", i, "path"), "must be absolute, is " + Text.Quote(path));
            }
        }
    }

    /// <summary>A parent directory in the path could lead out of the container's own cgroup.</summary>
    private static void CheckCgroupsPath(string? path, Report report)
    {
        if (path is null)
        {
            return;
        }

        if (Shape.HasControl(path))
        {
            report.Error("CgroupsPathError", "/linux/cgroupsPath", "must not hold a control character");
        }

        foreach (Range range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[range] is "..")
            {
                report.Error("CgroupsPathError", "/linux/cgroupsPath", "must not hold '..', is " + Text.Quote(path));
                return;
            }
        }
    }

    private static void CheckPaths(ImmutableArray<string> paths, string at, string clause, NamespaceSet namespaces, Report report)
    {
        if (!paths.IsEmpty && !namespaces.Has(NamespaceKinds.Mount))
        {
            report.Error("MountNamespaceRequired", at, "unable to restrict sys entries without a private MNT namespace");
        }

        for (int i = 0; i < paths.Length; i++)
        {
            if (!paths[i].StartsWith('/'))
            {
                report.Error(clause, Place.At(at, i), "must be absolute, is " + Text.Quote(paths[i]));
            }
        }
    }

    /// <summary>The class is a directory of resctrl, and each schema one line of its schemata file.</summary>
    private static void CheckIntelRdt(IntelRdtSpec? rdt, Report report)
    {
        if (rdt is null)
        {
            return;
        }

        if (rdt.ClosId is { Length: > 0 } id && id != "/" && !Shape.IsFileName(id))
        {
            report.Error("IntelRdtClosID", "/linux/intelRdt/closID", "must be '/' or the name of one directory, is " + Text.Quote(id));
        }

        CheckSchema(rdt.L3CacheSchema, "/linux/intelRdt/l3CacheSchema", report);
        CheckSchema(rdt.MemBwSchema, "/linux/intelRdt/memBwSchema", report);
        if (rdt.L3CacheSchema is { Length: > 0 } l3 && !l3.StartsWith("L3", StringComparison.Ordinal))
        {
            report.Warn("IntelRdtL3CacheSchema", "/linux/intelRdt/l3CacheSchema", "should begin with 'L3:', is " + Text.Quote(l3));
        }

        if (rdt.MemBwSchema is { Length: > 0 } bandwidth && !bandwidth.StartsWith("MB:", StringComparison.Ordinal))
        {
            report.Error("IntelRdtMemBwSchema", "/linux/intelRdt/memBwSchema", "must begin with 'MB:', is " + Text.Quote(bandwidth));
        }

        ImmutableArray<string> schemata = rdt.Schemata ?? [];
        for (int i = 0; i < schemata.Length; i++)
        {
            CheckSchema(schemata[i], Place.At("/linux/intelRdt/schemata", i), report);
        }
    }

    private static void CheckSchema(string? schema, string at, Report report)
    {
        if (schema is not null && Shape.HasControl(schema))
        {
            report.Error("IntelRdtSchemaLine", at, "must be one line, without control characters");
        }
    }

    private static void CheckMemoryPolicy(MemoryPolicySpec? policy, Report report)
    {
        if (policy is null)
        {
            return;
        }

        bool hasNodes = policy.Nodes is not null && policy.Nodes.AsSpan().Trim(" ,").Length > 0;
        if (policy.Nodes is not null && !Shape.IsNumberList(policy.Nodes))
        {
            report.Error("MemoryPolicyNodes", "/linux/memoryPolicy/nodes", "must be a list of memory nodes such as 0-3,7, is " + Text.Quote(policy.Nodes));
        }

        switch (policy.Mode)
        {
            case "MPOL_DEFAULT" or "MPOL_LOCAL" when hasNodes:
                report.Error("MemoryPolicyNodes", "/linux/memoryPolicy/nodes", "must be empty for " + policy.Mode);
                break;
            case "MPOL_BIND" or "MPOL_INTERLEAVE" or "MPOL_WEIGHTED_INTERLEAVE" or "MPOL_PREFERRED_MANY" when !hasNodes:
                report.Error("MemoryPolicyNodes", "/linux/memoryPolicy/nodes", "must name a node for " + policy.Mode);
                break;
            case "MPOL_DEFAULT" or "MPOL_LOCAL" or "MPOL_BIND" or "MPOL_INTERLEAVE" or "MPOL_WEIGHTED_INTERLEAVE" or "MPOL_PREFERRED_MANY" or "MPOL_PREFERRED":
                break;
            default:
                report.Error("MemoryPolicyMode", "/linux/memoryPolicy/mode", "must be a mode of set_mempolicy(2) such as MPOL_BIND, is " + Text.Quote(policy.Mode));
                break;
        }

        ImmutableArray<string> flags = policy.Flags ?? [];
        for (int i = 0; i < flags.Length; i++)
        {
            if (flags[i] is not ("MPOL_F_NUMA_BALANCING" or "MPOL_F_RELATIVE_NODES" or "MPOL_F_STATIC_NODES"))
            {
                report.Error("MemoryPolicyFlag", Place.At("/linux/memoryPolicy/flags", i), "must be a flag of set_mempolicy(2), is " + Text.Quote(flags[i]));
            }
        }

        if (flags.Contains("MPOL_F_RELATIVE_NODES") && flags.Contains("MPOL_F_STATIC_NODES"))
        {
            report.Error("MemoryPolicyFlag", "/linux/memoryPolicy/flags", "must not hold both MPOL_F_RELATIVE_NODES and MPOL_F_STATIC_NODES");
        }
    }

    private static void CheckPersonality(PersonalitySpec? personality, Report report)
    {
        if (personality is null)
        {
            return;
        }

        if (personality.Domain is not ("LINUX" or "LINUX32"))
        {
            report.Error("PersonalityDomain", "/linux/personality/domain", "must be LINUX or LINUX32, is " + Text.Quote(personality.Domain));
        }

        if (personality.Flags is { Length: > 0 })
        {
            report.Warn("PersonalityFlags", "/linux/personality/flags", "are ignored: the specification has none");
        }
    }

    private static void CheckTimeOffsets(ImmutableArray<KeyValuePair<string, TimeOffsetSpec>> offsets, NamespaceSet namespaces, Report report)
    {
        if (offsets.IsEmpty)
        {
            return;
        }

        if (!namespaces.Has(NamespaceKinds.Time))
        {
            report.Error("TimeNamespaceRequired", "/linux/timeOffsets", "time namespace offsets specified, but time namespace isn't enabled in the config");
        }
        else if (namespaces.Joins(NamespaceKinds.Time))
        {
            report.Error("TimeNamespaceRequired", "/linux/timeOffsets", "must not be given where a time namespace is joined by its path");
        }

        foreach ((string clock, TimeOffsetSpec offset) in offsets)
        {
            if (clock is not ("monotonic" or "boottime"))
            {
                report.Error("TimeOffsetsClock", Place.Of("/linux/timeOffsets", clock), "must be monotonic or boottime");
            }

            if (offset.Nanosecs >= 1_000_000_000)
            {
                report.Error("TimeOffsetsNanosecs", Place.Of("/linux/timeOffsets", clock) + "/nanosecs", Text.Join("must be below a second, is ", offset.Nanosecs, string.Empty));
            }
        }
    }
}
