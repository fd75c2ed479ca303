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
        if (!string.IsNullOrEmpty(process?.ApparmorProfile) && !facts.AppArmor)
        {
            throw new RuntimeException("/process/apparmorProfile: apparmor is not enabled on this machine");
        }

        RefuseLabel(process?.SelinuxLabel, facts, "/process/selinuxLabel");
        RefuseLabel(linux?.MountLabel, facts, "/linux/mountLabel");

        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            Refuse(IdMapChapter.Asks(mount) && !MountOptions.Parse(mount.Type, mount.Options).Bind, FormattableString.Invariant($"/mounts/{at}: an id-mapped mount that is no bind mount"));
        }
    }

    private static void RefuseLabel(string? label, HostFacts facts, string what)
    {
        if (!string.IsNullOrEmpty(label))
        {
            Refuse(facts.SELinux, what);
            throw new RuntimeException(what + ": selinux is not enabled on this machine");
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
