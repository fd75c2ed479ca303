using System;
using System.IO;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Cgroups;

/// <summary>The device program on this machine's v2 hierarchy, which hybrid machines have too.</summary>
public sealed class DevicesOnV2
{
    [BpfFact]
    public void The_verifier_takes_every_kind_of_rule()
    {
        foreach (char type in "acb")
        {
            foreach (long major in (long[])[-1, 0, int.MaxValue, uint.MaxValue])
            {
                foreach (string access in (string[])["r", "wm", "rwm"])
                {
                    var rule = new DeviceRuleSpec { Allow = false, Type = type.ToString(), Major = major, Minor = major, Access = access };
                    Bpf.LoadDeviceProgram(CgroupDevicesV2.For([rule, rule with { Allow = true }, rule with { Minor = -1 }]).Program.AsSpan()).OrThrow().Dispose();
                }
            }
        }
    }

    [BpfFact]
    public void A_process_may_use_what_the_rules_allow_and_nothing_else()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        box.Manager.ApplyDevices(CgroupDevicesV2.For([new DeviceRuleSpec { Allow = false, Access = "rwm" }]));
        Assert.Equal("yes no no", Answers(box));
        box.Manager.ApplyDevices(CgroupDevicesV2.For([new DeviceRuleSpec { Allow = true, Type = "c", Major = 1, Minor = 11, Access = "r" }]));
        Assert.Equal("yes yes no", Answers(box));
        box.Manager.ApplyDevices(CgroupDevicesV2.For([new DeviceRuleSpec { Allow = true, Access = "rwm" }]));
        Assert.Equal("yes yes yes", Answers(box));
    }

    [BpfFact]
    public void Other_rules_take_the_place_of_the_old_ones()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        using OwnedFd directory = box.Manager.OpenForClone()!;
        Span<uint> first = stackalloc uint[4];
        Span<uint> second = stackalloc uint[4];
        box.Manager.ApplyDevices(CgroupDevicesV2.For([]));
        Assert.Equal(1, Bpf.QueryDevicePrograms(directory, first, out BpfAttachFlags flags).OrThrow());
        Assert.Equal(BpfAttachFlags.AllowMultiple, flags);
        box.Manager.ApplyDevices(CgroupDevicesV2.For([]));
        Assert.Equal(1, Bpf.QueryDevicePrograms(directory, second, out _).OrThrow());
        Assert.NotEqual(first[0], second[0]);
    }

    [BpfFact]
    public void Of_several_old_programs_none_stays()
    {
        using var box = new Sandbox();
        box.Manager.Create();
        using OwnedFd directory = box.Manager.OpenForClone()!;
        for (int i = 0; i < 3; i++)
        {
            using OwnedFd other = Bpf.LoadDeviceProgram(CgroupDevicesV2.For([]).Program.AsSpan()).OrThrow();
            Bpf.AttachDeviceProgram(directory, other, BpfAttachFlags.AllowMultiple).OrThrow();
        }

        box.Manager.ApplyDevices(CgroupDevicesV2.For([new DeviceRuleSpec { Allow = true, Access = "rwm" }]));
        Assert.Equal(1, Bpf.QueryDevicePrograms(directory, stackalloc uint[8], out _).OrThrow());
        Assert.Equal("yes yes yes", Answers(box));
    }

    /// <summary>Whether a process in the v2 cgroup alone can write /dev/null, read /dev/kmsg and write /dev/kmsg.</summary>
    private static string Answers(Sandbox box)
    {
        string script = $"echo 0 >'{box.PathOf(string.Empty, "cgroup.procs")}' || exit 9; "
            + "a() { if sh -c \"$1\" 2>/dev/null; then echo yes; else echo no; fi; }; echo $(a ': >/dev/null') $(a ': </dev/kmsg') $(a ': >>/dev/kmsg')";
        var child = box.Child(box.Spawn("/bin/sh", "-c", script));
        string output = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        return output;
    }
}

/// <summary>A test that needs a v2 hierarchy and leave to load programs for it; elsewhere it is skipped by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BpfFactAttribute : FactAttribute
{
    public BpfFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root";
        }
        else if (!File.Exists("/sys/fs/cgroup/unified/cgroup.procs") && !File.Exists("/sys/fs/cgroup/cgroup.procs"))
        {
            Skip = "needs a cgroup v2 hierarchy";
        }
        else if (Bpf.LoadDeviceProgram([0xb7, 0x95]) is { Failed: true } refused)
        {
            Skip = "this machine loads no programs for cgroups: " + refused.Error.Name();
        }
    }
}
