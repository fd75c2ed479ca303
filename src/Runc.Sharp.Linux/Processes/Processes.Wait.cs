using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>How a child ended. waitid(2).</summary>
/// <param name="Pid">The child; 0 when none had ended yet.</param>
/// <param name="Killed">Whether a signal ended it.</param>
/// <param name="Value">The exit code, or the signal.</param>
public readonly record struct ChildStatus(int Pid, bool Killed, int Value)
{
    /// <summary>Whether a child has ended.</summary>
    public bool Ended => Pid != 0;

    /// <summary>The code a shell gives: the exit code, or 128 and the signal.</summary>
    public int ExitCode => Killed ? 128 + Value : Value;
}

public static unsafe partial class Processes
{
    internal const int WNOHANG = 1;
    internal const int WEXITED = 4;
    internal const int WNOWAIT = 0x01000000;
    private const int P_ALL = 0;
    private const int P_PID = 1;
    private const int P_PIDFD = 3;
    private const int CLD_EXITED = 1;

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct SignalInfo
    {
        public int Signal;
        public int Error;
        public int Code;
        public int Padding;
        public int Pid;
        public uint UserId;
        public int Status;
    }

    /// <summary>Waits for a child to end and reaps it. waitid(2).</summary>
    /// <param name="pid">The child.</param>
    /// <param name="wait">Wait for it; else a status that has not ended comes back.</param>
    public static SyscallResult<ChildStatus> WaitPid(int pid, bool wait) => WaitId(P_PID, pid, wait, reap: true);

    /// <summary>Waits for the child behind a descriptor to end and reaps it. waitid(2), Linux 5.4.</summary>
    /// <param name="pidfd">The child.</param>
    /// <param name="wait">Wait for it; else a status that has not ended comes back.</param>
    /// <param name="reap">Whether the child goes from the table; else it can be asked again.</param>
    public static SyscallResult<ChildStatus> WaitPidfd(OwnedFd pidfd, bool wait, bool reap = true) => WaitId(P_PIDFD, pidfd.Number, wait, reap);

    /// <summary>Reaps any one child. waitid(2).</summary>
    /// <param name="wait">Wait for one; else a status that has not ended comes back.</param>
    /// <returns>ECHILD when there is no child at all.</returns>
    public static SyscallResult<ChildStatus> WaitAny(bool wait) => WaitId(P_ALL, 0, wait, reap: true);

    private static SyscallResult<ChildStatus> WaitId(int kind, int id, bool wait, bool reap)
    {
        SignalInfo info = default;

        // SAFETY: the kernel writes the 128 bytes of the structure. With WNOHANG and nothing to tell, the pid stays 0.
        int options = WEXITED | (wait ? 0 : WNOHANG) | (reap ? 0 : WNOWAIT);
        nint returned = Libc.CallAgain(Sys.waitid, kind, id, (nint)(&info), options, 0);
        return returned < 0
            ? new(SyscallResult.From(returned, "waitid"))
            : new(new ChildStatus(info.Pid, info.Pid != 0 && info.Code != CLD_EXITED, info.Status));
    }
}
