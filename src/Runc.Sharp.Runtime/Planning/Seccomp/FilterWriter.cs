using System.Collections.Generic;
using System.Runtime.InteropServices;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning.Seccomp;

/// <summary>
/// Writes classic BPF from its end to its beginning: where a jump goes is known when it is written, and a target that is too
/// far for its eight bits gets a longer jump in between. bpf(4), linux/filter.h.
/// </summary>
internal sealed class FilterWriter
{
    internal const int OffsetOfNumber = 0;
    internal const int OffsetOfArchitecture = 4;
    private const int OffsetOfArguments = 16;
    private const ushort LoadWord = 0x20;
    private const ushort JumpAlways = 0x05;
    private const ushort JumpEqual = 0x15;
    private const ushort JumpGreater = 0x25;
    private const ushort JumpGreaterOrEqual = 0x35;
    private const ushort And = 0x54;
    private const ushort Return = 0x06;
    private readonly List<ulong> _backwards = new(1024);
    private readonly Dictionary<uint, int> _returns = [];

    /// <summary>The number of instructions.</summary>
    internal int Count => _backwards.Count;

    /// <summary>The instructions in the order of the kernel.</summary>
    internal byte[] ToArray()
    {
        var forwards = new ulong[_backwards.Count];
        for (int at = 0; at < forwards.Length; at++)
        {
            forwards[at] = _backwards[^(at + 1)];
        }

        return MemoryMarshal.AsBytes<ulong>(forwards).ToArray();
    }

    /// <summary>A place that answers <paramref name="action"/>; one that is near enough is used again.</summary>
    internal int Answer(uint action)
    {
        if (_returns.TryGetValue(action, out int place) && _backwards.Count - place < 200)
        {
            return place;
        }

        place = Put(Return, 0, 0, action);
        _returns[action] = place;
        return place;
    }

    /// <summary>A place that loads a word of the call's data and goes on with what was written last.</summary>
    internal int Load(int offset) => Put(LoadWord, 0, 0, (uint)offset);

    /// <summary>What is written next goes on at <paramref name="place"/>.</summary>
    internal void Enter(int place)
    {
        if (place != _backwards.Count - 1)
        {
            Put(JumpAlways, 0, 0, (uint)Distance(place));
        }
    }

    internal int IfEqual(uint value, int then, int otherwise) => Jump(JumpEqual, value, then, otherwise);

    internal int IfGreaterOrEqual(uint value, int then, int otherwise) => Jump(JumpGreaterOrEqual, value, then, otherwise);

    /// <summary>A condition on an argument, read as two words. config-linux.md#seccomp.</summary>
    /// <param name="condition">What must hold.</param>
    /// <param name="narrow">The upper word is always 0: arguments of a 32-bit machine.</param>
    /// <param name="then">Where to go on when it holds.</param>
    /// <param name="otherwise">Where to go on when not.</param>
    internal int Condition(SeccompArgumentSpec condition, bool narrow, int then, int otherwise)
    {
        int low = OffsetOfArguments + ((int)condition.Index * 8);
        int high = narrow ? -1 : low + 4;
        ulong value = condition.Value;
        switch (condition.Op)
        {
            case "SCMP_CMP_EQ":
                return Equal(low, high, ulong.MaxValue, value, then, otherwise);
            case "SCMP_CMP_NE":
                return Equal(low, high, ulong.MaxValue, value, otherwise, then);
            case "SCMP_CMP_MASKED_EQ":
                // bits outside the mask do not count, as in libseccomp. seccomp_rule_add(3)
                return Equal(low, high, value, (condition.ValueTwo ?? 0) & value, then, otherwise);
            case "SCMP_CMP_GT":
                return Greater(JumpGreater, low, high, value, then, otherwise);
            case "SCMP_CMP_GE":
                return Greater(JumpGreaterOrEqual, low, high, value, then, otherwise);
            case "SCMP_CMP_LE":
                return Greater(JumpGreater, low, high, value, otherwise, then);
            case "SCMP_CMP_LT":
                return Greater(JumpGreaterOrEqual, low, high, value, otherwise, then);
            default:
                throw new RuntimeException("unknown comparison " + condition.Op);
        }
    }

    private int Equal(int low, int high, ulong mask, ulong value, int then, int otherwise)
    {
        var upper = (uint)(value >> 32);
        if (high < 0 && upper != 0)
        {
            return otherwise;
        }

        if ((uint)mask != 0)
        {
            Jump(JumpEqual, (uint)value, then, otherwise);
            Mask((uint)mask);
            then = Load(low);
        }

        if (high >= 0 && (uint)(mask >> 32) != 0)
        {
            Jump(JumpEqual, upper, then, otherwise);
            Mask((uint)(mask >> 32));
            then = Load(high);
        }

        return then;
    }

    private int Greater(ushort jump, int low, int high, ulong value, int then, int otherwise)
    {
        var upper = (uint)(value >> 32);
        if (high < 0)
        {
            if (upper != 0)
            {
                return otherwise;
            }

            Jump(jump, (uint)value, then, otherwise);
            return Load(low);
        }

        Jump(jump, (uint)value, then, otherwise);
        int second = Load(low);
        int same = Jump(JumpEqual, upper, second, otherwise);
        if (upper != uint.MaxValue)
        {
            Jump(JumpGreater, upper, then, same);
        }

        return Load(high);
    }

    private void Mask(uint mask)
    {
        if (mask != uint.MaxValue)
        {
            Put(And, 0, 0, mask);
        }
    }

    private int Jump(ushort code, uint value, int then, int otherwise)
    {
        // both distances are counted from the instruction behind this one; a trampoline moves both by one
        if (Distance(then) > 250 || Distance(otherwise) > 250)
        {
            then = Near(then);
            otherwise = Near(otherwise);
        }

        return Put(code, Distance(then), Distance(otherwise), value);
    }

    private int Near(int target) => Distance(target) <= 250 ? target : Put(JumpAlways, 0, 0, (uint)Distance(target));

    private int Distance(int target) => _backwards.Count - 1 - target;

    private int Put(ushort code, int then, int otherwise, uint value)
    {
        _backwards.Add(code | ((ulong)(byte)then << 16) | ((ulong)(byte)otherwise << 24) | ((ulong)value << 32));
        return _backwards.Count - 1;
    }
}
