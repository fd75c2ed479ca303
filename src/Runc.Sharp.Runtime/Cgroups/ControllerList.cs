using System;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Lists of controllers as the kernel writes them: comma separated, <c>cpu,cpuacct</c>.</summary>
internal static class ControllerList
{
    /// <summary>Whether <paramref name="list"/> names <paramref name="controller"/>; the empty list names the empty controller (v2).</summary>
    internal static bool Names(ReadOnlySpan<char> list, ReadOnlySpan<char> controller)
    {
        foreach (var range in list.Split(','))
        {
            if (list[range].SequenceEqual(controller))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether <paramref name="list"/> names every controller of <paramref name="others"/>.</summary>
    internal static bool NamesAll(ReadOnlySpan<char> list, ReadOnlySpan<char> others)
    {
        foreach (var range in others.Split(','))
        {
            if (!Names(list, others[range]))
            {
                return false;
            }
        }

        return true;
    }
}
