using System;
using System.Collections.Generic;
using System.Text;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>A name and what it stands for: an external mount, a descriptor, a namespace, a cgroup.</summary>
/// <param name="Key">The name.</param>
/// <param name="Value">What it stands for.</param>
public readonly record struct CriuPair(string Key, string Value)
{
    /// <summary>Below which cgroups a process stands, for each controller: what it is told of its own. cgroups(7), /proc/PID/cgroup.</summary>
    public static IReadOnlyList<CriuPair> CgroupsOf(ReadOnlySpan<byte> procCgroup)
    {
        var roots = new List<CriuPair>();
        foreach (string line in Encoding.UTF8.GetString(procCgroup).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(':', 3);
            if (parts.Length != 3)
            {
                continue;
            }

            foreach (string controller in parts[1].Split(','))
            {
                roots.Add(new CriuPair(controller, parts[2]));
            }
        }

        return roots;
    }
}

/// <summary>The options of a request: criu_opts of CRIU's rpc.proto. What is false, null or empty is left to CRIU's default.</summary>
public sealed record CriuOptions
{
    /// <summary>images_dir_fd: the number of our descriptor of the images' directory.</summary>
    public required int ImagesDirectory { get; init; }

    /// <summary>work_dir_fd: the same of the directory for logs; null is the images' one.</summary>
    public int? WorkDirectory { get; init; }

    /// <summary>log_file: a name in the work directory.</summary>
    public required string LogFile { get; init; }

    /// <summary>root: the root of the tree in our mount namespace.</summary>
    public string? Root { get; init; }

    /// <summary>pid: the root of the tree to dump.</summary>
    public int? Pid { get; init; }

    /// <summary>leave_running.</summary>
    public bool LeaveRunning { get; init; }

    /// <summary>ext_unix_sk.</summary>
    public bool ExternalUnixSockets { get; init; }

    /// <summary>tcp_established.</summary>
    public bool TcpEstablished { get; init; }

    /// <summary>tcp_skip_in_flight.</summary>
    public bool TcpSkipInFlight { get; init; }

    /// <summary>evasive_devices: a device's path may have become another's.</summary>
    public bool EvasiveDevices { get; init; }

    /// <summary>shell_job.</summary>
    public bool ShellJob { get; init; }

    /// <summary>file_locks.</summary>
    public bool FileLocks { get; init; }

    /// <summary>link_remap.</summary>
    public bool LinkRemap { get; init; }

    /// <summary>rst_sibling: the tree is restored as CRIU's sibling, which is our child.</summary>
    public bool RestoreSibling { get; init; }

    /// <summary>ps: the address and port of a page server.</summary>
    public (string Address, int Port)? PageServer { get; init; }

    /// <summary>parent_img and track_mem: the images that came before, below the images' directory.</summary>
    public string? ParentImage { get; init; }

    /// <summary>auto_dedup.</summary>
    public bool AutoDedup { get; init; }

    /// <summary>lazy_pages.</summary>
    public bool LazyPages { get; init; }

    /// <summary>status_fd.</summary>
    public int? StatusDescriptor { get; init; }

    /// <summary>manage_cgroups_mode.</summary>
    public CriuCgroupsMode CgroupsMode { get; init; } = CriuCgroupsMode.Default;

    /// <summary>empty_ns: kinds of namespaces whose content is not saved, as clone(2) flags.</summary>
    public long EmptyNamespaces { get; init; }

    /// <summary>freeze_cgroup: the directory of a freezer cgroup that holds all tasks.</summary>
    public string? FreezeCgroup { get; init; }

    /// <summary>config_file.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>lsm_profile.</summary>
    public string? LsmProfile { get; init; }

    /// <summary>lsm_mount_context.</summary>
    public string? LsmMountContext { get; init; }

    /// <summary>ext_mnt: a place in the container, and at a dump its name in the images, at a restore its source.</summary>
    public IReadOnlyList<CriuPair> ExternalMounts { get; init; } = [];

    /// <summary>external: e.g. <c>net[4026532]:extRootNetNS</c>.</summary>
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>inherit_fd: names in the images, and the numbers of descriptors that CRIU has.</summary>
    public IReadOnlyList<(string Key, int Number)> Inherited { get; init; } = [];

    /// <summary>join_ns: kinds of namespaces, and files of them.</summary>
    public IReadOnlyList<CriuPair> JoinedNamespaces { get; init; } = [];

    /// <summary>cg_root: controllers, and the cgroups below which the tree's own are made.</summary>
    public IReadOnlyList<CriuPair> CgroupRoots { get; init; } = [];
}

/// <summary>Requests as bytes: criu_req of CRIU's rpc.proto.</summary>
public static class CriuRequest
{
    private const int LogEverything = 4;

    /// <summary>Asks for something without options.</summary>
    public static byte[] Of(CriuKind kind) => new ProtobufWriter().Number(1, (long)kind).Written.ToArray();

    /// <summary>Asks whether CRIU and the kernel can track changes of memory, and serve memory on demand.</summary>
    public static byte[] Features(bool tracksMemory, bool lazyPages)
    {
        ProtobufWriter features = new ProtobufWriter().Flag(1, tracksMemory).Flag(2, lazyPages);
        return new ProtobufWriter().Number(1, (long)CriuKind.FeatureCheck).Message(5, features).Written.ToArray();
    }

    /// <summary>Answers a notification.</summary>
    public static byte[] Notified(bool success) =>
        new ProtobufWriter().Number(1, (long)CriuKind.Notify).Boolean(3, success).Written.ToArray();

    /// <summary>Asks for a dump or a restore.</summary>
    public static byte[] Of(CriuKind kind, CriuOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var writer = new ProtobufWriter();
        Directories(writer, options);
        Flags(writer, options);
        Lists(writer, options);
        return new ProtobufWriter().Number(1, (long)kind).Message(2, writer).Written.ToArray();
    }

    private static void Directories(ProtobufWriter writer, CriuOptions options)
    {
        writer.Number(1, options.ImagesDirectory).Number(9, LogEverything).Text(10, options.LogFile).Text(13, options.Root)
            .Text(14, options.ParentImage).Flag(15, options.ParentImage is not null).Text(44, options.FreezeCgroup)
            .Text(51, options.ConfigFile).Text(53, options.LsmProfile).Text(63, options.LsmMountContext);
        if (options.Pid is { } pid)
        {
            writer.Number(2, pid);
        }

        if (options.WorkDirectory is { } work)
        {
            writer.Number(17, work);
        }

        if (options.StatusDescriptor is { } status)
        {
            writer.Number(49, status);
        }

        if (options.PageServer is { } server)
        {
            writer.Message(11, new ProtobufWriter().Text(1, server.Address).Number(2, server.Port));
        }
    }

    private static void Flags(ProtobufWriter writer, CriuOptions options)
    {
        const bool always = true;
        writer.Flag(3, options.LeaveRunning).Flag(4, options.ExternalUnixSockets).Flag(5, options.TcpEstablished)
            .Flag(6, options.EvasiveDevices).Flag(7, options.ShellJob).Flag(8, options.FileLocks)
            .Boolean(12, always) // notify_scripts: we are told of each point
            .Flag(16, options.AutoDedup).Flag(18, options.LinkRemap)
            .Boolean(24, always) // manage_cgroups, which the mode says since CRIU 2
            .Flag(26, options.RestoreSibling).Number(34, (long)options.CgroupsMode).Number(38, options.EmptyNamespaces)
            .Flag(46, options.TcpSkipInFlight).Flag(48, options.LazyPages)
            .Boolean(50, always); // orphan_pts_master: the other side of a terminal is not the container's
    }

    private static void Lists(ProtobufWriter writer, CriuOptions options)
    {
        foreach (CriuPair mount in options.ExternalMounts)
        {
            writer.Message(23, Pair(mount));
        }

        foreach (CriuPair root in options.CgroupRoots)
        {
            writer.Message(25, Pair(root));
        }

        foreach ((string key, int number) in options.Inherited)
        {
            writer.Message(27, new ProtobufWriter().Text(1, key).Number(2, number));
        }

        foreach (string external in options.External)
        {
            writer.Text(37, external);
        }

        foreach (CriuPair joined in options.JoinedNamespaces)
        {
            writer.Message(39, Pair(joined));
        }
    }

    private static ProtobufWriter Pair(CriuPair pair) => new ProtobufWriter().Text(1, pair.Key).Text(2, pair.Value);
}
