using System;
using System.Collections.Generic;
using System.Text;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>One line of <c>/proc/PID/cgroup</c>: <c>hierarchy-id:controllers:path</c>. cgroups(7).</summary>
internal readonly record struct ProcCgroupLine(string Controllers, string Path)
{
    /// <summary>The mark the kernel appends to the path of a removed cgroup.</summary>
    internal const string Deleted = " (deleted)";

    /// <summary>Reads all lines.</summary>
    /// <exception cref="RuntimeException">A line has not the kernel's form.</exception>
    internal static List<ProcCgroupLine> Parse(ReadOnlySpan<byte> text)
    {
        var lines = new List<ProcCgroupLine>(16);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            var first = line.IndexOf((byte)':');
            var second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)':');
            if (second < 0)
            {
                throw new RuntimeException("/proc/self/cgroup has a line that is not id:controllers:path");
            }

            lines.Add(new ProcCgroupLine(
                Encoding.UTF8.GetString(line.Slice(first + 1, second)),
                Encoding.UTF8.GetString(line[(first + second + 2)..])));
        }

        return lines;
    }
}
