using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>mounts add</c> and <c>mounts remove</c>: other mounts for a container that lives, as crun has them.</summary>
public static class ChangeMounts
{
    /// <summary>Adds the mounts, or takes away those at their destinations. Its record does not change: they are gone with the container.</summary>
    /// <param name="request">Which container's.</param>
    /// <param name="name">What the document is called in a refusal.</param>
    /// <param name="document">The list of mounts. config.md#mounts.</param>
    /// <param name="remove">Whether they go.</param>
    /// <exception cref="RuntimeException">
    /// All that is wrong with the list, with its places; or the container does not live, or the kernel refuses one: of those to add, none stays then.
    /// </exception>
    public static void Run(ContainerRequest request, string name, ReadOnlyMemory<byte> document, bool remove)
    {
        SpecDocument<MountList> read = SpecReader.ReadAndValidateMounts(document.Span);
        MountList list = read.Value ?? throw new RuntimeException(DocumentText.Sentence(name, read));
        var text = new DocumentText(name, document, "/mounts");
        try
        {
            Change(request, list, text, remove);
        }
        catch (RuntimeException refusal) when (!refusal.Refusals.IsEmpty)
        {
            throw text.Located(refusal);
        }
    }

    private static void Change(ContainerRequest request, MountList list, DocumentText text, bool remove)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        directory.Lock();
        ContainerRecord record = directory.Read() ?? throw new RuntimeException("container was not created to its end; delete it with --force");
        using OwnedFd init = ContainerStatus.OpenInit(record) ?? throw new RuntimeException("container not running");
        JoinFile join = JoinFile.Read(directory.Descriptor);
        var mounts = new LiveMounts(init, join.Namespaces, record.Bundle, join.MountLabel, text);
        if (remove)
        {
            mounts.Remove(list.Mounts);
        }
        else
        {
            mounts.Add(list.Mounts);
        }
    }
}
