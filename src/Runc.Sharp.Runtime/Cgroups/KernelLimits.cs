using System;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// Fills in what a change does not say but its values depend on: two properties share a control file or a formula. What holds is asked of the
/// kernel, not of a record: another program may have changed it.
/// </summary>
public static class KernelLimits
{
    /// <summary>The change, with quota and period, and on v2 with memory and swap, both or neither.</summary>
    public static ResourcesSpec Complete(ResourcesSpec change, ICgroupFiles files, CgroupPlacement placement) =>
        change with { Cpu = Bandwidth(change.Cpu, files, placement), Memory = Swap(change.Memory, files, placement) };

    private static CpuSpec? Bandwidth(CpuSpec? cpu, ICgroupFiles files, CgroupPlacement placement)
    {
        bool quota = cpu?.Quota is { } microseconds && microseconds != 0;
        bool period = cpu?.Period is { } length && length != 0;
        if (cpu is null || quota == period)
        {
            return cpu;
        }

        string first;
        string? second;
        if (placement.Version == CgroupVersion.Unified)
        {
            // "max 100000"
            string both = Text(files, placement, string.Empty, "cpu.max") ?? string.Empty;
            int space = both.IndexOf(' ', StringComparison.Ordinal);
            first = space < 0 ? both : both[..space];
            second = space < 0 ? null : both[(space + 1)..];
        }
        else
        {
            first = Text(files, placement, "cpu", "cpu.cfs_quota_us") ?? string.Empty;
            second = Text(files, placement, "cpu", "cpu.cfs_period_us");
        }

        return quota
            ? cpu with { Period = ulong.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out ulong us) ? us : null }
            : cpu with { Quota = Number(first) };
    }

    /// <summary>The document's swap is memory and swap together, v2's only the latter: a new value of one changes what the other comes to.</summary>
    private static MemorySpec? Swap(MemorySpec? memory, ICgroupFiles files, CgroupPlacement placement)
    {
        bool limit = memory?.Limit is { } bytes && bytes != 0;
        bool swap = memory?.Swap is { } both && both != 0;
        if (memory is null || limit == swap || placement.Version != CgroupVersion.Unified)
        {
            return memory;
        }

        long? limitNow = Number(Text(files, placement, string.Empty, "memory.max"));
        if (swap)
        {
            return memory with { Limit = limitNow };
        }

        // Lifting the limit lifts that of swap: CgroupConversions.SwapOnly.
        long? swapNow = Number(Text(files, placement, string.Empty, "memory.swap.max"));
        return memory.Limit == -1 || swapNow is null or -1 || limitNow is null or -1
            ? memory
            : memory with { Swap = limitNow + swapNow };
    }

    private static string? Text(ICgroupFiles files, CgroupPlacement placement, string controller, string file) =>
        placement.Find(controller) is { } group && files.ReadText(group.Directory + "/" + file, out string content) == Errno.None ? content : null;

    private static long? Number(string? text) => text switch
    {
        null or "" => null,
        "max" => -1,
        _ => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? number : null,
    };
}
