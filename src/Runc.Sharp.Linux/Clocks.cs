using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>The kernel's clocks, in nanoseconds. clock_gettime(2).</summary>
public static unsafe class Clocks
{
    private const int Realtime = 0;
    private const int Monotonic = 1;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;

        internal static Timespec From(long nanoseconds) =>
            new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
    }

    /// <summary>Time since some point in the past; for measuring and for deadlines.</summary>
    public static long MonotonicNanoseconds => Read(Monotonic);

    /// <summary>Time since 1970 in UTC.</summary>
    public static long RealtimeNanoseconds => Read(Realtime);

    private static long Read(int clock)
    {
        Timespec now;

        // SAFETY: the kernel writes the 16 bytes of the structure. It cannot fail for these two clocks.
        Libc.Call(Sys.clock_gettime, clock, (nint)(&now));
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }
}
