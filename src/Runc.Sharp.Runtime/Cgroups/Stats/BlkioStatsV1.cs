using System;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The v1 blkio counters. Each I/O scheduler brought files of its own, so the richest set that exists is taken: BFQ with debugging, BFQ, CFQ, and
/// at last those of the throttling layer, which are always there.
/// </summary>
internal static class BlkioStatsV1
{
    internal static BlkioStats Read(StatFiles stat, string? directory)
    {
        if (directory is null)
        {
            return new BlkioStats();
        }

        foreach (var (prefix, suffix) in (ReadOnlySpan<(string, string)>)[("/blkio.bfq.", "_recursive"), ("/blkio.", "_recursive")])
        {
            var sectors = Entries(stat, directory + prefix + "sectors" + suffix);
            if (!sectors.IsEmpty)
            {
                return Full(stat, directory + prefix, suffix) with { Sectors = sectors };
            }
        }

        foreach (var (prefix, suffix) in (ReadOnlySpan<(string, string)>)
            [("/blkio.bfq.", "_recursive"), ("/blkio.throttle.", "_recursive"), ("/blkio.throttle.", "")])
        {
            var serviced = Entries(stat, directory + prefix + "io_serviced" + suffix);
            if (!serviced.IsEmpty)
            {
                return new BlkioStats { Serviced = serviced, ServiceBytes = Entries(stat, directory + prefix + "io_service_bytes" + suffix) };
            }
        }

        return new BlkioStats();
    }

    private static BlkioStats Full(StatFiles stat, string prefix, string suffix) => new()
    {
        ServiceBytes = Entries(stat, prefix + "io_service_bytes" + suffix),
        Serviced = Entries(stat, prefix + "io_serviced" + suffix),
        Queued = Entries(stat, prefix + "io_queued" + suffix),
        ServiceTime = Entries(stat, prefix + "io_service_time" + suffix),
        WaitTime = Entries(stat, prefix + "io_wait_time" + suffix),
        Merged = Entries(stat, prefix + "io_merged" + suffix),
        Time = Entries(stat, prefix + "time" + suffix),
    };

    /// <summary>Lines <c>8:0 Read 4096</c> or <c>8:0 4096</c>; the sum's line at the end has no device.</summary>
    private static ImmutableArray<BlkioEntry> Entries(StatFiles stat, string path)
    {
        if (stat.Content(path) is not { } content)
        {
            return [];
        }

        var entries = ImmutableArray.CreateBuilder<BlkioEntry>();
        for (var rest = content.AsSpan(); StatFiles.NextLine(ref rest, out var line);)
        {
            if (Device(line, out var major, out var minor, out var tail))
            {
                var space = tail.IndexOf((byte)' ');
                var operation = space < 0 ? string.Empty : Encoding.UTF8.GetString(tail[..space]);
                entries.Add(new BlkioEntry(major, minor, operation, StatFiles.Number(tail[(space + 1)..])));
            }
        }

        return entries.ToImmutable();
    }

    /// <summary>Splits <c>8:0 rest</c>.</summary>
    internal static bool Device(ReadOnlySpan<byte> line, out ulong major, out ulong minor, out ReadOnlySpan<byte> rest)
    {
        minor = 0;
        rest = default;
        if (!Utf8Parser.TryParse(line, out major, out var used) || used >= line.Length || line[used] != (byte)':')
        {
            return false;
        }

        line = line[(used + 1)..];
        if (!Utf8Parser.TryParse(line, out minor, out used) || used >= line.Length || line[used] != (byte)' ')
        {
            return false;
        }

        rest = line[(used + 1)..];
        return true;
    }
}
