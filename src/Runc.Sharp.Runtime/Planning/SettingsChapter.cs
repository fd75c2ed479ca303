using System;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What belongs to the namespaces themselves: names, the loopback device, kernel parameters.</summary>
internal static class SettingsChapter
{
    internal static void Add(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        if (!string.IsNullOrEmpty(context.Spec.Hostname))
        {
            plan.At("/hostname");
            plan.Call("set the host name", context.Spec.Hostname, Sys.sethostname, plan.Text(context.Spec.Hostname), Encoding.UTF8.GetByteCount(context.Spec.Hostname));
        }

        if (!string.IsNullOrEmpty(context.Spec.Domainname))
        {
            plan.At("/domainname");
            plan.Call("set the domain name", context.Spec.Domainname, Sys.setdomainname, plan.Text(context.Spec.Domainname), Encoding.UTF8.GetByteCount(context.Spec.Domainname));
        }

        if (context.HasNew(CLONE_NEWNET))
        {
            Loopback(context);
        }

        Sysctls(context);
        AddPersonality(context, context.Spec.Linux?.Personality?.Domain);
    }

    /// <summary>Nothing hands it on but a clone: each process that joins asks for it itself. personality(2)</summary>
    internal static void AddPersonality(PlanContext context, string? domain)
    {
        if (domain is not null)
        {
            context.Plan.At("/linux/personality");
            context.Plan.Call("set the personality", domain, Sys.personality, domain == "LINUX32" ? 8 : 0);
        }
    }

    /// <summary>A new network namespace has lo, down. Flags other than IFF_UP are kept by the kernel. netdevice(7).</summary>
    private static void Loopback(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        plan.At("/linux/namespaces");
        Span<byte> request = stackalloc byte[40]; // struct ifreq: a name of 16 bytes, then the flags
        "lo"u8.CopyTo(request);
        request[16] = IFF_UP;
        plan.Call("open a socket for", "lo", Sys.socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0).Into(plan, context.Work);
        plan.Call("set up", "lo", Sys.ioctl, context.Work, SIOCSIFFLAGS, plan.Bytes(request));
        context.Close(context.Work);
    }

    /// <summary>Kernel parameters of the namespaces that init is in. config-linux.md#sysctl</summary>
    private static void Sysctls(PlanContext context)
    {
        if (context.Spec.Linux is not { Sysctl.Length: > 0 } linux)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanRegister proc = context.Proc!.Value;
        PlanData how = context.OpenHow(O_WRONLY, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV);
        foreach (KeyValuePair<string, string> entry in linux.Sysctl)
        {
            plan.At("/linux/sysctl", -1, "/" + entry.Key.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal));
            plan.Call("open the kernel parameter", entry.Key, Sys.openat2, proc, plan.Text("sys/" + FilePath(entry.Key)), how, 24).Into(plan, context.Work);
            plan.Call("set the kernel parameter", entry.Key, Sys.write, context.Work, plan.Text(entry.Value), Encoding.UTF8.GetByteCount(entry.Value));
            context.Close(context.Work);
        }
    }

    /// <summary>A name with dots has its slashes and dots exchanged; one with a slash first is a path already. sysctl(8).</summary>
    private static string FilePath(string name)
    {
        int first = name.AsSpan().IndexOfAny('.', '/');
        if (first >= 0 && name[first] == '/')
        {
            return name;
        }

        return string.Create(name.Length, name, static (target, source) =>
        {
            for (int at = 0; at < source.Length; at++)
            {
                target[at] = source[at] switch { '.' => '/', '/' => '.', char other => other };
            }
        });
    }
}
