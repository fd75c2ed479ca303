using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>
/// Plays a plan: one operation after the other, until the last one (an execve that does not return) or the first failure,
/// which goes to the host as {operation, errno}. Decides nothing that is not in the plan.
/// </summary>
/// <typeparam name="TKernel">The kernel, or a fake of it in tests.</typeparam>
internal unsafe partial struct Interpreter<TKernel>
    where TKernel : struct, IKernel
{
    /// <summary>The status with which the shim ends after it has reported a failure.</summary>
    internal const int FailureStatus = 1;

    internal TKernel Kernel;
    private PlanOp* _operations;
    private byte* _data;
    private long* _registers;
    private int _count;
    private int _control;
    private long _extra;
    private bool _ended;

    /// <summary>Checks and links the plan at <paramref name="plan"/>; <paramref name="registers"/> has room for <see cref="PlanHeader.Registers"/>.</summary>
    /// <returns>0, or a negated errno where this is no plan of our version.</returns>
    internal long Load(byte* plan, long length, long* registers)
    {
        var header = (PlanHeader*)plan;
        if (length < sizeof(PlanHeader) || header->Magic != PlanHeader.MagicValue || header->Version != PlanHeader.CurrentVersion)
        {
            return -Error.EPROTO;
        }

        long relocations = sizeof(PlanHeader) + ((long)header->Operations * PlanOp.Size);
        if (header->Operations < 0 || header->Relocations < 0 || header->DataLength < 0 || header->DataOffset < 0
            || relocations + (header->Relocations * 4L) > header->DataOffset
            || (long)header->DataOffset + header->DataLength > length)
        {
            return -Error.EPROTO;
        }

        _operations = (PlanOp*)(plan + sizeof(PlanHeader));
        _data = plan + header->DataOffset;
        _count = header->Operations;
        _control = header->Control;
        _registers = registers;
        for (int at = 0; at < PlanHeader.Registers; at++)
        {
            registers[at] = -1;
        }

        var places = (uint*)(plan + relocations);
        for (int at = 0; at < header->Relocations; at++)
        {
            if (places[at] + 8L > header->DataLength)
            {
                return -Error.EPROTO;
            }

            *(long*)(_data + places[at]) += (long)_data;
        }

        return 0;
    }

    /// <summary>Plays the plan from its first operation.</summary>
    /// <returns>The exit status of the shim, where the plan did not become another program.</returns>
    internal int Play()
    {
        int at = 0;
        while (at < _count)
        {
            PlanOp* op = &_operations[at];
            long result = op->Code == PlanCode.Syscall
                ? Kernel.Call(op->Number, Argument(op, 0), Argument(op, 1), Argument(op, 2), Argument(op, 3), Argument(op, 4), Argument(op, 5))
                : Composite(op);
            if (_ended)
            {
                return (int)result;
            }

            if (result < 0 && result >= -4095)
            {
                if (result == -Error.EINTR && op->Code == PlanCode.Syscall)
                {
                    continue;
                }

                if (-result != op->Tolerated && -result != op->AlsoTolerated)
                {
                    Send(PlanStage.Failed, at, -result);
                    return FailureStatus;
                }

                at = op->Jump != 0 ? op->Jump : at + 1;
                continue;
            }

            if (op->Result < PlanHeader.Registers)
            {
                _registers[op->Result] = result;
            }

            at = op->Code == PlanCode.Branch && result != 0 ? op->Jump : at + 1;
        }

        return 0;
    }

    private readonly long Argument(PlanOp* op, int index)
    {
        long value = (&op->A0)[index];
        var kind = (PlanArgKind)((op->Kinds >> (index * 2)) & 3);
        if (kind == PlanArgKind.Data)
        {
            return (long)(_data + value);
        }

        return kind == PlanArgKind.Register ? _registers[value & (PlanHeader.Registers - 1)] : value;
    }

    private long Composite(PlanOp* op)
    {
        long a0 = Argument(op, 0);
        long a1 = Argument(op, 1);
        long a2 = Argument(op, 2);
        switch (op->Code)
        {
            case PlanCode.Clone:
                return Clone((ulong)a0, a1);
            case PlanCode.Tell:
                return Send((PlanStage)a0, 0, a1);
            case PlanCode.Await:
                return Await(a0, (byte*)a1, a2);
            case PlanCode.Gate:
                return Gate(a0, (byte*)op, (byte*)a1);
            case PlanCode.Target:
                return Target(a0, (byte*)a1, (PlanTarget)a2);
            case PlanCode.Check:
                return Check(a0, (uint)a1, a2, Argument(op, 3), Argument(op, 4));
            case PlanCode.FileMode:
                return FileMode(a0, (uint)a1);
            case PlanCode.Branch:
                return a0 == a1 ? 1 : 0;
            case PlanCode.Hook:
                return Hook(op);
            case PlanCode.SendDescriptor:
                return SendDescriptor((PlanStage)a0, (int)a1);
            case PlanCode.FindExecutable:
                return FindExecutable((byte**)a0, a1, a2 != 0);
            case PlanCode.CopyUp:
                return CopyDirectory(a0, a1, 0);
            case PlanCode.EachBit:
                return EachBit((ulong)a0, a1, a2);
            case PlanCode.CheckWorkingDirectory:
                return CheckWorkingDirectory();
            case PlanCode.FindHome:
                return FindHome((uint)a1, (byte*)a2, Argument(op, 3));
            case PlanCode.MapIds:
                return MapIds(op);
            default:
                return -Error.ENOSYS;
        }
    }

    /// <summary>prctl(option, [first,] bit) for each set bit. capabilities(7).</summary>
    private long EachBit(ulong mask, long option, long first)
    {
        for (int bit = 0; bit < 64; bit++)
        {
            if (((mask >> bit) & 1) == 0)
            {
                continue;
            }

            long result = first < 0 ? Kernel.Call(Number.prctl, option, bit) : Kernel.Call(Number.prctl, option, first, bit);
            if (result < 0)
            {
                return result;
            }
        }

        return 0;
    }
}
