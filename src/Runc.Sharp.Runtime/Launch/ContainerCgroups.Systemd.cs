using System.Collections.Generic;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Systemd;

namespace Runc.Sharp.Runtime.Launch;

/// <content>The scope of systemd that the cgroups belong to.</content>
internal sealed partial class ContainerCgroups
{
    private readonly List<string> _dropped = [];

    /// <summary>What systemd does not know, by name.</summary>
    internal IReadOnlyList<string> Dropped => _dropped;

    /// <summary>The unit's name: its cgroup bears it.</summary>
    private string Unit => _placement!.Groups[0].Path[(_placement.Groups[0].Path.LastIndexOf('/') + 1)..];

    private void StartScope(FsManager manager, List<UnitProperty> properties)
    {
        try
        {
            using SystemdManager systemd = SystemdManager.Open();
            systemd.Start(Unit, properties, KeepDropped);
        }
        catch
        {
            _placement = _placement! with { Groups = [] }; // a unit that we could not start is none of ours to stop
            throw;
        }

        try
        {
            _placement = manager.Adopt(_writes);
            SetProperties(UnitProperties.OfBfq(manager.Settled(_writes!.Writes), _placement.Version));
        }
        catch
        {
            _placement = manager.Placement; // the unit is ours to stop, and what was made beside it ours to remove
            throw;
        }
    }

    /// <summary>
    /// Of an intent nothing is stopped: the process that would have been in the unit died with its creator, and systemd removes a scope without one.
    /// Nor where systemd has removed the v2 cgroup: it forgets such a unit, a failed one too (CollectMode), before it takes the next call.
    /// </summary>
    /// <remarks>All that systemd is waited for ends at the one deadline of the connection, <see cref="SystemdManager.Patience"/>; the removal of cgroups comes after it.</remarks>
    /// <returns>Whether there was one.</returns>
    private bool StopScope(FsManager manager)
    {
        if (_placement!.Groups.IsEmpty || _placement.Groups[0].Made == PlacedCgroup.Unknown || manager.IsGone())
        {
            return false;
        }

        using SystemdManager systemd = SystemdManager.Open();
        if (manager.Pids().Count > 0)
        {
            systemd.Kill(Unit, KillSignal); // else it would be asked to end, and given 90 s for it
            manager.ThawForDeath();

            // A scope without processes is stopped at once. For the end of one that dies meanwhile systemd waits, and on v1 it is told of it late or not at all.
            manager.AwaitDeath(Patience);
        }

        systemd.Stop(Unit);
        return true;
    }

    private void UpdateScope(FsManager manager, IReadOnlyList<CgroupWrite> writes) => SetProperties(UnitProperties.OfLimits(manager.Settled(writes), _placement!.Version));

    private void SetProperties(List<UnitProperty> properties)
    {
        if (properties.Count > 0)
        {
            using SystemdManager systemd = SystemdManager.Open();
            systemd.SetProperties(Unit, properties, KeepDropped);
        }
    }

    /// <summary>A mirror of a limit that an old systemd does not show; the limit itself stands in the cgroup's file.</summary>
    private void KeepDropped(UnitProperty property) => _dropped.Add(
        (property.Pointer.Length == 0 ? string.Empty : property.Pointer + ": ") + "systemd is too old for the unit's property " + property.Name + ": the limit holds until it reloads");
}
