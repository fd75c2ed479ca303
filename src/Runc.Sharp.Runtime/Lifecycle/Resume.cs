using System.Diagnostics.CodeAnalysis;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>resume</c>: lets the processes of a paused container go on.</summary>
[SuppressMessage("Naming", "CA1716", Justification = "the verb's own name; no program in Visual Basic calls it")]
public static class Resume
{
    /// <summary>Resumes a paused container.</summary>
    /// <exception cref="RuntimeException">It is not paused, or the kernel refuses.</exception>
    public static void Run(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        directory.Lock();
        ContainerRecord? record = directory.Read();
        if (LiveStatus.Of(directory, record) != ContainerStatus.Paused)
        {
            throw new RuntimeException("container not paused");
        }

        ContainerCgroups.Of(record!).Thaw();
    }
}
