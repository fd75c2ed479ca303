using System;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Capability names and sets. capabilities(7).</summary>
public static class Capabilities
{
    /// <summary>CAP_SYS_ADMIN, without which a filter is loaded only under no_new_privs. seccomp(2).</summary>
    public const ulong SysAdmin = 1UL << 21;

    private static readonly string[] Names =
    [
        "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID",
        "CAP_SETPCAP", "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
        "CAP_IPC_LOCK", "CAP_IPC_OWNER", "CAP_SYS_MODULE", "CAP_SYS_RAWIO", "CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_SYS_PACCT",
        "CAP_SYS_ADMIN", "CAP_SYS_BOOT", "CAP_SYS_NICE", "CAP_SYS_RESOURCE", "CAP_SYS_TIME", "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
        "CAP_LEASE", "CAP_AUDIT_WRITE", "CAP_AUDIT_CONTROL", "CAP_SETFCAP", "CAP_MAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYSLOG",
        "CAP_WAKE_ALARM", "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ", "CAP_PERFMON", "CAP_BPF", "CAP_CHECKPOINT_RESTORE",
    ];

    /// <summary>All names, in the order of their numbers.</summary>
    public static ReadOnlySpan<string> All => Names;

    /// <summary>The set of <paramref name="names"/> within <paramref name="possible"/>; what is left out is warned of once, as the specification wants.</summary>
    internal static ulong Set(ImmutableArray<string>? names, ulong possible, ImmutableArray<string>.Builder warnings)
    {
        ulong set = 0;
        foreach (string name in names ?? [])
        {
            int number = Array.IndexOf(Names, name);
            ulong bit = number < 0 ? 0 : 1UL << number;
            if ((bit & possible) == 0)
            {
                string warning = $"capability {name} is {(number < 0 ? "unknown" : "not available")} and is left out";
                if (!warnings.Contains(warning))
                {
                    warnings.Add(warning);
                }
            }

            set |= bit & possible;
        }

        return set;
    }
}
