using System;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>update</c>: other limits for a container that lives. All of them, or none.</summary>
public static class Update
{
    /// <summary>Sets the limits of the document that <c>--resources</c> names. config-linux.md#control-groups.</summary>
    /// <exception cref="RuntimeException">All that is wrong with it, or as of the other one.</exception>
    public static void Run(ContainerRequest request, string name, ReadOnlyMemory<byte> document, Action<string> warn, Action<string> debug)
    {
        SpecDocument<ResourcesSpec> read = SpecReader.ReadAndValidateResources(document.Span);
        try
        {
            Run(request, read.Value ?? throw new RuntimeException(DocumentText.Sentence(name, read)), warn, debug);
        }
        catch (RuntimeException refusal) when (!refusal.Refusals.IsEmpty)
        {
            throw new DocumentText(name, document).Located(refusal);
        }
    }

    /// <summary>Sets the limits.</summary>
    /// <param name="request">The container.</param>
    /// <param name="change">What is to change; what it does not name stays. Device rules in it are passed over.</param>
    /// <param name="warn">Takes what is ignored.</param>
    /// <param name="debug">Takes what is of interest to who looks for a fault.</param>
    /// <exception cref="RuntimeException">The container does not live, or a limit is refused: then all are as before.</exception>
    public static void Run(ContainerRequest request, ResourcesSpec change, Action<string> warn, Action<string> debug)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        directory.Lock();
        ContainerRecord? record = directory.Read();
        if (record is null || !ContainerStatus.IsAlive(record))
        {
            throw new RuntimeException("container not running");
        }

        ContainerCgroups cgroups = ContainerCgroups.Of(record);
        foreach (CgroupNote note in cgroups.Update(change with { Devices = null }))
        {
            warn(note.ToString());
        }

        foreach (string note in cgroups.Dropped)
        {
            debug(note);
        }
    }
}
