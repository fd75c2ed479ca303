using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Linq;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Systemd;
using Xunit;

namespace Runc.Sharp.Tests.Systemd;

/// <summary>D-Bus' wire format: the specification's chapter "Marshaling (Wire Format)".</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "The seed makes a failure repeatable.")]
public sealed class DBusWireTests
{
    [Fact]
    public void A_string_is_its_length_its_bytes_and_a_NUL_aligned_by_four()
    {
        // The specification's own example: two strings, "foo" and "+".
        var writer = new DBusWriter();
        writer.String("foo");
        writer.String("+");
        Assert.Equal([3, 0, 0, 0, (byte)'f', (byte)'o', (byte)'o', 0, 1, 0, 0, 0, (byte)'+', 0], writer.Written.ToArray());
    }

    [Fact]
    public void An_array_s_length_leaves_out_the_padding_before_its_first_element()
    {
        // The specification's own example: an array of one 64-bit number, 5.
        var writer = new DBusWriter();
        var array = writer.BeginArray(8);
        writer.UInt64(5);
        writer.EndArray(array);
        Assert.Equal([8, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0], writer.Written.ToArray());
    }

    [Fact]
    public void A_call_s_header_is_that_of_the_specification()
    {
        var writer = new DBusWriter();
        int start = DBusMessage.Begin(writer, new DBusCall("d", "/p", "i.f", "M", "u"), 3);
        int body = writer.Length;
        writer.UInt32(9);
        DBusMessage.End(writer, start, body);
        Assert.Equal(
            "6c010001" + "04000000" + "03000000" + "47000000"
            + "01016f00" + "02000000" + "2f700000" + "00000000"
            + "02017300" + "03000000" + "692e6600" + "00000000"
            + "03017300" + "01000000" + "4d000000" + "00000000"
            + "06017300" + "01000000" + "64000000" + "00000000"
            + "08016700" + "01750000"
            + "09000000",
            Convert.ToHexStringLower(writer.Written));
    }

    [Fact]
    public void Values_of_every_kind_come_back_through_another_reader()
    {
        object[] values =
        [
            true, (byte)7, (short)-2, (ushort)60000, -5, 4000000000u, long.MinValue, ulong.MaxValue, 1.5, "ä\n", Array.Empty<byte>(), new byte[] { 1, 2, 3 },
            new uint[] { 1, uint.MaxValue }, new[] { ("a", "b"), ("cc", string.Empty) }, new[] { ("a", 1ul), ("bbbb", ulong.MaxValue) }, new DBusArray("t", [1ul, 2ul]), new DBusArray("s", ["x"]), new DBusArray("y", [(byte)1]), new DBusArray("q", []),
        ];
        var random = new Random(7);
        for (int round = 0; round < 500; round++)
        {
            object[] some = [.. Enumerable.Range(0, random.Next(1, 9)).Select(_ => values[random.Next(values.Length)])];
            var writer = new DBusWriter();
            foreach (object value in some)
            {
                writer.Variant(value);
            }

            var wire = new Wire(writer.Written.ToArray());
            var reader = new DBusReader(writer.Written, swapped: false);
            foreach (object value in some)
            {
                Assert.Equal(Plain(value), Plain(wire.Value("v")));
                ReadOnlySpan<char> signature = "v";
                reader.Skip(ref signature);
            }

            Assert.Equal(writer.Length, wire.At);
            Assert.Equal(writer.Length, reader.Position);
        }
    }

    [Fact]
    public void A_text_that_no_string_of_the_bus_can_be_is_refused()
    {
        Assert.Throws<RuntimeException>(() => new DBusWriter().String("a\0b"));
        Assert.Throws<RuntimeException>(() => new DBusWriter().String("\ud800"));
    }

    [Fact]
    public void Random_and_damaged_messages_are_read_or_refused_and_nothing_else()
    {
        var writer = new DBusWriter();
        int start = DBusMessage.Begin(writer, new DBusCall("org.freedesktop.systemd1", "/org/freedesktop/systemd1", "i", "Member", "sa(sv)"), 3);
        int body = writer.Length;
        writer.String("unit");
        var array = writer.BeginArray(8);
        writer.BeginStruct();
        writer.String("Property");
        writer.Variant(new[] { ("a", "b") });
        writer.EndArray(array);
        DBusMessage.End(writer, start, body);
        byte[] good = writer.Written.ToArray();
        Assert.Equal("Member", DBusMessage.Read(good).Member);

        var random = new Random(99);
        int read = 0;
        for (int round = 0; round < 20000; round++)
        {
            byte[] bytes = random.Next(4) == 0 ? Noise(random) : (byte[])good.Clone();
            for (int damage = random.Next(1, 4); damage > 0; damage--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            bytes = random.Next(5) == 0 ? bytes[..random.Next(bytes.Length)] : bytes;
            try
            {
                DBusMessage message = DBusMessage.Read(bytes);
                message.Text();
                read++;
            }
            catch (RuntimeException)
            {
                // refused
            }
        }

        Assert.InRange(read, 100, 19900);
    }

    [Fact]
    public void Nesting_beyond_all_measure_is_refused_before_the_stack_ends()
    {
        byte[] bytes = new byte[1 << 20];
        for (int at = 0; at < bytes.Length - 3; at += 3)
        {
            (bytes[at], bytes[at + 1]) = (1, (byte)'v');
        }

        Assert.Throws<RuntimeException>(() =>
        {
            ReadOnlySpan<char> signature = "v";
            new DBusReader(bytes, swapped: false).Skip(ref signature);
        });
        Assert.Throws<RuntimeException>(() =>
        {
            ReadOnlySpan<char> signature = new string('(', 300);
            new DBusReader(bytes, swapped: false).Skip(ref signature);
        });
    }

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(16, 200)];
        random.NextBytes(bytes);
        (bytes[0], bytes[1], bytes[2], bytes[3]) = ((byte)(random.Next(2) == 0 ? 'l' : 'B'), 2, 0, 1);
        return bytes;
    }

    private static string Plain(object value) => value switch
    {
        (string, string)[] pairs => string.Join(';', pairs.Select(static pair => $"({pair.Item1},{pair.Item2})")),
        (string, ulong)[] pairs => string.Join(';', pairs.Select(static pair => $"({pair.Item1},{pair.Item2})")),
        DBusArray array => string.Join(';', array.Items.Select(Plain)),
        Array list => string.Join(';', list.Cast<object>().Select(Plain)),
        List<object> list => string.Join(';', list.Select(static item => item is List<object> pair ? $"({pair[0]},{pair[1]})" : Plain(item))),
        _ => value + ":" + value.GetType().Name,
    };
}
