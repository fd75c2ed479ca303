namespace Runc.Sharp.Linux;

/// <summary>How a system call ended: its errno never travels without the call's name and what it was about.</summary>
public readonly struct SyscallResult
{
    internal SyscallResult(Errno error, string? call, string? subject)
    {
        Error = error;
        Call = call;
        Subject = subject;
    }

    /// <summary>The reason of the failure, or <see cref="Errno.None"/>.</summary>
    public Errno Error { get; }

    /// <summary>The kernel's name of the call, e.g. <c>openat</c>; null when it did not fail.</summary>
    public string? Call { get; }

    /// <summary>What the call was about, mostly a path; null when it did not fail or there is nothing to name.</summary>
    public string? Subject { get; }

    /// <summary>Whether the call failed.</summary>
    public bool Failed => Error != Errno.None;

    /// <summary>Throws what went wrong, if something did.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public void OrThrow()
    {
        if (Failed)
        {
            throw new LinuxException(this);
        }
    }

    /// <summary>Throws what went wrong, unless it is <paramref name="tolerated"/>.</summary>
    /// <returns>True when the call succeeded, false when it failed in the tolerated way.</returns>
    /// <exception cref="LinuxException">The call failed otherwise.</exception>
    public bool OrThrowUnless(Errno tolerated)
    {
        if (Failed && Error != tolerated)
        {
            throw new LinuxException(this);
        }

        return !Failed;
    }

    /// <summary>The same failure, told about something with a better name.</summary>
    public SyscallResult About(string subject) => Failed ? new SyscallResult(Error, Call, subject) : this;

    internal static SyscallResult From(nint returned, string call) =>
        returned < 0 ? new SyscallResult((Errno)(-returned), call, null) : default;

    internal static SyscallResult From(nint returned, string call, string? subject) =>
        returned < 0 ? new SyscallResult((Errno)(-returned), call, subject) : default;

    internal static SyscallResult From(nint returned, string call, CPath subject) =>
        returned < 0 ? new SyscallResult((Errno)(-returned), call, subject.ToString()) : default;

    /// <summary>The text of a descriptor as a subject; made only for a failure.</summary>
    internal static SyscallResult From(nint returned, string call, OwnedFd subject) =>
        returned < 0 ? new SyscallResult((Errno)(-returned), call, subject.ToString()) : default;
}

/// <summary>What a system call gave, or how it failed.</summary>
/// <typeparam name="T">What it gives.</typeparam>
public readonly struct SyscallResult<T>
{
    private readonly T _value;

    internal SyscallResult(T value)
    {
        _value = value;
        Result = default;
    }

    internal SyscallResult(SyscallResult failure)
    {
        _value = default!;
        Result = failure;
    }

    /// <summary>The outcome without the value.</summary>
    public SyscallResult Result { get; }

    /// <summary>The reason of the failure, or <see cref="Errno.None"/>.</summary>
    public Errno Error => Result.Error;

    /// <summary>Whether the call failed.</summary>
    public bool Failed => Result.Failed;

    /// <summary>What the call gave.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public T Value => OrThrow();

    /// <summary>What the call gave.</summary>
    /// <exception cref="LinuxException">The call failed.</exception>
    public T OrThrow()
    {
        Result.OrThrow();
        return _value;
    }

    /// <summary>What the call gave, or <paramref name="otherwise"/> where it failed in the one way that is <paramref name="tolerated"/>.</summary>
    /// <exception cref="LinuxException">The call failed otherwise.</exception>
    public T? OrThrowUnless(Errno tolerated, T? otherwise = default) =>
        Result.OrThrowUnless(tolerated) ? _value : otherwise;
}
