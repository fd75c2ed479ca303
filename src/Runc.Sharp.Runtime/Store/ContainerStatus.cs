using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>Where a container is in its life. Never stored: computed at each ask. runtime.md#state.</summary>
public static class ContainerStatus
{
    /// <summary>The creator works on it, or died at it.</summary>
    public const string Creating = "creating";

    /// <summary>Init waits for its start.</summary>
    public const string Created = "created";

    /// <summary>The program runs.</summary>
    public const string Running = "running";

    /// <summary>The program is frozen.</summary>
    public const string Paused = "paused";

    /// <summary>The program has ended.</summary>
    public const string Stopped = "stopped";

    /// <summary>The status of a container.</summary>
    /// <param name="directory">Its directory.</param>
    /// <param name="record">What was read there.</param>
    /// <param name="frozen">Whether its cgroup is frozen.</param>
    /// <param name="bootId">The machine's boot, of who knows it already.</param>
    public static string Of(ContainerDirectory directory, ContainerRecord? record, bool frozen = false, string? bootId = null)
    {
        if (record is null || record.Pid == 0)
        {
            return Creating;
        }

        return !IsAlive(record, bootId) ? Stopped
            : frozen ? Paused
            : directory.HasGate() ? Created
            : Running;
    }

    /// <summary>Whether init itself lives: not another process that got its number, and not only its entry that waits to be reaped.</summary>
    /// <param name="record">The container.</param>
    /// <param name="bootId">As of <see cref="Of"/>.</param>
    public static bool IsAlive(ContainerRecord record, string? bootId = null)
    {
        if (record is { ProcessInode: 0, Pid: > 0 })
        {
            return IsOfThisBoot(record, bootId) && HasStartTime(record); // a descriptor would tell nothing more
        }

        using OwnedFd? init = OpenInit(record, bootId);
        return init is not null;
    }

    /// <summary>A descriptor for init, to signal or to wait for; null where it has ended.</summary>
    /// <param name="record">The container.</param>
    /// <param name="bootId">As of <see cref="Of"/>.</param>
    /// <remarks>The descriptor is opened first and compared with the record then, so that the number cannot pass to another process in between.</remarks>
    public static OwnedFd? OpenInit(ContainerRecord record, string? bootId = null)
    {
        if (record.Pid <= 0 || !IsOfThisBoot(record, bootId))
        {
            return null;
        }

        SyscallResult<OwnedFd> opened = Processes.PidfdOpen(record.Pid);
        if (opened.Error is Errno.ESRCH or Errno.EINVAL or Errno.ENOENT)
        {
            return null; // gone, or the number is a thread's by now
        }

        OwnedFd process = opened.OrThrow();
        try
        {
            if (IsInit(process, record))
            {
                return process;
            }
        }
        catch
        {
            process.Dispose();
            throw;
        }

        process.Dispose();
        return null;
    }

    private static bool IsInit(OwnedFd process, ContainerRecord record)
    {
        if (record.ProcessInode != 0)
        {
            return Processes.PidfdInode(process).OrThrow() == record.ProcessInode
                && Polling.Wait(process, PollEvents.Readable, deadline: 0).OrThrow() == PollEvents.None;
        }

        return HasStartTime(record);
    }

    private static bool IsOfThisBoot(ContainerRecord record, string? bootId) =>
        record.BootId.Length == 0 || record.BootId == (bootId ?? Processes.BootId().OrThrow());

    private static bool HasStartTime(ContainerRecord record)
    {
        SyscallResult<ProcessStat> stat = Processes.Stat(record.Pid);
        return !stat.Failed && stat.Value.StartTime == record.StartTime && !stat.Value.IsZombie;
    }
}
