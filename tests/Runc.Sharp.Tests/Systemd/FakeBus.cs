using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Systemd;

namespace Runc.Sharp.Tests.Systemd;

/// <summary>The other end of a connection: takes calls, logs them as text, and answers as the test says. Takes messages apart by itself.</summary>
internal sealed class FakeBus : IDisposable
{
    private readonly OwnedFd _server;
    private readonly Thread _thread;
    private uint _serial = 100;

    /// <param name="answers">For each call that wants an answer: its text; what comes back is sent.</param>
    /// <param name="patience">In milliseconds.</param>
    internal FakeBus(Func<FakeBus, FakeCall, byte[][]> answers, int patience = 60_000)
    {
        OwnedFd client = Sockets.Pair(SocketKind.Stream, out OwnedFd? server).OrThrow();
        _server = server!;
        Connection = new DBusConnection(client, "the fake bus", Clocks.MonotonicNanoseconds + (patience * 1_000_000L));
        _thread = new Thread(() => Serve(answers));
        _thread.Start();
    }

    internal DBusConnection Connection { get; }

    internal List<string> Log { get; } = [];

    internal byte[] Return(uint to) => Message(2, to, writer => { });

    internal byte[] Error(uint to, string name, string text) => Message(3, to, writer => writer.String(text), "s", error: name);

    internal byte[] JobRemoved(string unit, string result) => Message(
        4,
        0,
        writer =>
        {
            writer.UInt32(7);
            writer.String("/org/freedesktop/systemd1/job/7");
            writer.String(unit);
            writer.String(result);
        },
        "uoss",
        member: "JobRemoved");

    public void Dispose()
    {
        Connection.Dispose();
        _thread.Join();
        _server.Dispose();
    }

    private byte[] Message(byte type, uint replyTo, Action<DBusWriter> body, string signature = "", string error = "", string member = "")
    {
        var content = new DBusWriter();
        body(content);
        var writer = new DBusWriter();
        writer.Raw([(byte)'l', type, 0, 1]);
        writer.UInt32((uint)content.Length);
        writer.UInt32(_serial++);
        var fields = writer.BeginArray(8);
        if (replyTo != 0)
        {
            Field(5, "u", () => writer.UInt32(replyTo));
        }

        if (member.Length > 0)
        {
            Field(1, "o", () => writer.String("/org/freedesktop/systemd1"));
            Field(2, "s", () => writer.String("org.freedesktop.systemd1.Manager"));
            Field(3, "s", () => writer.String(member));
        }

        if (error.Length > 0)
        {
            Field(4, "s", () => writer.String(error));
        }

        Field(7, "s", () => writer.String(":1.1")); // the sender, which the client does not need
        if (signature.Length > 0)
        {
            Field(8, "g", () => writer.Signature(signature));
        }

        writer.EndArray(fields);
        writer.Align(8);
        writer.Raw(content.Written);
        return writer.Written.ToArray();

        void Field(byte code, string kind, Action value)
        {
            writer.BeginStruct();
            writer.Byte(code);
            writer.Signature(kind);
            value();
        }
    }

    private void Serve(Func<FakeBus, FakeCall, byte[][]> answers)
    {
        try
        {
            while (true)
            {
                byte[] head = Take(16);
                byte[] rest = Take(((BitConverter.ToInt32(head, 12) + 7) & ~7) + BitConverter.ToInt32(head, 4));
                FakeCall call = FakeCall.Parse([.. head, .. rest]);
                lock (Log)
                {
                    Log.Add(call.Text);
                }

                foreach (byte[] answer in call.Quiet ? [] : answers(this, call))
                {
                    // In two pieces: a message need not come whole.
                    Send(answer.AsSpan(0, answer.Length / 2));
                    Send(answer.AsSpan(answer.Length / 2));
                }
            }
        }
        catch (EndOfStreamException)
        {
            // the client has gone
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        if (Sockets.Send(_server, bytes).Failed)
        {
            throw new EndOfStreamException();
        }
    }

    private byte[] Take(int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0; at < count;)
        {
            SyscallResult<Received> got = Sockets.Receive(_server, bytes.AsSpan(at));
            at += !got.Failed && got.Value.Length > 0 ? got.Value.Length : throw new EndOfStreamException();
        }

        return bytes;
    }
}

/// <summary>A call as the bus saw it.</summary>
/// <param name="Serial">Its number.</param>
/// <param name="Member">The method.</param>
/// <param name="Quiet">No answer is wanted.</param>
/// <param name="Text">All of it, for a person.</param>
internal sealed record FakeCall(uint Serial, string Member, bool Quiet, string Text)
{
    internal static FakeCall Parse(byte[] bytes)
    {
        var wire = new Wire(bytes);
        wire.At = 12;
        string member = string.Empty;
        string signature = string.Empty;
        foreach (object field in (List<object>)wire.Value("a(yv)"))
        {
            var pair = (List<object>)field;
            member = (byte)pair[0] == 3 ? (string)pair[1] : member;
            signature = (byte)pair[0] == 8 ? (string)pair[1] : signature;
        }

        wire.Align(8);
        var text = new StringBuilder(member);
        for (int at = 0; at < signature.Length;)
        {
            string type = Wire.First(signature, at);
            at += type.Length;
            text.Append(' ').Append(Show(wire.Value(type)));
        }

        return wire.At == bytes.Length
            ? new FakeCall(BitConverter.ToUInt32(bytes, 8), member, bytes[2] == 1, text.ToString())
            : throw new InvalidDataException("bytes are left");
    }

    private static string Show(object value) => value switch
    {
        List<object> list => "[" + string.Join(", ", list.ConvertAll(Show)) + "]",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture)!,
    };
}

/// <summary>Reads D-Bus' wire format by its signature, strictly: padding is zero, lengths are right. Written after the specification, not after the product.</summary>
internal sealed class Wire(byte[] bytes)
{
    internal int At { get; set; }

    internal object Value(string type)
    {
        switch (type[0])
        {
            case 'y':
                return bytes[At++];
            case 'b':
                return Number(4) switch { 0 => false, 1 => true, _ => throw new InvalidDataException("no boolean") };
            case 'n':
                return (short)Number(2);
            case 'q':
                return (ushort)Number(2);
            case 'i':
                return (int)Number(4);
            case 'u':
                return (uint)Number(4);
            case 'x':
                return (long)Number(8);
            case 't':
                return Number(8);
            case 'd':
                return BitConverter.UInt64BitsToDouble(Number(8));
            case 's' or 'o':
                return Text((int)Number(4));
            case 'g':
                return Text(bytes[At++]);
            case 'v':
                return Value((string)Value("g"));
            case '(':
                Align(8);
                var fields = new List<object>();
                for (int at = 1; type[at] != ')';)
                {
                    string inner = First(type, at);
                    at += inner.Length;
                    fields.Add(Value(inner));
                }

                return fields;
            case 'a':
                int length = (int)Number(4);
                Align(type[1] switch { '(' or 'x' or 't' or 'd' => 8, 'y' or 'v' or 'g' => 1, 'n' or 'q' => 2, _ => 4 });
                var items = new List<object>();
                for (int end = At + length; At < end || (At > end ? throw new InvalidDataException("an array's length is wrong") : false);)
                {
                    items.Add(Value(type[1..]));
                }

                return items;
            default:
                throw new InvalidDataException("type " + type);
        }
    }

    /// <summary>The first type of a signature.</summary>
    internal static string First(string signature, int at)
    {
        int end = at;
        while (signature[end] == 'a')
        {
            end++;
        }

        for (int open = 0; ; end++)
        {
            open += signature[end] == '(' ? 1 : signature[end] == ')' ? -1 : 0;
            if (open == 0)
            {
                return signature[at..(end + 1)];
            }
        }
    }

    internal void Align(int alignment)
    {
        for (; At % alignment != 0; At++)
        {
            if (bytes[At] != 0)
            {
                throw new InvalidDataException("padding is not zero");
            }
        }
    }

    private ulong Number(int size)
    {
        Align(size);
        ulong value = 0;
        for (int i = size - 1; i >= 0; i--)
        {
            value = (value << 8) | bytes[At + i];
        }

        At += size;
        return value;
    }

    private string Text(int length)
    {
        string text = Encoding.UTF8.GetString(bytes, At, length);
        At += length;
        return bytes[At++] == 0 ? text : throw new InvalidDataException("no NUL");
    }
}
