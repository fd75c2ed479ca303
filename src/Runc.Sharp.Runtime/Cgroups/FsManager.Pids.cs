using System;
using System.Buffers.Text;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Which processes are in the cgroups.</content>
public sealed partial class FsManager
{
    /// <summary>Deepest tree this runtime walks; the kernel's own bound is the path's length, and a container may nest to annoy.</summary>
    private const int DeepestTree = 64;

    /// <summary>The processes of the container and of every cgroup below its own, in this pid namespace's numbers. Empty where the cgroup is gone.</summary>
    public IReadOnlyList<int> Pids()
    {
        var pids = new List<int>();
        if (ProcessGroup is { } group)
        {
            CollectPids(group.Directory, pids);
        }

        return pids;
    }

    /// <summary>The hierarchy whose membership counts: v2, else the devices controller, without which no v1 container runs.</summary>
    private PlacedCgroup? ProcessGroup =>
        Placement.Version == CgroupVersion.Unified ? Placement.Unified : Placement.Find("devices") ?? Placement.Unified;

    private void CollectPids(string directory, List<int> pids, int depth = 0)
    {
        var error = files.Read(directory + "/cgroup.procs", out var content);

        // A threaded cgroup has no processes to list, only threads.
        if (error == Errno.EOPNOTSUPP)
        {
            error = files.Read(directory + "/cgroup.threads", out content);
        }

        // Gone, or going: its processes are gone as well.
        if (error is Errno.ENOENT or Errno.ENODEV)
        {
            return;
        }

        if (error != Errno.None)
        {
            throw Failed(directory + "/cgroup.procs", "read", error);
        }

        ReadOnlySpan<byte> rest = content;
        while (Utf8Parser.TryParse(rest, out int pid, out var used))
        {
            // 0 stands for a process that this pid namespace cannot see.
            if (pid > 0)
            {
                pids.Add(pid);
            }

            rest = rest[Math.Min(used + 1, rest.Length)..];
        }

        if (depth >= DeepestTree)
        {
            throw new RuntimeException($"{Placement.Root}/{directory} nests deeper than 64 cgroups");
        }

        var names = new List<string>();
        files.ListDirectories(directory, names);
        foreach (var name in names)
        {
            CollectPids(directory + "/" + name, pids, depth + 1);
        }
    }
}
