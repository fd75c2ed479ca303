using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// A standard stream that is the host's null device becomes the container's: else it is a descriptor of a mount that the container does not
/// have, which CRIU refuses to dump. runc does so too, for init alone. Where the container has no null device the stream stays what it is.
/// </summary>
internal static class StreamsChapter
{
    private const int Streams = 3;
    private const string Path = "/dev/null";

    internal static void Add(PlanContext context)
    {
        if (context.Facts.NullStreams == 0 || context.Process is { Terminal: true })
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanData name = plan.Text("dev/null");
        plan.At(string.Empty);

        // Looked at before it is opened, since to open some other device may do something; and after, since a shared root may have changed.
        int missing = Open(context, name, O_PATH).Tolerating(plan, Errno.ENOENT, Errno.ELOOP);
        int other = Look(context);
        context.Close(context.Work);

        // EACCES: /dev is mounted nodev. EPERM: the container's device rules.
        int refused = Open(context, name, O_RDWR | O_NOCTTY).Tolerating(plan, Errno.EACCES, Errno.EPERM);
        int changed = Look(context);
        for (int stream = 0; stream < Streams; stream++)
        {
            if ((context.Facts.NullStreams & (1 << stream)) != 0)
            {
                plan.Call("connect the standard streams", Path, Sys.dup3, context.Work, stream, 0);
            }
        }

        plan.JumpFrom(other);
        plan.JumpFrom(changed);
        context.Close(context.Work);
        plan.JumpFrom(missing);
        plan.JumpFrom(refused);
    }

    private static int Open(PlanContext context, PlanData name, long flags) =>
        context.Plan.Call("open", Path, Sys.openat2, context.Root, name, context.OpenHow(flags, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS), 24)
            .Into(context.Plan, context.Work);

    private static int Look(PlanContext context) =>
        context.Plan.Do("take for the null device", Path, PlanCode.Check, context.Work, S_IFCHR, Device(1, 3), 0, (int)Errno.ENODEV)
            .Tolerating(context.Plan, Errno.ENODEV);
}
