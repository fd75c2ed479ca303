using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary>A container's status with its freezer asked, which costs some calls: only of one that lives, and only where paused matters.</summary>
internal static class LiveStatus
{
    internal static string Of(ContainerDirectory directory, ContainerRecord? record)
    {
        string status = ContainerStatus.Of(directory, record);
        return status is ContainerStatus.Created or ContainerStatus.Running && ContainerCgroups.Of(record!).IsFrozen()
            ? ContainerStatus.Paused
            : status;
    }
}
