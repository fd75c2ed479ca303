using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>How a program is attached to a cgroup. bpf(2), BPF_PROG_ATTACH.</summary>
[Flags]
public enum BpfAttachFlags : uint
{
    /// <summary>It is the only one, here and below.</summary>
    None = 0,

    /// <summary>BPF_F_ALLOW_OVERRIDE.</summary>
    AllowOverride = 1,

    /// <summary>BPF_F_ALLOW_MULTI: one of several, all of which must agree.</summary>
    AllowMultiple = 2,

    /// <summary>BPF_F_REPLACE: in the place of one that is attached. Linux 5.6.</summary>
    Replace = 4,
}

/// <summary>Programs that decide which devices a cgroup may use. bpf(2), cgroup v2.</summary>
public static unsafe class Bpf
{
    internal const int BPF_PROG_LOAD = 5;
    internal const int BPF_PROG_ATTACH = 8;
    internal const int BPF_PROG_DETACH = 9;
    internal const int BPF_PROG_GET_FD_BY_ID = 13;
    internal const int BPF_PROG_QUERY = 16;
    internal const int BPF_PROG_TYPE_CGROUP_DEVICE = 15;
    internal const int BPF_CGROUP_DEVICE = 6;
    private const string Call = "bpf";

    /// <summary>
    /// <c>union bpf_attr</c> with room for all that newer kernels add, zeroed: some write to fields that older callers did not pass (Linux 6.17 to 7.1),
    /// and every kernel takes a longer one whose tail is zero.
    /// </summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Attributes
    {
        // BPF_PROG_LOAD
        [FieldOffset(0)]
        public int ProgramType;
        [FieldOffset(4)]
        public int InstructionCount;
        [FieldOffset(8)]
        public ulong Instructions;
        [FieldOffset(16)]
        public ulong License;
        [FieldOffset(24)]
        public int LogLevel;
        [FieldOffset(28)]
        public int LogSize;
        [FieldOffset(32)]
        public ulong Log;

        // BPF_PROG_ATTACH, BPF_PROG_DETACH
        [FieldOffset(0)]
        public int Target;
        [FieldOffset(4)]
        public int AttachedProgram;
        [FieldOffset(8)]
        public int AttachType;
        [FieldOffset(12)]
        public BpfAttachFlags AttachFlags;
        [FieldOffset(16)]
        public int ReplacedProgram;

        // BPF_PROG_QUERY
        [FieldOffset(4)]
        public int QueryType;
        [FieldOffset(16)]
        public ulong QueryIds;
        [FieldOffset(24)]
        public int QueryCount;

        // BPF_PROG_GET_FD_BY_ID
        [FieldOffset(0)]
        public uint Id;
    }

    /// <summary>Loads a program of type BPF_PROG_TYPE_CGROUP_DEVICE.</summary>
    /// <param name="instructions">Eight bytes each: <c>struct bpf_insn</c>.</param>
    /// <param name="log">Filled with what the verifier says, ends with NUL; may be empty.</param>
    public static SyscallResult<OwnedFd> LoadDeviceProgram(ReadOnlySpan<ulong> instructions, Span<byte> log = default)
    {
        // SAFETY: everything the structure points to is pinned until the call returns; the licence is constant data that ends with NUL.
        fixed (ulong* program = instructions)
        fixed (byte* text = log)
        fixed (byte* license = "GPL\0"u8)
        {
            Attributes attributes = new()
            {
                ProgramType = BPF_PROG_TYPE_CGROUP_DEVICE,
                InstructionCount = instructions.Length,
                Instructions = (ulong)program,
                License = (ulong)license,
                LogLevel = log.IsEmpty ? 0 : 1,
                LogSize = log.Length,
                Log = (ulong)text,
            };
            return OwnedFd.From(Run(BPF_PROG_LOAD, ref attributes), Call, "BPF_PROG_LOAD");
        }
    }

    /// <summary>Attaches a device program to a cgroup.</summary>
    /// <param name="cgroup">The cgroup's directory.</param>
    /// <param name="program">The program.</param>
    /// <param name="flags">How.</param>
    /// <param name="replaced">The program to replace, with <see cref="BpfAttachFlags.Replace"/>.</param>
    public static SyscallResult AttachDeviceProgram(OwnedFd cgroup, OwnedFd program, BpfAttachFlags flags, OwnedFd? replaced = null)
    {
        Attributes attributes = new()
        {
            Target = cgroup.Number,
            AttachedProgram = program.Number,
            AttachType = BPF_CGROUP_DEVICE,
            AttachFlags = flags,
            ReplacedProgram = replaced?.Number ?? 0,
        };
        return SyscallResult.From(Run(BPF_PROG_ATTACH, ref attributes), Call, "BPF_PROG_ATTACH");
    }

    /// <summary>Takes a device program off a cgroup.</summary>
    public static SyscallResult DetachDeviceProgram(OwnedFd cgroup, OwnedFd program)
    {
        Attributes attributes = new() { Target = cgroup.Number, AttachedProgram = program.Number, AttachType = BPF_CGROUP_DEVICE };
        return SyscallResult.From(Run(BPF_PROG_DETACH, ref attributes), Call, "BPF_PROG_DETACH");
    }

    /// <summary>The ids of the device programs attached to a cgroup.</summary>
    /// <param name="cgroup">The cgroup's directory.</param>
    /// <param name="ids">Filled; ENOSPC when there are more.</param>
    /// <param name="flags">How they are attached.</param>
    /// <returns>How many there are.</returns>
    public static SyscallResult<int> QueryDevicePrograms(OwnedFd cgroup, Span<uint> ids, out BpfAttachFlags flags)
    {
        // SAFETY: the kernel writes at most the number of ids given to the pinned span.
        fixed (uint* numbers = ids)
        {
            Attributes attributes = new() { Target = cgroup.Number, QueryType = BPF_CGROUP_DEVICE, QueryIds = (ulong)numbers, QueryCount = ids.Length };
            nint returned = Run(BPF_PROG_QUERY, ref attributes);
            flags = attributes.AttachFlags;
            return returned < 0 ? new(SyscallResult.From(returned, Call, "BPF_PROG_QUERY")) : new(attributes.QueryCount);
        }
    }

    /// <summary>A descriptor for a loaded program.</summary>
    public static SyscallResult<OwnedFd> OpenProgram(uint id)
    {
        Attributes attributes = new() { Id = id };
        return OwnedFd.From(Run(BPF_PROG_GET_FD_BY_ID, ref attributes), Call, "BPF_PROG_GET_FD_BY_ID");
    }

    private static nint Run(int command, ref Attributes attributes)
    {
        // SAFETY: the kernel reads and writes at most the 256 bytes of the union.
        fixed (Attributes* pointer = &attributes)
        {
            nint returned;
            do
            {
                // The verifier gives up with EAGAIN when a signal comes.
                returned = Libc.CallAgain(Sys.bpf, command, (nint)pointer, sizeof(Attributes));
            }
            while (command == BPF_PROG_LOAD && returned == -(nint)Errno.EAGAIN);
            return returned;
        }
    }
}
