using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>
/// A connection to a message bus, or to one peer that speaks its language. Every wait ends at the one deadline of the connection: a manager that
/// hangs must not hang who asks it (opencontainers/runc#3904).
/// </summary>
/// <param name="socket">A connected stream socket that does not block; closed with this.</param>
/// <param name="peer">Who is at the other end, for messages.</param>
/// <param name="deadline">On <see cref="Clocks.MonotonicNanoseconds"/>.</param>
internal sealed class DBusConnection(OwnedFd socket, string peer, long deadline) : IDisposable
{
    private readonly Queue<DBusMessage> _signals = new();
    private byte[] _input = new byte[4096];
    private int _from;
    private int _to;
    private readonly List<byte> _output = new(0);
    private uint _serial;

    /// <summary>Connects to a socket by path.</summary>
    /// <returns>Null where nobody listens there.</returns>
    /// <exception cref="RuntimeException">The connection is refused otherwise.</exception>
    internal static DBusConnection? Open(string path, long deadline)
    {
        OwnedFd socket = Sockets.Create(SocketKind.Stream, nonBlocking: true).OrThrow();
        while (true)
        {
            SyscallResult connected = Sockets.Connect(socket, path);
            switch (connected.Error)
            {
                case Errno.None:
                    return new DBusConnection(socket, path, deadline);
                case Errno.EAGAIN when Clocks.MonotonicNanoseconds < deadline: // its queue is full, and there is nothing to wait on
                    Polling.Sleep(Clocks.MonotonicNanoseconds + 5_000_000);
                    continue;
                case Errno.ENOENT or Errno.ECONNREFUSED:
                    socket.Dispose();
                    return null;
                default:
                    socket.Dispose();
                    throw new RuntimeException(string.Concat("connect to ", path, ": ", connected.Error.Name()) + " (" + connected.Error.Words() + ")");
            }
        }
    }

    /// <summary>Says who we are: the kernel tells the other side our user, so the number is all there is to say. D-Bus specification, EXTERNAL.</summary>
    /// <remarks>
    /// Its end is said with it, and not when the answer is there: systemd, at its own socket, takes what comes together with that end for read, and
    /// looks at it when there is more to read. A call that went out behind it was not answered where systemd was busy. A refusal is one all the same.
    /// </remarks>
    internal void Authenticate(uint user)
    {
        string number = user.ToString(CultureInfo.InvariantCulture);
        Send(Encoding.ASCII.GetBytes("\0AUTH EXTERNAL " + Convert.ToHexStringLower(Encoding.ASCII.GetBytes(number)) + "\r\nBEGIN\r\n"));
        string answer = Line();
        if (!answer.StartsWith("OK ", StringComparison.Ordinal))
        {
            throw new RuntimeException(string.Concat(peer, " refuses user ", number, ": ") + answer);
        }
    }

    /// <summary>Calls a method and waits for its answer.</summary>
    /// <param name="call">The method.</param>
    /// <param name="arguments">Writes the arguments.</param>
    /// <returns>The answer: <see cref="DBusMessageType.Return"/> or <see cref="DBusMessageType.Error"/>.</returns>
    internal DBusMessage Call(in DBusCall call, Action<DBusWriter>? arguments = null)
    {
        uint serial = Post(call, arguments);
        while (true)
        {
            DBusMessage message = Receive(call.Member);
            if (message.ReplyTo == serial && message.Type is DBusMessageType.Return or DBusMessageType.Error)
            {
                return message;
            }

            Keep(message);
        }
    }

    /// <summary>Sends a call with the next one that is waited for: each of its own would wake the other side once more.</summary>
    /// <returns>Its number.</returns>
    internal uint Post(in DBusCall call, Action<DBusWriter>? arguments = null)
    {
        var writer = new DBusWriter();
        int start = DBusMessage.Begin(writer, call, ++_serial);
        int body = writer.Length;
        arguments?.Invoke(writer);
        DBusMessage.End(writer, start, body);
        _output.AddRange(writer.Written);
        return _serial;
    }

    /// <summary>Waits for the next signal.</summary>
    /// <param name="what">What it is waited for, for messages.</param>
    internal DBusMessage Signal(string what)
    {
        while (_signals.Count == 0)
        {
            Keep(Receive(what));
        }

        return _signals.Dequeue();
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void Keep(DBusMessage message)
    {
        if (message.Type == DBusMessageType.Signal)
        {
            _signals.Enqueue(message);
        }
    }

    private DBusMessage Receive(string what)
    {
        Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_output));
        _output.Clear();
        Fill(DBusMessage.Preamble, what);
        int length = DBusMessage.LengthOf(_input.AsSpan(_from, DBusMessage.Preamble));
        Fill(length, what);
        _from += length;
        return DBusMessage.Read(_input.AsSpan(_from - length, length));
    }

    private string Line()
    {
        const int LongestLine = 1024;
        for (int length = 1; length < LongestLine; length++)
        {
            Fill(length, "the log-in");
            if (_input[_from + length - 1] == (byte)'\n')
            {
                string line = Encoding.ASCII.GetString(_input.AsSpan(_from, length)).TrimEnd();
                _from += length;
                return line;
            }
        }

        throw DBusReader.Malformed();
    }

    /// <summary>Reads until there are as many bytes.</summary>
    private void Fill(int count, string what)
    {
        if (_input.Length - _from < count)
        {
            byte[] room = _input.Length < count ? new byte[count] : _input;
            _input.AsSpan(_from, _to - _from).CopyTo(room);
            (_input, _from, _to) = (room, 0, _to - _from);
        }

        while (_to - _from < count)
        {
            SyscallResult<Received> got = Sockets.Receive(socket, _input.AsSpan(_to), wait: false);
            if (got.Error == Errno.EAGAIN)
            {
                Await(PollEvents.Readable, what);
                continue;
            }

            _to += got.Error is Errno.None && got.Value.Length > 0 ? got.Value.Length
                : throw new RuntimeException(string.Concat(peer, " closed the connection before it answered ", what));
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            SyscallResult<int> sent = Sockets.Send(socket, bytes);
            if (sent.Error == Errno.EAGAIN)
            {
                Await(PollEvents.Writable, "a call");
                continue;
            }

            if (sent.Error is Errno.EPIPE or Errno.ECONNRESET)
            {
                throw new RuntimeException(peer + " closed the connection");
            }

            bytes = bytes[sent.OrThrow()..];
        }
    }

    private void Await(PollEvents events, string what)
    {
        if (Polling.Wait(socket, events, deadline).OrThrow() == PollEvents.None)
        {
            throw new RuntimeException(string.Concat(peer, " did not answer ", what, " in time; hint: systemd is overloaded or hangs; --cgroup-manager cgroupfs does without it"));
        }
    }
}
