using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Systemd;

namespace Runc.Sharp.Runtime.Launch;

/// <content>What <see cref="Create"/> would do, for <c>explain</c>.</content>
internal sealed partial class ContainerCgroups
{
    /// <summary>What would be made and written on this machine as it is now: the manager itself tells, over files that only keep what it does.</summary>
    internal ImmutableArray<ExplainLine> Rehearse()
    {
        var lines = ImmutableArray.CreateBuilder<ExplainLine>();
        if (_placement is null)
        {
            return [];
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
        var rehearsal = new CgroupRehearsal(files, _placement.Root);
        var manager = new FsManager(rehearsal, _placement);
        if (_scope is null)
        {
            manager.Create(_writes);
        }
        else
        {
            foreach (UnitProperty property in _scope(0))
            {
                lines.Add(new ExplainLine(null, property.Pointer, "StartTransientUnit", string.Concat("ask systemd for ", Unit, " with ") + property.Name + "=" + Shown(property)));
            }

            foreach (PlacedCgroup group in _placement.Groups)
            {
                if (group.IsUnified || FsManager.KnownToSystemd(group))
                {
                    rehearsal.Assume(group.Directory);
                }
            }

            manager.Adopt(_writes);
        }

        Limit(manager, rehearsal);
        foreach (CgroupAct act in rehearsal.Acts)
        {
            lines.Add(new ExplainLine(null, PointerOf(act), act.Call, act.Words));
        }

        return lines.ToImmutable();
    }

    /// <summary>Several properties may write one file (a device each), and parents get what they have to hand down.</summary>
    private string PointerOf(CgroupAct act)
    {
        int slash = act.Path.LastIndexOf('/');
        string? pointer = null;
        foreach (CgroupWrite write in IsOurs(act.Path.AsSpan(0, slash)) ? _writes!.Writes : [])
        {
            if (act.Path.AsSpan(slash + 1).SequenceEqual(write.File) || act.Path.AsSpan(slash + 1).SequenceEqual(write.OtherFile))
            {
                if (act.Value == write.Value || act.Value == write.OtherValue)
                {
                    return write.Pointer;
                }

                pointer ??= write.Pointer;
            }
        }

        return pointer ?? (act.Call == "bpf" || act.Path.AsSpan(slash + 1) is "devices.allow" or "devices.deny" ? CgroupWrites.ConfigPointer + "/devices" : CgroupPath.Pointer);
    }

    private bool IsOurs(ReadOnlySpan<char> directory)
    {
        foreach (PlacedCgroup group in _placement!.Groups)
        {
            if (directory.SequenceEqual(group.Directory))
            {
                return _writes is not null;
            }
        }

        return false;
    }

    private static string Shown(UnitProperty property) => property switch
    {
        { Name: "PIDs" } => "init's",
        { Value: ulong.MaxValue } => "infinity",
        { Name: "AllowedCPUs" or "AllowedMemoryNodes", Value: byte[] bits } => Ranges(bits),
        _ => Shown(property.Value),
    };

    private static string Shown(object value)
    {
        var text = new StringBuilder();
        switch (value)
        {
            case string word:
                return word;
            case bool flag:
                return flag ? "true" : "false";
            case byte[] bytes:
                return Convert.ToHexString(bytes);
            case IFormattable number:
                return number.ToString(null, CultureInfo.InvariantCulture);
            case (string, string)[] pairs:
                foreach ((string first, string second) in pairs)
                {
                    Next(text).Append(first).Append(' ').Append(second);
                }

                break;
            case (string, ulong)[] pairs:
                foreach ((string first, ulong second) in pairs)
                {
                    Next(text).Append(first).Append(' ').Append(Shown(second));
                }

                break;
            default:
                foreach (object item in ((DBusArray)value).Items)
                {
                    Next(text).Append(Shown(item));
                }

                break;
        }

        return text.ToString();
    }

    /// <summary>A set of numbers as cpuset(7) lists it.</summary>
    private static string Ranges(byte[] bits)
    {
        var text = new StringBuilder();
        for (int from = 0; from < bits.Length * 8; from++)
        {
            int end = from;
            while (end < bits.Length * 8 && (bits[end / 8] & (1 << (end % 8))) != 0)
            {
                end++;
            }

            if (end > from)
            {
                (text.Length == 0 ? text : text.Append(',')).Append(from);
                if (end - from > 1)
                {
                    text.Append('-').Append(end - 1);
                }

                from = end;
            }
        }

        return text.ToString();
    }

    private static StringBuilder Next(StringBuilder text) => text.Length == 0 ? text : text.Append(", ");
}
