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
        foreach (var (allow, rule) in DeviceRules.Of(rules, pointer))
        {
            list.Apply(allow, rule);
        }

        return new CgroupDevicesV1(list.AllowByDefault, list.DefaultPointer, list.Exceptions());
    }

    /// <summary>Which rule of the configuration the line at <paramref name="index"/> comes from.</summary>
    internal string PointerOf(int index)
    {
        var pointer = index < 0 ? _defaultPointer : _exceptions[index].Pointer;
        return pointer.Length == 0 ? "default device rules" : pointer;
    }
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
