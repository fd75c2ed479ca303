using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Runtime.Systemd;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The cgroups of one container, from intent to removal. config-linux.md#control-groups.</summary>
internal sealed partial class ContainerCgroups
{
    private const int KillSignal = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly CgroupWriteList? _writes;
    private readonly CgroupDevicesV1? _devicesV1;
    private readonly CgroupDevicesV2? _devicesV2;
    private CgroupPlacement? _placement;
    private Func<int, List<UnitProperty>>? _scope;
    private uint? _owner;

    private ContainerCgroups(CgroupPlacement? placement, CgroupWriteList? writes = null, CgroupDevicesV1? devicesV1 = null, CgroupDevicesV2? devicesV2 = null)
    {
        _placement = placement;
        _writes = writes;
        _devicesV1 = devicesV1;
        _devicesV2 = devicesV2;
    }

    /// <summary>What the state record keeps; empty where there are none.</summary>
    internal string Text => _placement is null ? string.Empty : CgroupPlacementText.Write(_placement);

    /// <summary>Whether systemd makes them, for a process that is there: <see cref="Create"/> wants init's number.</summary>
    internal bool IsScope => _scope is not null;

    /// <summary>What is ignored, by name.</summary>
    internal IEnumerable<string> Warnings
    {
        get
        {
            foreach (CgroupNote note in _writes?.Warnings ?? [])
            {
                yield return note.ToString();
            }
        }
    }

    /// <summary>What will be made for a container. Makes nothing.</summary>
    internal static ContainerCgroups Plan(RuntimeSpec spec, Globals globals, string id)
    {
        if (globals.CgroupsDisabled)
        {
            return new ContainerCgroups(null);
        }

        string? path = spec.Linux?.CgroupsPath;
        UnitNames unit = globals.SystemdCgroup ? UnitNames.Parse(path, id) : default;
        using KernelCgroupFiles files = KernelCgroupFiles.Detect(!globals.SystemdCgroup && CgroupPath.NeedsOwn(path), out CgroupFacts facts);
        CgroupPlacement placement = globals.SystemdCgroup
            ? CgroupPath.PlanUnit(facts, Files.ReadFileAt(OwnedFd.Cwd, "/proc/1/cgroup", 1 << 16).OrThrow().Span, unit.Path)
            : CgroupPath.Plan(facts, path, id);
        ResourcesSpec? resources = spec.LimitsMeant();
        CgroupWriteList writes = CgroupWrites.For(resources, placement);
        writes.ThrowOnErrors();
        ImmutableArray<DeviceRuleSpec> devices = resources?.Devices is { IsDefault: false } rules ? rules : [];
        bool v2 = placement.Version == CgroupVersion.Unified;
        List<UnitProperty> own = globals.SystemdCgroup ? PropertyAnnotation.ReadAll(spec.Annotations) : [];
        return new ContainerCgroups(placement, writes, v2 ? null : CgroupDevicesV1.For(devices), v2 ? CgroupDevicesV2.For(devices) : null)
        {
            _owner = v2 ? Owner(spec) : null,
            _scope = globals.SystemdCgroup ? pid => UnitProperties.OfScope(unit, id, pid, placement.Version, writes.Writes, devices, own) : null,
        };
    }

    /// <summary>The cgroups of an existing container.</summary>
    internal static ContainerCgroups Of(ContainerRecord record) =>
        new(record.Cgroups.Length == 0 ? null : CgroupPlacementText.Read(record.Cgroups));

    /// <summary>What each mount of type cgroup, or cgroup2, consists of; empty where the document has none.</summary>
    /// <param name="spec">The document.</param>
    /// <param name="type">Which of the two.</param>
    internal ImmutableArray<CgroupMountStep> MountSteps(RuntimeSpec spec, string type)
    {
        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            if (spec.Mounts[at].Type != type)
            {
                continue;
            }

            if (_placement is null)
            {
                throw new RuntimeException("/mounts", "a mount of type cgroup needs cgroups, and they are disabled");
            }

            ImmutableArray<CgroupMountStep> steps = type == "cgroup2"
                ? CgroupMounts.ForUnified(_placement, BirthChapter.Has(spec, "cgroup"))
                : CgroupMounts.For(_placement, BirthChapter.Has(spec, "cgroup"));
            return !steps.IsEmpty ? steps : throw new RuntimeException(
                string.Create(CultureInfo.InvariantCulture, $"/mounts/{at}/type"), "a mount of type cgroup2 needs a cgroup v2 hierarchy, and this machine has none mounted");
        }

        return [];
    }

    /// <summary>The files by which the shim moves itself in, before it clones or, behind systemd, after.</summary>
    /// <param name="cloned">Init is cloned into the v2 cgroup, or put there by systemd.</param>
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

    /// <summary>Those of <see cref="EntryFiles"/> where v1 counts memory and processes. <see cref="HostFacts.LateEntries"/></summary>
    internal ImmutableArray<string> LateEntries
    {
        get
        {
            var late = ImmutableArray.CreateBuilder<string>(2);
            foreach (PlacedCgroup group in _placement?.Groups ?? [])
            {
                if (group.Has("memory") || group.Has("pids"))
                {
                    late.Add(string.Concat(_placement!.Root, "/", CgroupPlacement.EntryFile(group, group.Directory)));
                }
            }

            return late.DrainToImmutable();
        }
    }

    /// <summary>The v2 cgroup, absolute; null where there is none.</summary>
    internal string? BirthDirectory => _placement?.Unified is { } group ? string.Concat(_placement.Root, "/", group.Directory) : null;

    /// <summary>Makes the cgroups and writes the limits: they hold before init is born or, behind systemd, before it does anything.</summary>
    /// <param name="pid">Init, or the shim before it clones: systemd makes no unit without a process. Of no use to the fs manager.</param>
    internal void Create(int pid)
    {
        if (_placement is null)
        {
            return;
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
        var manager = new FsManager(files, _placement);
        try
        {
            if (_scope is not null)
            {
                StartScope(manager, _scope(pid));
            }
            else
            {
                _placement = manager.Create(_writes);
            }

            Limit(manager);
        }
        catch
        {
            // Of the fs manager's own nobody is in them yet; what was there before is somebody else's, and an intent would take it for ours.
            if (_scope is null)
            {
                manager.UndoCreate();
                _placement = _placement with { Groups = [] };
            }

            throw;
        }
    }

    /// <summary>Removes what <see cref="Create"/> made; waits for who is still dying there, and kills who is not.</summary>
    internal void Destroy()
    {
        if (_placement is null)
        {
            return;
        }

        using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
        var manager = new FsManager(files, _placement);
        bool started = _placement.Manager == CgroupManagerKind.Systemd && StopScope(manager);
        manager.Destroy(Patience);
        if (started)
        {
            manager.RemoveSlices();
        }
    }

    /// <summary>As <see cref="Destroy"/>, for a container that never came to be: parents that were made for it go as well, where nobody else is in them.</summary>
    internal void Undo()
    {
        Destroy();
        if (_placement is { Manager: CgroupManagerKind.Fs })
        {
            using KernelCgroupFiles files = KernelCgroupFiles.Open(_placement.Root);
            new FsManager(files, _placement).UndoParents();
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

    /// <param name="manager">Who writes.</param>
    /// <param name="rehearsal">Where nothing is done but told: who is told of the device program, which is no file.</param>
    private void Limit(FsManager manager, CgroupRehearsal? rehearsal = null)
    {
        if (_writes is not null)
        {
            manager.Apply(_writes);
        }

        if (_devicesV1 is not null)
        {
            manager.ApplyDevices(_devicesV1);
        }

        if (_devicesV2 is not null && rehearsal is not null)
        {
            rehearsal.Attach(_placement!.Unified!.Value.Directory, _devicesV2);
        }
        else if (_devicesV2 is not null)
        {
            manager.ApplyDevices(_devicesV2);
        }

        if (_owner is { } user)
        {
            SyscallResult<ReadOnlyMemory<byte>> names = Files.ReadFileAt(OwnedFd.Cwd, "/sys/kernel/cgroup/delegate", 1 << 16);
            manager.Delegate(user, names.Failed ? string.Empty : System.Text.Encoding.ASCII.GetString(names.Value.Span));
        }
    }

    /// <summary>
    /// Who gets the v2 cgroup: the container's user, where it sees nothing but its own cgroup and may write there. config-linux.md#cgroup-ownership.
    /// </summary>
    /// <returns>Null where nothing is given away, or root has it already.</returns>
    private static uint? Owner(RuntimeSpec spec)
    {
        bool writable = false;
        foreach (MountSpec mount in spec.Mounts)
        {
            writable |= mount.Type is "cgroup" or "cgroup2" && (MountOptions.Parse(mount.Type, mount.Options).Set & 1) == 0;
        }

        if (!writable || !BirthChapter.Makes(spec, "cgroup"))
        {
            return null;
        }

        uint user = spec.Process?.User?.Uid ?? 0;
        if (!BirthChapter.Makes(spec, "user"))
        {
            return user == 0 ? null : user;
        }

        foreach (IdMappingSpec mapping in spec.Linux?.UidMappings ?? [])
        {
            if (user >= mapping.ContainerId && user - mapping.ContainerId < mapping.Size)
            {
                return mapping.HostId + (user - mapping.ContainerId);
            }
        }

        return null; // nobody outside
    }
}
