using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <content>What is done with the cgroups of a container that exists.</content>
internal sealed partial class ContainerCgroups
{
    /// <summary>Whether the container has cgroups of its own.</summary>
    internal bool Exist => _placement is { Manager: not CgroupManagerKind.Disabled };

    /// <summary>Kills all processes in the cgroups. False where there are no cgroups.</summary>
    internal bool KillAll() => SignalAll(KillSignal);

    /// <summary>Signals all processes in the cgroups. False where there are no cgroups.</summary>
    internal bool SignalAll(int signal)
    {
        if (!Exist)
        {
            return false;
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement!.Root);
        new FsManager(files, _placement).SignalAll(signal);
        return true;
    }

    /// <summary>Whether the cgroups are frozen.</summary>
    internal bool IsFrozen()
    {
        if (!Exist)
        {
            return false;
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement!.Root);
        return new FsManager(files, _placement).FreezerState() == CgroupFreezerState.Frozen;
    }

    /// <inheritdoc cref="FsManager.ThawForDeath"/>
    internal void ThawForDeath()
    {
        if (Exist && _placement!.Version != CgroupVersion.Unified)
        {
            using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
            new FsManager(files, _placement).ThawForDeath();
        }
    }

    /// <inheritdoc cref="FsManager.Freeze"/>
    internal void Freeze()
    {
        using KernelCgroupFiles files = OpenOwn("pause");
        new FsManager(files, _placement!).Freeze();
    }

    /// <inheritdoc cref="FsManager.Thaw"/>
    internal void Thaw()
    {
        using KernelCgroupFiles files = OpenOwn("resume");
        new FsManager(files, _placement!).Thaw();
    }

    /// <inheritdoc cref="FsManager.Pids"/>
    internal IReadOnlyList<int> Pids()
    {
        using KernelCgroupFiles files = OpenOwn("list the processes of");
        return new FsManager(files, _placement!).Pids();
    }

    /// <summary>The counters of now.</summary>
    internal CgroupStats Stats()
    {
        using KernelCgroupFiles files = OpenOwn("count the resources of");
        return CgroupStatsReader.Read(files, _placement!, HugePageSizes());
    }

    /// <summary>Sets other limits, all or none.</summary>
    /// <returns>What is ignored.</returns>
    internal IReadOnlyList<CgroupNote> Update(ResourcesSpec change)
    {
        using KernelCgroupFiles files = OpenOwn("update");
        CgroupWriteList list = CgroupWrites.For(KernelLimits.Complete(change, files, _placement!), _placement!, string.Empty);
        var manager = new FsManager(files, _placement!);
        IReadOnlyList<CgroupNote> ignored = manager.Update(list, _placement!.Manager == CgroupManagerKind.Systemd ? () => UpdateScope(manager, list.Writes) : null);
        return [.. list.Warnings, .. ignored];
    }

    /// <summary>Begins to watch for want of memory and for the end.</summary>
    internal OomWatch Watch() => OomWatch.Open(OpenOwn("watch"), _placement!);

    private KernelCgroupFiles OpenOwn(string verb) =>
        Exist ? KernelCgroupFiles.Open(_placement!.Root) : throw new RuntimeException("cannot " + verb + " the container: it was created without cgroups");

    private static ImmutableArray<string> HugePageSizes()
    {
        SyscallResult<OwnedFd> opened = Files.Open("/sys/kernel/mm/hugepages", OpenFlags.ReadOnly | OpenFlags.Directory);
        if (opened.Failed)
        {
            return []; // a kernel without them
        }

        using OwnedFd directory = opened.Value;
        var sizes = ImmutableArray.CreateBuilder<string>();
        foreach ((CPath name, _) in DirectoryNames.Of(directory))
        {
            if (CgroupStatsReader.HugePageName(name.ToString()) is { } size)
            {
                sizes.Add(size);
            }
        }

        return sizes.ToImmutable();
    }
}
