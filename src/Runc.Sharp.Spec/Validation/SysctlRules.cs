using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Spec.Validation;

/// <summary>
/// Kernel parameters: only those that belong to a namespace of the container. Spec: config-linux.md#sysctl; sysctl(8). Whether a network
/// namespace that is joined by its path is the host's own, only the machine can tell.
/// </summary>
internal static class SysctlRules
{
    internal static void Check(ImmutableArray<KeyValuePair<string, string>> sysctl, NamespaceSet namespaces, Report report)
    {
        foreach ((string name, _) in sysctl)
        {
            string path = AsPath(name);
            string? fault = IsPath(path)
                ? Fault(path, namespaces)
                : "must be names parted by '.' or by '/', none of them empty, '.' or '..'";
            if (fault is not null)
            {
                report.Error("SysctlNamespaced", Place.Of("/linux/sysctl", name), fault);
            }
        }
    }

    /// <summary>
    /// The path below /proc/sys. The sign that comes first parts the names; where that is the dot, a slash stands for a dot within a name,
    /// as in <c>net.ipv4.conf.eno2/100.rp_filter</c>. sysctl.d(5).
    /// </summary>
    private static string AsPath(string name)
    {
        int first = name.AsSpan().IndexOfAny('.', '/');
        return first < 0 || name[first] == '/'
            ? name
            : string.Create(name.Length, name, static (path, from) =>
            {
                for (int i = 0; i < path.Length; i++)
                {
                    path[i] = from[i] switch { '.' => '/', '/' => '.', char c => c };
                }
            });
    }

    private static bool IsPath(string path)
    {
        if (Shape.HasControl(path))
        {
            return false;
        }

        foreach (Range range in path.AsSpan().Split('/'))
        {
            if (path.AsSpan()[range] is "" or "." or "..")
            {
                return false;
            }
        }

        return true;
    }

    private static string? Fault(string path, NamespaceSet namespaces)
    {
        if (IsOfIpc(path))
        {
            return namespaces.Has(NamespaceKinds.Ipc) ? null : "is not allowed in the hosts ipc namespace";
        }

        if (path.StartsWith("net/", StringComparison.Ordinal))
        {
            return namespaces.Has(NamespaceKinds.Network) ? null : "is not allowed in host network namespace";
        }

        if (path.StartsWith("user/", StringComparison.Ordinal))
        {
            return namespaces.Has(NamespaceKinds.User) ? null : "is not allowed without a user namespace";
        }

        if (namespaces.Has(NamespaceKinds.Uts))
        {
            switch (path)
            {
                case "kernel/domainname":
                    return null;
                case "kernel/hostname":
                    return "is not allowed as it conflicts with the OCI \"hostname\" field";
                default:
                    break;
            }
        }

        return "is not in a separate kernel namespace";
    }

    private static bool IsOfIpc(string path) => path.StartsWith("fs/mqueue/", StringComparison.Ordinal) || path is
        "kernel/msgmax" or "kernel/msgmnb" or "kernel/msgmni" or "kernel/sem" or "kernel/shmall" or "kernel/shmmax" or "kernel/shmmni"
        or "kernel/shm_rmid_forced";
}
