using System;
using System.Collections.Generic;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What the document may ask and this version cannot do: refused by name, never skipped.</summary>
internal static class Unsupported
{
    internal static void Refuse(RuntimeSpec spec, HostFacts facts)
    {
        LinuxSpec? linux = spec.Linux;
        ProcessSpec? process = spec.Process;
        var findings = new List<string>();
        Refuse(findings, linux?.IntelRdt is not null, "/linux/intelRdt");
        if (!string.IsNullOrEmpty(process?.ApparmorProfile) && !facts.AppArmor)
        {
            findings.Add("/process/apparmorProfile: apparmor is not enabled on this machine");
        }

        RefuseLabel(findings, process?.SelinuxLabel, facts, "/process/selinuxLabel");
        RefuseLabel(findings, linux?.MountLabel, facts, "/linux/mountLabel");

        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            Refuse(findings, IdMapChapter.Asks(mount) && !MountOptions.Parse(mount.Type, mount.Options).Bind, FormattableString.Invariant($"/mounts/{at}: an id-mapped mount that is no bind mount"));
        }

        if (findings.Count > 0)
        {
            throw new RuntimeException(string.Join("; ", findings));
        }
    }

    private static void RefuseLabel(List<string> findings, string? label, HostFacts facts, string what)
    {
        if (!string.IsNullOrEmpty(label))
        {
            findings.Add(what + (facts.SELinux ? " is not supported yet" : ": selinux is not enabled on this machine"));
        }
    }

    private static void Refuse(List<string> findings, bool asked, string what)
    {
        if (asked)
        {
            findings.Add(what + " is not supported yet");
        }
    }
}
