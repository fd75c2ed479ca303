using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>A resource with a limit. getrlimit(2); the numbers of x86_64 and arm64.</summary>
public enum ResourceKind
{
    /// <summary>RLIMIT_CPU.</summary>
    CpuSeconds = 0,

    /// <summary>RLIMIT_FSIZE.</summary>
    FileSize = 1,

    /// <summary>RLIMIT_DATA.</summary>
    Data = 2,

    /// <summary>RLIMIT_STACK.</summary>
    Stack = 3,

    /// <summary>RLIMIT_CORE.</summary>
    Core = 4,

    /// <summary>RLIMIT_RSS.</summary>
    ResidentSet = 5,

    /// <summary>RLIMIT_NPROC.</summary>
    Processes = 6,

    /// <summary>RLIMIT_NOFILE.</summary>
    OpenFiles = 7,

    /// <summary>RLIMIT_MEMLOCK.</summary>
    LockedMemory = 8,

    /// <summary>RLIMIT_AS.</summary>
    AddressSpace = 9,

    /// <summary>RLIMIT_LOCKS.</summary>
    Locks = 10,

    /// <summary>RLIMIT_SIGPENDING.</summary>
    PendingSignals = 11,

    /// <summary>RLIMIT_MSGQUEUE.</summary>
    MessageQueueBytes = 12,

    /// <summary>RLIMIT_NICE.</summary>
    Nice = 13,

    /// <summary>RLIMIT_RTPRIO.</summary>
    RealtimePriority = 14,

    /// <summary>RLIMIT_RTTIME.</summary>
    RealtimeMicroseconds = 15,
}

/// <summary>A soft and a hard limit; <see cref="ulong.MaxValue"/> is no limit.</summary>
/// <param name="Soft">What is enforced.</param>
/// <param name="Hard">How far the soft one may be raised.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ResourceLimit(ulong Soft, ulong Hard);

/// <summary>Processes: making, naming, signalling, awaiting, and what the kernel keeps for each.</summary>
public static unsafe partial class Processes
{
    private const int PR_SET_DUMPABLE = 4;
    private const int PR_SET_CHILD_SUBREAPER = 36;

    /// <summary>The calling process. getpid(2).</summary>
    public static int ProcessId => (int)Libc.Call(Sys.getpid);

    /// <summary>The parent of the calling process; 0 when it is outside the pid namespace. getppid(2).</summary>
    public static int ParentId => (int)Libc.Call(Sys.getppid);

    /// <summary>The calling thread. gettid(2).</summary>
    public static int ThreadId => (int)Libc.Call(Sys.gettid);

    /// <summary>A descriptor for a process. pidfd_open(2), Linux 5.3.</summary>
    public static SyscallResult<OwnedFd> PidfdOpen(int pid)
    {
        nint returned = Libc.Call(Sys.pidfd_open, pid, 0);
        return OwnedFd.From(returned, "pidfd_open", returned < 0 ? PidText(pid) : null);
    }

    /// <summary>Sends a signal to the process behind a descriptor; 0 only asks whether it is there. pidfd_send_signal(2), Linux 5.1.</summary>
    public static SyscallResult PidfdSendSignal(OwnedFd pidfd, int signal) =>
        SyscallResult.From(Libc.Call(Sys.pidfd_send_signal, pidfd.Number, signal, 0, 0), "pidfd_send_signal", pidfd);

    /// <summary>A copy of another process's descriptor. pidfd_getfd(2), Linux 5.6.</summary>
    public static SyscallResult<OwnedFd> PidfdGetFd(OwnedFd pidfd, int target)
    {
        nint returned = Libc.Call(Sys.pidfd_getfd, pidfd.Number, target, 0);
        return OwnedFd.From(returned, "pidfd_getfd", returned < 0 ? PidText(target) : null);
    }

    /// <summary>Sends a signal to a process by number; where there is a choice use <see cref="PidfdSendSignal"/>. kill(2).</summary>
    public static SyscallResult Kill(int pid, int signal)
    {
        nint returned = Libc.Call(Sys.kill, pid, signal);
        return SyscallResult.From(returned, "kill", returned < 0 ? PidText(pid) : null);
    }

    /// <summary>Makes orphans of our descendants our children. prctl(2), PR_SET_CHILD_SUBREAPER.</summary>
    public static SyscallResult SetChildSubreaper(bool on) =>
        SyscallResult.From(Libc.Call(Sys.prctl, PR_SET_CHILD_SUBREAPER, on ? 1 : 0, 0, 0, 0), "prctl", "PR_SET_CHILD_SUBREAPER");

    /// <summary>Whether other processes of the user may look into this one. prctl(2), PR_SET_DUMPABLE; CVE-2016-9962.</summary>
    public static SyscallResult SetDumpable(bool on) =>
        SyscallResult.From(Libc.Call(Sys.prctl, PR_SET_DUMPABLE, on ? 1 : 0, 0, 0, 0), "prctl", "PR_SET_DUMPABLE");

    /// <summary>The limit of a resource for a process; 0 is the caller. prlimit(2).</summary>
    public static SyscallResult<ResourceLimit> GetLimit(ResourceKind resource, int pid = 0)
    {
        ResourceLimit limit = default;

        // SAFETY: the kernel writes the 16 bytes of the structure.
        nint returned = Libc.Call(Sys.prlimit64, pid, (int)resource, 0, (nint)(&limit));
        return returned < 0 ? new(SyscallResult.From(returned, "prlimit64", resource.ToString())) : new(limit);
    }

    /// <summary>Sets the limit of a resource for a process; 0 is the caller. prlimit(2).</summary>
    public static SyscallResult SetLimit(ResourceKind resource, ResourceLimit limit, int pid = 0)
    {
        // SAFETY: the kernel reads the 16 bytes of the structure.
        nint returned = Libc.Call(Sys.prlimit64, pid, (int)resource, (nint)(&limit), 0);
        return SyscallResult.From(returned, "prlimit64", returned < 0 ? resource.ToString() : null);
    }

    /// <summary>The processors a process may run on, bit n of the words for processor n. sched_getaffinity(2).</summary>
    /// <param name="mask">Filled; 128 words hold the 8,192 processors the kernel can be built for.</param>
    /// <param name="pid">The process; 0 is the caller.</param>
    /// <returns>The number of words that are valid.</returns>
    public static SyscallResult<int> GetAffinity(Span<ulong> mask, int pid = 0)
    {
        // SAFETY: the kernel writes at most the length of the pinned span.
        fixed (ulong* words = mask)
        {
            nint returned = Libc.Call(Sys.sched_getaffinity, pid, mask.Length * sizeof(ulong), (nint)words);
            return returned < 0 ? new(SyscallResult.From(returned, "sched_getaffinity")) : new((int)returned / sizeof(ulong));
        }
    }

    /// <summary>Sets the processors a process may run on. sched_setaffinity(2).</summary>
    public static SyscallResult SetAffinity(ReadOnlySpan<ulong> mask, int pid = 0)
    {
        // SAFETY: the kernel reads the length of the pinned span.
        fixed (ulong* words = mask)
        {
            return SyscallResult.From(Libc.Call(Sys.sched_setaffinity, pid, mask.Length * sizeof(ulong), (nint)words), "sched_setaffinity");
        }
    }

    private static string PidText(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
