using System.Collections.Immutable;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Sets of capabilities. capabilities(7).</summary>
internal static class Capabilities
{
    /// <summary>CAP_SYS_ADMIN, without which a filter is loaded only under no_new_privs. seccomp(2).</summary>
    internal const ulong SysAdmin = 1UL << 21;

    /// <summary>The set of <paramref name="names"/> within <paramref name="possible"/>; what is left out is warned of once, as the specification wants.</summary>
    internal static ulong Set(ImmutableArray<string>? names, ulong possible, ImmutableArray<string>.Builder warnings)
    {
        ulong set = 0;
        foreach (string name in names ?? [])
        {
            int number = CapabilityNames.Number(name);
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
