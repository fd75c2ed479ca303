using System.Runtime.InteropServices;

namespace Runc.Sharp.Linux.Plan;

/// <summary>What an operation of a plan does. Everything that is one system call is <see cref="Syscall"/>; the rest needs a few calls or a decision.</summary>
public enum PlanCode : ushort
{
    /// <summary>One system call: <see cref="PlanOp.Number"/> with the six arguments.</summary>
    Syscall = 0,

    /// <summary>clone3(2) with flags A0 and, where A1 is not negative, CLONE_INTO_CGROUP of that descriptor. The parent reports the pid and exits; the child goes on.</summary>
    Clone = 1,

    /// <summary>Reports to the host that stage A0 is reached, with value A1.</summary>
    Tell = 2,

    /// <summary>Waits until the host says that stage A0 may begin; its payload lands at A1, at most A2 bytes, its length in the result. The host's end being closed ends the process.</summary>
    Await = 3,

    /// <summary>Accepts one connection on socket A0: from then on that peer is the host. Where A1 is a place in the data, the operations before this one and the data before that place are given back to the kernel first.</summary>
    Gate = 4,

    /// <summary>Opens path A1 inside the directory A0 as a mount target; A2 says what to make where it is missing (<see cref="PlanTarget"/>).</summary>
    Target = 5,

    /// <summary>Fails with errno A4 unless descriptor A0 is of file type A1 (S_IFMT bits; 0 is any), device A2 (-1 is any) and file system magic A3 (0 is any).</summary>
    Check = 6,

    /// <summary>Those bits of the mode of descriptor A0 that are in A1: S_IFMT is the file type.</summary>
    FileMode = 7,

    /// <summary>Jumps when A0 equals A1.</summary>
    Branch = 8,

    /// <summary>Runs program A0 with arguments A1 and environment A2, A3 (length A4 in bytes) on its standard input, at most A5 milliseconds (0 is no limit).</summary>
    Hook = 9,

    /// <summary>Sends descriptor A1 to the host as stage A0.</summary>
    SendDescriptor = 10,

    /// <summary>Finds the first of A1 candidate paths at A0 that can be executed. A2 is 1 for a search, where each miss is ENOENT in the end.</summary>
    FindExecutable = 11,

    /// <summary>Copies the content of directory A0 into directory A1 (tmpcopyup).</summary>
    CopyUp = 12,

    /// <summary>prctl(A1, A2…) for each bit of A0; where A2 is not negative it goes before the bit.</summary>
    EachBit = 13,

    /// <summary>Fails with EXDEV unless the working directory is below the root. CVE-2024-21626.</summary>
    CheckWorkingDirectory = 14,

    /// <summary>Writes <c>HOME=</c> and the home of user A1 by /etc/passwd to A2, at most A3 bytes.</summary>
    FindHome = 15,

    /// <summary>Maps the ids of the detached mount A0 by a user namespace with the uid_map A2 (A3 bytes) and the gid_map A4 (A5 bytes); A1 are flags of mount_setattr(2).</summary>
    MapIds = 16,
}

/// <summary>How an argument of an operation is to be read; two bits in <see cref="PlanOp.Kinds"/>.</summary>
public enum PlanArgKind
{
    /// <summary>The value itself.</summary>
    Immediate = 0,

    /// <summary>An offset into the plan's data: the call gets a pointer.</summary>
    Data = 1,

    /// <summary>The content of a register.</summary>
    Register = 2,
}

/// <summary>What <see cref="PlanCode.Target"/> makes where nothing is.</summary>
public enum PlanTarget
{
    /// <summary>Nothing: ENOENT.</summary>
    Existing = 0,

    /// <summary>A directory, with its parents.</summary>
    Directory = 1,

    /// <summary>An empty regular file, with its parents.</summary>
    File = 2,

    /// <summary>Beside one of the others: a target that turns out to be in a procfs is refused with EPERM.</summary>
    OutsideProc = 4,
}

/// <summary>The stages that shim and host tell each other, in the order of a container's life.</summary>
public enum PlanStage
{
    /// <summary>Shim: the container's init is born; the value is its pid.</summary>
    Cloned = 1,

    /// <summary>Host: user and group id maps are written.</summary>
    Mapped = 2,

    /// <summary>Shim: mounts stand; before pivot_root. Host: the hooks of the runtime namespace have run; the payload is the state for hooks.</summary>
    Mounted = 3,

    /// <summary>Host: init is in its cgroups.</summary>
    Placed = 4,

    /// <summary>Shim: a terminal's master side comes along. Host: it was taken, in exec.</summary>
    Console = 5,

    /// <summary>Shim: the descriptor number of a seccomp listener is the value. Host: it was fetched.</summary>
    Listener = 6,

    /// <summary>Shim: only the program is missing. Host: the container is committed, the payload is the state for hooks.</summary>
    Ready = 7,

    /// <summary>Host: run the program.</summary>
    Start = 8,

    /// <summary>Shim: an operation failed; <see cref="PlanMessage.Operation"/> and the errno as value.</summary>
    Failed = 9,

    /// <summary>Shim: it lives on when the host process ends.</summary>
    Committed = 10,
}

/// <summary>One message between shim and host, on a socket that keeps message boundaries. Bytes may follow it.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlanMessage
{
    /// <summary>How many bytes at most follow of each stream of a failed hook: its last ones.</summary>
    public const int TextRoom = 4096;

    /// <summary>A <see cref="PlanStage"/>.</summary>
    public int Stage;

    /// <summary>The index of the operation, for <see cref="PlanStage.Failed"/>.</summary>
    public int Operation;

    /// <summary>The stage's value.</summary>
    public long Value;

    /// <summary>A second value: in the lower half the wait status of a failed hook, in the upper how many of the bytes behind the message it wrote to standard output; the others went to standard error.</summary>
    public long Extra;
}

/// <summary>One operation: 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlanOp
{
    /// <summary>The number of bytes of an operation.</summary>
    public const int Size = 64;

    /// <summary>In <see cref="Result"/>: the result is dropped.</summary>
    public const byte NoRegister = 0xff;

    /// <summary>What to do.</summary>
    public PlanCode Code;

    /// <summary>The system call's number.</summary>
    public ushort Number;

    /// <summary>Two bits an argument: <see cref="PlanArgKind"/>.</summary>
    public ushort Kinds;

    /// <summary>The register that takes the result.</summary>
    public byte Result;

    /// <summary>An errno that is no failure; 0 is none.</summary>
    public byte Tolerated;

    /// <summary>A second errno that is no failure; 0 is none.</summary>
    public byte AlsoTolerated;

    /// <summary>Reserved; 0.</summary>
    public byte Reserved;

    /// <summary>Reserved; 0.</summary>
    public ushort Reserved2;

    /// <summary>Where to go on after a tolerated errno; 0 is the next operation.</summary>
    public int Jump;

    /// <summary>The first argument.</summary>
    public long A0;

    /// <summary>The second argument.</summary>
    public long A1;

    /// <summary>The third argument.</summary>
    public long A2;

    /// <summary>The fourth argument.</summary>
    public long A3;

    /// <summary>The fifth argument.</summary>
    public long A4;

    /// <summary>The sixth argument.</summary>
    public long A5;
}

/// <summary>How a plan begins. Then come the operations, the relocations, the data.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PlanHeader
{
    /// <summary>The number of bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>"csrP" in little endian.</summary>
    public const uint MagicValue = 0x50727363;

    /// <summary>The version of this format. A shim plays only its own.</summary>
    public const uint CurrentVersion = 1;

    /// <summary>How many registers a plan has.</summary>
    public const int Registers = 64;

    /// <summary><see cref="MagicValue"/>.</summary>
    public uint Magic;

    /// <summary><see cref="CurrentVersion"/>.</summary>
    public uint Version;

    /// <summary>The number of operations.</summary>
    public int Operations;

    /// <summary>The number of relocations: each a 32-bit offset into the data where an offset stands that becomes a pointer.</summary>
    public int Relocations;

    /// <summary>The offset of the data from the plan's first byte; the data is aligned to 16.</summary>
    public int DataOffset;

    /// <summary>The number of bytes of data.</summary>
    public int DataLength;

    /// <summary>The descriptor of the socket to the host.</summary>
    public int Control;

    /// <summary>Reserved; 0.</summary>
    public int Reserved;
}
