using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;

namespace Runc.Sharp.Tests.Planning;

/// <summary>A plan as text: what <c>explain</c> says, then every operation with all that the shim gets of it.</summary>
internal sealed class PlanText
{
    private const int WholeUpTo = 256;
    private readonly PlanBuilder _plan;
    private readonly SortedSet<int> _places = [];
    private readonly HashSet<int> _pointers = [];

    private PlanText(PlanBuilder plan)
    {
        _plan = plan;
        foreach (PlanOp op in plan.Operations)
        {
            for (int at = 0; at < 6; at++)
            {
                if (Kind(op, at) == PlanArgKind.Data)
                {
                    _places.Add((int)Value(op, at));
                }
            }
        }

        byte[] encoded = plan.Encode(0);
        int relocations = PlanHeader.Size + (plan.Count * PlanOp.Size);
        for (int index = 0; index < MemoryMarshal.Read<PlanHeader>(encoded).Relocations; index++)
        {
            int at = BitConverter.ToInt32(encoded, relocations + (index * sizeof(int)));
            _pointers.Add(at);
            _places.Add((int)BitConverter.ToInt64(plan.Data[at..]));
        }

        _places.Add(plan.Data.Length);
    }

    internal static string Of(PlannedContainer planned)
    {
        var text = new StringBuilder();
        foreach (string warning in planned.Warnings)
        {
            text.Append("warning: ").Append(warning).Append('\n');
        }

        text.Append(CultureInfo.InvariantCulture, $"tells mounted {planned.TellsMounted}, hook state {planned.HookState}, console {planned.SendsConsole}, ");
        text.Append(CultureInfo.InvariantCulture, $"id maps {planned.NeedsIdMaps}, listener {planned.SendsListener}, gate before {planned.FirstAfterGate}\n");
        text.Append(CultureInfo.InvariantCulture, $"descriptors from {planned.Descriptors.First}: {planned.Descriptors.Namespaces.Length} namespaces, sources of mounts [{string.Join(", ", planned.Descriptors.Sources)}]\n\n");
        foreach (ExplainLine line in Explain.Lines(planned))
        {
            text.Append(line).Append('\n');
        }

        text.Append('\n');
        var plan = new PlanText(planned.Builder);
        for (int at = 0; at < planned.Builder.Count; at++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{at,4}  ").Append(plan.Line(planned.Builder.Operations[at])).Append('\n');
        }

        return text.ToString();
    }

    private string Line(in PlanOp op)
    {
        var text = new StringBuilder();
        if (op.Result != PlanOp.NoRegister)
        {
            text.Append(CultureInfo.InvariantCulture, $"r{op.Result} = ");
        }

        text.Append(op.Code == PlanCode.Syscall ? CallNames.Of(op.Number) : op.Code.ToString()).Append('(');
        int count = 6;
        while (count > 0 && Kind(op, count - 1) == PlanArgKind.Immediate && Value(op, count - 1) == 0)
        {
            count--;
        }

        for (int at = 0; at < count; at++)
        {
            text.Append(at == 0 ? string.Empty : ", ").Append(Argument(op, at));
        }

        text.Append(')');
        if (op.Tolerated != 0)
        {
            text.Append(" but ").Append((Errno)op.Tolerated);
        }

        if (op.AlsoTolerated != 0)
        {
            text.Append(" or ").Append((Errno)op.AlsoTolerated);
        }

        return op.Jump == 0 ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $" to {op.Jump}").ToString();
    }

    private string Argument(in PlanOp op, int at)
    {
        long value = Value(op, at);
        return Kind(op, at) switch
        {
            PlanArgKind.Register => string.Create(CultureInfo.InvariantCulture, $"r{value}"),
            PlanArgKind.Data when op.Code == PlanCode.Syscall && op.Number == Sys.seccomp => "<filter>",
            PlanArgKind.Data => Place((int)value),
            _ => Number(value),
        };
    }

    private static string Number(long value) =>
        value is > -4096 and < 4096 ? value.ToString(CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"0x{value:x}");

    /// <summary>A text in quotes, pointers in brackets, anything else as words of eight bytes, or of one where it ends before.</summary>
    private string Place(int at)
    {
        int end = _plan.Data.Length;
        foreach (int next in _places.GetViewBetween(at + 1, end))
        {
            end = next;
            break;
        }

        ReadOnlySpan<byte> bytes = _plan.Data[at..end];
        int length = bytes.IndexOf((byte)0);
        if (!_pointers.Contains(at) && length >= 0 && bytes.Length - length <= 8 && !bytes[length..].ContainsAnyExcept((byte)0) && IsText(bytes[..length]))
        {
            return '"' + Encoding.UTF8.GetString(bytes[..length]).Replace("\n", "\\n", StringComparison.Ordinal) + '"';
        }

        if (bytes.Length > WholeUpTo && !_pointers.Contains(at))
        {
            return string.Create(CultureInfo.InvariantCulture, $"<{bytes.Length} bytes>");
        }

        var words = new List<string>();
        for (int word = 0; word + 8 <= bytes.Length; word += 8)
        {
            long value = BitConverter.ToInt64(bytes[word..]);
            words.Add(_pointers.Contains(at + word) ? Place((int)value) : string.Create(CultureInfo.InvariantCulture, $"{value:x}"));
        }

        for (int rest = bytes.Length / 8 * 8; rest < bytes.Length; rest++)
        {
            words.Add(string.Create(CultureInfo.InvariantCulture, $"{bytes[rest]:x2}"));
        }

        return "[" + string.Join(' ', words) + "]";
    }

    private static bool IsText(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyInRange((byte)1, (byte)9) && !bytes.ContainsAnyInRange((byte)11, (byte)31) && !bytes.Contains((byte)127);

    private static PlanArgKind Kind(in PlanOp op, int at) => (PlanArgKind)((op.Kinds >> (at * 2)) & 3);

    private static long Value(in PlanOp op, int at) => at switch
    {
        0 => op.A0,
        1 => op.A1,
        2 => op.A2,
        3 => op.A3,
        4 => op.A4,
        _ => op.A5,
    };
}
