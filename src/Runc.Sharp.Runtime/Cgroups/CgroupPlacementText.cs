using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The placement as one string of the container's state record: a line <c>fs hybrid /sys/fs/cgroup</c>, then a line per cgroup with controllers, mount,
/// path and components made, apart by tabs. No name may hold control characters (<see cref="CgroupName"/>), so nothing needs escaping.
/// </summary>
public static class CgroupPlacementText
{
    /// <summary>Writes <paramref name="placement"/>.</summary>
    public static string Write(CgroupPlacement placement)
    {
        var text = new StringBuilder(512)
            .Append(placement.Manager switch
            {
                CgroupManagerKind.Fs => "fs ",
                CgroupManagerKind.Systemd => "systemd ",
                _ => "disabled ",
            })
            .Append(placement.Version switch
            {
                CgroupVersion.V1 => "v1 ",
                CgroupVersion.Hybrid => "hybrid ",
                _ => "v2 ",
            })
            .Append(placement.Root);
        foreach (var group in placement.Groups)
        {
            text.Append('\n').Append(group.Controllers).Append('\t').Append(group.Mount).Append('\t').Append(group.Path).Append('\t').Append(WriteTarget.Text(group.Made));
        }

        return text.ToString();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="text">The record.</param>
    /// <param name="only">The one v1 controller that is asked about: only its cgroup is read, and that of v2. Null for all.</param>
    /// <exception cref="RuntimeException">The record is damaged, or names a path that this runtime would not have made: it drives kills and removals,
    /// so it is trusted no more than a config file.</exception>
    public static CgroupPlacement Read(string text, string? only = null)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var head = (end < 0 ? text : text[..end]).Split(' ', 3);
        if (head.Length != 3 || !head[2].StartsWith('/'))
        {
            throw Damaged();
        }

        var groups = ImmutableArray.CreateBuilder<PlacedCgroup>();
        while (end >= 0)
        {
            var start = end + 1;
            end = text.IndexOf('\n', start);
            var line = text.AsSpan()[start..(end < 0 ? text.Length : end)];
            var tab = line.IndexOf('\t');
            if (only is null || tab <= 0 || line[..tab].Contains(only, StringComparison.Ordinal))
            {
                groups.Add(Group(line.ToString().Split('\t')));
            }
        }

        return new CgroupPlacement
        {
            Manager = head[0] switch
            {
                "fs" => CgroupManagerKind.Fs,
                "systemd" => CgroupManagerKind.Systemd,
                "disabled" => CgroupManagerKind.Disabled,
                _ => throw Damaged(),
            },
            Version = head[1] switch
            {
                "v1" => CgroupVersion.V1,
                "hybrid" => CgroupVersion.Hybrid,
                "v2" => CgroupVersion.Unified,
                _ => throw Damaged(),
            },
            Root = head[2],
            Groups = groups.DrainToImmutable(),
        };
    }

    private static PlacedCgroup Group(string[] fields)
    {
        if (fields.Length != 4
            || !int.TryParse(fields[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var made)
            || made < PlacedCgroup.Unknown
            || fields[2].Length == 0
            || CgroupName.Normalize(fields[2]).Path != fields[2]
            || CgroupName.Normalize(fields[1]).Path != fields[1])
        {
            throw Damaged();
        }

        return new PlacedCgroup(fields[0], fields[1], fields[2], made);
    }

    private static RuntimeException Damaged() => new("the cgroup record of the container's state is damaged");
}
