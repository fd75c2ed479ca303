using System;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>The OCI document speaks cgroup v1; these are the values' v2 forms. config-linux.md#control-groups, and runc's numbers where it is silent.</summary>
public static class CgroupConversions
{
    /// <summary>
    /// CPU shares (2 to 262144, default 1024) as a v2 weight (1 to 10000, default 100): the quadratic curve through the three fixed points, so
    /// that the default of one is the default of the other.
    /// </summary>
    /// <returns>0 for 0, which means unset.</returns>
    public static ulong WeightOfShares(ulong shares)
    {
        switch (shares)
        {
            case 0:
                return 0;
            case <= 2:
                return 1;
            case >= 262144:
                return 10000;
            default:
                var l = Math.Log2(shares);
                return (ulong)Math.Ceiling(Math.Pow(10, (((l * l) + (125 * l)) / 612.0) - (7.0 / 34.0)));
        }
    }

    /// <summary>A block I/O weight (10 to 1000) as <c>io.weight</c> (1 to 10000), linearly.</summary>
    public static ulong IoWeightOfBlkio(ushort weight) => weight == 0 ? 0 : 1 + ((weight - 10UL) * 9999 / 990);

    /// <summary>
    /// The <c>IOWeight</c> (1 to 10000) of which systemd makes this weight (1 to 1000) for the BFQ scheduler: it squeezes what is above
    /// the default of both, 100, by eleven.
    /// </summary>
    public static ulong UnitWeightOfBfq(ulong weight) => weight <= 100 ? weight : 100 + ((weight - 100) * 11);

    /// <summary>
    /// The v2 swap limit, which does not count memory, out of the v1 one, which does.
    /// </summary>
    /// <param name="swap">Memory and swap in bytes; -1 for no limit, 0 for unset.</param>
    /// <param name="memory">Memory in bytes; -1 for no limit, 0 for unset.</param>
    /// <param name="fault">What is wrong with the pair, or null.</param>
    /// <returns>Bytes; -1 for no limit; null where nothing is to be written.</returns>
    public static long? SwapOnly(long swap, long memory, out string? fault)
    {
        fault = null;
        switch (swap)
        {
            // Unlimited memory without a word about swap: v1 lifts both, and so does v2.
            case 0:
                return memory == -1 ? -1 : null;
            case -1:
                return -1;
            default:
                break;
        }

        if (memory == -1)
        {
            return swap;
        }

        if (memory == 0)
        {
            fault = "unable to set swap limit without memory limit";
            return null;
        }

        if (swap < memory)
        {
            fault = "memory+swap limit should be >= memory limit";
            return null;
        }

        return swap - memory;
    }
}
