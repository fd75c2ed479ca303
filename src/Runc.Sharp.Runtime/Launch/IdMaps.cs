using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Writes the id maps of a new user namespace, from outside. user_namespaces(7).</summary>
internal static class IdMaps
{
    /// <summary>The most that a map may be long: 340 lines of three numbers.</summary>
    private const int MostBytes = 16384;

    internal static void Write(int pid, LinuxSpec linux)
    {
        foreach ((string pointer, string file, string text) in Of(linux))
        {
            SyscallResult written = Files.WriteFileAt(OwnedFd.Cwd, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), Encoding.ASCII.GetBytes(text));
            if (written.Failed)
            {
                throw new RuntimeException(pointer, new LinuxException(written).Message);
            }
        }
    }

    /// <summary>The files in /proc/PID, in the order in which they are written.</summary>
    internal static (string Pointer, string File, string Text)[] Of(LinuxSpec linux) =>
    [
        ("/linux/gidMappings", "gid_map", Text(linux.GidMappings)),
        ("/linux/uidMappings", "uid_map", Text(linux.UidMappings)),
    ];

    /// <summary>
    /// Engines write the mappings beside a user namespace that is joined. Those of another one would give the files of the root and of volumes to the
    /// wrong users; runc refuses them since 1.2.
    /// </summary>
    internal static void CheckJoined(int pid, LinuxSpec linux)
    {
        foreach ((string pointer, string file, string asked) in Of(linux))
        {
            if (asked.Length == 0)
            {
                continue;
            }

            string text = Encoding.ASCII.GetString(Files.ReadFileAt(OwnedFd.Cwd, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), MostBytes).OrThrow().Span);
            List<(uint Inside, uint Outside, uint Size)> ranges = Ranges(text);
            if (!CollectionsMarshal.AsSpan(ranges).SequenceEqual(CollectionsMarshal.AsSpan(Ranges(asked))))
            {
                throw new RuntimeException([new Refusal(pointer, " must be those of the user namespace that is joined, or be left out: it maps " + Words(ranges))]);
            }
        }
    }

    /// <summary>The ranges of a map, in their order, and what is of one piece as one.</summary>
    internal static List<(uint Inside, uint Outside, uint Size)> Ranges(string map)
    {
        var ranges = new List<(uint Inside, uint Outside, uint Size)>();
        string[] numbers = map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (int at = 0; at + 2 < numbers.Length; at += 3)
        {
            ranges.Add((Number(numbers[at]), Number(numbers[at + 1]), Number(numbers[at + 2])));
        }

        ranges.Sort();
        for (int at = ranges.Count - 1; at > 0; at--)
        {
            ((uint inside, uint outside, uint size), (uint next, uint nextOutside, uint nextSize)) = (ranges[at - 1], ranges[at]);
            if (inside + size == next && outside + size == nextOutside)
            {
                ranges[at - 1] = (inside, outside, size + nextSize);
                ranges.RemoveAt(at);
            }
        }

        return ranges;
    }

    private static uint Number(string word) => uint.Parse(word, CultureInfo.InvariantCulture);

    private static string Words(List<(uint Inside, uint Outside, uint Size)> ranges)
    {
        var text = new StringBuilder();
        foreach ((uint inside, uint outside, uint size) in ranges)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? string.Empty : ", ")}{inside} {outside} {size}");
        }

        return text.Length == 0 ? "nothing" : text.ToString();
    }

    private static string Text(ImmutableArray<IdMappingSpec>? mappings)
    {
        var text = new StringBuilder();
        foreach (IdMappingSpec mapping in mappings ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        return text.ToString();
    }
}
