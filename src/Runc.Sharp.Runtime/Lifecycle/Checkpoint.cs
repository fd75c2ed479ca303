using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Criu;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>checkpoint</c>: the container's processes become files, by CRIU. criu.org.</summary>
public static class Checkpoint
{
    private const string LogFile = "dump.log";
    private const int WriteOnlyOrBoth = 3; // O_ACCMODE

    /// <summary>Saves a container; unless it is to go on it is deleted then.</summary>
    /// <param name="request">The container.</param>
    /// <param name="settings">How.</param>
    /// <param name="warn">Takes what went wrong behind the container's end.</param>
    /// <exception cref="RuntimeException">It does not run, there is no CRIU, or CRIU cannot: then it goes on.</exception>
    public static void Run(ContainerRequest request, CriuSettings settings, Action<string> warn)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        directory.Lock();
        ContainerRecord? record = directory.Read();
        string status = LiveStatus.Of(directory, record);
        if (record is null || status is not (ContainerStatus.Running or ContainerStatus.Paused))
        {
            throw new RuntimeException("container cannot be checkpointed in " + status + " state");
        }

        int version = CriuProcess.Version(request.Globals.Criu);
        JoinFile join = JoinFile.Read(directory.Descriptor);
        using BundleFile bundle = BundleFile.Open(record.Bundle, join.Document.Length == 0 ? "config.json" : join.Document, static _ => { });
        CriuPlaces.RefuseMappedMounts(bundle.Spec);
        if (settings.PreDump || settings.LazyPages)
        {
            CriuProcess.Require(request.Globals.Criu, settings.PreDump, settings.LazyPages);
        }

        using OwnedFd images = CriuFolders.Open(settings.ImagePath);
        CheckParent(settings); // below a directory that is there now
        using OwnedFd? work = settings.WorkPath is { } path ? CriuFolders.Open(path) : null;
        CriuOptions options = Options(settings, record, bundle.Spec, version) with { ImagesDirectory = images.Number, WorkDirectory = work?.Number };
        Save(request.Globals.Criu, settings, options, images, directory, record, join);
        if (!settings.PreDump && !settings.LeaveRunning && Delete.Remove(directory, record) is { } warning)
        {
            warn(warning);
        }
    }

    /// <summary>Makes the images. Where that fails, and the container goes on, none of them stays: they would hold its memory, and restore nothing.</summary>
    private static void Save(string program, CriuSettings settings, CriuOptions options, OwnedFd images, ContainerDirectory directory, ContainerRecord record, JoinFile join)
    {
        var before = new HashSet<CPath>();
        foreach ((CPath name, _) in DirectoryNames.Of(images))
        {
            before.Add(name);
        }

        bool saved = false;
        try
        {
            if (!settings.PreDump)
            {
                KeepStreams(images, record, join);
            }

            Dump(program, settings, options);
            saved = true;
        }
        finally
        {
            if (!saved && LiveStatus.Of(directory, record) is ContainerStatus.Running or ContainerStatus.Paused)
            {
                Discard(images, before);
            }
        }
    }

    /// <summary>Removes the files that were not there before, but for the log: the error names it.</summary>
    private static void Discard(OwnedFd images, HashSet<CPath> before)
    {
        before.Add(LogFile);
        foreach ((CPath name, FileType type) in DirectoryNames.Of(images))
        {
            if (type != FileType.Directory && !before.Contains(name))
            {
                Files.UnlinkAt(images, name).OrThrowUnless(Errno.ENOENT);
            }
        }
    }

    private static void Dump(string program, CriuSettings settings, CriuOptions options)
    {
        CriuKind kind = settings.PreDump ? CriuKind.PreDump : CriuKind.Dump;
        using CriuProcess criu = CriuProcess.Start(program, ownStreams: true, []);
        CriuResponse response = criu.Ask(CriuRequest.Of(kind, options), (reached, _) => Reached(reached, settings));
        string log = Path.Join(settings.WorkPath ?? settings.ImagePath, LogFile);
        if (!response.Success)
        {
            throw new RuntimeException(CriuLog.Sentence(response, log));
        }

        // Behind a pre-dump CRIU waits for the next, and takes our silence for a failure.
        ChildStatus ended = criu.End();
        if (kind == CriuKind.Dump && (ended.Killed || ended.Value != 0))
        {
            throw new RuntimeException(CriuLog.Sentence(ended, log));
        }
    }

    /// <summary>The network is an engine's: there is nothing to lock. What lazy pages come from is served by CRIU, from now on.</summary>
    private static void Reached(CriuResponse reached, CriuSettings settings)
    {
        if (reached.Script == "status-ready" && settings.StatusDescriptor is { } number)
        {
            using var status = new OwnedFd(number);
            Files.WriteAll(status, [0]).OrThrow();
        }
    }

    private static CriuOptions Options(CriuSettings settings, ContainerRecord record, RuntimeSpec spec, int version)
    {
        const int unifiedFreezer = 31400;
        ContainerCgroups cgroups = ContainerCgroups.Of(record);
        return new CriuOptions
        {
            ImagesDirectory = -1,
            LogFile = LogFile,
            Root = record.Rootfs,
            Pid = record.Pid,
            LeaveRunning = settings.LeaveRunning,
            ShellJob = settings.ShellJob,
            TcpEstablished = settings.TcpEstablished,
            TcpSkipInFlight = settings.TcpSkipInFlight,
            LinkRemap = settings.LinkRemap,
            ExternalUnixSockets = settings.ExternalUnixSockets,
            FileLocks = settings.FileLocks,
            AutoDedup = settings.AutoDedup,
            LazyPages = settings.LazyPages,
            PageServer = settings.PageServer,
            ParentImage = settings.ParentPath,
            CgroupsMode = settings.CgroupsMode,
            EmptyNamespaces = CriuPlaces.Network,
            ConfigFile = CriuPlaces.ConfigFile(spec),
            FreezeCgroup = cgroups.Freezer(unified: version >= unifiedFreezer),
            StatusDescriptor = Status(settings, version),
            External = External(spec, version),
            ExternalMounts = settings.PreDump ? [] : Mounts(record, spec, cgroups),
        };
    }

    /// <summary>CRIU before 3.15 tells readiness on the descriptor itself; later by a notification.</summary>
    private static int? Status(CriuSettings settings, int version)
    {
        const int notifies = 31500;
        if (!settings.LazyPages || settings.StatusDescriptor is not { } number)
        {
            return null;
        }

        SyscallResult<int> flags = Files.StatusFlags(OwnedFd.Borrow(number));
        if (flags.Failed)
        {
            throw new RuntimeException(string.Concat("invalid --status-fd argument ", number.ToString(CultureInfo.InvariantCulture), ": ", new LinuxException(flags.Result).Message));
        }

        if ((flags.Value & WriteOnlyOrBoth) == 0)
        {
            throw new RuntimeException(string.Concat("invalid --status-fd argument ", number.ToString(CultureInfo.InvariantCulture), ": not writable"));
        }

        return version < notifies ? number : null;
    }

    private static List<string> External(RuntimeSpec spec, int version)
    {
        var names = new List<string>();
        foreach (NamespaceSpec item in CriuPlaces.ExternalNamespaces(spec, version))
        {
            ulong inode = Files.Statx(OwnedFd.Cwd, item.Path!, AtFlags.None, StatxMask.Inode).OrThrow().Inode;
            names.Add(string.Create(CultureInfo.InvariantCulture, $"{(item.Type == "pid" ? "pid" : "net")}[{inode}]:{CriuPlaces.NamespaceKey(item.Type)}"));
        }

        return names;
    }

    /// <summary>What is mounted from outside: its content is not the container's to save. A masked file is the null device.</summary>
    private static List<CriuPair> Mounts(ContainerRecord record, RuntimeSpec spec, ContainerCgroups cgroups)
    {
        var mounts = new List<CriuPair>();
        using OwnedFd root = Files.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{record.Pid}/root"), OpenFlags.Path | OpenFlags.Directory).OrThrow();
        foreach (MountSpec mount in spec.Mounts)
        {
            var options = MountOptions.Parse(mount.Type, mount.Options);
            if (options.Bind && !options.Remount && CriuPlaces.Resolve(root, mount.Destination, string.Empty, out _) is { } place)
            {
                mounts.Add(new CriuPair(place, place));
            }
        }

        foreach (CriuPair bound in cgroups.BoundMounts(spec))
        {
            mounts.Add(new CriuPair(bound.Key, bound.Key));
        }

        foreach (string path in spec.Linux?.MaskedPaths ?? [])
        {
            if (CriuPlaces.Resolve(root, path, string.Empty, out FileType type) is { } masked && type != FileType.Directory)
            {
                mounts.Add(new CriuPair(masked, "/dev/null"));
            }
        }

        foreach (string device in DevicesChapter.Places(spec))
        {
            mounts.Add(new CriuPair(device, device));
        }

        return mounts;
    }

    /// <summary>Who restores the container connects its streams anew: by these names.</summary>
    private static void KeepStreams(OwnedFd images, ContainerRecord record, JoinFile join)
    {
        ImmutableArray<string> streams = join.Streams.Length == 3
            ? join.Streams
            : Birth.Streams(string.Create(CultureInfo.InvariantCulture, $"/proc/{record.Pid}/fd/"));
        var json = new JsonText();
        json.BeginArray();
        foreach (string stream in streams)
        {
            json.String(null, stream);
        }

        using OwnedFd file = Files.OpenAt(images, CriuPlaces.Descriptors, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, 0x180).OrThrow();
        Files.WriteAll(file, json.EndArray().ToUtf8()).OrThrow();
    }

    private static void CheckParent(CriuSettings settings)
    {
        if (settings.ParentPath is not { } parent)
        {
            return;
        }

        if (parent.StartsWith('/'))
        {
            throw new RuntimeException("--parent-path must be relative");
        }

        SyscallResult<OwnedFd> opened = Files.Open(Path.Join(settings.ImagePath, parent), OpenFlags.Path | OpenFlags.Directory);
        if (opened.Failed)
        {
            throw new RuntimeException("invalid --parent-path: " + new LinuxException(opened.Result).Message);
        }

        opened.Value.Dispose();
    }
}
