using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>pause</c>: stops every process of a container where it stands, by its freezer.</summary>
public static class Pause
{
    /// <summary>Pauses a created or running container.</summary>
    /// <exception cref="RuntimeException">It is neither, or it has no freezer, or a process does not stop in time: then all go on.</exception>
    public static void Run(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        directory.Lock();
        ContainerRecord? record = directory.Read();
        if (LiveStatus.Of(directory, record) is not (ContainerStatus.Created or ContainerStatus.Running))
        {
            throw new RuntimeException("container not running");
        }

        ContainerCgroups.Of(record!).Freeze();
    }
}
