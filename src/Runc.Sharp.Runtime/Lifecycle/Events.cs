using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Cgroups;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>events</c>: a container's counters, and its wants of memory.</summary>
public static class Events
{
    /// <summary>The counters of now.</summary>
    /// <exception cref="RuntimeException">The container does not live.</exception>
    public static CgroupStats Stats(ContainerRequest request) => Living(request).Stats();

    /// <summary>Tells the counters at each interval, and wants of memory as they come, until the container is deleted.</summary>
    /// <param name="request">The container.</param>
    /// <param name="interval">In nanoseconds.</param>
    /// <param name="tell">Takes the counters; null is a want of memory.</param>
    /// <exception cref="RuntimeException">The container does not live.</exception>
    public static void Watch(ContainerRequest request, long interval, Action<CgroupStats?> tell)
    {
        ContainerCgroups cgroups = Living(request);
        using OomWatch watch = cgroups.Watch();
        for (long next = Clocks.MonotonicNanoseconds + interval; ;)
        {
            switch (watch.Wait(next))
            {
                case OomWatchAnswer.Ended:
                    return;
                case OomWatchAnswer.OutOfMemory:
                    tell(null);
                    break;
                default:
                    tell(cgroups.Stats());
                    next = Math.Max(next + interval, Clocks.MonotonicNanoseconds);
                    break;
            }
        }
    }

    private static ContainerCgroups Living(ContainerRequest request)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        ContainerRecord? record = directory.Read();
        return record is not null && ContainerStatus.IsAlive(record)
            ? ContainerCgroups.Of(record)
            : throw new RuntimeException(string.Concat("container with id ", request.Id, " is not running"));
    }
}
