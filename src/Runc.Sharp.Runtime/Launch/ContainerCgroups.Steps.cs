using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
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
        { Name: "PIDs" } => "the shim's",
        { Value: ulong.MaxValue } => "infinity",
        { Value: (string, string)[] pairs } => string.Join(", ", pairs.Select(static pair => pair.Item1 + " " + pair.Item2)),
        { Value: (string, ulong)[] pairs } => string.Join(", ", pairs.Select(static pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Item1} {pair.Item2}"))),
        { Value: byte[] bytes } => System.Convert.ToHexString(bytes),
        { Value: DBusArray array } => string.Join(", ", array.Items),
        _ => System.Convert.ToString(property.Value, CultureInfo.InvariantCulture)!,
    };
}
