using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>A failure at a path that the words of a command name.</summary>
public static class FlagFault
{
    /// <summary>The sentence: the flag, its path and the cause.</summary>
    /// <param name="flag">The flag: <c>--pid-file</c>.</param>
    /// <param name="path">What was given with it.</param>
    /// <param name="failure">What the kernel said. What it was about may be a name that nobody outside knows, and is left out.</param>
    public static RuntimeException Of(string flag, string path, in SyscallResult failure) =>
        new(string.Concat(flag, " ", path, ": ") + LinuxException.Sentence(failure.Error, failure.Call, null));

    /// <summary>The same for a file that was to be made.</summary>
    public static RuntimeException Unwritable(string flag, string path, in SyscallResult failure) => failure.Error == Errno.ENOENT
        ? new RuntimeException(Of(flag, path, failure).Message + "; hint: its directory must exist")
        : Of(flag, path, failure);
}
