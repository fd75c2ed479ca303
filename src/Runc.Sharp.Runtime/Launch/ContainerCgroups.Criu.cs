using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Criu;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <content>What CRIU must know of the cgroups.</content>
internal sealed partial class ContainerCgroups
{
    /// <summary>The directory of the cgroup that can be frozen; null where CRIU must stop each task.</summary>
    /// <param name="unified">Whether CRIU knows the freezer of v2: since 3.14.</param>
    internal string? Freezer(bool unified)
    {
        if (!Exist)
        {
            return null;
        }

        PlacedCgroup? group = _placement!.Version == CgroupVersion.Unified ? unified ? _placement.Unified : null : _placement.Find("freezer");
        return group is { } found ? string.Concat(_placement.Root, "/", found.Directory) : null;
    }

    /// <summary>The mounts of v1 hierarchies that are the host's, bound: where the container has a cgroup namespace, and with v2, they are mounts like others.</summary>
    /// <returns>Places in the container, and directories of the host.</returns>
    internal List<CriuPair> BoundMounts(RuntimeSpec spec)
    {
        var mounts = new List<CriuPair>();
        if (_placement is null || _placement.Version == CgroupVersion.Unified)
        {
            return mounts;
        }

        AddBound(mounts, spec, "cgroup");
        AddBound(mounts, spec, "cgroup2");
        return mounts;
    }

    private void AddBound(List<CriuPair> mounts, RuntimeSpec spec, string type)
    {
        ImmutableArray<CgroupMountStep> steps = MountSteps(spec, type);
        foreach (MountSpec mount in spec.Mounts)
        {
            string destination = PathRules.Normalize(mount.Destination);
            foreach (CgroupMountStep step in mount.Type == type ? steps : [])
            {
                if (step.Kind == CgroupMountKind.Bind)
                {
                    mounts.Add(new CriuPair(step.Target.Length == 0 ? destination : string.Concat(destination, "/", step.Target), step.Source));
                }
            }
        }
    }

    /// <summary>Moves a process into the cgroups, with all that it makes of it.</summary>
    internal void Enter(int pid)
    {
        byte[] text = Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture));
        foreach (string file in EntryFiles(cloned: false))
        {
            Files.WriteFileAt(OwnedFd.Cwd, file, text).OrThrow();
        }
    }
}
