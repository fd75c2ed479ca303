using System.Collections.Generic;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>The device rules of a container as writes to <c>devices.deny</c> and <c>devices.allow</c>. Spec: config-linux.md#allowed-device-list.</summary>
public sealed class CgroupDevicesV1
{
    private readonly List<DeviceException> _exceptions;
    private readonly string _defaultPointer;

    private CgroupDevicesV1(bool allowByDefault, string defaultPointer, List<DeviceException> exceptions)
    {
        AllowByDefault = allowByDefault;
        _defaultPointer = defaultPointer;
        _exceptions = exceptions;
    }

    /// <summary>Whether a device without an exception may be used.</summary>
    public bool AllowByDefault { get; }

    /// <summary>The exceptions' lines, each a write of its own.</summary>
    public ImmutableArray<string> Lines
    {
        get
        {
            var lines = ImmutableArray.CreateBuilder<string>(_exceptions.Count);
            foreach (var exception in _exceptions)
            {
                lines.Add(exception.Line());
            }

            return lines.MoveToImmutable();
        }
    }

    /// <summary>
    /// Folds the rules of the configuration and the default devices, which come after them and are always allowed, into the fewest writes.
    /// Pure. Starts from "nothing allowed", whatever the configuration says first.
    /// </summary>
    /// <exception cref="RuntimeException">A rule is malformed, or the v1 controller cannot express the list.</exception>
    public static CgroupDevicesV1 For(ImmutableArray<DeviceRuleSpec> rules, string pointer = CgroupWrites.ConfigPointer)
    {
        var list = new DeviceListV1();
        for (var i = 0; i < rules.Length; i++)
        {
            var at = string.Concat(pointer, "/devices/", WriteTarget.Text(i));
            list.Apply(rules[i].Allow, Read(rules[i], at));
        }

        AllowDefaults(list);
        return new CgroupDevicesV1(list.AllowByDefault, list.DefaultPointer, list.Exceptions());
    }

    /// <summary>Which rule of the configuration the line at <paramref name="index"/> comes from.</summary>
    internal string PointerOf(int index)
    {
        var pointer = index < 0 ? _defaultPointer : _exceptions[index].Pointer;
        return pointer.Length == 0 ? "default device rules" : pointer;
    }

    /// <summary>
    /// The list that runc and crun add to every container: any node may be made, and the devices every container has may be used. 10:200 is
    /// /dev/net/tun, which runc dropped once and took back for its users' sake.
    /// </summary>
    private static void AllowDefaults(DeviceListV1 list)
    {
        list.Apply(true, new DeviceException('c', -1, -1, DeviceAccess.Mknod, string.Empty));
        list.Apply(true, new DeviceException('b', -1, -1, DeviceAccess.Mknod, string.Empty));
        foreach (var (major, minor) in (System.ReadOnlySpan<(short, short)>)[(1, 3), (1, 8), (1, 7), (5, 0), (1, 5), (1, 9), (136, -1), (5, 2), (10, 200)])
        {
            list.Apply(true, new DeviceException('c', major, minor, DeviceAccess.All, string.Empty));
        }
    }

    private static DeviceException Read(DeviceRuleSpec rule, string pointer)
    {
        var type = rule.Type switch
        {
            null or "" or "a" => 'a',
            "c" => 'c',
            "b" => 'b',
            _ => throw new RuntimeException($"{pointer}/type: must be a, b or c, is '{WriteTarget.Shown(rule.Type)}'"),
        };
        var access = DeviceAccess.None;
        foreach (var letter in rule.Access ?? string.Empty)
        {
            access |= letter switch
            {
                'r' => DeviceAccess.Read,
                'w' => DeviceAccess.Write,
                'm' => DeviceAccess.Mknod,
                _ => throw new RuntimeException($"{pointer}/access: must be made of r, w and m, is '{WriteTarget.Shown(rule.Access!)}'"),
            };
        }

        return access == DeviceAccess.None
            ? throw new RuntimeException($"{pointer}/access: device access field cannot be empty")
            : new DeviceException(type, Number(rule.Major, pointer + "/major"), Number(rule.Minor, pointer + "/minor"), access, pointer);
    }

    private static long Number(long? number, string pointer) => number switch
    {
        null or -1 => -1,
        >= 0 and <= uint.MaxValue => number.Value,
        _ => throw new RuntimeException($"{pointer}: must be a device number, is {WriteTarget.Text(number.Value)}"),
    };
}

/// <content>Device rules of a v1 container.</content>
public sealed partial class FsManager
{
    /// <summary>
    /// Replaces the cgroup's device rules: one write for the default, then one per exception on one descriptor. Not in a user namespace, where the
    /// kernel refuses and devices cannot be opened anyway.
    /// </summary>
    /// <exception cref="RuntimeException">The kernel refuses a rule.</exception>
    public void ApplyDevices(CgroupDevicesV1 devices)
    {
        var directory = DirectoryOf("devices");
        var reset = directory + (devices.AllowByDefault ? "/devices.allow" : "/devices.deny");
        var error = files.Write(reset, "a");
        if (error != Errno.None)
        {
            throw Failed(reset, devices.PointerOf(-1) + ": write 'a' to", error, error switch
            {
                Errno.EINVAL => "the cgroup has sub-cgroups, and their rules cannot be replaced from here",
                Errno.EPERM => "the parent cgroup allows less",
                _ => null,
            });
        }

        var lines = devices.Lines;
        if (lines.IsEmpty)
        {
            return;
        }

        var file = directory + (devices.AllowByDefault ? "/devices.deny" : "/devices.allow");
        error = files.Write(file, ImmutableCollectionsMarshal.AsArray(lines), out var written);
        if (error != Errno.None)
        {
            throw Failed(file, $"{devices.PointerOf(written)}: write '{lines[written]}' to", error, error == Errno.EPERM ? "the parent cgroup allows less" : null);
        }
    }
}
