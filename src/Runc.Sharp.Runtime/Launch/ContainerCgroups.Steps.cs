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

    private string PointerOf(CgroupAct act)
    {
        string file = act.Path[(act.Path.LastIndexOf('/') + 1)..];
        foreach (CgroupWrite write in _writes?.Writes ?? [])
        {
            if (file == write.File || file == write.OtherFile)
            {
                return write.Pointer;
            }
        }

        return act.Call == "bpf" || file is "devices.allow" or "devices.deny" ? CgroupWrites.ConfigPointer + "/devices" : CgroupPath.Pointer;
    }

    private static string Shown(UnitProperty property) => property switch
    {
        { Name: "PIDs" } => "init's",
        { Value: ulong.MaxValue } => "infinity",
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
                return System.Convert.ToHexString(bytes);
            case System.IFormattable number:
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

    private static StringBuilder Next(StringBuilder text) => text.Length == 0 ? text : text.Append(", ");
}
