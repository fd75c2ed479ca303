using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text.Json;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Criu;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// A container on its way from images to running processes: what <see cref="Birth"/> is for a bundle, with CRIU in the shim's place. Until it is
/// done everything is undone by <see cref="Dispose"/>.
/// </summary>
internal sealed partial class Revival : IDisposable
{
    private const string LogFile = "restore.log";
    private const int KillSignal = 9;
    private readonly CreateRequest _request;
    private readonly CriuSettings _settings;
    private readonly BundleFile _bundle;
    private readonly StateRoot _root;
    private readonly MachineFacts _facts;
    private readonly PlannedContainer _planned;
    private readonly ContainerRecord _intent;
    private readonly int _version;
    private OwnedFd? _images;
    private OwnedFd? _work;
    private OwnedFd? _master;
    private bool _done;

    private Revival(CreateRequest request, CriuSettings settings, BundleFile bundle, StateRoot root, ContainerDirectory directory, MachineFacts facts, PlannedContainer planned, int version)
    {
        _request = request;
        _settings = settings;
        _bundle = bundle;
        _root = root;
        Directory = directory;
        _facts = facts;
        _planned = planned;
        _version = version;
        _intent = Birth.Intent(request, bundle, facts);
        Record = _intent;
    }

    /// <summary>What is remembered of the container: before init lives the intent.</summary>
    internal ContainerRecord Record { get; private set; }

    internal ContainerDirectory Directory { get; }

    /// <summary>Restores the container.</summary>
    internal static Revival Begin(CreateRequest request, CriuSettings settings, bool foreground, Action<string> warn, Action<string> debug)
    {
        ContainerId.Check(request.Id);
        BundleFile bundle = BundleFile.Open(request.Bundle, request.Config, warn);
        CallerDescriptors.CheckTerminal(bundle.Spec.Process?.Terminal == true, !foreground, request.ConsoleSocket);
        CriuPlaces.RefuseMappedMounts(bundle.Spec);
        (MachineFacts facts, PlannedContainer planned) = bundle.Plan(request, startsAtOnce: true, cloned: false);
        foreach (string warning in facts.Cgroups.Warnings)
        {
            warn(warning);
        }

        StateRoot state = StateRoot.Open(request.Globals.Root, create: true)!;
        using (ContainerDirectory? taken = state.TryOpen(request.Id))
        {
            if (taken is not null)
            {
                throw new RuntimeException("container with given ID already exists"); // said before CRIU is asked for anything
            }
        }

        int version = CriuProcess.Version(request.Globals.Criu);
        ContainerDirectory directory = state.Create(request.Id);
        var revival = new Revival(request, settings, bundle, state, directory, facts, planned, version);
        try
        {
            directory.LockNew();
            directory.Write(revival._intent);
            revival.Restore();
            foreach (string note in facts.Cgroups.Dropped)
            {
                debug(note);
            }

            return revival;
        }
        catch
        {
            revival.Dispose();
            throw;
        }
    }

    /// <summary>The terminal's master side, for who relays it.</summary>
    internal OwnedFd? TakeMaster()
    {
        OwnedFd? master = _master;
        _master = null;
        return master;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _master?.Dispose();
        _images?.Dispose();
        _work?.Dispose();
        if (!_done)
        {
            Undo();
        }

        Directory.Dispose();
        _root.Dispose();
        _bundle.Dispose();
    }

    private void Restore()
    {
        var others = new List<OwnedFd>();
        var inherited = new List<(string, int)>();
        try
        {
            foreach (NamespaceSpec item in CriuPlaces.ExternalNamespaces(_bundle.Spec, _version))
            {
                inherited.Add((CriuPlaces.NamespaceKey(item.Type), CriuProcess.FirstDescriptor + others.Count));
                others.Add(HostMounts.OpenNamespace(item, BirthChapter.IndexOf(_bundle.Spec, item)));
            }

            using CriuProcess criu = Start(others, out CriuOptions options);
            AddStreams(_images!, inherited);
            options = options with { Inherited = inherited, CgroupRoots = EnterCgroups(criu.Pid) };
            Ask(criu, options);
            RestoreRoot.Remove(Directory.Descriptor);
        }
        finally
        {
            foreach (OwnedFd other in others)
            {
                other.Dispose();
            }
        }

        _images?.Dispose(); // a descriptor of it keeps the namespace alive
        _work?.Dispose();
        if (_request.PidFile is { } file)
        {
            PidFile.Write(file, Record.Pid);
        }

        Directory.Unlock(); // whoever waits now waits for the container's whole life
        _done = true;
    }

    /// <summary>Starts CRIU where the root is as it wants it, and says what stands in it.</summary>
    private CriuProcess Start(List<OwnedFd> others, out CriuOptions options)
    {
        using RestoreRoot root = RestoreRoot.Enter(Directory.Descriptor, _bundle.Rootfs);
        root.Prepare(_bundle.Spec, _bundle.Path);

        // Opened here, they are of CRIU's mount namespace: it mounts what it needs of cgroups in its working directory.
        _images = Files.Open(_settings.ImagePath, OpenFlags.ReadOnly | OpenFlags.Directory).OrThrow();
        _work = _settings.WorkPath is { } path ? CriuFolders.Open(path) : null;
        options = Options(root) with { ImagesDirectory = _images.Number, WorkDirectory = _work?.Number };
        return CriuProcess.Start(_request.Globals.Criu, ownStreams: false, others);
    }

    private CriuOptions Options(RestoreRoot root)
    {
        const int labels = 31600;
        if (_version < labels && (_settings.LsmProfile ?? _settings.LsmMountContext) is not null)
        {
            throw new RuntimeException(_settings.LsmProfile is not null ? "--lsm-profile requires at least CRIU 3.16" : "--lsm-mount-context requires at least CRIU 3.16");
        }

        return new CriuOptions
        {
            ImagesDirectory = -1,
            LogFile = LogFile,
            Root = root.Path,
            EvasiveDevices = true,
            RestoreSibling = true,
            ShellJob = _settings.ShellJob,
            TcpEstablished = _settings.TcpEstablished,
            ExternalUnixSockets = _settings.ExternalUnixSockets,
            FileLocks = _settings.FileLocks,
            AutoDedup = _settings.AutoDedup,
            LazyPages = _settings.LazyPages,
            CgroupsMode = _settings.CgroupsMode,
            EmptyNamespaces = CriuPlaces.Network,
            ConfigFile = CriuPlaces.ConfigFile(_bundle.Spec),
            LsmProfile = _settings.LsmProfile,
            LsmMountContext = _settings.LsmMountContext,
            ExternalMounts = Mounts(root),
            JoinedNamespaces = JoinedNamespaces(),
        };
    }

    private List<CriuPair> Mounts(RestoreRoot root)
    {
        List<CriuPair> mounts = root.Mounts;
        mounts.AddRange(_facts.Cgroups.BoundMounts(_bundle.Spec));
        if (_bundle.Spec.Linux is not { } linux)
        {
            return mounts;
        }

        if (linux.MaskedPaths is { IsDefaultOrEmpty: false })
        {
            mounts.Add(new CriuPair("/dev/null", "/dev/null"));
        }

        foreach (string device in DevicesChapter.Places(_bundle.Spec))
        {
            mounts.Add(new CriuPair(device, device));
        }

        return mounts;
    }

    /// <summary>Namespaces that are joined by path; those of the network and of processes are passed as descriptors.</summary>
    private List<CriuPair> JoinedNamespaces()
    {
        var joined = new List<CriuPair>();
        foreach (NamespaceSpec item in BirthChapter.Namespaces(_bundle.Spec))
        {
            if (string.IsNullOrEmpty(item.Path) || item.Type is "network" or "pid")
            {
                continue;
            }

            joined.Add(item.Type is "cgroup" or "time"
                ? throw new RuntimeException("/linux/namespaces", string.Concat("criu cannot restore into a ", item.Type, " namespace that exists"))
                : new CriuPair(item.Type == "mount" ? "mnt" : item.Type, item.Path));
        }

        return joined;
    }

    /// <summary>What was a pipe of our caller's is, in the restored container, the stream that we have in its place.</summary>
    private static void AddStreams(OwnedFd images, List<(string Key, int Number)> inherited)
    {
        ReadOnlyMemory<byte> text = Files.ReadFileAt(images, CriuPlaces.Descriptors, 1 << 16).OrThrow();
        try
        {
            var reader = new Utf8JsonReader(text.Span);
            for (int number = 0; reader.Read() && number < 3;)
            {
                if (reader.TokenType != JsonTokenType.String)
                {
                    continue;
                }

                string name = reader.GetString()!;
                if (name.Contains("pipe:", StringComparison.Ordinal))
                {
                    inherited.Add((name, number));
                }

                number++;
            }
        }
        catch (JsonException fault)
        {
            throw new RuntimeException(string.Concat(CriuPlaces.Descriptors, ": ", fault.Message.TrimEnd('.')));
        }
    }

    /// <summary>The tree is born in CRIU's cgroups: they are the container's, with the limits written.</summary>
    private IReadOnlyList<CriuPair> EnterCgroups(int pid)
    {
        if (_facts.Host.HasCgroups)
        {
            _facts.Cgroups.Create(pid);
            Directory.Write(_intent with { Cgroups = _facts.Cgroups.Text }); // what is ours to remove, before a process is in it
            _facts.Cgroups.Enter(pid);
        }

        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cgroup");
        return CriuPair.CgroupsOf(Files.ReadFileAt(OwnedFd.Cwd, path, 1 << 16).OrThrow().Span);
    }

    private void Undo()
    {
        if (Record.Pid > 0)
        {
            Processes.Kill(Record.Pid, KillSignal); // our child, not yet reaped: the number is its own
            Processes.WaitPid(Record.Pid, wait: true).OrThrowUnless(Errno.ECHILD);
        }

        _facts.Cgroups.KillAll();
        _facts.Cgroups.Undo();
        Directory.Remove();
    }
}
