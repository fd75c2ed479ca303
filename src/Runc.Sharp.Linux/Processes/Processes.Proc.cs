using System;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Runc.Sharp.Linux;

/// <summary>What /proc/PID/stat says of a process. proc_pid_stat(5).</summary>
/// <param name="State">R, S, D, T, t, Z, X or I.</param>
/// <param name="ParentId">Its parent.</param>
/// <param name="StartTime">When it began, in clock ticks since boot: with the pid it names one process within a boot.</param>
public readonly record struct ProcessStat(char State, int ParentId, ulong StartTime)
{
    /// <summary>Whether it has ended and only waits to be reaped.</summary>
    public bool IsZombie => State is 'Z' or 'X' or 'x';
}

public static unsafe partial class Processes
{
    /// <summary>State, parent and start time of a process. ENOENT or ESRCH when it is gone.</summary>
    public static SyscallResult<ProcessStat> Stat(int pid)
    {
        CPath path = string.Concat("/proc/", pid.ToString(CultureInfo.InvariantCulture), "/stat");
        SyscallResult<OwnedFd> opened = Files.Open(path, OpenFlags.ReadOnly);
        if (opened.Failed)
        {
            return new(opened.Result);
        }

        using OwnedFd file = opened.Value;

        // The line is some 200 bytes, at most about 52 numbers of 20 digits and a name of 64.
        Span<byte> buffer = stackalloc byte[2048];
        SyscallResult<int> length = Files.Read(file, buffer);
        return length.Failed ? new(length.Result.About(path.ToString()))
            : TryParseStat(buffer[..length.Value], out ProcessStat stat) ? new(stat)
            : new(SyscallResult.From(-(nint)Errno.EPROTO, "read", path));
    }

    /// <summary>The name of this boot of the machine: 36 characters. random(4).</summary>
    public static SyscallResult<string> BootId()
    {
        CPath path = "/proc/sys/kernel/random/boot_id"u8;
        SyscallResult<OwnedFd> opened = Files.Open(path, OpenFlags.ReadOnly);
        if (opened.Failed)
        {
            return new(opened.Result);
        }

        using OwnedFd file = opened.Value;
        Span<byte> buffer = stackalloc byte[64];
        SyscallResult<int> length = Files.Read(file, buffer);
        return length.Failed ? new(length.Result.About(path.ToString())) : new(Encoding.ASCII.GetString(buffer[..length.Value].TrimEnd((byte)'\n')));
    }

    /// <summary>The number that names the process behind a descriptor for the whole boot. pidfs, Linux 6.9.</summary>
    /// <returns>0 where pidfds are anonymous, so that the number says nothing.</returns>
    public static SyscallResult<ulong> PidfdInode(OwnedFd pidfd)
    {
        // Before pidfs all pidfds were one inode of the anonymous file system.
        SyscallResult<FileSystemStatus> system = Files.Fstatfs(pidfd);
        if (system.Failed || system.Value.Type != FileSystemMagic.Pidfs)
        {
            return system.Failed ? new(system.Result) : new(0UL);
        }

        SyscallResult<FileStatus> status = Files.Fstat(pidfd, StatxMask.Inode);
        return status.Failed ? new(status.Result) : new(status.Value.Inode);
    }

    /// <summary>Reads the line of /proc/PID/stat: the second field is the name in parentheses, which may hold spaces and parentheses.</summary>
    internal static bool TryParseStat(ReadOnlySpan<byte> line, out ProcessStat stat)
    {
        const int ParentField = 4;
        const int StartTimeField = 22;
        stat = default;
        int name = line.LastIndexOf((byte)')');
        if (name < 0 || line.Length < name + 3)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(name + 2)..];
        char state = (char)rest[0];
        int parent = 0;
        for (int field = 3; field < StartTimeField; field++)
        {
            if (field == ParentField && !Utf8Parser.TryParse(rest, out parent, out _))
            {
                return false;
            }

            int space = rest.IndexOf((byte)' ');
            if (space < 0)
            {
                return false;
            }

            rest = rest[(space + 1)..];
        }

        if (!Utf8Parser.TryParse(rest, out ulong start, out _))
        {
            return false;
        }

        stat = new ProcessStat(state, parent, start);
        return true;
    }
}
