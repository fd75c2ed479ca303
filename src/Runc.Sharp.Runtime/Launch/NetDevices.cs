using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Network devices of the host that become the container's. config-linux.md#network-devices.</summary>
internal static class NetDevices
{
    /// <summary>Moves each device with its addresses into the network namespace of init, and sets it up there.</summary>
    internal static void Move(ImmutableArray<KeyValuePair<string, NetDeviceSpec>> devices, int pid)
    {
        using OwnedFd ours = Files.Open("/proc/thread-self/ns/net", OpenFlags.ReadOnly).OrThrow();
        using OwnedFd theirs = Files.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/net"), OpenFlags.ReadOnly).OrThrow();
        using RouteSocket outside = RouteSocket.Open();
        using RouteSocket inside = OpenIn(theirs, ours);
        foreach (KeyValuePair<string, NetDeviceSpec> device in devices)
        {
            MoveOne(outside, inside, theirs, device.Key, string.IsNullOrEmpty(device.Value.Name) ? device.Key : device.Value.Name);
        }
    }

    /// <summary>A socket belongs to the namespace where it is made; this thread is there for no more than that.</summary>
    private static RouteSocket OpenIn(OwnedFd theirs, OwnedFd ours)
    {
        Namespaces.Enter(theirs, NamespaceKinds.Network).OrThrow();
        try
        {
            return RouteSocket.Open();
        }
        finally
        {
            Namespaces.Enter(ours, NamespaceKinds.Network).OrThrow();
        }
    }

    private static void MoveOne(RouteSocket outside, RouteSocket inside, OwnedFd theirs, string name, string nameInside)
    {
        string place = "/linux/netDevices/" + name.Replace("~", "~0", System.StringComparison.Ordinal).Replace("/", "~1", System.StringComparison.Ordinal);
        int index = outside.IndexOf(name);
        if (index == 0)
        {
            throw new RuntimeException(place, "there is no network device " + name);
        }

        // The kernel would move it first, and find that out when it renames it.
        if (inside.IndexOf(nameInside) != 0)
        {
            throw new RuntimeException(place, string.Concat("the container has a network device ", nameInside, " already"));
        }

        IReadOnlyList<NetAddress> addresses = outside.Addresses(index);
        Must(outside.Move(index, theirs, nameInside), place, "move");
        int indexInside = inside.IndexOf(nameInside);
        foreach (NetAddress address in addresses)
        {
            Must(inside.Add(indexInside, address), place, "give back its address");
        }

        Must(inside.SetUp(indexInside), place, "set up");
    }

    private static void Must(SyscallResult result, string place, string act)
    {
        if (result.Failed)
        {
            throw new RuntimeException(place, string.Concat(act, ": ", new LinuxException(result).Message));
        }
    }
}
