using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>kill</c>: a signal to init. runtime.md#kill.</summary>
public static class Kill
{
    private const int KillSignal = 9;

    /// <summary>Nanoseconds.</summary>
    private const long LongestWait = 10_000_000_000;

    /// <summary>Sends the signal.</summary>
    public static void Run(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        ContainerRecord? record = directory.Read();
        int signal = record is { OwnPidNamespace: true } && EndsProcesses(request.Signal) && WaitsAtGate(directory, record) ? KillSignal : request.Signal;

        // Without a pid namespace of its own the container's processes outlive its init: they are in its cgroups.
        bool all = request.All || (record is { OwnPidNamespace: false } && signal == KillSignal);
        if (record is not null && all && ContainerCgroups.Of(record).SignalAll(signal))
        {
            return;
        }

        if (record is null || !Send(record, signal))
        {
            if (!request.All)
            {
                throw new RuntimeException("container not running");
            }
        }
        else if (signal == KillSignal)
        {
            ContainerCgroups.Of(record).ThawForDeath();
        }
    }

    /// <summary>HUP, INT, QUIT, ABRT and TERM, by which a created container of runc ends.</summary>
    private static bool EndsProcesses(int signal) => signal is 1 or 2 or 3 or 6 or 15;

    /// <summary>
    /// Init that waits for <c>start</c> handles no signal, and as the first of its namespace it would get none of these: pid_namespaces(7). Another
    /// command on it is waited for: it may start it, or delete it, or leave it as it is.
    /// </summary>
    private static bool WaitsAtGate(ContainerDirectory directory, ContainerRecord record)
    {
        if (ContainerStatus.Of(directory, record) != ContainerStatus.Created)
        {
            return false;
        }

        directory.Lock(Clocks.MonotonicNanoseconds + LongestWait);
        return ContainerStatus.Of(directory, record) == ContainerStatus.Created;
    }

    /// <summary>By a descriptor that was compared with the record: another process that got the number is not met.</summary>
    private static bool Send(ContainerRecord record, int signal)
    {
        using OwnedFd? process = ContainerStatus.OpenInit(record);
        return process is not null && Processes.PidfdSendSignal(process, signal).OrThrowUnless(Errno.ESRCH);
    }
}
