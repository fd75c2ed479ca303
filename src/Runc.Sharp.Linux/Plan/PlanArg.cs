namespace Runc.Sharp.Linux.Plan;

/// <summary>A register of a plan: where one operation leaves its result for another.</summary>
/// <param name="Index">0 to <see cref="PlanHeader.Registers"/> - 1.</param>
public readonly record struct PlanRegister(byte Index);

/// <summary>A place in a plan's data.</summary>
/// <param name="Offset">In bytes, from the data's beginning.</param>
public readonly record struct PlanData(int Offset);

/// <summary>One argument of an operation: a number, a register or a place in the data.</summary>
/// <param name="Value">The number, the register's index or the place's offset.</param>
/// <param name="Kind">Which of the three.</param>
public readonly record struct PlanArg(long Value, PlanArgKind Kind)
{
    /// <summary>A number.</summary>
    public static implicit operator PlanArg(long value) => new(value, PlanArgKind.Immediate);

    /// <summary>A number.</summary>
    public static implicit operator PlanArg(int value) => new(value, PlanArgKind.Immediate);

    /// <summary>A register's content.</summary>
    public static implicit operator PlanArg(PlanRegister register) => new(register.Index, PlanArgKind.Register);

    /// <summary>A pointer to a place in the data.</summary>
    public static implicit operator PlanArg(PlanData data) => new(data.Offset, PlanArgKind.Data);

    /// <summary>A number. The same as the conversion.</summary>
    public static PlanArg FromInt64(long value) => value;

    /// <summary>A number. The same as the conversion.</summary>
    public static PlanArg FromInt32(int value) => value;

    /// <summary>A register's content. The same as the conversion.</summary>
    public static PlanArg FromPlanRegister(PlanRegister register) => register;

    /// <summary>A pointer. The same as the conversion.</summary>
    public static PlanArg FromPlanData(PlanData data) => data;
}
