using System.Collections.Generic;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>ps</c>: the processes of a container.</summary>
public static class Ps
{
    /// <summary>Their numbers in the caller's pid namespace, those in cgroups below the container's own too; none where it has ended.</summary>
    public static IReadOnlyList<int> Run(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        if (directory.Read() is not { } record)
        {
            throw new RuntimeException("container not running");
        }

        ContainerCgroups cgroups = ContainerCgroups.Of(record);
        return cgroups.Exist ? cgroups.Pids()
            : ContainerStatus.IsAlive(record) ? [record.Pid] // without cgroups init is all that is known
            : [];
    }
}
