using System;
using System.Globalization;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>A file descriptor with one owner, who closes it.</summary>
/// <remarks>
/// No finalizer: registering one costs more than the descriptor itself, the process lives for milliseconds, and every descriptor is close-on-exec.
/// An owner that is not disposed leaks until exit.
/// </remarks>
public sealed class OwnedFd : IDisposable
{
    private const int Closed = -1;
    private const int WorkingDirectory = -100;
    private readonly bool _borrowed;
    private int _number;

    /// <summary>Takes over an open descriptor.</summary>
    public OwnedFd(int number)
        : this(number, borrowed: false)
    {
    }

    private OwnedFd(int number, bool borrowed)
    {
        _number = number;
        _borrowed = borrowed;
    }

    /// <summary>The working directory, for calls that take a directory: AT_FDCWD.</summary>
    public static OwnedFd Cwd { get; } = new(WorkingDirectory, borrowed: true);

    /// <summary>The descriptor's number.</summary>
    /// <exception cref="ObjectDisposedException">It is closed or was given away.</exception>
    public int Number => _number != Closed ? _number : throw new ObjectDisposedException(nameof(OwnedFd));

    /// <summary>Whether the descriptor is still ours.</summary>
    public bool IsOpen => _number != Closed;

    /// <summary>A view of a descriptor that somebody else closes, e.g. standard input.</summary>
    public static OwnedFd Borrow(int number) => new(number, borrowed: true);

    /// <summary>Gives the descriptor away: the caller closes it, this object no longer will.</summary>
    public int Release()
    {
        int number = Number;
        _number = Closed;
        return number;
    }

    /// <summary>Closes the descriptor. close(2): it is gone whatever the call says, so nothing is retried and nothing reported.</summary>
    public void Dispose()
    {
        int number = _number;
        _number = Closed;
        if (!_borrowed && number >= 0)
        {
            Libc.Call(Sys.close, number);
        }
    }

    /// <summary>For messages: <c>descriptor 5</c>.</summary>
    public override string ToString() => _number switch
    {
        Closed => "closed descriptor",
        WorkingDirectory => "working directory",
        _ => string.Concat("descriptor ", _number.ToString(CultureInfo.InvariantCulture)),
    };

#pragma warning disable CA2000 // The owner leaves inside the result.
    internal static SyscallResult<OwnedFd> From(nint returned, string call) =>
        returned < 0 ? new(SyscallResult.From(returned, call)) : new(new OwnedFd((int)returned));

    internal static SyscallResult<OwnedFd> From(nint returned, string call, string? subject) =>
        returned < 0 ? new(SyscallResult.From(returned, call, subject)) : new(new OwnedFd((int)returned));

    internal static SyscallResult<OwnedFd> From(nint returned, string call, CPath subject) =>
        returned < 0 ? new(SyscallResult.From(returned, call, subject)) : new(new OwnedFd((int)returned));
#pragma warning restore CA2000
}
