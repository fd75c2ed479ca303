using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>Files, directories and descriptors. Every open is close-on-exec.</summary>
public static unsafe partial class Files
{
    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }

    /// <summary>Opens a file. openat(2).</summary>
    /// <param name="directory">Where a relative path begins.</param>
    /// <param name="path">The file.</param>
    /// <param name="flags">How.</param>
    /// <param name="mode">Its permissions where it is made, less the umask.</param>
    public static SyscallResult<OwnedFd> OpenAt(OwnedFd directory, CPath path, OpenFlags flags, uint mode = 0)
    {
        // SAFETY: the path is pinned and ends with NUL; the kernel only reads it.
        fixed (byte* name = path)
        {
            return OwnedFd.From(Libc.CallAgain(Sys.openat, directory.Number, (nint)name, (flags | OpenFlags.CloseOnExec).ToKernel(), (nint)mode), "openat", path);
        }
    }

    /// <summary>Opens a file at an absolute path, or one relative to the working directory. openat(2).</summary>
    public static SyscallResult<OwnedFd> Open(CPath path, OpenFlags flags, uint mode = 0) => OpenAt(OwnedFd.Cwd, path, flags, mode);

    /// <summary>Opens a file and limits the way to it. openat2(2), Linux 5.6.</summary>
    /// <param name="directory">Where the path begins.</param>
    /// <param name="path">The file.</param>
    /// <param name="flags">How.</param>
    /// <param name="resolve">What the way must not do.</param>
    /// <param name="mode">Its permissions where it is made, less the umask.</param>
    public static SyscallResult<OwnedFd> OpenAt2(OwnedFd directory, CPath path, OpenFlags flags, ResolveFlags resolve, uint mode = 0)
    {
        OpenHow how = new() { Flags = (ulong)(flags | OpenFlags.CloseOnExec).ToKernel(), Mode = mode, Resolve = (ulong)resolve };

        // SAFETY: path and structure outlive the call; the kernel only reads them.
        fixed (byte* name = path)
        {
            return OwnedFd.From(Libc.CallAgain(Sys.openat2, directory.Number, (nint)name, (nint)(&how), sizeof(OpenHow)), "openat2", path);
        }
    }

    /// <summary>Makes an anonymous file in memory. memfd_create(2).</summary>
    /// <param name="name">For /proc only; at most 249 bytes.</param>
    /// <param name="flags">How.</param>
    public static SyscallResult<OwnedFd> MemfdCreate(CPath name, MemfdFlags flags)
    {
        const int CloseOnExec = 1;

        // SAFETY: the name is pinned and ends with NUL.
        fixed (byte* text = name)
        {
            return OwnedFd.From(Libc.Call(Sys.memfd_create, (nint)text, (int)flags | CloseOnExec), "memfd_create", name);
        }
    }

    /// <summary>Makes a pipe. pipe2(2).</summary>
    /// <param name="writeEnd">The end to write to.</param>
    /// <param name="nonBlocking">Whether both ends return EAGAIN instead of waiting.</param>
    /// <returns>The end to read from.</returns>
    public static SyscallResult<OwnedFd> Pipe(out OwnedFd? writeEnd, bool nonBlocking = false)
    {
        OpenFlags flags = OpenFlags.CloseOnExec | (nonBlocking ? OpenFlags.NonBlocking : 0);
        int* ends = stackalloc int[2];

        // SAFETY: the kernel writes two ints.
        nint returned = Libc.Call(Sys.pipe2, (nint)ends, flags.ToKernel());
        writeEnd = returned < 0 ? null : new OwnedFd(ends[1]);
        return OwnedFd.From(returned < 0 ? returned : ends[0], "pipe2");
    }

    /// <summary>Makes a counter to wake others with. eventfd(2).</summary>
    public static SyscallResult<OwnedFd> EventFd(bool nonBlocking = false)
    {
        OpenFlags flags = OpenFlags.CloseOnExec | (nonBlocking ? OpenFlags.NonBlocking : 0);
        return OwnedFd.From(Libc.Call(Sys.eventfd2, 0, flags.ToKernel()), "eventfd2");
    }
}
