using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>The capability sets of a thread, bit n for capability n. capabilities(7).</summary>
/// <param name="Effective">What is checked.</param>
/// <param name="Permitted">What may become effective.</param>
/// <param name="Inheritable">What an execve may keep.</param>
public readonly record struct CapabilitySets(ulong Effective, ulong Permitted, ulong Inheritable);

/// <summary>Who the calling process is. credentials(7).</summary>
public static unsafe class Identity
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct CapabilityHeader
    {
        public uint Version;
        public int Pid;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct CapabilityData
    {
        public uint EffectiveLow;
        public uint PermittedLow;
        public uint InheritableLow;
        public uint EffectiveHigh;
        public uint PermittedHigh;
        public uint InheritableHigh;
    }

    /// <summary>The effective user id. geteuid(2).</summary>
    public static uint EffectiveUserId => (uint)Libc.Call(Sys.geteuid);

    /// <summary>The real user id. getuid(2).</summary>
    public static uint UserId => (uint)Libc.Call(Sys.getuid);

    /// <summary>The effective group id. getegid(2).</summary>
    public static uint EffectiveGroupId => (uint)Libc.Call(Sys.getegid);

    /// <summary>The real group id. getgid(2).</summary>
    public static uint GroupId => (uint)Libc.Call(Sys.getgid);

    /// <summary>The supplementary groups. getgroups(2).</summary>
    public static SyscallResult<ReadOnlyMemory<uint>> Groups()
    {
        nint count = Libc.Call(Sys.getgroups, 0, 0);
        uint[] groups = new uint[count < 0 ? 0 : count];

        // SAFETY: the kernel writes at most the length of the pinned array, or fails with EINVAL.
        fixed (uint* pointer = groups)
        {
            nint returned = Libc.Call(Sys.getgroups, groups.Length, (nint)pointer);
            return returned < 0 ? new(SyscallResult.From(returned, "getgroups")) : new(groups.AsMemory(0, (int)returned));
        }
    }

    /// <summary>The capabilities of the calling thread. capget(2).</summary>
    public static SyscallResult<CapabilitySets> Capabilities()
    {
        CapabilityHeader header = new() { Version = 0x20080522 };
        CapabilityData data = default;

        // SAFETY: version 3 of the interface reads 8 bytes and writes 24.
        nint returned = Libc.Call(Sys.capget, (nint)(&header), (nint)(&data));
        return returned < 0
            ? new(SyscallResult.From(returned, "capget"))
            : new(new CapabilitySets(
                data.EffectiveLow | ((ulong)data.EffectiveHigh << 32),
                data.PermittedLow | ((ulong)data.PermittedHigh << 32),
                data.InheritableLow | ((ulong)data.InheritableHigh << 32)));
    }
}
