using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The cgroups of one container, from intent to removal. config-linux.md#control-groups.</summary>
internal sealed partial class ContainerCgroups
{
    private const int KillSignal = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CgroupWriteList? _writes;
    private readonly CgroupDevicesV1? _devices;
    private CgroupPlacement? _placement;

    private ContainerCgroups(CgroupPlacement? placement, CgroupWriteList? writes, CgroupDevicesV1? devices)
    {
        _placement = placement;
        _writes = writes;
        _devices = devices;
    }

    /// <summary>What the state record keeps; empty where there are none.</summary>
    internal string Text => _placement is null ? string.Empty : CgroupPlacementText.Write(_placement);

    /// <summary>What is ignored, by name.</summary>
    internal IEnumerable<string> Warnings
    {
        get
        {
            foreach (CgroupNote note in _writes?.Warnings ?? [])
            {
                yield return note.ToString();
            }

            if (_placement?.Version == CgroupVersion.Unified)
            {
                yield return "/linux/resources/devices: is not enforced on cgroup v2 yet";
            }
        }
    }

    /// <summary>What will be made for a container. Makes nothing.</summary>
    internal static ContainerCgroups Plan(RuntimeSpec spec, Globals globals, string id)
    {
        if (globals.CgroupsDisabled)
        {
            return new ContainerCgroups(null, null, null);
        }

        string? path = spec.Linux?.CgroupsPath;
        using KernelCgroupFiles files = KernelCgroupFiles.Detect(CgroupPath.NeedsOwn(path), out CgroupFacts facts);
        CgroupPlacement placement = CgroupPath.Plan(facts, path, id);
        ResourcesSpec? resources = spec.Linux?.Resources;
        CgroupWriteList writes = CgroupWrites.For(resources, placement);
        writes.ThrowOnErrors();
        return new ContainerCgroups(
            placement,
            writes,
            placement.Version == CgroupVersion.Unified ? null : CgroupDevicesV1.For(resources?.Devices is { IsDefault: false } rules ? rules : []));
    }

    /// <summary>The cgroups of an existing container.</summary>
    internal static ContainerCgroups Of(ContainerRecord record) =>
        new(record.Cgroups.Length == 0 ? null : CgroupPlacementText.Read(record.Cgroups), null, null);

    /// <summary>What a mount of type cgroup consists of.</summary>
    internal ImmutableArray<CgroupMountStep> MountSteps(RuntimeSpec spec)
    {
        foreach (MountSpec mount in spec.Mounts)
        {
            if (mount.Type is "cgroup" or "cgroup2")
            {
                return _placement is null
                    ? throw new RuntimeException("/mounts: a mount of type cgroup needs cgroups, and they are disabled")
                    : CgroupMounts.For(_placement, BirthChapter.Has(spec, "cgroup"), (MountOptions.Parse(mount.Type, mount.Options).Set & 1) != 0);
            }
        }

        return [];
    }

    /// <summary>The files by which the shim moves itself in, before it clones.</summary>
    /// <param name="cloned">Init is cloned into the v2 cgroup.</param>
    internal ImmutableArray<string> EntryFiles(bool cloned)
    {
        if (_placement is null)
        {
            return [];
        }

        ImmutableArray<string> relative = _placement.EntryFiles(cloned);
        var absolute = ImmutableArray.CreateBuilder<string>(relative.Length);
        foreach (string path in relative)
        {
            absolute.Add(string.Concat(_placement.Root, "/", path));
        }

        return absolute.MoveToImmutable();
    }

    /// <summary>The v2 cgroup, absolute; null where there is none.</summary>
    internal string? BirthDirectory => _placement?.Unified is { } group ? string.Concat(_placement.Root, "/", group.Directory) : null;

    /// <summary>Makes the cgroups and writes the limits: they hold before the first process arrives.</summary>
    internal void Create()
    {
        if (_placement is null)
        {
            return;
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
        var manager = new FsManager(files, _placement);
        try
        {
            _placement = manager.Create(_writes);
            if (_writes is not null)
            {
                manager.Apply(_writes);
            }

            if (_devices is not null)
            {
                manager.ApplyDevices(_devices);
            }
        }
        catch
        {
            // Nobody is in them yet; what was there before is somebody else's, and an intent would take it for ours.
            manager.UndoCreate();
            _placement = _placement with { Groups = [] };
            throw;
        }
    }

    /// <summary>Removes what <see cref="Create"/> made.</summary>
    internal void Remove()
    {
        if (_placement is not null)
        {
            using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
            new FsManager(files, _placement).Remove(Patience);
        }
    }

    /// <summary>Whether the kernel killed a process of the container for want of memory.</summary>
    internal bool WasOutOfMemory()
    {
        if (_placement is null)
        {
            return false;
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
        return CgroupStatsReader.OomKills(files, _placement) > 0;
    }
}
