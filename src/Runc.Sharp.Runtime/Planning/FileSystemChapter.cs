using System;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>New file systems, each in the end a mount that is attached nowhere yet. config.md#mounts</summary>
internal static class FileSystemChapter
{
    /// <summary>What mount(2) reads of options, in bytes, with the final NUL.</summary>
    private const int Page = 4096;

    /// <summary>What a mount of the document asks for.</summary>
    internal static void Make(PlanContext context, MountSpec mount, string destination, MountOptions options)
    {
        if ((options.Set & MOUNT_ATTR_RDONLY) != 0 && mount.Source is ['/', ..])
        {
            MakeReadOnly(context, mount, destination, options);
        }
        else
        {
            Make(context, mount.Type ?? string.Empty, mount.Source, destination, options);
        }
    }

    /// <summary>
    /// On a device that cannot be written, or is mounted read-only elsewhere, the file system itself must be read-only, as mount(2) makes it. Where the
    /// device is in use for writing, that is EBUSY, and it is the mount alone.
    /// </summary>
    private static void MakeReadOnly(PlanContext context, MountSpec mount, string destination, MountOptions options)
    {
        PlanBuilder plan = context.Plan;
        int create = Make(context, mount.Type ?? string.Empty, mount.Source, destination, options, readOnly: true).Create;
        int done = plan.Do("go on with", destination, PlanCode.Branch, 0, 0);
        plan.TolerateAt(create, Errno.EBUSY, Errno.EBUSY);
        plan.JumpFrom(create);
        context.Close(context.Work);
        Make(context, mount.Type ?? string.Empty, mount.Source, destination, options);
        plan.JumpFrom(done);
    }

    /// <summary>fsopen(2) to fsmount(2): a new file system, attached nowhere yet, with its options and the attributes of its mount.</summary>
    internal static (int Create, int Mount) Make(PlanContext context, string type, string? source, string destination, MountOptions options, bool readOnly = false)
    {
        string? label = LabelsChapter.OfMount(context, type, options);
        if (IsLong(source, options) || IsLong(label))
        {
            return MakeAtOnce(context, type, source, destination, options, label, readOnly);
        }

        PlanBuilder plan = context.Plan;
        plan.Call("open a file system of type " + type + " for", destination, Sys.fsopen, plan.Text(type), FSOPEN_CLOEXEC).Into(plan, context.Work);
        if (!string.IsNullOrEmpty(source))
        {
            plan.Call("set the source of", destination, Sys.fsconfig, context.Work, FSCONFIG_SET_STRING, plan.Text("source"), plan.Text(source), 0);
        }

        if (readOnly)
        {
            plan.Call("set the option ro of", destination, Sys.fsconfig, context.Work, FSCONFIG_SET_FLAG, plan.Text("ro"), 0, 0);
        }

        Configure(context, options, destination);
        if (label is not null)
        {
            plan.Call(LabelsChapter.MountAct(label), destination, Sys.fsconfig, context.Work, FSCONFIG_SET_STRING, plan.Text("context"), plan.Text(label), 0);
        }

        int create = plan.Call("make the " + type + " for", destination, Sys.fsconfig, context.Work, FSCONFIG_CMD_CREATE, 0, 0, 0);
        int mount = plan.Call("mount the " + type + " for", destination, Sys.fsmount, context.Work, FSMOUNT_CLOEXEC, options.Set).Into(plan, context.Mount);
        context.Close(context.Work);
        return (create, mount);
    }

    /// <summary>Whether it takes mount(2), which wants a place that is private to us.</summary>
    internal static bool IsLong(string? source, MountOptions options) =>
        IsLong(source) || options.Data.Exists(static option => IsLong(option[(option.IndexOf('=', StringComparison.Ordinal) + 1)..]));

    /// <summary>Whether fsconfig(2) refuses a text: it takes 255 bytes, and mount(2) a page for all options together.</summary>
    private static bool IsLong(string? text) => text is not null && Encoding.UTF8.GetByteCount(text) > 255;

    /// <summary>
    /// mount(2), for options that are too long one by one: the layers of an overlay. It wants a place, and names only that. The container's root is one that is
    /// private to us; with it as our root, what stands upon it is above "/", and is taken from there as fsmount(2) would have given it.
    /// </summary>
    private static (int Create, int Mount) MakeAtOnce(PlanContext context, string type, string? source, string destination, MountOptions options, string? label, bool readOnly)
    {
        PlanBuilder plan = context.Plan;
        (string data, long flags) = Together(plan.Place, options, label, destination, readOnly);
        PlanData here = plan.Text(".");
        PlanData above = plan.Text("/..");
        plan.Call("remember the root for", destination, Sys.openat, AT_FDCWD, plan.Text("/"), O_PATH | O_DIRECTORY | O_CLOEXEC).Into(plan, context.Work);
        plan.Call("find a place for", destination, Sys.fchdir, context.Root);
        int create = plan.Call("make the " + type + " for", destination, Sys.mount, plan.Text(string.IsNullOrEmpty(source) ? "none" : source), here, plan.Text(type), flags, plan.Text(data));
        plan.Call("go where it stands for", destination, Sys.chroot, here);
        int mount = plan.Call("mount the " + type + " for", destination, Sys.open_tree, AT_FDCWD, above, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC).Into(plan, context.Mount);
        plan.Call("clear the place of", destination, Sys.umount2, above, MNT_DETACH);
        plan.Call("go back for", destination, Sys.fchdir, context.Work);
        plan.Call("go back for", destination, Sys.chroot, here);
        context.Close(context.Work);
        if (options.Set != 0)
        {
            context.SetAttributes("set the attributes of", destination, context.Mount, options.Set, options.Clear, 0, recursive: false);
        }

        return (create, mount);
    }

    /// <summary>The options as mount(2) wants them: one text, and flags for what concerns any file system.</summary>
    private static (string Data, long Flags) Together(string place, MountOptions options, string? label, string destination, bool readOnly)
    {
        long flags = readOnly ? MS_RDONLY : 0;
        var data = new StringBuilder();
        foreach (string option in options.Data)
        {
            long flag = option switch { "sync" => MS_SYNCHRONOUS, "dirsync" => MS_DIRSYNC, "mand" => MS_MANDLOCK, "lazytime" => MS_LAZYTIME, _ => 0 };
            flags |= flag;
            if (flag == 0)
            {
                data.Append(data.Length == 0 ? string.Empty : ",").Append(option);
            }
        }

        if (label is not null)
        {
            data.Append(data.Length == 0 ? string.Empty : ",").Append("context=\"").Append(label).Append('"');
        }

        string text = data.ToString();
        return Encoding.UTF8.GetByteCount(text) < Page
            ? (text, flags)
            : throw new RuntimeException(place, "the options for " + destination + " are longer together than the page of text that mount(2) takes, and one of them alone than the 255 bytes of fsconfig(2)");
    }

    internal static void Configure(PlanContext context, MountOptions options, string destination)
    {
        PlanBuilder plan = context.Plan;
        foreach (string option in options.Data)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
            {
                plan.Call("set the option " + option + " of", destination, Sys.fsconfig, context.Work, FSCONFIG_SET_FLAG, plan.Text(option), 0, 0);
            }
            else
            {
                plan.Call("set the option " + option + " of", destination, Sys.fsconfig, context.Work, FSCONFIG_SET_STRING, plan.Text(option[..equals]), plan.Text(Value(option, equals)), 0);
            }
        }
    }

    /// <summary>In the one string of mount(2), commas of a label stood between quotes, and engines write them still; fsconfig(2) takes the label alone. mount(8)</summary>
    private static string Value(string option, int equals)
    {
        bool quoted = option[..equals] is "context" or "fscontext" or "defcontext" or "rootcontext" && option.Length > equals + 2 && option[equals + 1] == '"' && option[^1] == '"';
        return quoted ? option[(equals + 2)..^1] : option[(equals + 1)..];
    }
}
