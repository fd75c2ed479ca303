using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>How bytes keep together on a Unix socket. unix(7).</summary>
public enum SocketKind
{
    /// <summary>SOCK_STREAM: a stream of bytes.</summary>
    Stream = 1,

    /// <summary>SOCK_DGRAM: messages, without a connection.</summary>
    Datagram = 2,

    /// <summary>SOCK_SEQPACKET: messages, in order, with an end.</summary>
    SequencedPackets = 5,
}

/// <summary>Who is at the other end of a Unix socket, as it was when the connection was made. unix(7), SO_PEERCRED.</summary>
/// <param name="Pid">The process.</param>
/// <param name="UserId">Its user.</param>
/// <param name="GroupId">Its group.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PeerCredentials(int Pid, uint UserId, uint GroupId);

/// <summary>Unix sockets. unix(7).</summary>
public static unsafe partial class Sockets
{
    private const int AF_UNIX = 1;
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOCK_NONBLOCK = 0x800;

    /// <summary>The most bytes of a path in an address, NUL included.</summary>
    private const int PathSize = 108;

    [StructLayout(LayoutKind.Sequential)]
    internal struct SocketAddress
    {
        public ushort Family;
        public fixed byte Path[PathSize];
    }

    /// <summary>Makes two sockets that are connected to each other. socketpair(2).</summary>
    /// <param name="kind">How bytes keep together.</param>
    /// <param name="other">The second.</param>
    /// <returns>The first.</returns>
    public static SyscallResult<OwnedFd> Pair(SocketKind kind, out OwnedFd? other)
    {
        int* ends = stackalloc int[2];

        // SAFETY: the kernel writes two ints.
        nint returned = Libc.Call(Sys.socketpair, AF_UNIX, (int)kind | SOCK_CLOEXEC, 0, (nint)ends);
        other = returned < 0 ? null : new OwnedFd(ends[1]);
        return OwnedFd.From(returned < 0 ? returned : ends[0], "socketpair");
    }

    /// <summary>Makes a socket. socket(2).</summary>
    public static SyscallResult<OwnedFd> Create(SocketKind kind, bool nonBlocking = false) =>
        OwnedFd.From(Libc.Call(Sys.socket, AF_UNIX, (int)kind | SOCK_CLOEXEC | (nonBlocking ? SOCK_NONBLOCK : 0), 0), "socket");

    /// <summary>Gives a socket a name in a directory; EADDRINUSE where something is. bind(2).</summary>
    /// <remarks>Through /proc/self/fd, so that the length of the directory's path does not matter.</remarks>
    public static SyscallResult Bind(OwnedFd socket, OwnedFd directory, CPath name) => AtName(Sys.bind, "bind", socket, directory, name);

    /// <summary>Connects to a socket by its name in a directory. connect(2).</summary>
    /// <remarks>Through /proc/self/fd, so that the length of the directory's path does not matter.</remarks>
    public static SyscallResult Connect(OwnedFd socket, OwnedFd directory, CPath name) => AtName(Sys.connect, "connect", socket, directory, name);

    /// <summary>Connects to a socket by its path, also one longer than an address holds. connect(2).</summary>
    public static SyscallResult Connect(OwnedFd socket, CPath path)
    {
        if (path.Length < PathSize)
        {
            return AtAddress(Sys.connect, "connect", socket, path, path);
        }

        int slash = path.Bytes.LastIndexOf((byte)'/');
        CPath parent = slash < 0 ? "."u8 : path.Bytes[..(slash + 1)];
        SyscallResult<OwnedFd> opened = Files.Open(parent, OpenFlags.Path | OpenFlags.Directory);
        if (opened.Failed)
        {
            return opened.Result;
        }

        using OwnedFd directory = opened.Value;
        return AtName(Sys.connect, "connect", socket, directory, path.Bytes[(slash + 1)..]);
    }

    /// <summary>Connects to a name of the abstract kind, which no file system holds. unix(7).</summary>
    /// <param name="socket">Ours.</param>
    /// <param name="name">The name without the NUL before it.</param>
    public static SyscallResult ConnectAbstract(OwnedFd socket, CPath name)
    {
        if (name.Length >= PathSize)
        {
            return SyscallResult.From(-(nint)Errno.ENAMETOOLONG, "connect", name);
        }

        SocketAddress address = new() { Family = AF_UNIX };
        name.Bytes.CopyTo(new Span<byte>(address.Path + 1, PathSize - 1));

        // SAFETY: the kernel reads the given length of the structure on the stack.
        return SyscallResult.From(
            Libc.CallAgain(Sys.connect, socket.Number, (nint)(&address), sizeof(ushort) + 1 + name.Length), "connect", name);
    }

    /// <summary>Lets others connect. listen(2).</summary>
    public static SyscallResult Listen(OwnedFd socket, int backlog) =>
        SyscallResult.From(Libc.Call(Sys.listen, socket.Number, backlog), "listen", socket);

    /// <summary>Takes the next connection. accept4(2).</summary>
    public static SyscallResult<OwnedFd> Accept(OwnedFd socket) =>
        OwnedFd.From(Libc.CallAgain(Sys.accept4, socket.Number, 0, 0, SOCK_CLOEXEC), "accept4");

    /// <summary>Ends one or both directions. shutdown(2).</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="how">0 no more reading, 1 no more writing, 2 both.</param>
    public static SyscallResult Shutdown(OwnedFd socket, int how) =>
        SyscallResult.From(Libc.Call(Sys.shutdown, socket.Number, how), "shutdown", socket);

    /// <summary>Who connected. getsockopt(2), SO_PEERCRED.</summary>
    public static SyscallResult<PeerCredentials> Peer(OwnedFd socket)
    {
        PeerCredentials peer = default;
        int length = sizeof(PeerCredentials);

        // SAFETY: the kernel writes at most the length given.
        nint returned = Libc.Call(Sys.getsockopt, socket.Number, SOL_SOCKET, SO_PEERCRED, (nint)(&peer), (nint)(&length));
        return returned < 0 ? new(SyscallResult.From(returned, "getsockopt", socket)) : new(peer);
    }

    private static SyscallResult AtName(int number, string call, OwnedFd socket, OwnedFd directory, CPath name) =>
        AtAddress(number, call, socket, ReferenceEquals(directory, OwnedFd.Cwd) ? name : CPath.Join(CPath.OfDescriptor(directory), name), name);

    private static SyscallResult AtAddress(int number, string call, OwnedFd socket, CPath path, CPath subject)
    {
        if (path.Length >= PathSize)
        {
            return SyscallResult.From(-(nint)Errno.ENAMETOOLONG, call, subject);
        }

        SocketAddress address = new() { Family = AF_UNIX };
        path.Terminated.CopyTo(new Span<byte>(address.Path, PathSize));

        // SAFETY: the kernel reads the given length of the structure on the stack.
        return SyscallResult.From(
            Libc.CallAgain(number, socket.Number, (nint)(&address), sizeof(ushort) + path.Length + 1), call, subject);
    }
}
