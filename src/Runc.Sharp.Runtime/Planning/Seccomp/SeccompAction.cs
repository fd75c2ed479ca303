namespace Runc.Sharp.Runtime.Planning.Seccomp;

/// <summary>What a filter answers. seccomp(2).</summary>
internal static class SeccompAction
{
    internal const uint KillProcess = 0x80000000;
    internal const uint KillThread = 0;
    internal const uint Trap = 0x00030000;
    internal const uint Errno = 0x00050000;
    internal const uint Notify = 0x7fc00000;
    internal const uint Trace = 0x7ff00000;
    internal const uint Log = 0x7ffc0000;
    internal const uint Allow = 0x7fff0000;

    /// <summary>The action without its data: SECCOMP_RET_ACTION_FULL.</summary>
    internal const uint Mask = 0xffff0000;
    private const uint NotPermitted = 1; // EPERM

    /// <summary>The word of the document, and the errno that goes with it.</summary>
    internal static uint Parse(string word, uint? errno, string pointer)
    {
        uint action = word switch
        {
            "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => KillThread,
            "SCMP_ACT_KILL_PROCESS" => KillProcess,
            "SCMP_ACT_TRAP" => Trap,
            "SCMP_ACT_ERRNO" => Errno,
            "SCMP_ACT_TRACE" => Trace,
            "SCMP_ACT_ALLOW" => Allow,
            "SCMP_ACT_LOG" => Log,
            "SCMP_ACT_NOTIFY" => Notify,
            _ => throw new RuntimeException(pointer, "unknown action " + word),
        };
        if (action is Errno or Trace)
        {
            uint value = errno ?? NotPermitted;
            return value <= 0xffff ? action | value : throw new RuntimeException(pointer, "the errno is larger than 65535");
        }

        return errno is null ? action : throw new RuntimeException(pointer, word + " takes no errno");
    }
}
