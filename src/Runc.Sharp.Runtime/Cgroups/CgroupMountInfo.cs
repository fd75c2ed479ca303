using System;
using System.Collections.Generic;
using System.Text;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>One cgroup mount out of <c>/proc/self/mountinfo</c>. proc_pid_mountinfo(5).</summary>
internal readonly record struct CgroupMountLine(string Root, string MountPoint, string Options, bool IsV2)
{
    /// <summary>Keeps the lines whose file system is cgroup or cgroup2.</summary>
    internal static List<CgroupMountLine> Parse(ReadOnlySpan<byte> text)
    {
        var mounts = new List<CgroupMountLine>(12);
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];

            // Optional fields stand between the sixth field and a lone hyphen.
            var separator = line.IndexOf(" - cgroup"u8);
            if (separator < 0)
            {
                continue;
            }

            var tail = line[(separator + 3)..];
            var fstype = Field(tail, 0);
            var v2 = fstype.SequenceEqual("cgroup2"u8);
            if (!v2 && !fstype.SequenceEqual("cgroup"u8))
            {
                continue;
            }

            mounts.Add(new CgroupMountLine(Unescape(Field(line, 3)), Unescape(Field(line, 4)), Unescape(Field(tail, 2)), v2));
        }

        return mounts;
    }

    /// <summary>Whether the mount carries every one of <paramref name="controllers"/> (comma separated).</summary>
    internal bool Carries(string controllers) =>
        controllers.Length == 0 ? IsV2 : !IsV2 && ControllerList.NamesAll(Options, controllers);

    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> line, int index)
    {
        for (; index > 0; index--)
        {
            var space = line.IndexOf((byte)' ');
            line = space < 0 ? default : line[(space + 1)..];
        }

        var stop = line.IndexOf((byte)' ');
        return stop < 0 ? line : line[..stop];
    }

    /// <summary>The kernel writes space, tab, newline and backslash as three octal digits.</summary>
    private static string Unescape(ReadOnlySpan<byte> field)
    {
        if (!field.Contains((byte)'\\'))
        {
            return Encoding.UTF8.GetString(field);
        }

        var bytes = new byte[field.Length];
        var length = 0;
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == (byte)'\\' && i + 3 < field.Length)
            {
                bytes[length++] = (byte)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0'));
                i += 3;
            }
            else
            {
                bytes[length++] = field[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
