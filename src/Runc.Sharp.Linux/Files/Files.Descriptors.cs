using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>The kind of an open file description lock. fcntl(2).</summary>
public enum LockKind
{
    /// <summary>F_RDLCK: many may hold it.</summary>
    Shared = 0,

    /// <summary>F_WRLCK: one holds it.</summary>
    Exclusive = 1,

    /// <summary>F_UNLCK: give it up.</summary>
    None = 2,
}

public static unsafe partial class Files
{
    internal const int F_DUPFD_CLOEXEC = 1030;
    internal const int F_GETFD = 1;
    internal const int F_SETFD = 2;
    internal const int F_GETFL = 3;
    internal const int F_SETFL = 4;
    internal const int F_OFD_SETLK = 37;
    internal const int F_OFD_SETLKW = 38;
    internal const int F_ADD_SEALS = 1033;
    internal const int F_GET_SEALS = 1034;
    internal const int FD_CLOEXEC = 1;
    internal const int LOCK_SH = 1;
    internal const int LOCK_EX = 2;
    internal const int LOCK_NB = 4;
    internal const int LOCK_UN = 8;

    [StructLayout(LayoutKind.Sequential)]
    internal struct Flock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Pid;
    }

    /// <summary>One more descriptor for an open file, with the lowest number from <paramref name="atLeast"/> on. fcntl(2), F_DUPFD_CLOEXEC.</summary>
    public static SyscallResult<OwnedFd> Duplicate(OwnedFd fd, int atLeast = 0) =>
        OwnedFd.From(Libc.Call(Sys.fcntl, fd.Number, F_DUPFD_CLOEXEC, atLeast), "fcntl", fd.ToString());

    /// <summary>One more descriptor for an open file, with this number; what had it is closed. dup3(2).</summary>
    public static SyscallResult<OwnedFd> Dup3(OwnedFd fd, int target) =>
        OwnedFd.From(Libc.CallAgain(Sys.dup3, fd.Number, target, OpenFlags.CloseOnExec.ToKernel()), "dup3", fd.ToString());

    /// <summary>Closes all descriptors of a range, or marks them close-on-exec. close_range(2), Linux 5.9, marking 5.11.</summary>
    public static SyscallResult CloseRange(uint first, uint last, bool onExec = false)
    {
        const int OnExec = 4;
        return SyscallResult.From(Libc.Call(Sys.close_range, (nint)first, (nint)last, onExec ? OnExec : 0), "close_range");
    }

    /// <summary>Whether a descriptor is open that our own execve let through: all that is opened since is close-on-exec. fcntl(2), F_GETFD.</summary>
    public static bool IsInherited(int number) => Libc.Call(Sys.fcntl, number, F_GETFD) is >= 0 and var flags && (flags & FD_CLOEXEC) == 0;

    /// <summary>Sets or clears close-on-exec. fcntl(2), F_SETFD.</summary>
    public static SyscallResult SetCloseOnExec(OwnedFd fd, bool on) =>
        SyscallResult.From(Libc.Call(Sys.fcntl, fd.Number, F_SETFD, on ? FD_CLOEXEC : 0), "fcntl", fd);

    /// <summary>The flags the file is open with, in the kernel's numbers. fcntl(2), F_GETFL.</summary>
    public static SyscallResult<int> StatusFlags(OwnedFd fd)
    {
        nint returned = Libc.Call(Sys.fcntl, fd.Number, F_GETFL);
        return returned < 0 ? new(SyscallResult.From(returned, "fcntl", fd)) : new((int)returned);
    }

    /// <summary>Sets the flags the file is open with, in the kernel's numbers: append, non-blocking and few more. fcntl(2), F_SETFL.</summary>
    /// <remarks>They belong to the open file, so everybody who shares it gets them.</remarks>
    public static SyscallResult SetStatusFlags(OwnedFd fd, int flags) =>
        SyscallResult.From(Libc.Call(Sys.fcntl, fd.Number, F_SETFL, flags), "fcntl", fd);

    /// <summary>Takes or gives up a lock on the whole file, held by the open file, not the process. fcntl(2), F_OFD_SETLK.</summary>
    /// <param name="fd">The file.</param>
    /// <param name="kind">Which lock.</param>
    /// <param name="wait">Wait for it; else EAGAIN when another holds it.</param>
    public static SyscallResult Lock(OwnedFd fd, LockKind kind, bool wait)
    {
        Flock request = new() { Type = (short)kind };

        // SAFETY: the kernel reads the structure during the call.
        return SyscallResult.From(Libc.CallAgain(Sys.fcntl, fd.Number, wait ? F_OFD_SETLKW : F_OFD_SETLK, (nint)(&request)), "fcntl", fd);
    }

    /// <summary>Takes or gives up a lock on a file or directory, held by the open file. flock(2): another kind than <see cref="Lock"/>; the two do not see each other.</summary>
    /// <param name="fd">The file; for a directory there is no other lock.</param>
    /// <param name="kind">Which lock.</param>
    /// <param name="wait">Wait for it; else EAGAIN when another holds it.</param>
    public static SyscallResult LockEntry(OwnedFd fd, LockKind kind, bool wait)
    {
        int operation = kind switch
        {
            LockKind.Shared => LOCK_SH,
            LockKind.Exclusive => LOCK_EX,
            _ => LOCK_UN,
        };
        return SyscallResult.From(Libc.CallAgain(Sys.flock, fd.Number, wait ? operation : operation | LOCK_NB), "flock", fd);
    }

    /// <summary>Forbids changes to a memory file for good. fcntl(2), F_ADD_SEALS.</summary>
    public static SyscallResult AddSeals(OwnedFd fd, SealFlags seals) =>
        SyscallResult.From(Libc.Call(Sys.fcntl, fd.Number, F_ADD_SEALS, (int)seals), "fcntl", fd);

    /// <summary>What is forbidden on a memory file. fcntl(2), F_GET_SEALS.</summary>
    public static SyscallResult<SealFlags> Seals(OwnedFd fd)
    {
        nint returned = Libc.Call(Sys.fcntl, fd.Number, F_GET_SEALS);
        return returned < 0 ? new(SyscallResult.From(returned, "fcntl", fd)) : new((SealFlags)returned);
    }
}
