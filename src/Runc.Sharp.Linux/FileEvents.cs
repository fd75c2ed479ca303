using System;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>Notices of changes to files: cgroup files, mostly. inotify(7).</summary>
public static unsafe class FileEvents
{
    /// <summary>IN_MODIFY.</summary>
    public const uint Modified = 0x2;

    /// <summary>IN_DELETE_SELF.</summary>
    public const uint Deleted = 0x400;

    /// <summary>A descriptor that becomes readable when a watched file changes. inotify_init1(2).</summary>
    public static SyscallResult<OwnedFd> Create() =>
        OwnedFd.From(Libc.Call(Sys.inotify_init1, (OpenFlags.CloseOnExec | OpenFlags.NonBlocking).ToKernel()), "inotify_init1");

    /// <summary>Watches a file. inotify_add_watch(2).</summary>
    public static SyscallResult Watch(OwnedFd events, CPath path, uint mask)
    {
        // SAFETY: the path is pinned and ends with NUL.
        fixed (byte* name = path)
        {
            return SyscallResult.From(Libc.Call(Sys.inotify_add_watch, events.Number, (nint)name, (nint)mask), "inotify_add_watch", path);
        }
    }

    /// <summary>Takes all notices that are there.</summary>
    /// <returns>The union of what happened.</returns>
    public static SyscallResult<uint> Drain(OwnedFd events)
    {
        const int Header = 16;
        Span<byte> buffer = stackalloc byte[4096];
        uint happened = 0;
        while (true)
        {
            SyscallResult<int> length = Files.Read(events, buffer);
            if (length.Failed)
            {
                return length.Error == Errno.EAGAIN ? new(happened) : new(length.Result);
            }

            for (int at = 0; at + Header <= length.Value;)
            {
                happened |= BitConverter.ToUInt32(buffer[(at + 4)..]);
                at += Header + BitConverter.ToInt32(buffer[(at + 12)..]);
            }
        }
    }
}
