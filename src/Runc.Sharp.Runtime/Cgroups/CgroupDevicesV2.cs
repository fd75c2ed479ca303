using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The device rules of a container as a program that the kernel asks at each open and mknod: v2 has no files for them.
/// Spec: config-linux.md#allowed-device-list; linux/bpf.h, <c>struct bpf_cgroup_dev_ctx</c>.
/// </summary>
/// <remarks>
/// The rules are walked from the last to the first, for the last one that knows a device and an access decides about it. What is asked for is a
/// set (an open for reading and writing is one question), so each allowing rule takes from the set what it allows, and the answer is yes when nothing
/// is left; each forbidding rule that meets the rest of the set says no.
/// </remarks>
public sealed class CgroupDevicesV2
{
    private readonly List<ulong> _program;

    private CgroupDevicesV2(List<ulong> program) => _program = program;

    /// <summary>The program: eight bytes an instruction.</summary>
    public ImmutableArray<ulong> Program => [.. _program];

    /// <summary>Compiles the rules of the configuration and the devices every container has, which come after them. Pure.</summary>
    /// <exception cref="RuntimeException">A rule is malformed.</exception>
    public static CgroupDevicesV2 For(ImmutableArray<DeviceRuleSpec> rules, string pointer = CgroupWrites.ConfigPointer)
    {
        var list = DeviceRules.Of(rules, pointer);
        var code = new List<ulong>(4 + (list.Count * 6) + 2);
        code.AddRange(DeviceCode.Prologue);
        for (var i = list.Count - 1; i >= 0; i--)
        {
            if (DeviceCode.Add(code, list[i].Allow, list[i].Rule))
            {
                return new CgroupDevicesV2(code); // what comes before is never asked, and the verifier refuses what cannot be reached
            }
        }

        DeviceCode.Answer(code, 0);
        return new CgroupDevicesV2(code);
    }
}

/// <summary>The few instructions that a device program is made of. Kernel documentation, bpf/standardization/instruction-set.</summary>
internal static class DeviceCode
{
    private const byte Load32 = 0x61;
    private const byte Move = 0xb7;
    private const byte MoveRegister = 0xbf;
    private const byte And = 0x57;
    private const byte ShiftRight = 0x77;
    private const byte JumpNotEqual = 0x55;
    private const byte JumpSet = 0x45;
    private const byte Jump = 0x05;
    private const byte Exit = 0x95;

    private const int Result = 0;
    private const int Context = 1;
    private const int Type = 2;
    private const int Access = 3;
    private const int Major = 4;
    private const int Minor = 5;

    /// <summary>Takes the question apart: type in the lower half of the first word, access in the upper, then major and minor.</summary>
    internal static ReadOnlySpan<ulong> Prologue => new ulong[]
    {
        Load32 | (Type << 8) | (Context << 12),
        MoveRegister | (Access << 8) | (Type << 12),
        And | (Type << 8) | (0xfffful << 32),
        ShiftRight | (Access << 8) | (16ul << 32),
        Load32 | (Major << 8) | (Context << 12) | (4ul << 16),
        Load32 | (Minor << 8) | (Context << 12) | (8ul << 16),
    };

    /// <summary>Adds one rule.</summary>
    /// <returns>Whether it decides about every device that is left.</returns>
    internal static bool Add(List<ulong> code, bool allow, DeviceException rule)
    {
        // An immediate is signed and widened; the kernel's numbers have 12 and 20 bits, so nothing can match these.
        if (rule.Major > int.MaxValue || rule.Minor > int.MaxValue)
        {
            return false;
        }

        var all = rule.Access == DeviceAccess.All;
        var body = all ? 2 : 4;
        var conditions = (rule.Type == 'a' ? 0 : 1) + (rule.Major < 0 ? 0 : 1) + (rule.Minor < 0 ? 0 : 1);
        var decides = conditions == 0 && all;
        if (rule.Type != 'a')
        {
            code.Add(Instruction(JumpNotEqual, Type, --conditions + body, rule.Type == 'b' ? 1 : 2));
        }

        if (rule.Major >= 0)
        {
            code.Add(Instruction(JumpNotEqual, Major, --conditions + body, (int)rule.Major));
        }

        if (rule.Minor >= 0)
        {
            code.Add(Instruction(JumpNotEqual, Minor, --conditions + body, (int)rule.Minor));
        }

        if (!all)
        {
            var bits = Bits(rule.Access);
            if (allow)
            {
                code.Add(Instruction(And, Access, 0, ~bits));
                code.Add(Instruction(JumpNotEqual, Access, 2, 0));
            }
            else
            {
                code.Add(Instruction(JumpSet, Access, 1, bits));
                code.Add(Instruction(Jump, 0, 2, 0));
            }
        }

        Answer(code, allow ? 1 : 0);
        return decides;
    }

    internal static void Answer(List<ulong> code, int answer)
    {
        code.Add(Instruction(Move, Result, 0, answer));
        code.Add(Exit);
    }

    /// <summary>The kernel's order is mknod, read, write.</summary>
    private static int Bits(DeviceAccess access) =>
        ((access & DeviceAccess.Mknod) != 0 ? 1 : 0) | ((access & DeviceAccess.Read) != 0 ? 2 : 0) | ((access & DeviceAccess.Write) != 0 ? 4 : 0);

    private static ulong Instruction(byte code, int register, int jump, int immediate) =>
        code | ((ulong)register << 8) | ((ulong)(ushort)jump << 16) | ((ulong)(uint)immediate << 32);
}

/// <content>Device rules of a v2 container.</content>
public sealed partial class FsManager
{
    /// <summary>How many programs one cgroup can hold. BPF_CGROUP_MAX_PROGS.</summary>
    private const int MostPrograms = 64;

    /// <summary>
    /// Puts the program on the container's v2 cgroup in place of those that are there, with no moment without one: exchanged in one step where there is
    /// one and the kernel can (5.6), else attached beside the old ones, which then go. All programs must agree, so meanwhile no more is allowed than after.
    /// </summary>
    /// <exception cref="RuntimeException">The kernel refuses the program.</exception>
    public void ApplyDevices(CgroupDevicesV2 devices)
    {
        if (Placement.Unified is not { } group)
        {
            throw new RuntimeException("cannot limit devices: the container has no v2 cgroup");
        }

        var error = files.OpenDirectory(group.Directory, out var opened);
        if (error != Errno.None)
        {
            throw Failed(group.Directory, "open", error);
        }

        using var directory = opened!;
        var old = new List<OwnedFd>();
        try
        {
            OpenPrograms(directory, group, old);
            using var program = Load(devices);
            if (old.Count == 1 && !Bpf.AttachDeviceProgram(directory, program, BpfAttachFlags.AllowMultiple | BpfAttachFlags.Replace, old[0]).Failed)
            {
                return;
            }

            var attached = Bpf.AttachDeviceProgram(directory, program, BpfAttachFlags.AllowMultiple);
            if (attached.Failed)
            {
                throw Failed(group.Directory, "/linux/resources/devices: attach the device program to", attached.Error, attached.Error == Errno.EPERM
                    ? "a cgroup above has a device program that allows no other below it, or this user may not (CAP_SYS_ADMIN, CAP_NET_ADMIN)"
                    : null);
            }

            foreach (var gone in old)
            {
                Bpf.DetachDeviceProgram(directory, gone).OrThrowUnless(Errno.ENOENT);
            }
        }
        finally
        {
            foreach (var gone in old)
            {
                gone.Dispose();
            }
        }
    }

    private void OpenPrograms(OwnedFd directory, PlacedCgroup group, List<OwnedFd> programs)
    {
        Span<uint> ids = stackalloc uint[MostPrograms];
        var count = Bpf.QueryDevicePrograms(directory, ids, out _);
        if (count.Failed)
        {
            throw Failed(group.Directory, "/linux/resources/devices: ask for the device programs of", count.Error, count.Error switch
            {
                Errno.EPERM => "device rules on cgroup v2 need CAP_SYS_ADMIN or CAP_NET_ADMIN in the first user namespace",
                Errno.EINVAL or Errno.ENOSYS => "this kernel has no device programs for cgroups (CONFIG_CGROUP_BPF)",
                _ => null,
            });
        }

        foreach (var id in ids[..count.Value])
        {
            var program = Bpf.OpenProgram(id);
            if (program.Error != Errno.ENOENT)
            {
                programs.Add(program.OrThrow());
            }
        }
    }

    private static OwnedFd Load(CgroupDevicesV2 devices)
    {
        var program = devices.Program.AsSpan();
        var loaded = Bpf.LoadDeviceProgram(program);
        if (!loaded.Failed)
        {
            return loaded.Value;
        }

        // Once more for the verifier's own words: writing them costs it time, so it is not asked to before.
        var log = new byte[1 << 16];
        Bpf.LoadDeviceProgram(program, log).Result.OrThrowUnless(loaded.Error);
        var text = System.Text.Encoding.ASCII.GetString(log).TrimEnd('\0').TrimEnd('\n');
        throw new RuntimeException("/linux/resources/devices", string.Concat("load the device program: ", Words(loaded.Error), text.Length == 0 ? string.Empty : "; the kernel says: ")
            + text[(text.LastIndexOf('\n') + 1)..]);
    }
}
