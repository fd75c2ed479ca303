using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>What the document may ask and this version or this machine cannot do: refused by name, never skipped.</summary>
internal static class Unsupported
{
    private const string NotYet = " is not supported yet";

    internal static void Refuse(RuntimeSpec spec, HostFacts facts)
    {
        LinuxSpec? linux = spec.Linux;
        ProcessSpec? process = spec.Process;
        var findings = ImmutableArray.CreateBuilder<Refusal>(0);
        if (linux?.IntelRdt is not null)
        {
            findings.Add(new Refusal("/linux/intelRdt", NotYet));
        }

        if (!string.IsNullOrEmpty(process?.ApparmorProfile) && !facts.AppArmor)
        {
            findings.Add(new Refusal("/process/apparmorProfile", " cannot be used: apparmor is not enabled on this machine"));
        }

        if (!facts.SELinux)
        {
            RefuseLabel(findings, process?.SelinuxLabel, "/process/selinuxLabel");
            RefuseLabel(findings, linux?.MountLabel, "/linux/mountLabel");
        }

        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            if (IdMapChapter.Asks(mount) && !MountOptions.Parse(mount.Type, mount.Options).Bind)
            {
                findings.Add(new Refusal(string.Create(CultureInfo.InvariantCulture, $"/mounts/{at}"), " asks for an id-mapped mount that is no bind mount, which" + NotYet));
            }
        }

        if (findings.Count > 0)
        {
            throw new RuntimeException(findings.ToImmutable());
        }
    }

    private static void RefuseLabel(ImmutableArray<Refusal>.Builder findings, string? label, string place)
    {
        if (!string.IsNullOrEmpty(label))
        {
            findings.Add(new Refusal(place, " cannot be used: selinux is not enabled on this machine"));
        }
    }
}
