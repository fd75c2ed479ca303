using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>An address of a network device, as the kernel told it.</summary>
/// <param name="Header">struct ifaddrmsg: family, length of the prefix, flags, scope; the device's index is another's affair. rtnetlink(7).</param>
/// <param name="Local">The address itself, in network order.</param>
/// <param name="Peer">The address of the other end, or the same.</param>
/// <param name="Broadcast">The broadcast address; empty where there is none.</param>
public sealed record NetAddress(uint Header, ReadOnlyMemory<byte> Local, ReadOnlyMemory<byte> Peer, ReadOnlyMemory<byte> Broadcast);

/// <summary>Network devices of the namespace in which it was opened. rtnetlink(7).</summary>
public sealed class RouteSocket : IDisposable
{
    private const int AF_NETLINK = 16;
    private const int SOCK_RAW = 3;
    private const int SOCK_CLOEXEC = 0x80000;
    private const ushort NLMSG_ERROR = 2;
    private const ushort NLMSG_DONE = 3;
    private const ushort RTM_NEWLINK = 16;
    private const ushort RTM_GETLINK = 18;
    private const ushort RTM_NEWADDR = 20;
    private const ushort RTM_GETADDR = 22;
    private const ushort NLM_F_REQUEST = 1;
    private const ushort NLM_F_ACK = 4;
    private const ushort NLM_F_DUMP = 0x300;
    private const ushort NLM_F_EXCL = 0x200;
    private const ushort NLM_F_CREATE = 0x400;
    private const ushort IFLA_IFNAME = 3;
    private const ushort IFLA_NET_NS_FD = 28;
    private const ushort IFA_ADDRESS = 1;
    private const ushort IFA_LOCAL = 2;
    private const ushort IFA_BROADCAST = 4;
    private const ushort IFA_FLAGS = 8;
    private const uint IFA_F_PERMANENT = 0x80;
    private const int IFF_UP = 1;
    private const int HeaderSize = 16;
    private readonly OwnedFd _socket;
    private uint _sequence;

    private RouteSocket(OwnedFd socket) => _socket = socket;

    /// <summary>Opens one in the calling thread's network namespace, to which it belongs from then on.</summary>
    public static RouteSocket Open() => new(OwnedFd.From(Libc.Call(Sys.socket, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0), "socket").OrThrow());

    /// <summary>The number of the device of that name; 0 where there is none.</summary>
    public int IndexOf(string name)
    {
        var message = new Message(RTM_GETLINK, NLM_F_REQUEST);
        message.Append(new byte[16]);
        message.Attribute(IFLA_IFNAME, Encoding.UTF8.GetBytes(name + "\0"));
        int index = 0;
        SyscallResult result = Ask(message, name, reply => index = BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(HeaderSize + 4)));
        return result.OrThrowUnless(Errno.ENODEV) ? index : 0;
    }

    /// <summary>The addresses of a device that were given to it for good, and for all the world.</summary>
    public IReadOnlyList<NetAddress> Addresses(int index)
    {
        var message = new Message(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP);
        message.Append(new byte[8]);
        var found = new List<NetAddress>();
        Ask(message, "addresses", reply =>
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(reply.AsSpan(HeaderSize + 4)) == index && Address(reply) is { } address)
            {
                found.Add(address);
            }
        }).OrThrow();
        return found;
    }

    /// <summary>Moves a device into another network namespace, under a name. There it is down and without addresses.</summary>
    public SyscallResult Move(int index, OwnedFd space, string name)
    {
        var message = new Message(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);
        message.Append(Device(index, 0));
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(number, space.Number);
        message.Attribute(IFLA_NET_NS_FD, number);
        message.Attribute(IFLA_IFNAME, Encoding.UTF8.GetBytes(name + "\0"));
        return Ask(message, name, null);
    }

    /// <summary>Gives a device an address.</summary>
    public SyscallResult Add(int index, NetAddress address)
    {
        var message = new Message(RTM_NEWADDR, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
        Span<byte> header = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(header, address.Header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], index);
        message.Append(header);
        message.Attribute(IFA_LOCAL, address.Local.Span);
        message.Attribute(IFA_ADDRESS, address.Peer.Span);
        if (address.Broadcast.Length > 0)
        {
            message.Attribute(IFA_BROADCAST, address.Broadcast.Span);
        }

        return Ask(message, "address", null);
    }

    /// <summary>Sets a device up.</summary>
    public SyscallResult SetUp(int index)
    {
        var message = new Message(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);
        message.Append(Device(index, IFF_UP));
        return Ask(message, "set up", null);
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>struct ifinfomsg; the flags are also the mask of what changes.</summary>
    private static byte[] Device(int index, int flags)
    {
        var device = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(device.AsSpan(4), index);
        BinaryPrimitives.WriteInt32LittleEndian(device.AsSpan(8), flags);
        BinaryPrimitives.WriteInt32LittleEndian(device.AsSpan(12), flags);
        return device;
    }

    private static NetAddress? Address(byte[] reply)
    {
        byte[] local = [];
        byte[] peer = [];
        byte[] broadcast = [];
        uint flags = reply[HeaderSize + 2];
        for (int at = HeaderSize + 8; at + 4 <= reply.Length;)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(reply.AsSpan(at));
            if (length < 4 || at + length > reply.Length)
            {
                break;
            }

            byte[] value = reply.AsSpan((at + 4)..(at + length)).ToArray();
            switch (BinaryPrimitives.ReadUInt16LittleEndian(reply.AsSpan(at + 2)))
            {
                case IFA_LOCAL:
                    local = value;
                    break;
                case IFA_ADDRESS:
                    peer = value;
                    break;
                case IFA_BROADCAST:
                    broadcast = value;
                    break;
                case IFA_FLAGS:
                    flags = BinaryPrimitives.ReadUInt32LittleEndian(value);
                    break;
            }

            at += (length + 3) & ~3;
        }

        // Of IPv6 the kernel tells the one address alone.
        byte scope = reply[HeaderSize + 3];
        return scope != 0 || (flags & IFA_F_PERMANENT) == 0
            ? null
            : new NetAddress(BinaryPrimitives.ReadUInt32LittleEndian(reply.AsSpan(HeaderSize)) & 0xff00ffff, local.Length == 0 ? peer : local, peer, broadcast);
    }

    /// <summary>Sends, and hears the answers until the last one.</summary>
    private SyscallResult Ask(Message message, string subject, Action<byte[]>? answer)
    {
        SyscallResult sent = Files.WriteAll(_socket, message.Encode(++_sequence));
        if (sent.Failed)
        {
            return sent;
        }

        var room = new byte[64 << 10];
        while (true)
        {
            SyscallResult<int> got = Files.Read(_socket, room);
            if (got.Failed)
            {
                return got.Result;
            }

            for (int at = 0; at + HeaderSize <= got.Value;)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(room.AsSpan(at));
                if (length < HeaderSize || at + length > got.Value)
                {
                    return SyscallResult.From(-(nint)Errno.EBADMSG, "netlink", subject);
                }

                ushort type = BinaryPrimitives.ReadUInt16LittleEndian(room.AsSpan(at + 4));
                if (type == NLMSG_ERROR)
                {
                    return SyscallResult.From(BinaryPrimitives.ReadInt32LittleEndian(room.AsSpan(at + HeaderSize)), "netlink", subject);
                }

                if (type == NLMSG_DONE)
                {
                    return default;
                }

                answer?.Invoke(room.AsSpan(at, length).ToArray());
                if ((BinaryPrimitives.ReadUInt16LittleEndian(room.AsSpan(at + 6)) & 2) == 0)
                {
                    return default; // not one of several
                }

                at += (length + 3) & ~3;
            }
        }
    }

    /// <summary>A message as it grows. netlink(7).</summary>
    private sealed class Message(ushort type, int flags)
    {
        private readonly List<byte> _bytes = [.. new byte[HeaderSize]];

        internal void Append(ReadOnlySpan<byte> bytes) => _bytes.AddRange(bytes);

        internal void Attribute(ushort kind, ReadOnlySpan<byte> value)
        {
            Span<byte> header = stackalloc byte[4];
            BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(4 + value.Length));
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], kind);
            Append(header);
            Append(value);
            while (_bytes.Count % 4 != 0)
            {
                _bytes.Add(0);
            }
        }

        internal byte[] Encode(uint sequence)
        {
            byte[] message = [.. _bytes];
            BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
            BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), (ushort)flags);
            BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
            return message;
        }
    }
}
