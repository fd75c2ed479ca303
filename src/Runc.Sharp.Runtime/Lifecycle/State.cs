using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>state</c>: what is known of a container. runtime.md#query-state.</summary>
public static class State
{
    /// <summary>The state of one container.</summary>
    public static ContainerState Run(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        using var live = new LiveStatus();
        return Of(directory, live) ?? throw new RuntimeException("container " + request.Id + " was not created to its end; delete it with --force");
    }

    internal static ContainerState? Of(ContainerDirectory directory, LiveStatus live)
    {
        if (live.Read(directory) is not { } record)
        {
            return null;
        }

        string status = live.Ask(directory, record);
        return new ContainerState(
            record.Spec.OciVersion,
            record.Id,
            status == ContainerStatus.Stopped ? 0 : record.Pid,
            status,
            record.Bundle,
            record.Rootfs,
            record.Created,
            record.Spec.Annotations,
            record.Owner);
    }
}
