using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>This machine, for <see cref="CgroupFactsReader"/>.</summary>
public sealed class KernelCgroupMachine : ICgroupMachine
{
    /// <summary>A mount table of tens of thousands of containers.</summary>
    private const int LargestTable = 64 << 20;

    /// <inheritdoc/>
    public long FileSystemOf(string directory)
    {
        var status = Files.Statfs(directory);
        return status.Failed ? 0 : (long)status.Value.Type;
    }

    /// <inheritdoc/>
    public ulong InodeOf(string directory)
    {
        var status = Files.Statx(OwnedFd.Cwd, directory, AtFlags.NoFollow, StatxMask.Inode);
        return status.Failed ? 0 : status.Value.Inode;
    }

    /// <inheritdoc/>
    public byte[] ReadSelf(string name) =>
        Files.ReadFileAt(OwnedFd.Cwd, string.Concat("/proc/self/", name), LargestTable).OrThrow().ToArray();
}
