using System.Runtime.InteropServices;

namespace Runc.Sharp.Init;

/// <summary>clone3(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CloneArguments
{
    internal ulong Flags;
    internal ulong Pidfd;
    internal ulong ChildTid;
    internal ulong ParentTid;
    internal ulong ExitSignal;
    internal ulong Stack;
    internal ulong StackSize;
    internal ulong Tls;
    internal ulong SetTid;
    internal ulong SetTidSize;
    internal ulong Cgroup;
}

/// <summary>openat2(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct OpenHow
{
    internal ulong Flags;
    internal ulong Mode;
    internal ulong Resolve;
}

/// <summary>struct stat of x86_64. stat(2).</summary>
[StructLayout(LayoutKind.Sequential, Size = 144)]
internal struct FileStatus
{
    internal ulong Device;
    internal ulong Inode;
    internal ulong Links;
    internal uint Mode;
    internal uint Uid;
    internal uint Gid;
    internal uint Padding;
    internal ulong RawDevice;
    internal long Size;
    internal long BlockSize;
    internal long Blocks;
    internal long AccessSeconds;
    internal long AccessNanoseconds;
    internal long ModifySeconds;
    internal long ModifyNanoseconds;
}

/// <summary>struct msghdr. sendmsg(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MessageHeader
{
    internal void* Name;
    internal ulong NameLength;
    internal IoVector* Vectors;
    internal ulong VectorCount;
    internal void* Control;
    internal ulong ControlLength;
    internal ulong Flags;
}

/// <summary>struct iovec.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    internal void* Base;
    internal ulong Length;
}

/// <summary>A control message that carries one descriptor. cmsg(3), unix(7).</summary>
[StructLayout(LayoutKind.Sequential, Size = 24)]
internal struct DescriptorMessage
{
    internal ulong Length;
    internal int Level;
    internal int Type;
    internal int Descriptor;
}

/// <summary>struct pollfd. poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollEntry
{
    internal int Descriptor;
    internal short Events;
    internal short Returned;
}

/// <summary>What a hook says on one of its streams.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct HookStream
{
    /// <summary>Where it is read.</summary>
    internal int Descriptor;

    /// <summary>How much of the room is used: the last of it is kept.</summary>
    internal int Length;

    /// <summary>Twice what is kept.</summary>
    internal byte* Room;
}
