using System;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What the document may ask and this version cannot do: refused by name, never skipped.</summary>
internal static class Unsupported
{
    internal static void Refuse(RuntimeSpec spec, HostFacts facts)
    {
        LinuxSpec? linux = spec.Linux;
        ProcessSpec? process = spec.Process;
        Refuse(linux?.IntelRdt is not null, "/linux/intelRdt");
        Refuse(linux?.MemoryPolicy is not null, "/linux/memoryPolicy");
        Refuse(linux is { NetDevices.Length: > 0 }, "/linux/netDevices");
        Refuse(linux is { TimeOffsets.Length: > 0 }, "/linux/timeOffsets");
        Refuse(!string.IsNullOrEmpty(linux?.MountLabel), "/linux/mountLabel");
        if (!string.IsNullOrEmpty(process?.ApparmorProfile))
        {
            Refuse(facts.AppArmor, "/process/apparmorProfile");
            throw new RuntimeException("/process/apparmorProfile: apparmor is not enabled on this machine");
        }

        if (!string.IsNullOrEmpty(process?.SelinuxLabel))
        {
            Refuse(facts.SELinux, "/process/selinuxLabel");
            throw new RuntimeException("/process/selinuxLabel: selinux is not enabled on this machine");
        }

        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            bool mapped = mount.UidMappings is not null || mount.GidMappings is not null || MountOptions.Parse(mount.Type, mount.Options).IdMap is not null;
            Refuse(mapped, FormattableString.Invariant($"/mounts/{at}: an id-mapped mount"));
        }
    }

    private static void Refuse(bool asked, string what)
    {
        if (asked)
        {
            throw new RuntimeException(what + " is not supported yet");
        }
    }
}
