using System;
using System.Buffers.Binary;

namespace Runc.Sharp.Tests.Seccomp;

/// <summary>Plays classic BPF over one system call, as the kernel does. bpf(4).</summary>
internal static class FilterInterpreter
{
    internal static uint Run(ReadOnlySpan<byte> filter, uint architecture, int number, ReadOnlySpan<ulong> arguments) =>
        Run(filter, architecture, number, arguments, out _);

    /// <param name="filter">The program.</param>
    /// <param name="architecture">AUDIT_ARCH_.</param>
    /// <param name="number">The call's number.</param>
    /// <param name="arguments">Up to six.</param>
    /// <param name="steps">How many instructions it took.</param>
    internal static uint Run(ReadOnlySpan<byte> filter, uint architecture, int number, ReadOnlySpan<ulong> arguments, out int steps)
    {
        Span<byte> data = stackalloc byte[64];
        data.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(data, number);
        BinaryPrimitives.WriteUInt32LittleEndian(data[4..], architecture);
        for (int at = 0; at < arguments.Length; at++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(data[(16 + (at * 8))..], arguments[at]);
        }

        uint accumulator = 0;
        steps = 0;
        for (int at = 0; ; at++)
        {
            steps++;
            ReadOnlySpan<byte> op = filter.Slice(at * 8, 8);
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(op[4..]);
            switch (BinaryPrimitives.ReadUInt16LittleEndian(op))
            {
                case 0x20:
                    accumulator = BinaryPrimitives.ReadUInt32LittleEndian(data[(int)value..]);
                    break;
                case 0x05:
                    at += (int)value;
                    break;
                case 0x15:
                    at += accumulator == value ? op[2] : op[3];
                    break;
                case 0x25:
                    at += accumulator > value ? op[2] : op[3];
                    break;
                case 0x35:
                    at += accumulator >= value ? op[2] : op[3];
                    break;
                case 0x54:
                    accumulator &= value;
                    break;
                case 0x06:
                    return value;
                default:
                    throw new InvalidOperationException("unknown instruction");
            }
        }
    }
}
