// What ILC calls by name: entry and exit of unmanaged code, helpers that would throw, and the three memory routines.
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime.CompilerHelpers
{
    /// <summary>A fault that the managed runtime would raise as an exception ends the process: the host sees the socket close.</summary>
    internal static unsafe class ThrowHelpers
    {
        internal static void Fail() => Runc.Sharp.Init.RawKernel.Exit(70);

        private static void ThrowOverflowException() => Fail();

        private static void ThrowIndexOutOfRangeException() => Fail();

        private static void ThrowNullReferenceException() => Fail();

        private static void ThrowDivideByZeroException() => Fail();

        private static void ThrowArrayTypeMismatchException() => Fail();

        private static void ThrowPlatformNotSupportedException() => Fail();

        private static void ThrowArgumentException() => Fail();

        private static void ThrowArgumentOutOfRangeException() => Fail();
    }

    internal static unsafe class StartupCodeHelpers
    {
        [RuntimeExport("RhpReversePInvoke")]
        private static void ReversePInvoke(nint frame)
        {
        }

        [RuntimeExport("RhpReversePInvokeReturn")]
        private static void ReversePInvokeReturn(nint frame)
        {
        }

        [RuntimeExport("RhpPInvoke")]
        private static void PInvoke(nint frame)
        {
        }

        [RuntimeExport("RhpPInvokeReturn")]
        private static void PInvokeReturn(nint frame)
        {
        }

        [RuntimeExport("RhpFallbackFailFast")]
        private static void FallbackFailFast() => ThrowHelpers.Fail();
    }

    internal static unsafe class MemoryRoutines
    {
        [RuntimeExport("memset")]
        private static byte* Fill(byte* destination, int value, nuint count)
        {
            for (nuint at = 0; at < count; at++)
            {
                // volatile: or the compiler sees memset in this loop and calls itself
                System.Threading.Volatile.Write(ref destination[at], (byte)value);
            }

            return destination;
        }

        [RuntimeExport("RhSpanHelpers_MemZero")]
        private static byte* Clear(byte* destination, nuint count) => Fill(destination, 0, count);

        [RuntimeExport("memcpy")]
        private static byte* Copy(byte* destination, byte* source, nuint count)
        {
            for (nuint at = 0; at < count; at++)
            {
                System.Threading.Volatile.Write(ref destination[at], source[at]);
            }

            return destination;
        }

        [RuntimeExport("memmove")]
        private static byte* Move(byte* destination, byte* source, nuint count)
        {
            if (destination <= source)
            {
                return Copy(destination, source, count);
            }

            while (count != 0)
            {
                count--;
                System.Threading.Volatile.Write(ref destination[count], source[count]);
            }

            return destination;
        }
    }
}

namespace System.Threading
{
    internal static unsafe class Volatile
    {
        private struct VolatileByte
        {
            public volatile byte Value;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static void Write(ref byte location, byte value) => Unsafe.As<byte, VolatileByte>(ref location).Value = value;
    }
}
