using System.Runtime.InteropServices;

namespace Runc.Sharp.Linux.Native;

/// <summary>The one door to the kernel: syscall(2). The functions of the C library are used only where they are more than a system call (<c>posix_spawn</c>).</summary>
/// <remarks>Raw calls speak the kernel's structures, which are the same on x86_64 and arm64, where the C library's are not; and one stub serves all of them.</remarks>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    /// <summary>Makes the call; a failure comes back as the kernel gives it, as minus errno.</summary>
    internal static nint Call(int number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        nint returned = syscall(number, a, b, c, d, e, f);
        return returned == -1 ? -Marshal.GetLastPInvokeError() : returned;
    }

    /// <summary>As <see cref="Call"/>, again and again while a signal interrupts it.</summary>
    internal static nint CallAgain(int number, nint a = 0, nint b = 0, nint c = 0, nint d = 0, nint e = 0, nint f = 0)
    {
        nint returned;
        do
        {
            returned = Call(number, a, b, c, d, e, f);
        }
        while (returned == -(nint)Errno.EINTR);
        return returned;
    }
}
