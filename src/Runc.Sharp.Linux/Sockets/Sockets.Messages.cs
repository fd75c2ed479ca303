using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>What came with a message.</summary>
/// <param name="Length">The bytes of the message; 0 with no descriptors is the end of the connection.</param>
/// <param name="DescriptorCount">How many descriptors came along.</param>
/// <param name="Truncated">Whether the buffer was too small for the message.</param>
public readonly record struct Received(int Length, int DescriptorCount, bool Truncated);

public static unsafe partial class Sockets
{
    /// <summary>The most descriptors in one message. The kernel's SCM_MAX_FD is 253.</summary>
    public const int MaximumDescriptors = 64;

    internal const int MSG_CTRUNC = 0x08;
    internal const int MSG_TRUNC = 0x20;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_NOSIGNAL = 0x4000;
    internal const int MSG_CMSG_CLOEXEC = 0x40000000;
    internal const int SCM_RIGHTS = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct MessageHeader
    {
        public void* Name;
        public int NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct ControlHeader
    {
        public nuint Length;
        public int Level;
        public int Type;
    }

    /// <summary>Sends bytes and descriptors as one message. sendmsg(2), SCM_RIGHTS.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="bytes">At least one byte where descriptors go along a stream.</param>
    /// <param name="descriptors">At most <see cref="MaximumDescriptors"/>; they stay open here.</param>
    /// <returns>How many bytes went; on a stream perhaps less than all.</returns>
    public static SyscallResult<int> Send(OwnedFd socket, ReadOnlySpan<byte> bytes, ReadOnlySpan<OwnedFd> descriptors = default)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaximumDescriptors);
        byte* control = stackalloc byte[sizeof(ControlHeader) + (MaximumDescriptors * sizeof(int))];

        // SAFETY: bytes are pinned; vector, header and control block live on the stack until the call returns; the lengths are theirs.
        fixed (byte* data = bytes)
        {
            IoVector vector = new() { Base = data, Length = (nuint)bytes.Length };
            MessageHeader message = new() { Vectors = &vector, VectorCount = 1 };
            if (!descriptors.IsEmpty)
            {
                ControlHeader* header = (ControlHeader*)control;
                *header = new ControlHeader { Length = (nuint)(sizeof(ControlHeader) + (descriptors.Length * sizeof(int))), Level = SOL_SOCKET, Type = SCM_RIGHTS };
                int* numbers = (int*)(control + sizeof(ControlHeader));
                for (int i = 0; i < descriptors.Length; i++)
                {
                    numbers[i] = descriptors[i].Number;
                }

                message.Control = control;
                message.ControlLength = header->Length;
            }

            nint returned = Libc.CallAgain(Sys.sendmsg, socket.Number, (nint)(&message), MSG_NOSIGNAL);
            return returned < 0 ? new(SyscallResult.From(returned, "sendmsg", socket)) : new((int)returned);
        }
    }

    /// <summary>Takes the next message, or on a stream what there is. recvmsg(2), SCM_RIGHTS.</summary>
    /// <param name="socket">The connection.</param>
    /// <param name="buffer">For the bytes.</param>
    /// <param name="descriptors">For the descriptors, close-on-exec. If more come than have room, all are closed and the call fails with EMSGSIZE.</param>
    /// <param name="wait">Wait for a message; else EAGAIN when there is none.</param>
    public static SyscallResult<Received> Receive(OwnedFd socket, Span<byte> buffer, Span<OwnedFd?> descriptors = default, bool wait = true)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaximumDescriptors);

        // The kernel fills up to the padded end of the block, so one more descriptor than asked for may come through.
        byte* control = stackalloc byte[sizeof(ControlHeader) + ((MaximumDescriptors + 2) * sizeof(int))];

        // SAFETY: the buffer is pinned; vector, header and control block live on the stack until the call returns; the lengths are theirs.
        fixed (byte* data = buffer)
        {
            IoVector vector = new() { Base = data, Length = (nuint)buffer.Length };
            MessageHeader message = new()
            {
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = descriptors.IsEmpty ? 0 : (nuint)(sizeof(ControlHeader) + (descriptors.Length * sizeof(int))),
            };
            nint returned = Libc.CallAgain(Sys.recvmsg, socket.Number, (nint)(&message), MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
            if (returned < 0)
            {
                return new(SyscallResult.From(returned, "recvmsg", socket));
            }

            int count = TakeDescriptors(control, (int)message.ControlLength, descriptors);
            if (count > descriptors.Length || (message.Flags & MSG_CTRUNC) != 0)
            {
                CloseAll(descriptors);
                return new(SyscallResult.From(-(nint)Errno.EMSGSIZE, "recvmsg", socket));
            }

            return new(new Received((int)returned, count, (message.Flags & MSG_TRUNC) != 0));
        }
    }

    private static int TakeDescriptors(byte* control, int length, Span<OwnedFd?> descriptors)
    {
        int count = 0;
        int offset = 0;

        // SAFETY: the kernel wrote `length` bytes of control messages, each as long as it says and padded to 8.
        while (length - offset >= sizeof(ControlHeader))
        {
            ControlHeader* header = (ControlHeader*)(control + offset);
            if (header->Level == SOL_SOCKET && header->Type == SCM_RIGHTS)
            {
                int numbers = ((int)header->Length - sizeof(ControlHeader)) / sizeof(int);
                int* number = (int*)(header + 1);
                for (int i = 0; i < numbers; i++, count++)
                {
                    OwnedFd fd = new(number[i]);
                    if (count < descriptors.Length)
                    {
                        descriptors[count] = fd;
                    }
                    else
                    {
                        fd.Dispose();
                    }
                }
            }

            offset += ((int)header->Length + 7) & ~7;
        }

        return count;
    }

    private static void CloseAll(Span<OwnedFd?> descriptors)
    {
        foreach (ref OwnedFd? fd in descriptors)
        {
            fd?.Dispose();
            fd = null;
        }
    }
}
