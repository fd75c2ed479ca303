using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;

namespace Runc.Sharp.Linux.Plan;

/// <summary>Writes a plan: operations in their order, each with a note of what it is for, and the data they point to.</summary>
public sealed class PlanBuilder
{
    private readonly List<PlanNote> _notes = new(256);
    private readonly List<int> _relocations = new(64);
    private PlanOp[] _operations = new PlanOp[256];
    private byte[] _data = new byte[16384];
    private int _dataLength = 16; // offset 0 stays unused: a relocated 0 would not be null
    private int _count;
    private int _registers;
    private string _section = string.Empty;
    private int _index = -1;
    private string _leaf = string.Empty;

    /// <summary>The number of operations so far; the index of the next one.</summary>
    public int Count => _count;

    /// <summary>What each operation is for.</summary>
    public IReadOnlyList<PlanNote> Notes => _notes;

    /// <summary>The operations so far.</summary>
    public ReadOnlySpan<PlanOp> Operations => _operations.AsSpan(0, _count);

    /// <summary>The data so far.</summary>
    public ReadOnlySpan<byte> Data => _data.AsSpan(0, _dataLength);

    /// <summary>Where in config.json the following operations come from: a JSON pointer.</summary>
    public string Place => new PlanNote(_section, _index, _leaf, string.Empty, null).Pointer;

    /// <summary>Says where in config.json the following operations come from.</summary>
    public void At(string section, int index = -1, string leaf = "")
    {
        _section = section;
        _index = index;
        _leaf = leaf;
    }

    /// <summary>A register that nobody uses yet.</summary>
    public PlanRegister NewRegister() => _registers < PlanHeader.Registers
        ? new PlanRegister((byte)_registers++)
        : throw new InvalidOperationException("the plan has no register left");

    /// <summary>How many registers nobody uses yet.</summary>
    public int RegistersLeft => PlanHeader.Registers - _registers;

    /// <summary>Appends one system call.</summary>
    /// <returns>The operation's index.</returns>
    public int Call(string act, string? subject, int number, PlanArg a0 = default, PlanArg a1 = default, PlanArg a2 = default, PlanArg a3 = default, PlanArg a4 = default, PlanArg a5 = default)
    {
        int at = Append(act, subject, PlanCode.Syscall, a0, a1, a2, a3, a4, a5);
        _operations[at].Number = (ushort)number;
        return at;
    }

    /// <summary>Appends a composite operation.</summary>
    /// <returns>The operation's index.</returns>
    public int Do(string act, string? subject, PlanCode code, PlanArg a0 = default, PlanArg a1 = default, PlanArg a2 = default, PlanArg a3 = default, PlanArg a4 = default, PlanArg a5 = default) =>
        Append(act, subject, code, a0, a1, a2, a3, a4, a5);

    /// <summary>The last operation leaves its result in <paramref name="register"/>.</summary>
    public PlanBuilder Into(PlanRegister register)
    {
        _operations[_count - 1].Result = register.Index;
        return this;
    }

    /// <summary>The last operation may answer <paramref name="errno"/>: then the next one follows, unless <see cref="JumpFrom"/> says otherwise.</summary>
    public PlanBuilder Tolerate(Errno errno, Errno also = Errno.None)
    {
        _operations[_count - 1].Tolerated = (byte)errno;
        _operations[_count - 1].AlsoTolerated = (byte)also;
        return this;
    }

    /// <summary>Operation <paramref name="operation"/> may answer <paramref name="errno"/> or <paramref name="also"/>.</summary>
    public void TolerateAt(int operation, Errno errno, Errno also)
    {
        _operations[operation].Tolerated = (byte)errno;
        _operations[operation].AlsoTolerated = (byte)also;
    }

    /// <summary>Operation <paramref name="operation"/> jumps to the next one to be appended.</summary>
    public void JumpFrom(int operation) => _operations[operation].Jump = _count;

    /// <summary>A text with its final NUL.</summary>
    public PlanData Text(string text)
    {
        int room = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        Reserve(room);
        int at = _dataLength;
        _dataLength += Encoding.UTF8.GetBytes(text, _data.AsSpan(at)) + 1;
        _data[_dataLength - 1] = 0;
        return new PlanData(at);
    }

    /// <summary>Bytes, aligned to 8.</summary>
    public PlanData Bytes(ReadOnlySpan<byte> bytes)
    {
        PlanData place = Room(bytes.Length);
        bytes.CopyTo(_data.AsSpan(place.Offset));
        return place;
    }

    /// <summary>Zeroed room, aligned to 8.</summary>
    public PlanData Room(int length)
    {
        Reserve(length + 8);
        _dataLength = (_dataLength + 7) & ~7;
        int at = _dataLength;
        _dataLength += length;
        return new PlanData(at);
    }

    /// <summary>A structure as it lies in memory.</summary>
    public PlanData Structure<T>(in T value)
        where T : unmanaged =>
        Bytes(MemoryMarshal.AsBytes(MemoryMarshal.CreateReadOnlySpan(in value, 1)));

    /// <summary>An array of pointers to places, and a null at its end.</summary>
    public PlanData Pointers(ReadOnlySpan<PlanData> places)
    {
        PlanData array = Room((places.Length + 1) * 8);
        for (int at = 0; at < places.Length; at++)
        {
            SetPointer(array, at * 8, places[at]);
        }

        return array;
    }

    /// <summary>Makes the eight bytes at <paramref name="offset"/> in <paramref name="structure"/> a pointer to <paramref name="target"/>.</summary>
    public void SetPointer(PlanData structure, int offset, PlanData target)
    {
        int at = structure.Offset + offset;
        MemoryMarshal.Write(_data.AsSpan(at), (long)target.Offset);
        _relocations.Add(at);
    }

    /// <summary>Where the next data will stand.</summary>
    public PlanData Here => new(_dataLength);

    /// <summary>Tells the gate at <paramref name="gate"/> that the data before <paramref name="place"/> is not needed behind it, but for what operations there point to.</summary>
    public void ReleaseBefore(int gate, PlanData place)
    {
        long needed = place.Offset;
        for (int at = gate + 1; at < _count; at++)
        {
            ReadOnlySpan<long> arguments = MemoryMarshal.CreateReadOnlySpan(ref _operations[at].A0, 6);
            for (int index = 0; index < arguments.Length; index++)
            {
                if ((PlanArgKind)((_operations[at].Kinds >> (index * 2)) & 3) == PlanArgKind.Data)
                {
                    needed = Math.Min(needed, arguments[index]);
                }
            }
        }

        // What is kept may point further back; each pass goes back at least to one more target.
        for (long before = long.MaxValue; before != needed;)
        {
            before = needed;
            foreach (int pointer in _relocations)
            {
                if (pointer >= before)
                {
                    needed = Math.Min(needed, MemoryMarshal.Read<long>(_data.AsSpan(pointer)));
                }
            }
        }

        _operations[gate].A1 = needed;
        _operations[gate].Kinds = (ushort)((_operations[gate].Kinds & ~(3 << 2)) | ((int)PlanArgKind.Data << 2));
    }

    /// <summary>The plan as bytes.</summary>
    /// <param name="control">The shim's descriptor of its socket to the host.</param>
    public byte[] Encode(int control)
    {
        int operations = _count * PlanOp.Size;
        int relocations = PlanHeader.Size + operations;
        int data = (relocations + (_relocations.Count * 4) + 15) & ~15;
        var plan = new byte[data + _dataLength];
        var header = new PlanHeader
        {
            Magic = PlanHeader.MagicValue,
            Version = PlanHeader.CurrentVersion,
            Operations = _count,
            Relocations = _relocations.Count,
            DataOffset = data,
            DataLength = _dataLength,
            Control = control,
        };
        MemoryMarshal.Write(plan, in header);
        MemoryMarshal.AsBytes(Operations).CopyTo(plan.AsSpan(PlanHeader.Size));
        MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_relocations)).CopyTo(plan.AsSpan(relocations));
        Data.CopyTo(plan.AsSpan(data));
        return plan;
    }

    private int Append(string act, string? subject, PlanCode code, PlanArg a0, PlanArg a1, PlanArg a2, PlanArg a3, PlanArg a4, PlanArg a5)
    {
        if (_count == _operations.Length)
        {
            Array.Resize(ref _operations, _count * 2);
        }

        _operations[_count] = new PlanOp
        {
            Code = code,
            Result = PlanOp.NoRegister,
            Kinds = (ushort)((int)a0.Kind | ((int)a1.Kind << 2) | ((int)a2.Kind << 4) | ((int)a3.Kind << 6) | ((int)a4.Kind << 8) | ((int)a5.Kind << 10)),
            A0 = a0.Value,
            A1 = a1.Value,
            A2 = a2.Value,
            A3 = a3.Value,
            A4 = a4.Value,
            A5 = a5.Value,
        };
        _notes.Add(new PlanNote(_section, _index, _leaf, act, subject));
        return _count++;
    }

    private void Reserve(int more)
    {
        if (_dataLength + more > _data.Length)
        {
            Array.Resize(ref _data, Math.Max(_data.Length * 2, _dataLength + more));
        }
    }
}
