using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Device nodes and the links of /dev. config-linux.md#devices, config-linux.md#default-devices, config-linux.md#dev-symbolic-links.</summary>
internal static class DevicesChapter
{
    private static readonly (string Name, int Major, int Minor)[] Defaults =
    [
        ("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0),
    ];

    private static readonly (string Name, string Text)[] Links =
    [
        ("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"),
    ];

    /// <summary>Always the link that <see cref="AddLinks"/> makes: engines list the host's node for privileged containers. config-linux.md#default-devices</summary>
    private const string Multiplexer = "/dev/ptmx";

    internal static void Add(PlanContext context)
    {
        if (IsBound(context.Spec))
        {
            return; // the host's own /dev: nothing is made in it
        }

        PlanBuilder plan = context.Plan;
        PlanRegister dev = plan.NewRegister();
        plan.At("/linux/devices");
        plan.Do("open the directory", "/dev", PlanCode.Target, context.Root, plan.Text("/dev"), (int)PlanTarget.Directory).Into(plan, dev);
        bool bind = context.Facts.InUserNamespace || context.HasUserNamespace;
        AddDefaults(context, dev, bind);
        AddAsked(context, dev, bind);
        AddLinks(context, dev);
        context.Close(dev);
    }

    /// <summary>The places of all devices, each once: where nodes cannot be made, the host's are mounted there.</summary>
    internal static ImmutableArray<string> Places(RuntimeSpec spec)
    {
        ImmutableArray<string>.Builder places = ImmutableArray.CreateBuilder<string>();
        foreach ((string name, _, _) in Defaults)
        {
            if (!IsBound(spec) && !Asks(spec, "/dev/" + name))
            {
                places.Add("/dev/" + name);
            }
        }

        foreach (DeviceSpec device in Devices(spec))
        {
            string path = PathRules.Normalize(device.Path);
            if (path != Multiplexer)
            {
                places.Add(path);
            }
        }

        return places.ToImmutable();
    }

    private static bool IsBound(RuntimeSpec spec)
    {
        foreach (MountSpec mount in spec.Mounts)
        {
            if (PathRules.Normalize(mount.Destination) == "/dev" && MountOptions.Parse(mount.Type, mount.Options).Bind)
            {
                return true;
            }
        }

        return false;
    }

    private static void AddDefaults(PlanContext context, PlanRegister dev, bool bind)
    {
        foreach ((string name, int major, int minor) in Defaults)
        {
            if (Asks(context.Spec, "/dev/" + name))
            {
                continue;
            }

            if (bind)
            {
                Bind(context, dev, name, "/dev/" + name, S_IFCHR, Device(major, minor));
            }
            else
            {
                Make(context, dev, name, S_IFCHR, Device(major, minor), 0x1b6);
            }
        }
    }

    private static bool Asks(RuntimeSpec spec, string path)
    {
        foreach (DeviceSpec device in Devices(spec))
        {
            if (device.Path == path)
            {
                return true;
            }
        }

        return false;
    }

    private static ImmutableArray<DeviceSpec> Devices(RuntimeSpec spec) =>
        spec.Linux is { } linux && !linux.Devices.IsDefault ? linux.Devices : [];

    private static void AddAsked(PlanContext context, PlanRegister dev, bool bind)
    {
        PlanBuilder plan = context.Plan;
        ImmutableArray<DeviceSpec> devices = Devices(context.Spec);
        PlanRegister? other = null;
        for (int at = 0; at < devices.Length; at++)
        {
            DeviceSpec device = devices[at];
            plan.At("/linux/devices", at);
            string path = PathRules.Normalize(device.Path);
            if (path == Multiplexer)
            {
                continue;
            }

            int slash = path.LastIndexOf('/');
            PlanRegister directory = slash == 0 ? context.Root : dev;
            if (slash > 0 && path[..slash] != "/dev")
            {
                directory = other ??= plan.NewRegister();
                plan.Do("open the directory", path[..slash], PlanCode.Target, context.Root, plan.Text(path[..slash]), (int)PlanTarget.Directory).Into(plan, directory);
            }

            uint type = device.Type switch { "b" => S_IFBLK, "p" => S_IFIFO, _ => S_IFCHR };
            long number = type == S_IFIFO ? 0 : Device(device.Major ?? 0, device.Minor ?? 0);
            string name = path[(slash + 1)..];
            if (bind && type != S_IFIFO)
            {
                Bind(context, directory, name, device.Path, type, number);
            }
            else
            {
                Make(context, directory, name, type, number, device.FileMode ?? 0x1b6);
                if ((device.Uid ?? 0) != 0 || (device.Gid ?? 0) != 0)
                {
                    plan.Call("set the owner of", path, Sys.fchownat, directory, plan.Text(name), (long)(device.Uid ?? 0), (long)(device.Gid ?? 0), AT_SYMLINK_NOFOLLOW);
                }
            }

            if (directory == other)
            {
                context.Close(directory);
            }
        }
    }

    /// <summary>mknod(2); what stands there already must be the same device. config-linux.md#devices.</summary>
    private static void Make(PlanContext context, PlanRegister directory, string name, uint type, long number, uint mode)
    {
        PlanBuilder plan = context.Plan;
        PlanData text = plan.Text(name);
        int made = plan.Call("make the device", name, Sys.mknodat, directory, text, type | (mode & 0xfff), number).Tolerating(plan, Errno.EEXIST);
        int fresh = plan.Do("go on after", name, PlanCode.Branch, 0, 0);
        plan.JumpFrom(made);
        plan.Call("look at the existing", name, Sys.openat, directory, text, O_PATH | O_NOFOLLOW | O_CLOEXEC).Into(plan, context.Work);
        plan.Do("take the existing file for the device", name, PlanCode.Check, context.Work, type, type == S_IFIFO ? -1 : number, 0, (int)Errno.EEXIST);
        context.Close(context.Work);
        plan.JumpFrom(fresh);
    }

    /// <summary>Where devices cannot be made, the host's own is bound, after a look that it is the one meant. CVE-2025-31133.</summary>
    private static void Bind(PlanContext context, PlanRegister directory, string name, string source, uint type, long number)
    {
        PlanBuilder plan = context.Plan;
        plan.Call("open the host's device", source, Sys.open_tree, AT_FDCWD, plan.Text(source), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC).Into(plan, context.Mount);
        plan.Do("take the host's file for the device", source, PlanCode.Check, context.Mount, type, number, 0, (int)Errno.ENODEV);
        plan.Do("open the target", name, PlanCode.Target, directory, plan.Text(name), (int)PlanTarget.File).Into(plan, context.Target);
        context.Attach(source);
        context.Close(context.Target);
        context.Close(context.Mount);
    }

    private static void Link(PlanContext context, PlanRegister dev, string name, string text) =>
        context.Plan.Call("make the link", "/dev/" + name, Sys.symlinkat, context.Plan.Text(text), dev, context.Plan.Text(name)).Tolerating(context.Plan, Errno.EEXIST);

    private static void AddLinks(PlanContext context, PlanRegister dev)
    {
        PlanBuilder plan = context.Plan;
        plan.At(string.Empty);
        foreach ((string name, string text) in Links)
        {
            Link(context, dev, name, text);
        }

        if (context.Facts.MemoryFile)
        {
            Link(context, dev, "core", "/proc/kcore"); // no link of the specification, but runc's
        }

        // The container's own devpts, not a multiplexer that the image brought. config-linux.md#default-devices.
        PlanData ptmx = plan.Text("ptmx");
        plan.Call("remove", Multiplexer, Sys.unlinkat, dev, ptmx, 0).Tolerating(plan, Errno.ENOENT);
        plan.Call("make the link", Multiplexer, Sys.symlinkat, plan.Text("pts/ptmx"), dev, ptmx);
    }
}
