using System;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <content>Signalling every process.</content>
public sealed partial class FsManager
{
    private const int SigKill = 9;

    /// <summary>Rounds of freeze, signal, thaw before giving up: one suffices unless the freezer fails and processes keep forking.</summary>
    private const int KillRounds = 20;

    /// <summary>
    /// Kills every process of the container, below its cgroup too, whether or not it is frozen and whether or not its init lives. Does not wait
    /// for their end: <see cref="Remove"/> does.
    /// </summary>
    /// <exception cref="RuntimeException">The kernel refuses.</exception>
    public void KillAll()
    {
        // One write, atomic against fork, no pid involved (Linux 5.14). On hybrid machines every process is in the v2 tree as well.
        if (Owned(Placement.Unified) is { } unified)
        {
            var error = files.Write(unified.Directory + "/cgroup.kill", "1");
            if (error == Errno.None)
            {
                ThawForDeath();
                return;
            }

            if (error is not (Errno.ENOENT or Errno.ENODEV or Errno.EOPNOTSUPP))
            {
                throw Failed(unified.Directory + "/cgroup.kill", "write 1 to", error);
            }
        }

        for (var round = 0; round < KillRounds && SignalOnce(SigKill) > 0; round++)
        {
            // Whoever forked between the listing and the signal is found by the next round.
        }
    }

    /// <summary>Sends a signal to every process of the container; for SIGKILL see <see cref="KillAll"/>.</summary>
    /// <param name="signal">The number of the signal. signal(7).</param>
    public void SignalAll(int signal)
    {
        if (signal == SigKill)
        {
            KillAll();
        }
        else
        {
            SignalOnce(signal);
        }
    }

    /// <summary>Waits until no process of the container is left.</summary>
    /// <param name="patience">How long.</param>
    /// <returns>Whether none is.</returns>
    internal bool AwaitDeath(TimeSpan patience) => Within(patience, () => Pids().Count == 0);

    /// <summary>A cgroup of a mere intent may be a stranger's: killing all in it is not ours to do.</summary>
    private static PlacedCgroup? Owned(PlacedCgroup? group) => group is { Made: >= 0 } ? group : null;

    private int SignalOnce(int signal)
    {
        if (Owned(ProcessGroup) is not { } group)
        {
            return 0;
        }

        // Frozen processes do not fork while they are listed. A failure to freeze only costs another round. A paused container stays paused and
        // takes the signal when it goes on, but for SIGKILL, which v1 delivers only to the thawed.
        var freezer = signal != SigKill && FreezerState() == CgroupFreezerState.Frozen ? null : FreezerGroup;
        if (freezer is { } stop)
        {
            WriteFreezer(stop, frozen: true);
        }

        try
        {
            return SignalListed(group, signal);
        }
        finally
        {
            if (freezer is { } go)
            {
                WriteFreezer(go, frozen: false);
            }
        }
    }

    /// <summary>
    /// By pidfd, never by number: the listing is read again once the descriptors are open, and only a process that is in both is signalled. A
    /// number that was given to another process in between then belongs to a dead descriptor.
    /// </summary>
    private int SignalListed(PlacedCgroup group, int signal)
    {
        var first = new List<int>();
        CollectPids(group.Directory, first);
        var handles = new List<(int Pid, ICgroupProcess Handle)>(first.Count);
        try
        {
            foreach (var pid in first)
            {
                if (files.OpenProcess(pid) is { } handle)
                {
                    handles.Add((pid, handle));
                }
            }

            var second = new List<int>();
            CollectPids(group.Directory, second);
            var still = new HashSet<int>(second);
            var sent = 0;
            foreach (var (pid, handle) in handles)
            {
                if (still.Contains(pid) && handle.Signal(signal))
                {
                    sent++;
                }
            }

            return sent;
        }
        finally
        {
            foreach (var (_, handle) in handles)
            {
                handle.Dispose();
            }
        }
    }

    /// <summary>A v1 frozen process dies only when thawed; on v2 a kill reaches it as it is.</summary>
    public void ThawForDeath()
    {
        if (FreezerGroup is { IsUnified: false } group)
        {
            WriteFreezer(group, frozen: false);
        }
    }
}
