using System;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Runc.Sharp.Linux.Native;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Linux.Plan;

/// <summary>How host and shim talk: sockets that keep message boundaries, one <see cref="PlanMessage"/> each. unix(7).</summary>
public static unsafe class ShimChannel
{
    private const int AF_UNIX = 1;
    private const int SOCK_SEQPACKET = 5;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int MSG_CMSG_CLOEXEC = 0x40000000;

    /// <summary>Two connected sockets that keep message boundaries. socketpair(2).</summary>
    public static (OwnedFd Ours, OwnedFd Theirs) Pair()
    {
        int* pair = stackalloc int[2];
        SyscallResult.From(Libc.CallAgain(Native.Sys.socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, (nint)pair), "socketpair", (string?)null).OrThrow();
        return (new OwnedFd(pair[0]), new OwnedFd(pair[1]));
    }

    /// <summary>A listening socket that keeps message boundaries, with a name in a directory. bind(2), listen(2).</summary>
    public static OwnedFd Listen(OwnedFd directory, string name)
    {
        OwnedFd socket = New(SOCK_SEQPACKET);
        byte* address = stackalloc byte[110];
        int length = Address(address, Below(directory, name));
        SyscallResult.From(Libc.CallAgain(Native.Sys.bind, socket.Number, (nint)address, length), "bind", (string?)name).OrThrow();
        SyscallResult.From(Libc.CallAgain(Native.Sys.listen, socket.Number, 16), "listen", (string?)name).OrThrow();
        return socket;
    }

    /// <summary>Connects to a socket made by <see cref="Listen"/>. connect(2).</summary>
    public static Errno TryConnect(OwnedFd directory, string name, out OwnedFd? socket) => Connect(SOCK_SEQPACKET, Below(directory, name), out socket);

    /// <summary>Sends bytes, and a descriptor where it is not negative, in one message. sendmsg(2).</summary>
    public static Errno Send(OwnedFd socket, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, int descriptor = -1)
    {
        fixed (byte* one = first)
        fixed (byte* two = second)
        {
            long* vectors = stackalloc long[4];
            vectors[0] = (long)one;
            vectors[1] = first.Length;
            vectors[2] = (long)two;
            vectors[3] = second.Length;
            long* control = stackalloc long[3];
            long* header = stackalloc long[7];
            Header(header, vectors, second.Length > 0 ? 2 : 1, control, descriptor >= 0 ? 24 : 0);
            control[0] = 20;
            control[1] = 1 | (1L << 32); // SOL_SOCKET, SCM_RIGHTS
            control[2] = descriptor;
            nint sent = Libc.CallAgain(Native.Sys.sendmsg, socket.Number, (nint)header, MSG_NOSIGNAL);
            return sent < 0 ? (Errno)(-sent) : Errno.None;
        }
    }

    /// <summary>Says to the shim that a stage may begin.</summary>
    public static Errno Tell(OwnedFd socket, PlanStage stage, ReadOnlySpan<byte> payload)
    {
        var message = new PlanMessage { Stage = (int)stage };
        return Send(socket, MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in message, 1)), payload);
    }

    /// <summary>The shim's next message. False where it is gone.</summary>
    /// <param name="socket">The host's end.</param>
    /// <param name="message">The message.</param>
    /// <param name="descriptor">What came along; null is nothing.</param>
    public static bool Hear(OwnedFd socket, out PlanMessage message, out OwnedFd? descriptor) => Hear(socket, out message, out descriptor, out _);

    /// <summary>The shim's next message, and what follows it. False where it is gone.</summary>
    /// <param name="socket">The host's end.</param>
    /// <param name="message">The message.</param>
    /// <param name="descriptor">What came along; null is nothing.</param>
    /// <param name="words">The bytes behind the message: what a failed hook wrote.</param>
    public static bool Hear(OwnedFd socket, out PlanMessage message, out OwnedFd? descriptor, out byte[] words)
    {
        const int room = 2 * PlanMessage.TextRoom;
        PlanMessage heard = default;
        byte* text = stackalloc byte[room];
        long* vectors = stackalloc long[4];
        vectors[0] = (long)&heard;
        vectors[1] = sizeof(PlanMessage);
        vectors[2] = (long)text;
        vectors[3] = room;
        long* control = stackalloc long[3];
        long* header = stackalloc long[7];
        nint got = Receive(socket, header, vectors, control);
        if (got == -(nint)Errno.ECONNRESET)
        {
            // that it went with a message unread is told once, and before its last words
            got = Receive(socket, header, vectors, control);
        }

        if (got < 0 && (Errno)(-got) != Errno.ECONNRESET)
        {
            // not the shim's end: who waits for that now would wait for ever
            SyscallResult.From(got, "recvmsg", (string?)null).OrThrow();
        }

        message = heard;
        words = got > sizeof(PlanMessage) ? new ReadOnlySpan<byte>(text, (int)got - sizeof(PlanMessage)).ToArray() : [];
        descriptor = got > 0 && header[5] >= 20 && control[0] == 20 ? new OwnedFd((int)control[2]) : null;
        return got >= sizeof(PlanMessage);
    }

    /// <summary>Nothing more will be said to the shim; what it says is heard still. shutdown(2).</summary>
    public static void EndTalk(OwnedFd socket) =>
        SyscallResult.From(Libc.CallAgain(Native.Sys.shutdown, socket.Number, 1), "shutdown", (string?)null).OrThrow();

    private static nint Receive(OwnedFd socket, long* header, long* vectors, long* control)
    {
        Header(header, vectors, 2, control, 24);
        control[0] = 0;
        return Libc.CallAgain(Native.Sys.recvmsg, socket.Number, (nint)header, MSG_CMSG_CLOEXEC);
    }

    private static void Header(long* header, long* vectors, long count, long* control, long controlLength)
    {
        header[0] = 0;
        header[1] = 0;
        header[2] = (long)vectors;
        header[3] = count;
        header[4] = controlLength == 0 ? 0 : (long)control;
        header[5] = controlLength;
        header[6] = 0;
    }

    private static OwnedFd New(int type) =>
        OwnedFd.From(Libc.CallAgain(Native.Sys.socket, AF_UNIX, type | SOCK_CLOEXEC, 0), "socket").Value;

    private static Errno Connect(int type, string path, out OwnedFd? socket)
    {
        socket = New(type);
        byte* address = stackalloc byte[110];
        int length = Address(address, path);
        nint result = Libc.CallAgain(Native.Sys.connect, socket.Number, (nint)address, length);
        if (result >= 0)
        {
            return Errno.None;
        }

        socket.Dispose();
        socket = null;
        return (Errno)(-result);
    }

    private static string Below(OwnedFd directory, string name) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.Number}/{name}");

    private static int Address(byte* address, string path)
    {
        *(short*)address = AF_UNIX;
        int length = Encoding.UTF8.GetBytes(path, new Span<byte>(address + 2, 107));
        address[2 + length] = 0;
        return length + 3;
    }
}
