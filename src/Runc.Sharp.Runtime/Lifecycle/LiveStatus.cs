using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary>
/// Containers' statuses with their freezers asked, which costs some calls: only of those that live, and only where paused matters. What is the same for all
/// of a machine is asked once.
/// </summary>
internal sealed class LiveStatus : IDisposable
{
    private byte[] _buffer = [];
    private string? _bootId;
    private string? _root;
    private KernelCgroupFiles? _cgroups;

    /// <summary>The status of one container.</summary>
    internal static string Of(ContainerDirectory directory, ContainerRecord? record)
    {
        using var one = new LiveStatus();
        return one.Ask(directory, record);
    }

    /// <summary>What is remembered of the next container, without what only its start needs.</summary>
    internal ContainerRecord? Read(ContainerDirectory directory) => directory.Glance(ref _buffer);

    /// <summary>The status of the next container.</summary>
    internal string Ask(ContainerDirectory directory, ContainerRecord? record)
    {
        if (record is { BootId.Length: > 0 })
        {
            _bootId ??= Processes.BootId().OrThrow();
        }

        string status = ContainerStatus.Of(directory, record, bootId: _bootId);
        return status is ContainerStatus.Created or ContainerStatus.Running && IsFrozen(record!.Cgroups) ? ContainerStatus.Paused : status;
    }

    /// <inheritdoc/>
    public void Dispose() => _cgroups?.Dispose();

    private bool IsFrozen(string cgroups)
    {
        if (cgroups.Length == 0)
        {
            return false;
        }

        CgroupPlacement placement = CgroupPlacementText.Read(cgroups, only: "freezer");
        if (placement.Manager == CgroupManagerKind.Disabled)
        {
            return false;
        }

        if (_root != placement.Root)
        {
            _cgroups?.Dispose();
            _cgroups = KernelCgroupFiles.Open(placement.Root);
            _root = placement.Root;
        }

        return new FsManager(_cgroups!, placement).FreezerState() == CgroupFreezerState.Frozen;
    }
}
