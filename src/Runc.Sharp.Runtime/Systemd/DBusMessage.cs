using System;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>What a message is. D-Bus specification, "Message Format".</summary>
internal enum DBusMessageType : byte
{
    /// <summary>Asks for something.</summary>
    Call = 1,

    /// <summary>Answers a call.</summary>
    Return = 2,

    /// <summary>Refuses a call.</summary>
    Error = 3,

    /// <summary>Tells everybody.</summary>
    Signal = 4,
}

/// <summary>One message of the bus.</summary>
internal sealed class DBusMessage
{
    /// <summary>Bytes of a message before its fields' length: what must be read to know how long it is.</summary>
    internal const int Preamble = 16;

    /// <summary>The longest message this client takes: systemd's answers have some hundred bytes.</summary>
    internal const int Longest = 1 << 20;

    internal DBusMessageType Type { get; init; }

    /// <summary>The call that is answered; 0 for none.</summary>
    internal uint ReplyTo { get; private set; }

    internal string Interface { get; private set; } = string.Empty;

    internal string Member { get; private set; } = string.Empty;

    internal string ErrorName { get; private set; } = string.Empty;

    internal string Signature { get; private set; } = string.Empty;

    internal byte[] Body { get; private set; } = [];

    private bool Swapped { get; init; }

    /// <summary>A reader of the body.</summary>
    internal DBusReader Reader() => new(Body, Swapped);

    /// <summary>The first argument, where it is a string: an error's words.</summary>
    internal string Text() => Signature.StartsWith('s') ? Reader().String() : string.Empty;

    /// <summary>Begins a call; its body is to be written behind it.</summary>
    /// <returns>For <see cref="End"/>.</returns>
    internal static int Begin(DBusWriter writer, in DBusCall call, uint serial)
    {
        writer.Align(8);
        int start = writer.Length;
        writer.Byte((byte)'l');
        writer.Byte((byte)DBusMessageType.Call);
        writer.Byte(call.Quiet ? (byte)1 : (byte)0);
        writer.Byte(1);
        writer.UInt32(0); // the body's length
        writer.UInt32(serial);
        var fields = writer.BeginArray(8);
        Field(writer, 1, "o", call.Path);
        Field(writer, 2, "s", call.Interface);
        Field(writer, 3, "s", call.Member);
        if (call.Destination.Length > 0)
        {
            Field(writer, 6, "s", call.Destination);
        }

        if (call.Signature.Length > 0)
        {
            writer.BeginStruct();
            writer.Byte(8);
            writer.Signature("g");
            writer.Signature(call.Signature);
        }

        writer.EndArray(fields);
        writer.Align(8);
        return start;
    }

    /// <summary>Ends a call: sets the length of what was written since <paramref name="body"/>.</summary>
    internal static void End(DBusWriter writer, int start, int body) => writer.Patch(start + 4, (uint)(writer.Length - body));

    /// <summary>How long the message is that begins with these bytes.</summary>
    /// <exception cref="RuntimeException">It is none, or too long.</exception>
    internal static int LengthOf(ReadOnlySpan<byte> preamble)
    {
        bool swapped = preamble[0] switch
        {
            (byte)'l' => false,
            (byte)'B' => true,
            _ => throw DBusReader.Malformed(),
        };
        var reader = new DBusReader(preamble[..Preamble], swapped);
        reader.UInt32();
        uint body = reader.UInt32();
        reader.UInt32();
        uint fields = reader.UInt32();
        return body <= Longest && fields <= Longest
            ? Preamble + (((int)fields + 7) & ~7) + (int)body
            : throw new RuntimeException("the message bus sent a message of more than a megabyte");
    }

    /// <summary>Reads a whole message.</summary>
    /// <exception cref="RuntimeException">It is malformed.</exception>
    internal static DBusMessage Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Preamble || LengthOf(bytes) != bytes.Length)
        {
            throw DBusReader.Malformed();
        }

        var message = new DBusMessage { Swapped = bytes[0] == (byte)'B', Type = (DBusMessageType)bytes[1] };
        var reader = new DBusReader(bytes, message.Swapped);
        reader.UInt32();
        uint body = reader.UInt32();
        reader.UInt32();
        int end = reader.BeginArray(8);
        while (reader.Position < end)
        {
            reader.Align(8);
            message.Field(ref reader, reader.Byte());
        }

        message.Body = bytes[^(int)body..].ToArray();
        return message;
    }

    private static void Field(DBusWriter writer, byte code, string signature, string value)
    {
        writer.BeginStruct();
        writer.Byte(code);
        writer.Signature(signature);
        writer.String(value);
    }

    private void Field(ref DBusReader reader, byte code)
    {
        string signature = reader.Signature();
        switch (code, signature)
        {
            case (2, "s"):
                Interface = reader.String();
                break;
            case (3, "s"):
                Member = reader.String();
                break;
            case (4, "s"):
                ErrorName = reader.String();
                break;
            case (5, "u"):
                ReplyTo = reader.UInt32();
                break;
            case (8, "g"):
                Signature = reader.Signature();
                break;
            default:
                ReadOnlySpan<char> type = signature;
                reader.Skip(ref type);
                break;
        }
    }
}

/// <summary>Whom a call goes to.</summary>
/// <param name="Destination">The name on the bus; empty on a connection to one peer.</param>
/// <param name="Path">The object.</param>
/// <param name="Interface">The interface.</param>
/// <param name="Member">The method.</param>
/// <param name="Signature">Of the arguments.</param>
/// <param name="Quiet">No answer is wanted.</param>
internal readonly record struct DBusCall(string Destination, string Path, string Interface, string Member, string Signature = "", bool Quiet = false);
