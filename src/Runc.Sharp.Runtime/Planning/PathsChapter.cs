using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Paths that the container may not write, or not see. config-linux.md#readonly-paths, config-linux.md#masked-paths.</summary>
internal static class PathsChapter
{
    internal static void Add(PlanContext context)
    {
        if (context.Spec.Linux is not { } linux)
        {
            return;
        }

        ReadOnly(context, linux.ReadonlyPaths);
        Mask(context, linux.MaskedPaths);
    }

    /// <summary>One open, one copy of the mount, one attribute on the copy, attached upon what was opened: no path is read twice. GHSA-3q8j-pf29-vwv8.</summary>
    private static void ReadOnly(PlanContext context, ImmutableArray<string>? paths)
    {
        PlanBuilder plan = context.Plan;
        int at = -1;
        foreach (string path in paths ?? [])
        {
            plan.At("/linux/readonlyPaths", ++at);
            context.OpenTarget(path, PlanTarget.Existing);
            int missing = plan.Count - 1;
            plan.Tolerate(Errno.ENOENT);
            plan.Call("copy the mount of", path, Sys.open_tree, context.Target, context.Empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE).Into(plan, context.Mount);
            context.SetAttributes("make read-only", path, context.Mount, MOUNT_ATTR_RDONLY, 0, 0, recursive: false);
            context.Attach(path);
            context.Close(context.Mount);
            context.Close(context.Target);
            plan.JumpFrom(missing);
        }
    }

    /// <summary>A directory is hidden by one empty read-only file system, a file by the null device that was looked at. CVE-2025-31133.</summary>
    private static void Mask(PlanContext context, ImmutableArray<string>? paths)
    {
        if (paths is not { IsDefaultOrEmpty: false } masked)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanRegister nothing = plan.NewRegister();
        PlanRegister empty = plan.NewRegister();
        plan.At("/linux/maskedPaths");
        plan.Do("open", "/dev/null", PlanCode.Target, context.Root, plan.Text("/dev/null"), (int)PlanTarget.Existing).Into(plan, nothing);
        plan.Do("take for the null device", "/dev/null", PlanCode.Check, nothing, S_IFCHR, Device(1, 3), 0, (int)Errno.ENODEV);
        bool made = false;
        for (int at = 0; at < masked.Length; at++)
        {
            if (IsRepeated(masked, at))
            {
                continue;
            }

            plan.At("/linux/maskedPaths", at);
            context.OpenTarget(masked[at], PlanTarget.Existing);
            int missing = plan.Count - 1;
            plan.Tolerate(Errno.ENOENT);
            plan.Do("look at", masked[at], PlanCode.FileMode, context.Target, S_IFMT).Into(plan, context.Work);
            int isDirectory = plan.Do("choose how to mask", masked[at], PlanCode.Branch, context.Work, S_IFDIR);
            plan.Call("copy the null device for", masked[at], Sys.open_tree, nothing, context.Empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH).Into(plan, context.Mount);
            int attach = plan.Do("go on with", masked[at], PlanCode.Branch, 0, 0);
            plan.JumpFrom(isDirectory);
            EmptyDirectory(context, empty, masked[at], ref made);
            plan.JumpFrom(attach);
            context.Attach(masked[at]);
            context.Close(context.Mount);
            context.Close(context.Target);
            plan.JumpFrom(missing);
        }

        context.Close(nothing);
    }

    private static bool IsRepeated(ImmutableArray<string> paths, int at)
    {
        string path = PathRules.Normalize(paths[at]);
        for (int before = 0; before < at; before++)
        {
            if (PathRules.Normalize(paths[before]) == path)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// The empty file system is made when the first directory needs it, attached once and copied from there for the next ones:
    /// a mount that is attached nowhere cannot be copied before Linux 6.15.
    /// </summary>
    private static void EmptyDirectory(PlanContext context, PlanRegister empty, string path, ref bool made)
    {
        PlanBuilder plan = context.Plan;
        int copy = -1;
        if (made)
        {
            int none = plan.Do("ask for the empty directory", path, PlanCode.Branch, empty, -1);
            plan.Call("copy the empty directory for", path, Sys.open_tree, empty, context.Empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH).Into(plan, context.Mount);
            copy = plan.Do("go on with", path, PlanCode.Branch, 0, 0);
            plan.JumpFrom(none);
        }

        made = true;
        var options = MountOptions.Parse("tmpfs", ["ro", "nosuid", "nodev", "noexec", "nr_blocks=1", "nr_inodes=1"]);
        FileSystemChapter.Make(context, "tmpfs", "tmpfs", path, options);
        plan.Call("keep the empty directory", path, Sys.fcntl, context.Mount, F_DUPFD_CLOEXEC, 0).Into(plan, empty);
        if (copy >= 0)
        {
            plan.JumpFrom(copy);
        }
    }
}
