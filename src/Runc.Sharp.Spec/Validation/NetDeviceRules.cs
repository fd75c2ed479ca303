using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Spec.Reading;

namespace Runc.Sharp.Spec.Validation;

/// <summary>Network devices and their names. Spec: config-linux.md#network-devices; the kernel's dev_valid_name.</summary>
internal static class NetDeviceRules
{
    /// <summary>IFNAMSIZ without the closing NUL, in bytes.</summary>
    private const int LongestName = 15;

    internal static void Check(ImmutableArray<KeyValuePair<string, NetDeviceSpec>> devices, NamespaceSet namespaces, Report report)
    {
        if (!devices.IsEmpty && !namespaces.Has(NamespaceKinds.Network))
        {
            report.Error("NetworkNamespaceRequired", "/linux/netDevices", "unable to move network devices without a NET namespace");
        }

        foreach ((string name, NetDeviceSpec device) in devices)
        {
            if (!IsName(name))
            {
                report.Error("NetDevicesName", Place.Of("/linux/netDevices", name), "invalid network device name " + Text.Quote(name));
            }

            if (device.Name is { Length: > 0 } inside && !IsName(inside))
            {
                report.Error("NetDevicesName", Place.Of("/linux/netDevices", name) + "/name", "invalid network device name " + Text.Quote(inside));
            }
        }
    }

    /// <summary>Whether the kernel would take a name for a network device.</summary>
    internal static bool IsName(string name)
    {
        if (!Shape.IsFileName(name) || name.Contains(':', StringComparison.Ordinal) || System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            return false;
        }

        foreach (char c in name)
        {
            if (char.IsWhiteSpace(c))
            {
                return false;
            }
        }

        return true;
    }
}
