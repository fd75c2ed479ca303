using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The shim's program, run from a sealed file in memory: no container ever sees a file of the host behind /proc/self/exe. CVE-2019-5736.</summary>
internal static partial class ShimImage
{
    internal static OwnedFd Create()
    {
        SyscallResult<OwnedFd> made = Files.MemfdCreate("csrunc-init", MemfdFlags.AllowSealing | MemfdFlags.Executable);
        if (made.Error == Errno.EINVAL)
        {
            made = Files.MemfdCreate("csrunc-init", MemfdFlags.AllowSealing); // before Linux 6.3
        }

        OwnedFd memory = made.OrThrow();
        Files.WriteAll(memory, Bytes).OrThrow();
        const SealFlags seals = SealFlags.Seal | SealFlags.Shrink | SealFlags.Grow | SealFlags.Write;
        if (Files.AddSeals(memory, seals | SealFlags.Exec).Failed)
        {
            Files.AddSeals(memory, seals).OrThrow(); // F_SEAL_EXEC is of Linux 6.3
        }

        return memory;
    }
}
