using System.Runtime.InteropServices;

namespace Runc.Sharp.Linux.Native;

internal static unsafe partial class Libc
{
    /// <summary>Room for a <c>posix_spawn_file_actions_t</c> (80 bytes in glibc) or a <c>posix_spawnattr_t</c> (336).</summary>
    internal const int SpawnStructureSize = 512;

    internal const short POSIX_SPAWN_SETSIGDEF = 0x04;
    internal const short POSIX_SPAWN_SETSIGMASK = 0x08;
    internal const short POSIX_SPAWN_SETSID = 0x80;

    /// <summary>The size of the C library's <c>sigset_t</c>; the kernel's is 8.</summary>
    internal const int SignalSetSize = 128;

    [LibraryImport("libc")]
    internal static partial int posix_spawn(int* pid, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(void* actions, int source, int target);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addfchdir_np(void* actions, int directory);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);
}
