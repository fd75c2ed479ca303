using System.Runtime;
using System.Runtime.CompilerServices;

namespace Runc.Sharp.Init;

/// <summary>The real kernel, by the instruction in syscall.*.S.</summary>
internal struct RawKernel : IKernel
{
    public long Call(long number, long a0, long a1, long a2, long a3, long a4, long a5) => Raw(number, a0, a1, a2, a3, a4, a5);

    /// <summary>Ends the process, now.</summary>
    internal static void Exit(int status)
    {
        while (true)
        {
            Raw(Number.exit_group, status, 0, 0, 0, 0, 0);
        }
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "raw_syscall")]
    private static extern long Raw(long number, long a0, long a1, long a2, long a3, long a4, long a5);
}
