using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>What can happen on a descriptor. poll(2).</summary>
[Flags]
public enum PollEvents : short
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>POLLIN: it can be read; a pidfd's process has ended.</summary>
    Readable = 1,

    /// <summary>POLLPRI: a watched kernel file changed.</summary>
    Priority = 2,

    /// <summary>POLLOUT: it can be written.</summary>
    Writable = 4,

    /// <summary>POLLERR: it failed, or nobody reads any more. Always reported.</summary>
    Error = 8,

    /// <summary>POLLHUP: the other side has gone. Always reported.</summary>
    HungUp = 0x10,

    /// <summary>POLLNVAL: it is not open. Always reported.</summary>
    Invalid = 0x20,
}

/// <summary>One descriptor to wait for: <c>struct pollfd</c>. poll(2).</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PollItem
{
    private int _fd;
    private PollEvents _awaited;
    private PollEvents _happened;

    /// <summary>Waits for these events on a descriptor.</summary>
    public PollItem(OwnedFd fd, PollEvents awaited)
    {
        _fd = fd.Number;
        _awaited = awaited;
    }

    /// <summary>What is waited for.</summary>
    public PollEvents Awaited
    {
        readonly get => _awaited;
        set => _awaited = value;
    }

    /// <summary>What happened.</summary>
    public readonly PollEvents Happened => _happened;

    /// <summary>Whether any of these happened.</summary>
    public readonly bool Has(PollEvents events) => (_happened & events) != 0;

    /// <summary>Leaves this descriptor out from now on.</summary>
    public void Ignore()
    {
        _fd = -1;
        _happened = PollEvents.None;
    }
}

/// <summary>Waiting for descriptors. poll(2).</summary>
public static unsafe class Polling
{
    /// <summary>No deadline.</summary>
    public const long Forever = long.MaxValue;

    /// <summary>Waits until something happens on a descriptor or the deadline comes. ppoll(2).</summary>
    /// <param name="items">The descriptors; what happened is written into them.</param>
    /// <param name="deadline">On <see cref="Clocks.MonotonicNanoseconds"/>, or <see cref="Forever"/>.</param>
    /// <returns>How many descriptors have something; 0 is the deadline.</returns>
    public static SyscallResult<int> Wait(Span<PollItem> items, long deadline = Forever)
    {
        // SAFETY: the items are pinned; the kernel writes their last field. The timeout is rewritten by the kernel and set anew for each call.
        fixed (PollItem* pointer = items)
        {
            while (true)
            {
                Clocks.Timespec left = deadline == Forever ? default : Clocks.Timespec.From(Math.Max(0, deadline - Clocks.MonotonicNanoseconds));
                nint returned = Libc.Call(Sys.ppoll, (nint)pointer, items.Length, deadline == Forever ? 0 : (nint)(&left), 0, 0);
                if (returned != -(nint)Errno.EINTR)
                {
                    return returned < 0 ? new(SyscallResult.From(returned, "ppoll")) : new((int)returned);
                }
            }
        }
    }

    /// <summary>Waits for one descriptor.</summary>
    /// <returns>What happened; nothing at the deadline.</returns>
    public static SyscallResult<PollEvents> Wait(OwnedFd fd, PollEvents events, long deadline = Forever)
    {
        PollItem item = new(fd, events);
        SyscallResult<int> count = Wait(new Span<PollItem>(ref item), deadline);
        return count.Failed ? new(count.Result) : new(item.Happened);
    }

    /// <summary>Waits until the deadline.</summary>
    /// <param name="deadline">On <see cref="Clocks.MonotonicNanoseconds"/>.</param>
    public static void Sleep(long deadline) => Wait([], deadline).Result.OrThrow();
}
