using System;
using System.Collections.Generic;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>
/// Runs a device program as the kernel would, and refuses what its verifier refuses: jumps back or out, registers read before they are written, an
/// end without exit, instructions nobody reaches. Written after the instruction-set document, not after the compiler.
/// </summary>
internal static class DeviceProgramInterpreter
{
    /// <summary>What the program answers.</summary>
    internal static ulong Run(IReadOnlyList<ulong> program, uint accessAndType, uint major, uint minor)
    {
        Span<ulong> register = stackalloc ulong[11];
        for (int at = 0; ;)
        {
            ulong word = program[at];
            int destination = (int)(word >> 8) & 15;
            int source = (int)(word >> 12) & 15;
            short offset = (short)(word >> 16);
            ulong immediate = (ulong)(int)(word >> 32);
            at++;
            switch ((byte)word)
            {
                case 0x61: // dst = *(u32 *)(src + offset)
                    register[destination] = source != 1 ? throw new InvalidOperationException("no pointer") : offset switch
                    {
                        0 => accessAndType,
                        4 => major,
                        8 => minor,
                        _ => throw new InvalidOperationException("outside of the context"),
                    };
                    break;
                case 0xb7:
                    register[destination] = immediate;
                    break;
                case 0xbf:
                    register[destination] = register[source];
                    break;
                case 0x57:
                    register[destination] &= immediate;
                    break;
                case 0x77:
                    register[destination] >>= (int)immediate;
                    break;
                case 0x55:
                    at += register[destination] != immediate ? offset : 0;
                    break;
                case 0x45:
                    at += (register[destination] & immediate) != 0 ? offset : 0;
                    break;
                case 0x05:
                    at += offset;
                    break;
                case 0x95:
                    return register[0];
                default:
                    throw new InvalidOperationException($"unknown instruction {word:x16}");
            }
        }
    }

    /// <summary>What the verifier would say, in short; null where it has no objection.</summary>
    internal static string? Fault(IReadOnlyList<ulong> program)
    {
        // For each instruction the registers that are written on every way to it; null: not reached yet.
        var written = new int?[program.Count];
        written[0] = 1 << 1;
        for (int at = 0; at < program.Count; at++)
        {
            if (written[at] is not { } known)
            {
                return $"instruction {at} is never reached";
            }

            ulong word = program[at];
            byte code = (byte)word;
            int destination = (int)(word >> 8) & 15;
            int source = (int)(word >> 12) & 15;
            int reads = code switch
            {
                0x61 or 0xbf => 1 << source,
                0x57 or 0x77 or 0x55 or 0x45 => 1 << destination,
                0x95 => 1,
                _ => 0,
            };
            if ((reads & ~known) != 0)
            {
                return $"instruction {at} reads a register that is not written";
            }

            int after = code is 0x61 or 0xb7 or 0xbf or 0x57 or 0x77 ? known | (1 << destination) : known;
            short offset = (short)(word >> 16);
            bool jumps = code is 0x55 or 0x45 or 0x05;
            if ((jumps && offset < 0) || (code is not (0x05 or 0x95) && !Reach(at + 1)) || (jumps && !Reach(at + 1 + offset)))
            {
                return $"instruction {at} leads back or out of the program";
            }

            bool Reach(int next)
            {
                if (next >= program.Count)
                {
                    return false;
                }

                written[next] = (written[next] ?? ~0) & after;
                return true;
            }
        }

        return null;
    }
}
