using System;
using System.Diagnostics;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Whether a container's processes are stopped by its cgroup.</summary>
public enum CgroupFreezerState
{
    /// <summary>There is no freezer to ask: an old kernel, a hierarchy that is not mounted, a cgroup that is gone.</summary>
    Undefined,

    /// <summary>They run.</summary>
    Thawed,

    /// <summary>They are stopped, by this cgroup's own state and not only by an ancestor's.</summary>
    Frozen,
}

/// <content>Stopping and resuming all processes.</content>
public sealed partial class FsManager
{
    /// <summary>How long a freeze may take. A process in uninterruptible sleep delays it; runc waits as long.</summary>
    private static readonly TimeSpan FreezeDeadline = TimeSpan.FromSeconds(10);

    /// <summary>Asks whether the container is frozen.</summary>
    public CgroupFreezerState FreezerState() =>
        FreezerGroup is { } group ? StateOf(group) : CgroupFreezerState.Undefined;

    /// <summary>Stops every process of the container and waits until all have stopped; thaws again if that fails.</summary>
    /// <exception cref="RuntimeException">There is no freezer, or a process does not stop in time.</exception>
    public void Freeze()
    {
        var group = FreezerGroup
            ?? throw new RuntimeException("cannot freeze the container: it has no freezer cgroup");
        var frozen = false;
        try
        {
            frozen = Placement.Version == CgroupVersion.Unified ? FreezeV2(group) : FreezeV1(group);
        }
        finally
        {
            // A half-frozen cgroup hangs everything that touches it, exec and kill too.
            if (!frozen)
            {
                WriteFreezer(group, frozen: false);
            }
        }

        if (!frozen)
        {
            throw new RuntimeException($"cannot freeze the container: a process in {Placement.Root}/{group.Directory} did not stop within 10 s");
        }
    }

    /// <summary>Lets the container's processes run again.</summary>
    /// <exception cref="RuntimeException">There is no freezer, or the kernel refuses.</exception>
    public void Thaw()
    {
        var group = FreezerGroup
            ?? throw new RuntimeException("cannot thaw the container: it has no freezer cgroup");
        var error = WriteFreezer(group, frozen: false);
        if (error != Errno.None)
        {
            throw Failed(group.Directory, "thaw", error);
        }
    }

    /// <summary>The freezer is a v1 controller on hybrid machines too: only where all is v2 does <c>cgroup.freeze</c> count.</summary>
    private PlacedCgroup? FreezerGroup =>
        Placement.Find(Placement.Version == CgroupVersion.Unified ? string.Empty : "freezer");

    private Errno WriteFreezer(PlacedCgroup group, bool frozen) =>
        group.IsUnified
            ? files.Write(group.Directory + "/cgroup.freeze", frozen ? "1" : "0")
            : files.Write(group.Directory + "/freezer.state", frozen ? "FROZEN" : "THAWED");

    private bool FreezeV2(PlacedCgroup group)
    {
        var error = WriteFreezer(group, frozen: true);
        if (error != Errno.None)
        {
            throw Failed(group.Directory + "/cgroup.freeze", "freeze", error);
        }

        return Within(FreezeDeadline, () => StateOf(group) == CgroupFreezerState.Frozen);
    }

    /// <summary>
    /// The v1 freezer loses the race against processes that fork meanwhile and stays in FREEZING; writing again, and now and then thawing for a
    /// moment, wins it in the end. Learned by runc on real kernels.
    /// </summary>
    private bool FreezeV1(PlacedCgroup group)
    {
        var attempt = 0;
        return Within(FreezeDeadline, () =>
        {
            if (++attempt % 50 == 0)
            {
                WriteFreezer(group, frozen: false);
                Pause(TimeSpan.FromMilliseconds(10));
            }

            var error = WriteFreezer(group, frozen: true);
            if (error != Errno.None)
            {
                throw Failed(group.Directory + "/freezer.state", "freeze", error);
            }

            return files.ReadText(group.Directory + "/freezer.state", out var state) == Errno.None && state == "FROZEN";
        });
    }

    private CgroupFreezerState StateOf(PlacedCgroup group)
    {
        if (group.IsUnified)
        {
            if (files.ReadText(group.Directory + "/cgroup.freeze", out var wanted) != Errno.None)
            {
                return CgroupFreezerState.Undefined;
            }

            // cgroup.freeze says what is asked for, cgroup.events what has come true.
            return wanted == "1"
                && files.ReadText(group.Directory + "/cgroup.events", out var events) == Errno.None
                && events.Contains("frozen 1", StringComparison.Ordinal)
                ? CgroupFreezerState.Frozen
                : CgroupFreezerState.Thawed;
        }

        if (!group.Has("freezer") || files.ReadText(group.Directory + "/freezer.state", out var state) != Errno.None)
        {
            return CgroupFreezerState.Undefined;
        }

        // FREEZING is on its way to FROZEN and belongs to whoever asked for it. An ancestor's freeze is not this container's pause.
        return state is not ("FROZEN" or "FREEZING")
            || (files.ReadText(group.Directory + "/freezer.self_freezing", out var self) == Errno.None && self == "0")
            ? CgroupFreezerState.Thawed
            : CgroupFreezerState.Frozen;
    }

    /// <summary>Asks again and again, at growing distances from 50 µs to 10 ms, until the answer is yes or the time is over.</summary>
    private static bool Within(TimeSpan deadline, Func<bool> done)
    {
        var start = Stopwatch.GetTimestamp();
        for (var wait = TimeSpan.FromMicroseconds(50); !done(); wait = wait < TimeSpan.FromMilliseconds(10) ? wait * 2 : wait)
        {
            if (Stopwatch.GetElapsedTime(start) >= deadline)
            {
                return false;
            }

            Pause(wait);
        }

        return true;
    }
}
