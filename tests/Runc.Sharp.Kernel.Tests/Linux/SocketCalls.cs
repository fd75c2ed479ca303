using System;
using System.IO;
using System.Text;
using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>The calls on Unix sockets do what their names say.</summary>
public class SocketCalls
{
    [Theory]
    [InlineData(SocketKind.Stream)]
    [InlineData(SocketKind.SequencedPackets)]
    public void Descriptors_travel_with_a_message(SocketKind kind)
    {
        using OwnedFd left = Sockets.Pair(kind, out OwnedFd? other).Value;
        using OwnedFd right = other!;
        using OwnedFd a = Files.EventFd().Value;
        using OwnedFd b = Files.MemfdCreate("m", MemfdFlags.None).Value;
        Assert.Equal(2, Sockets.Send(left, "hi"u8, [a, b]).Value);
        Span<byte> buffer = stackalloc byte[16];
        Span<OwnedFd?> fds = new OwnedFd?[3];
        Received received = Sockets.Receive(right, buffer, fds).Value;
        Assert.Equal(new Received(2, 2, false), received);
        Assert.Equal("hi", Encoding.ASCII.GetString(buffer[..2]));
        Assert.Equal(Files.Fstat(b).Value.Inode, Files.Fstat(fds[1]!).Value.Inode);
        Assert.Null(fds[2]);
        fds[0]!.Dispose();
        fds[1]!.Dispose();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void More_descriptors_than_expected_are_closed_and_refused(int room)
    {
        using OwnedFd left = Sockets.Pair(SocketKind.SequencedPackets, out OwnedFd? other).Value;
        using OwnedFd right = other!;
        string name = "refused-" + Guid.NewGuid(); // other tests open and close theirs meanwhile
        using OwnedFd a = Files.MemfdCreate(name, MemfdFlags.None).Value;
        Sockets.Send(left, "x"u8, [a, a, a]).Result.OrThrow();
        OwnedFd?[] fds = new OwnedFd?[room];
        Assert.Equal(Errno.EMSGSIZE, Sockets.Receive(right, stackalloc byte[4], fds).Error);
        Assert.All(fds, Assert.Null);
        Assert.Single(Directory.GetFileSystemEntries("/proc/self/fd"), fd => new FileInfo(fd).LinkTarget?.Contains(name, StringComparison.Ordinal) == true);
    }

    [Fact]
    public void A_message_longer_than_the_buffer_is_told()
    {
        using OwnedFd left = Sockets.Pair(SocketKind.SequencedPackets, out OwnedFd? other).Value;
        using OwnedFd right = other!;
        Sockets.Send(left, "long"u8).Result.OrThrow();
        Assert.Equal(new Received(2, 0, true), Sockets.Receive(right, stackalloc byte[2]).Value);
        Assert.Equal(Errno.EAGAIN, Sockets.Receive(right, stackalloc byte[2], wait: false).Error);
    }

    [Fact]
    public void Sending_to_a_closed_peer_is_an_error_not_a_signal()
    {
        using OwnedFd left = Sockets.Pair(SocketKind.SequencedPackets, out OwnedFd? other).Value;
        other!.Dispose();
        Assert.Equal(Errno.EPIPE, Sockets.Send(left, "x"u8).Error);
    }

    [Fact]
    public void A_socket_is_reached_by_a_path_longer_than_an_address()
    {
        using TemporaryDirectory directory = new();
        string deep = Path.Combine(directory.Path, new string('d', 120), new string('e', 120));
        Directory.CreateDirectory(deep);
        using OwnedFd place = Files.Open(deep, OpenFlags.Path | OpenFlags.Directory).Value;
        using OwnedFd server = Sockets.Create(SocketKind.SequencedPackets).Value;
        Sockets.Bind(server, place, "gate").OrThrow();
        Sockets.Listen(server, 1).OrThrow();
        using OwnedFd byPath = Sockets.Create(SocketKind.SequencedPackets).Value;
        Sockets.Connect(byPath, Path.Combine(deep, "gate")).OrThrow();
        using OwnedFd accepted = Sockets.Accept(server).Value;
        Assert.Equal(Environment.ProcessId, Sockets.Peer(accepted).Value.Pid);
        using OwnedFd byName = Sockets.Create(SocketKind.SequencedPackets).Value;
        Sockets.Connect(byName, place, "gate").OrThrow();
        using OwnedFd again = Sockets.Create(SocketKind.SequencedPackets).Value;
        Assert.Equal(Errno.EADDRINUSE, Sockets.Bind(again, place, "gate").Error);
        Assert.Equal(Errno.ENAMETOOLONG, Sockets.Bind(again, place, new string('n', 108)).Error);
    }

    [Fact]
    public void A_socket_without_a_listener_refuses()
    {
        using TemporaryDirectory directory = new();
        using OwnedFd server = Sockets.Create(SocketKind.Stream).Value;
        Sockets.Bind(server, directory.Fd, "s").OrThrow();
        using OwnedFd client = Sockets.Create(SocketKind.Stream).Value;
        Assert.Equal(Errno.ECONNREFUSED, Sockets.Connect(client, directory.Fd, "s").Error);
        Assert.Equal(Errno.ENOENT, Sockets.Connect(client, directory.Fd, "none").Error);
        Assert.Equal(Errno.ECONNREFUSED, Sockets.ConnectAbstract(client, "csrunc-nobody-is-here").Error);
    }
}
