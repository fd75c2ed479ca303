using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Changes the mounts of a container that lives.</summary>
/// <param name="Init">Its pidfd.</param>
/// <param name="Namespaces">The container's, as clone(2) flags.</param>
/// <param name="Bundle">Where relative sources begin.</param>
/// <param name="MountLabel">The label of its mounts; null where it has none.</param>
/// <param name="Text">The list as it was written.</param>
internal sealed record LiveMounts(OwnedFd Init, long Namespaces, string Bundle, string? MountLabel, DocumentText Text)
{
    /// <summary>All of them, or none.</summary>
    internal void Add(ImmutableArray<MountSpec> mounts)
    {
        PlannedContainer planned = LiveMountsPlanner.Add(mounts, Namespaces, MountLabel);
        var others = new List<OwnedFd>(1 + mounts.Length) { Init };
        PlanMessage? failure;
        try
        {
            foreach (int index in planned.Descriptors.Sources)
            {
                others.Add(HostMounts.OpenSource(mounts[index], index, Bundle));
            }

            failure = Play(planned, others);
        }
        finally
        {
            for (int at = 1; at < others.Count; at++)
            {
                others[at].Dispose();
            }
        }

        if (failure is { } told)
        {
            Undo(planned, told.Operation);
            throw new RuntimeException(FailureText.Of(planned.Builder, told, string.Empty, Text));
        }
    }

    /// <summary>In their order, up to the first that is none.</summary>
    internal void Remove(ImmutableArray<MountSpec> mounts) => Remove(mounts, Text);

    private void Remove(ImmutableArray<MountSpec> mounts, DocumentText? text)
    {
        PlannedContainer planned = LiveMountsPlanner.Remove(mounts, Namespaces);
        if (Play(planned, [Init]) is { } told)
        {
            throw new RuntimeException(FailureText.Of(planned.Builder, told, string.Empty, text));
        }
    }

    /// <summary>Takes back what was attached before the failure, the last first.</summary>
    private void Undo(PlannedContainer planned, int failed)
    {
        var attached = ImmutableArray.CreateBuilder<MountSpec>();
        for (int at = failed - 1; at >= 0; at--)
        {
            if (planned.Builder.Notes[at] is { Act: LiveMountsPlanner.AttachAct, Subject: { } destination })
            {
                attached.Add(new MountSpec { Destination = destination });
            }
        }

        if (attached.Count > 0)
        {
            Remove(attached.ToImmutable(), text: null);
        }
    }

    /// <summary>Plays a plan to its end.</summary>
    /// <returns>The operation that failed, where one did.</returns>
    private static PlanMessage? Play(PlannedContainer planned, IReadOnlyList<OwnedFd> others)
    {
        (OwnedFd ours, OwnedFd theirs) = ShimChannel.Pair();
        using (ours)
        {
            int shim;
            using (theirs)
            {
                shim = ShimProcess.Start(planned, theirs, gate: null, root: null, others);
            }

            PlanMessage? failure = null;
            bool ready = false;
            while (ShimChannel.Hear(ours, out PlanMessage message, out OwnedFd? descriptor))
            {
                descriptor?.Dispose();
                ready |= (PlanStage)message.Stage == PlanStage.Ready;
                failure = (PlanStage)message.Stage == PlanStage.Failed ? message : failure;
            }

            ChildStatus ended = Processes.WaitPid(shim, wait: true).OrThrow();
            return ready || failure is not null
                ? failure
                : throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"the process that mounts ended before it was done: {(ended.Killed ? "signal" : "status")} {ended.Value}"));
        }
    }
}
