using System;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The machine's cgroup file system, below one directory that is opened once. Control files are opened beneath it and through no link: a name that
/// slipped through every check would still not lead out.
/// </summary>
public sealed class KernelCgroupFiles : ICgroupFiles, ICgroupMachine, IDisposable
{
    private const ResolveFlags Strictly = ResolveFlags.Beneath | ResolveFlags.NoSymlinks | ResolveFlags.NoMagicLinks;
    private const int Page = 4096;

    /// <summary>More than the kernel's largest control file of one cgroup; cgroup.procs of a million processes.</summary>
    private const int LargestFile = 16 << 20;

    /// <summary>A mount table of tens of thousands of containers.</summary>
    private const int LargestTable = 64 << 20;

    private readonly OwnedFd _root;
    private bool _oldKernel;

    private KernelCgroupFiles(OwnedFd root) => _root = root;

    /// <inheritdoc/>
    long ICgroupMachine.FileSystem
    {
        get
        {
            var status = Files.Fstatfs(_root);
            return status.Failed ? 0 : (long)status.Value.Type;
        }
    }

    /// <summary>Opens the directory of all hierarchies.</summary>
    /// <exception cref="LinuxException">It is not there.</exception>
    public static KernelCgroupFiles Open(string root = CgroupFacts.ConventionalRoot) =>
        new(Files.Open(root, OpenFlags.Path | OpenFlags.Directory).OrThrow());

    /// <summary>Finds out which cgroups this machine has, and opens them.</summary>
    /// <param name="ownNeeded">See <see cref="CgroupFactsReader.Read"/>.</param>
    /// <param name="facts">What was found.</param>
    /// <exception cref="LinuxException">There is not even the directory <see cref="CgroupFacts.ConventionalRoot"/>.</exception>
    /// <exception cref="RuntimeException">No cgroup file system is mounted, or none this process can stand in.</exception>
    public static KernelCgroupFiles Detect(bool ownNeeded, out CgroupFacts facts)
    {
        var files = Open();
        facts = CgroupFactsReader.Read(files, ownNeeded);
        if (facts.Root == CgroupFacts.ConventionalRoot)
        {
            return files;
        }

        files.Dispose();
        return Open(facts.Root);
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    /// <inheritdoc/>
    public Errno MakeDirectory(string path) => Files.MkdirAt(_root, path, 0b111_101_101).Error;

    /// <inheritdoc/>
    public Errno RemoveDirectory(string path) => Files.UnlinkAt(_root, path, AtFlags.RemoveDirectory).Error;

    /// <inheritdoc/>
    public Errno Give(string path, uint userId) => Files.FchownAt(_root, path, userId, uint.MaxValue).Error;

    /// <inheritdoc/>
    public Errno Probe(string path) => Files.AccessAt(_root, path, 0).Error;

    /// <inheritdoc/>
    public Errno Write(string path, ReadOnlySpan<string> values, out int written)
    {
        written = 0;
        var opened = OpenBeneath(path, OpenFlags.WriteOnly);
        if (opened.Failed)
        {
            return opened.Error;
        }

        using var file = opened.Value;
        Span<byte> buffer = stackalloc byte[256];
        foreach (var value in values)
        {
            var bytes = value.Length * 3 <= buffer.Length
                ? buffer[..Encoding.UTF8.GetBytes(value, buffer)]
                : Encoding.UTF8.GetBytes(value);
            var result = Files.Write(file, bytes);
            if (result.Failed)
            {
                return result.Error;
            }

            written++;
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno Read(string path, out byte[] content)
    {
        content = [];
        var opened = OpenBeneath(path, OpenFlags.ReadOnly);
        if (opened.Failed)
        {
            return opened.Error;
        }

        using var file = opened.Value;
        Span<byte> first = stackalloc byte[Page];
        var result = Files.Read(file, first);
        if (result.Failed)
        {
            return result.Error;
        }

        // These files fill a buffer as far as they can: half a page left empty is the end, without asking again.
        content = first[..result.Value].ToArray();
        if (content.Length <= Page / 2)
        {
            return Errno.None;
        }

        var rest = Files.ReadAll(file, LargestFile, Page * 4);
        if (rest.Failed)
        {
            return rest.Error;
        }

        content = [.. content, .. rest.Value.Span];
        return Errno.None;
    }

    /// <inheritdoc/>
    public Errno ListDirectories(string path, ICollection<string> names)
    {
        var opened = OpenBeneath(path, OpenFlags.ReadOnly | OpenFlags.Directory);
        if (opened.Failed)
        {
            return opened.Error;
        }

        using var directory = opened.Value;
        try
        {
            var entries = new DirectoryEntries(directory, stackalloc byte[Page]);
            while (entries.MoveNext())
            {
                if (entries.Type == FileType.Directory)
                {
                    names.Add(Encoding.UTF8.GetString(entries.Name));
                }
            }

            return Errno.None;
        }
        catch (LinuxException gone) when (gone.Error is Errno.ENOENT or Errno.ENODEV)
        {
            // Removed while it was read: that is an answer here.
            return gone.Error;
        }
    }

    /// <inheritdoc/>
    public Errno OpenDirectory(string path, out OwnedFd? directory)
    {
        var opened = OpenBeneath(path, OpenFlags.Path | OpenFlags.Directory);
        directory = opened.Failed ? null : opened.Value;
        return opened.Error;
    }

    /// <inheritdoc/>
    public ICgroupProcess? OpenProcess(int pid)
    {
        var opened = Processes.PidfdOpen(pid);
        return opened.Failed ? null : new Member(opened.Value);
    }

    /// <inheritdoc/>
    ulong ICgroupMachine.InodeOf(string directory)
    {
        var status = directory.Length == 0
            ? Files.Fstat(_root, StatxMask.Inode)
            : Files.Statx(_root, directory, AtFlags.NoFollow, StatxMask.Inode);
        return status.Failed ? 0 : status.Value.Inode;
    }

    /// <inheritdoc/>
    byte[] ICgroupMachine.ReadSelf(string name)
    {
        using var file = Files.Open(string.Concat("/proc/self/", name), OpenFlags.ReadOnly).OrThrow();
        Span<byte> first = stackalloc byte[Page];
        var length = Files.Read(file, first).OrThrow();

        // As in Read.
        return length <= Page / 2 ? first[..length].ToArray() : [.. first[..length], .. Files.ReadAll(file, LargestTable, Page * 4).OrThrow().Span];
    }

    /// <summary>
    /// Where the kernel lacks openat2 (before 5.6), the plain open is as safe here: the paths are checked component by component, and a cgroup
    /// file system has no symbolic links to follow.
    /// </summary>
    private SyscallResult<OwnedFd> OpenBeneath(string path, OpenFlags flags)
    {
        if (!_oldKernel)
        {
            var opened = Files.OpenAt2(_root, path.Length == 0 ? "." : path, flags, Strictly);
            if (opened.Error != Errno.ENOSYS)
            {
                return opened;
            }

            _oldKernel = true;
        }

        return Files.OpenAt(_root, path.Length == 0 ? "." : path, flags | OpenFlags.NoFollow);
    }

    private sealed class Member(OwnedFd handle) : ICgroupProcess
    {
        public bool Signal(int signal) => !Processes.PidfdSendSignal(handle, signal).Failed;

        public void Dispose() => handle.Dispose();
    }
}
