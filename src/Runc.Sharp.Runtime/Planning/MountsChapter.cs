using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>
/// The mounts of the document, in their order: each is built detached, given its attributes, and attached to a target that
/// was opened inside the root. config.md#mounts, CVE-2021-30465, CVE-2025-52881.
/// </summary>
internal static class MountsChapter
{
    internal const string Section = "/mounts";

    /// <summary>How the step is called that makes a file system read-only which was filled first.</summary>
    internal const string SealAct = "make read-only";

    /// <summary>What the chapters behind this one need of registers.</summary>
    internal const int RegistersOfOthers = 16;

    /// <summary>What may be mounted below /proc beside a procfs of its own: lxcfs shows a container its own figures there.</summary>
    private static readonly string[] AllowedBelowProc =
    [
        "cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo", "net/dev",
        "sys/kernel/ns_last_pid", "sys/crypto/fips_enabled",
    ];

    internal static void Add(PlanContext context)
    {
        ImmutableArray<MountSpec> mounts = context.Spec.Mounts;
        for (int at = 0; at < mounts.Length; at++)
        {
            context.Plan.At(Section, at);
            AddOne(context, mounts[at], at);
        }
    }

    private static void AddOne(PlanContext context, MountSpec mount, int index)
    {
        var options = MountOptions.Parse(mount.Type, mount.Options);
        string destination = PathRules.Normalize(mount.Destination);
        GuardProc(mount, options, destination, index);
        if (mount.Type == "cgroup" || mount.Type == "cgroup2")
        {
            CgroupMountChapter.Add(context, mount.Type == "cgroup2" ? context.Facts.Cgroup2Mounts : context.Facts.CgroupMounts, options, destination);
            return;
        }

        if (options.Remount)
        {
            Remount(context, mount, options, destination, index);
            return;
        }

        if (options.Bind)
        {
            Bind(context, mount, options, destination, index);
            return;
        }

        bool filledFirst = IsFilledFirst(mount, destination);
        bool readOnly = TakeReadOnly(context, mount, destination, options);
        if (!HostFilesChapter.TakeMade(context, destination, index))
        {
            FileSystemChapter.Make(context, mount, destination, options);
        }

        LabelsChapter.AddToQueues(context, mount.Type ?? string.Empty, destination);
        OpenDirectory(context, mount, options, destination);
        if (options.CopyUp)
        {
            CopyUp(context, destination);
        }

        bool later = readOnly && filledFirst && CanWait(context);
        if (readOnly && !later)
        {
            context.SetAttributes(SealAct, destination, context.Mount, MOUNT_ATTR_RDONLY, 0, 0, recursive: false);
        }

        context.Attach(destination);
        if (later)
        {
            Keep(context, context.Mount, destination, index);
        }

        Finish(context, options, destination);
    }

    /// <summary>Whether it becomes read-only only when something was made in it.</summary>
    internal static bool TakeReadOnly(PlanContext context, MountSpec mount, string destination, MountOptions options) =>
        (IsFilledFirst(mount, destination) || LabelsChapter.LabelsQueues(context, mount.Type)) && options.TakeReadOnly();

    /// <summary>Other mounts are made below it, devices and links in /dev, and hooks may add to it; as in runc, all that comes before read-only.</summary>
    private static bool IsFilledFirst(MountSpec mount, string destination) => mount.Type == "tmpfs" || destination == "/dev";

    /// <summary>In a container that lives, a program could write meanwhile; and each mount that is kept takes a register.</summary>
    private static bool CanWait(PlanContext context) => context.Spec.Root is not null && context.Plan.RegistersLeft > RegistersOfOthers;

    private static void Keep(PlanContext context, PlanRegister mount, string destination, int index)
    {
        PlanRegister kept = context.Plan.NewRegister();
        context.Plan.Call("keep", destination, Sys.fcntl, mount, F_DUPFD_CLOEXEC, 0).Into(context.Plan, kept);
        context.FilledFirst.Add((kept, destination, index));
    }

    /// <summary>Changes the options of the file system at the destination and the attributes of its mount; what is not named stays as it is. fspick(2).</summary>
    private static void Remount(PlanContext context, MountSpec mount, MountOptions options, string destination, int index)
    {
        PlanBuilder plan = context.Plan;
        context.OpenTarget(destination, PlanTarget.Existing);
        if (IsFilledFirst(mount, destination) && CanWait(context) && options.TakeReadOnly())
        {
            Keep(context, context.Target, destination, index);
        }

        if (options.Data.Count > 0)
        {
            plan.Call("take the file system at", destination, Sys.fspick, context.Target, context.Empty, FSPICK_CLOEXEC | FSPICK_EMPTY_PATH).Into(plan, context.Work);
            FileSystemChapter.Configure(context, options, destination);
            plan.Call("change the file system at", destination, Sys.fsconfig, context.Work, FSCONFIG_CMD_RECONFIGURE, 0, 0, 0);
            context.Close(context.Work);
        }

        context.SetAttributes("change the attributes of", destination, context.Target, options.Set, options.Clear, 0, recursive: false);
        SetRest(context, options, context.Target, destination);
        context.Close(context.Target);
    }

    private static void Bind(PlanContext context, MountSpec mount, MountOptions options, string destination, int index)
    {
        PlanBuilder plan = context.Plan;
        if (string.IsNullOrEmpty(mount.Source))
        {
            throw new RuntimeException(FormattableString.Invariant($"{Section}/{index}"), "a bind mount needs a source");
        }

        int passed = context.Descriptors.Sources.IndexOf(index);
        if (passed >= 0)
        {
            // A path into the root leads to the mounts made before; how the host saw it counts where the way is closed.
            int closed = LiesInRoot(context, mount) ? OpenSource(context, mount.Source, options) : -1;
            int opened = -1;
            if (closed >= 0)
            {
                plan.Tolerate(Errno.EACCES, Errno.ENOENT);
                opened = plan.Do("go on with", destination, PlanCode.Branch, 0, 0);
                plan.JumpFrom(closed);
            }

            plan.Call("take the source", mount.Source, Sys.fcntl, context.Descriptors.Source(passed), F_DUPFD_CLOEXEC, 0).Into(plan, context.Mount);
            if (closed >= 0)
            {
                plan.JumpFrom(opened);
            }
        }
        else
        {
            OpenSource(context, mount.Source, options);
        }

        CutTies(context, options, destination, passed >= 0);
        if (options.Set != 0 || options.Clear != 0)
        {
            context.SetAttributes("set the attributes of", destination, context.Mount, options.Set, options.Clear, 0, recursive: false);
        }

        PlanTarget outside = OutsideProc(destination);
        plan.Do("look at the source", mount.Source, PlanCode.FileMode, context.Mount, S_IFMT).Into(plan, context.Work);
        int isDirectory = plan.Do("choose a directory for", destination, PlanCode.Branch, context.Work, S_IFDIR);
        context.OpenTarget(destination, PlanTarget.File | outside);
        int done = plan.Do("go on with", destination, PlanCode.Branch, 0, 0);
        plan.JumpFrom(isDirectory);
        context.OpenTarget(destination, PlanTarget.Directory | outside);
        plan.JumpFrom(done);
        context.Attach(destination);
        Finish(context, options, destination);
    }

    private static int OpenSource(PlanContext context, string source, MountOptions options)
    {
        PlanData path = context.Plan.Text(PathRules.Source(source, context.Request.Bundle));
        return context.Plan.Call("open the source", source, Sys.open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (options.RecursiveBind ? AT_RECURSIVE : 0)).Into(context.Plan, context.Mount);
    }

    /// <summary>Whether a source that the host opened is one of the root's files by its name, and is not one whose ids the host has mapped.</summary>
    private static bool LiesInRoot(PlanContext context, MountSpec mount)
    {
        if (context.Spec.Root is not { } root || IdMapChapter.Asks(mount))
        {
            return false;
        }

        string source = PathRules.Normalize(PathRules.Source(mount.Source!, context.Request.Bundle));
        string path = PathRules.Normalize(PathRules.Source(root.Path, context.Request.Bundle));
        return source.StartsWith(path, StringComparison.Ordinal) && (source.Length == path.Length || path == "/" || source[path.Length] == '/');
    }

    /// <summary>/proc and /sys must be directories themselves: behind a link, a later write would go elsewhere. CVE-2019-19921, CVE-2023-27561.</summary>
    private static void OpenDirectory(PlanContext context, MountSpec mount, MountOptions options, string destination)
    {
        PlanBuilder plan = context.Plan;
        if (mount.Type is "proc" or "sysfs")
        {
            plan.Call(NotOrdinary, destination, Sys.openat2, context.Root, plan.Text(destination.TrimStart('/')), context.OpenHow(O_PATH | O_DIRECTORY, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS), 24)
                .Into(plan, context.Target);
            int missing = plan.Count - 1;
            plan.Tolerate(Errno.ENOENT);
            int there = plan.Do("go on with", destination, PlanCode.Branch, 0, 0);
            plan.JumpFrom(missing);
            context.OpenTarget(destination, PlanTarget.Directory);
            plan.JumpFrom(there);
            return;
        }

        if (mount.Type == "tmpfs" && !options.Data.Exists(static option => option.StartsWith("mode=", StringComparison.Ordinal)))
        {
            InheritMode(context, destination);
            return;
        }

        context.OpenTarget(destination, PlanTarget.Directory | OutsideProc(destination));
    }

    /// <summary>A tmpfs without a mode of its own has that of the directory which it covers, as in runc; where that is made, the kernel's.</summary>
    private static void InheritMode(PlanContext context, string destination)
    {
        PlanBuilder plan = context.Plan;
        context.OpenTarget(destination, PlanTarget.Existing | OutsideProc(destination));
        int missing = plan.Count - 1;
        plan.Tolerate(Errno.ENOENT);
        plan.Do("look at the mode of", destination, PlanCode.FileMode, context.Target, 0xfff).Into(plan, context.Work);
        plan.Call("hand on the mode of", destination, Sys.fchmodat, context.Mount, plan.Text("."), context.Work);
        int there = plan.Do("go on with", destination, PlanCode.Branch, 0, 0);
        plan.JumpFrom(missing);
        context.OpenTarget(destination, PlanTarget.Directory | OutsideProc(destination));
        plan.JumpFrom(there);
    }

    /// <summary>What a link of the image leads to /proc is refused too; what <see cref="GuardProc"/> let pass by its name is not asked again.</summary>
    private static PlanTarget OutsideProc(string destination) =>
        destination == "/proc" || destination.StartsWith("/proc/", StringComparison.Ordinal) ? default : PlanTarget.OutsideProc;

    /// <summary>How a symlink in the place of /proc or /sys is called: engines know the words.</summary>
    internal const string NotOrdinary = "must be mounted on ordinary directory:";

    private static void CopyUp(PlanContext context, string destination)
    {
        PlanBuilder plan = context.Plan;
        PlanRegister filled = context.Work;
        plan.Do("open the new file system for", destination, PlanCode.Target, context.Mount, plan.Text("."), (int)PlanTarget.Existing).Into(plan, filled);
        plan.Do("copy the content of", destination, PlanCode.CopyUp, context.Target, filled);
        context.Close(filled);
    }

    /// <summary>
    /// The copy of a shared mount is in the group of the host's: a mount that the container makes below it would show there. In
    /// the container's namespace that was cut for all at once; a source that the host opened comes with its ties, and a shared
    /// root leaves them. They stay where the document asks for a shared mount in a shared root, and no user namespace is in play.
    /// </summary>
    private static void CutTies(PlanContext context, MountOptions options, string destination, bool passed)
    {
        long root = RootChapter.Propagation(context.Spec.Linux?.RootfsPropagation);
        if (passed || (root == MS_SHARED && options.Propagation != MS_SHARED))
        {
            context.SetAttributes("cut the propagation to the host of", destination, context.Mount, 0, 0, root == MS_PRIVATE ? MS_PRIVATE : MS_SLAVE, recursive: true);
        }
    }

    /// <summary>What can only be set on an attached mount.</summary>
    internal static void Finish(PlanContext context, MountOptions options, string destination)
    {
        SetRest(context, options, context.Mount, destination);
        context.Close(context.Target);
        context.Close(context.Mount);
    }

    private static void SetRest(PlanContext context, MountOptions options, PlanRegister mount, string destination)
    {
        if (options.RecursiveSet != 0 || options.RecursiveClear != 0)
        {
            context.SetAttributes("set the recursive attributes of", destination, mount, options.RecursiveSet, options.RecursiveClear, 0, recursive: true);
        }

        if (options.Propagation != 0)
        {
            context.SetAttributes("set the propagation of", destination, mount, 0, 0, options.Propagation, options.PropagationIsRecursive);
        }
    }

    /// <summary>Nothing but a procfs may stand on /proc, and little below it. CVE-2019-16884, CVE-2025-52881.</summary>
    private static void GuardProc(MountSpec mount, MountOptions options, string destination, int index)
    {
        if (destination == "/proc")
        {
            if (mount.Type == "proc" || (options.Bind && mount.Source is "/proc"))
            {
                return;
            }

            throw new RuntimeException(FormattableString.Invariant($"{Section}/{index}/destination"), mount.Destination + " cannot be mounted because it is not of type proc");
        }

        if (!destination.StartsWith("/proc/", StringComparison.Ordinal))
        {
            return;
        }

        string below = destination["/proc/".Length..];
        if (Array.IndexOf(AllowedBelowProc, below) < 0)
        {
            throw new RuntimeException(FormattableString.Invariant($"{Section}/{index}/destination"), mount.Destination + " cannot be mounted because it is inside /proc");
        }
    }
}
