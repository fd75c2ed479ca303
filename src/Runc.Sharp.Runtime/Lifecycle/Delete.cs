using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>delete</c>: removes what create made; works from any half-made state, and twice. runtime.md#delete.</summary>
public static class Delete
{
    private const int KillSignal = 9;
    private const long Patience = 10_000_000_000; // nanoseconds

    /// <summary>Deletes a container.</summary>
    /// <returns>What went wrong in hooks behind the container's end: only warned of.</returns>
    public static string? Run(ContainerRequest request)
    {
        using StateRoot? root = StateRoot.Open(request.Globals.Root, create: false);
        using ContainerDirectory? directory = root?.TryOpen(request.Id);
        if (directory is null || !directory.TryLock())
        {
            return request.Force ? null : throw new RuntimeException("container does not exist");
        }

        return Remove(directory, request.Force);
    }

    /// <summary>Removes what is left of a container that has ended, and whose lock is held.</summary>
    internal static string? Remove(ContainerDirectory directory, ContainerRecord record)
    {
        var cgroups = ContainerCgroups.Of(record);
        if (!record.OwnPidNamespace)
        {
            cgroups.KillAll(); // who may have outlived init
        }

        cgroups.Destroy();
        string? warning = HostHooks.RunPoststop(record.Spec, record.Id, record.Bundle);
        directory.Remove();
        return warning;
    }

    private static string? Remove(ContainerDirectory directory, bool force)
    {
        ContainerRecord? record = directory.Read();
        if (!force && LiveStatus.Of(directory, record) is (ContainerStatus.Running or ContainerStatus.Paused) and var status)
        {
            throw new RuntimeException("cannot delete container " + directory.Id + " that is not stopped: " + status);
        }

        if (record is null)
        {
            directory.Remove();
            return null;
        }

        End(record);
        return Remove(directory, record);
    }

    /// <summary>Ends init, where it lives, and all else in the container's cgroups.</summary>
    internal static void End(ContainerRecord record)
    {
        using OwnedFd? init = ContainerStatus.OpenInit(record);
        if (init is null)
        {
            return;
        }

        ContainerCgroups.Of(record).KillAll();
        Processes.PidfdSendSignal(init, KillSignal).OrThrowUnless(Errno.ESRCH);
        if (Polling.Wait(init, PollEvents.Readable, Clocks.MonotonicNanoseconds + Patience).OrThrow() == PollEvents.None)
        {
            throw new RuntimeException("container init still running");
        }
    }
}
