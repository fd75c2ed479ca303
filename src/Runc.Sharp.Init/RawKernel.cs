using System.Runtime;
using System.Runtime.CompilerServices;

namespace Runc.Sharp.Init;

/// <summary>The real kernel, by the instruction in syscall.*.S.</summary>
internal struct RawKernel : IKernel
{
    public long Call(long number, long a0, long a1, long a2, long a3, long a4, long a5) => Raw(number, a0, a1, a2, a3, a4, a5);

    /// <summary>Ends the process, now; where the container's filter forbids even that, by a fault.</summary>
    internal static void Exit(int status)
    {
        Raw(Number.exit_group, status, 0, 0, 0, 0, 0);
        Raw(Number.exit, status, 0, 0, 0, 0, 0);
        Trap();
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "raw_trap")]
    private static extern void Trap();

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "raw_syscall")]
    private static extern long Raw(long number, long a0, long a1, long a2, long a3, long a4, long a5);
}
