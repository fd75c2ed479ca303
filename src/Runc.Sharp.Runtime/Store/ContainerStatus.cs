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
    public static string Of(ContainerDirectory directory, ContainerRecord? record)
    {
        if (record is null || record.Pid == 0)
        {
            return Creating;
        }

        return !IsAlive(record) ? Stopped : directory.HasGate() ? Created : Running;
    }

    /// <summary>Whether init itself lives: not another process that got its number.</summary>
    public static bool IsAlive(ContainerRecord record) => record.Pid > 0 && Processes.Stat(record.Pid) is { Failed: false } stat
        && stat.Value.StartTime == record.StartTime && stat.Value.State is not ('Z' or 'X');
}
