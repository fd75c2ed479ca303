using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// File systems that are made of the host's files: of a device, or of directories that overlayfs lays one upon the other. In a container that lives they
/// are made before its mount namespace is joined: in there, the container would choose the files.
/// </summary>
internal static class HostFilesChapter
{
    /// <summary>Whether the list has one.</summary>
    internal static bool IsNeeded(PlanContext context)
    {
        foreach (MountSpec mount in context.Spec.Mounts)
        {
            if (IsOfFiles(mount, MountOptions.Parse(mount.Type, mount.Options)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes them for <see cref="MountsChapter"/>, in which each has its turn.</summary>
    /// <exception cref="RuntimeException">They are too many.</exception>
    internal static void Add(PlanContext context)
    {
        PlanBuilder plan = context.Plan;

        // Only who rules the user namespace of its mount namespace may mount, and mount(2) wants a place that nobody sees. fsopen(2)
        plan.Call("make a mount namespace of its own", null, Sys.unshare, CLONE_NEWNS);
        plan.Call("open the root", null, Sys.openat, AT_FDCWD, plan.Text("/"), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Root);
        context.SetAttributes("cut the propagation to the host of", "/", context.Root, 0, 0, MS_PRIVATE, recursive: true);
        ImmutableArray<MountSpec> mounts = context.Spec.Mounts;
        for (int at = 0; at < mounts.Length; at++)
        {
            var options = MountOptions.Parse(mounts[at].Type, mounts[at].Options);
            if (!IsOfFiles(mounts[at], options))
            {
                continue;
            }

            if (plan.RegistersLeft <= MountsChapter.RegistersOfOthers)
            {
                throw new RuntimeException(FormattableString.Invariant($"{MountsChapter.Section}/{at}"), "so many file systems that are made of files cannot be added at once");
            }

            plan.At(MountsChapter.Section, at);
            string destination = PathRules.Normalize(mounts[at].Destination);
            MountsChapter.TakeReadOnly(context, mounts[at], destination, options);
            FileSystemChapter.Make(context, mounts[at], destination, options);
            PlanRegister made = plan.NewRegister();
            plan.Call("keep", destination, Sys.fcntl, context.Mount, F_DUPFD_CLOEXEC, 0).Into(plan, made);
            context.Close(context.Mount);
            context.Made.Add((made, at));
        }

        plan.At(string.Empty);
        context.Close(context.Root);
    }

    /// <summary>Gives it out where it was made before.</summary>
    internal static bool TakeMade(PlanContext context, string destination, int index)
    {
        foreach ((PlanRegister made, int at) in context.Made)
        {
            if (at == index)
            {
                context.Plan.Call("take the file system for", destination, Sys.fcntl, made, F_DUPFD_CLOEXEC, 0).Into(context.Plan, context.Mount);
                context.Close(made);
                return true;
            }
        }

        return false;
    }

    /// <summary>All but those that the kernel makes of nothing: a name without a slash is a file's too, and options may name some.</summary>
    private static bool IsOfFiles(MountSpec mount, MountOptions options) => !options.Bind
        && (mount.Type is not ("tmpfs" or "ramfs" or "sysfs" or "devpts" or "mqueue" or "hugetlbfs" or "bpf") || FileSystemChapter.IsLong(mount.Source, options));
}
