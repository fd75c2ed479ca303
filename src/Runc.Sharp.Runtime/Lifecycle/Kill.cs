using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>kill</c>: a signal to init. runtime.md#kill.</summary>
public static class Kill
{
    private const int KillSignal = 9;

    /// <summary>Sends the signal.</summary>
    public static void Run(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        ContainerRecord? record = directory.Read();

        // Without a pid namespace of its own the container's processes outlive its init: they are in its cgroups.
        bool all = request.All || (record is { OwnPidNamespace: false } && request.Signal == KillSignal);
        if (record is not null && all && ContainerCgroups.Of(record).SignalAll(request.Signal))
        {
            return;
        }

        if (record is null || !Send(record, request.Signal))
        {
            if (!request.All)
            {
                throw new RuntimeException("container not running");
            }
        }
        else if (request.Signal == KillSignal)
        {
            ContainerCgroups.Of(record).ThawForDeath();
        }
    }

    /// <summary>By a descriptor that was compared with the record: another process that got the number is not met.</summary>
    private static bool Send(ContainerRecord record, int signal)
    {
        using OwnedFd? process = ContainerStatus.OpenInit(record);
        return process is not null && Processes.PidfdSendSignal(process, signal).OrThrowUnless(Errno.ESRCH);
    }
}
