using System.Runtime;
using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Init;

/// <summary>Where the shim begins: argv[1] is the number of the descriptor that holds the plan.</summary>
internal static unsafe class Entry
{
    private static void Main()
    {
        // ILC asks for it; the kernel enters at _start.
    }

    [RuntimeExport("shim_main")]
    private static void ShimMain(long* stack)
    {
        RawKernel kernel = default;
        long descriptor = stack[0] == 2 ? Decimal((byte*)stack[2]) : -1;
        FileStatus status = default;
        if (descriptor < 0 || kernel.Call(Number.fstat, descriptor, (long)&status, 0, 0, 0, 0) < 0)
        {
            RawKernel.Exit(64);
        }

        // private and writable: relocation must not reach the host's copy
        long plan = kernel.Call(Number.mmap, 0, status.Size, 3, 2, descriptor, 0);
        if (plan < 0 && plan > -4096)
        {
            RawKernel.Exit(65);
        }

        kernel.Call(Number.close, descriptor, 0, 0, 0, 0, 0);
        long* registers = stackalloc long[PlanHeader.Registers];
        Interpreter<RawKernel> interpreter = default;
        interpreter.Kernel = kernel;
        if (interpreter.Load((byte*)plan, status.Size, registers) < 0)
        {
            RawKernel.Exit(66);
        }

        RawKernel.Exit(interpreter.Play());
    }

    private static long Decimal(byte* text)
    {
        long number = 0;
        for (; *text != 0; text++)
        {
            if (*text < '0' || *text > '9' || number > 1 << 20)
            {
                return -1;
            }

            number = (number * 10) + (*text - '0');
        }

        return number;
    }
}
