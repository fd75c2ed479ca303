using Runc.Sharp.Runtime.Criu;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary>What <c>checkpoint</c> and <c>restore</c> are asked to tell CRIU.</summary>
public sealed record CriuSettings
{
    /// <summary>The absolute path of the directory of images.</summary>
    public required string ImagePath { get; init; }

    /// <summary>The absolute path of the directory for logs; null is that of the images.</summary>
    public string? WorkPath { get; init; }

    /// <summary>The directory of the images that came before, below that of the images.</summary>
    public string? ParentPath { get; init; }

    /// <summary>Whether the container goes on after a checkpoint.</summary>
    public bool LeaveRunning { get; init; }

    /// <summary>Whether only memory is saved, and the container goes on.</summary>
    public bool PreDump { get; init; }

    /// <summary>Whether open TCP connections are saved and restored.</summary>
    public bool TcpEstablished { get; init; }

    /// <summary>Whether TCP connections in the making are left out.</summary>
    public bool TcpSkipInFlight { get; init; }

    /// <summary>Whether removed files get a name for the images.</summary>
    public bool LinkRemap { get; init; }

    /// <summary>Whether unix sockets may lead out of the container.</summary>
    public bool ExternalUnixSockets { get; init; }

    /// <summary>Whether the container's terminal may be a session's outside.</summary>
    public bool ShellJob { get; init; }

    /// <summary>Whether file locks are saved and restored.</summary>
    public bool FileLocks { get; init; }

    /// <summary>Whether memory is fetched when it is touched.</summary>
    public bool LazyPages { get; init; }

    /// <summary>The number of a descriptor that gets a NUL when lazy pages can be fetched; null is none.</summary>
    public int? StatusDescriptor { get; init; }

    /// <summary>Where memory is sent to; null is into the images.</summary>
    public (string Address, int Port)? PageServer { get; init; }

    /// <summary>What CRIU does with cgroups.</summary>
    public CriuCgroupsMode CgroupsMode { get; init; } = CriuCgroupsMode.Default;

    /// <summary>Whether memory that is saved anew is removed from older images.</summary>
    public bool AutoDedup { get; init; }

    /// <summary>The LSM profile of restored tasks, as TYPE:NAME.</summary>
    public string? LsmProfile { get; init; }

    /// <summary>The LSM context of restored mounts.</summary>
    public string? LsmMountContext { get; init; }
}
