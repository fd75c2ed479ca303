using System;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>What is found out of the machine before a plan is made.</summary>
/// <param name="Host">What the planner must know.</param>
/// <param name="Cgroups">The cgroups that the container will have.</param>
internal sealed record MachineFacts(HostFacts Host, ContainerCgroups Cgroups)
{
    /// <param name="spec">The document.</param>
    /// <param name="bundle">The absolute path of the bundle.</param>
    /// <param name="globals">The words before the verb.</param>
    /// <param name="id">The container's name.</param>
    /// <param name="cloned">Init may be cloned into its v2 cgroup; else the shim enters it before.</param>
    internal static MachineFacts Gather(RuntimeSpec spec, string bundle, Globals globals, string id, bool cloned = true)
    {
        ContainerCgroups cgroups = ContainerCgroups.Plan(spec, globals, id);

        // From a joined cgroup namespace the container's cgroup may be out of sight: it is entered before. cgroup_namespaces(7), nsdelegate.
        cloned &= !BirthChapter.Joins(spec, "cgroup");

        // In a joined mount namespace init would not find the files of the hierarchies that systemd leaves out.
        bool onceBorn = cgroups.IsScope && !BirthChapter.Joins(spec, "mount");
        return new MachineFacts(
            new HostFacts
            {
                LastCapability = LastCapability(),
                Capabilities = Identity.Capabilities().OrThrow().Permitted,
                InUserNamespace = InUserNamespace(),
                AppArmor = spec.Process is { } confined && HasAppArmor(confined),
                SELinux = !Files.Statx(OwnedFd.Cwd, "/sys/fs/selinux/enforce").Failed,
                MemoryFile = !Files.Statx(OwnedFd.Cwd, "/proc/kcore").Failed,
                NullStreams = spec.Process is { Terminal: true } ? 0 : NullStreams(),
                RootDepth = spec.Root is { } root && RootChapter.StaysShared(spec) ? DepthInMount(PathRules.Source(root.Path, bundle)) : 0,
                MissingSources = BirthChapter.Has(spec, "user") ? MissingSources(spec, bundle) : [],
                CgroupMounts = cgroups.MountSteps(spec, "cgroup"),
                Cgroup2Mounts = cgroups.MountSteps(spec, "cgroup2"),
                PlacedOnceBorn = onceBorn,
                CgroupEntries = cgroups.EntryFiles(cloned || onceBorn),
                LateEntries = onceBorn ? [] : cgroups.LateEntries,
                CgroupOfBirth = cloned && !onceBorn ? cgroups.BirthDirectory : null,
            },
            cgroups);
    }

    /// <summary>What must be known to join a container.</summary>
    internal static HostFacts ForJoining(ProcessSpec process, ExecCgroups cgroups) => new()
    {
        LastCapability = LastCapability(),
        Capabilities = Identity.Capabilities().OrThrow().Permitted,
        AppArmor = HasAppArmor(process),
        SELinux = !string.IsNullOrEmpty(process.SelinuxLabel) && !Files.Statx(OwnedFd.Cwd, "/sys/fs/selinux/enforce").Failed,
        CgroupEntries = cgroups.Entries,
        PlacedOnceBorn = !cgroups.LateEntries.IsEmpty,
    };

    /// <summary>
    /// Asked only where a profile is. Root may read the module's parameter; before a container with a user namespace is made, Podman takes /sys/kernel away.
    /// </summary>
    private static bool HasAppArmor(ProcessSpec process) => !string.IsNullOrEmpty(process.ApparmorProfile)
        && (!Files.Statx(OwnedFd.Cwd, "/sys/kernel/security/apparmor").Failed
            || Files.ReadFileAt(OwnedFd.Cwd, "/sys/module/apparmor/parameters/enabled", 16) is { Failed: false, Value.Span: [(byte)'Y', ..] });

    /// <summary>A stream that is closed is none.</summary>
    private static int NullStreams()
    {
        int found = 0;
        for (int stream = 0; stream < 3; stream++)
        {
            SyscallResult<FileStatus> status = Files.Fstat(OwnedFd.Borrow(stream), StatxMask.Type);
            if (!status.Failed && status.Value is { Type: FileType.CharacterDevice, DeviceMajor: 1, DeviceMinor: 3 })
            {
                found |= 1 << stream;
            }
        }

        return found;
    }

    /// <summary>Counted up from the directory itself: its path may lead over links. 0 also where it cannot be told.</summary>
    internal static int DepthInMount(string directory)
    {
        var up = new StringBuilder(directory + "/.");
        for (int depth = 0; depth < HostFacts.DeepestRoot; depth++)
        {
            SyscallResult<FileStatus> status = Files.Statx(OwnedFd.Cwd, up.ToString());
            if (status.Failed)
            {
                return 0;
            }

            if (status.Value.IsMountRoot)
            {
                return depth;
            }

            up.Append("/..");
        }

        return 0;
    }

    internal static ImmutableArray<int> MissingSources(RuntimeSpec spec, string bundle)
    {
        ImmutableArray<int>.Builder? missing = null;
        for (int at = 0; at < spec.Mounts.Length; at++)
        {
            MountSpec mount = spec.Mounts[at];
            if (!string.IsNullOrEmpty(mount.Source) && MountOptions.Parse(mount.Type, mount.Options).Bind
                && Files.Statx(OwnedFd.Cwd, PathRules.Source(mount.Source, bundle)).Error is Errno.ENOENT or Errno.ENOTDIR)
            {
                missing ??= ImmutableArray.CreateBuilder<int>();
                missing.Add(at);
            }
        }

        return missing?.ToImmutable() ?? [];
    }

    private static int LastCapability()
    {
        ReadOnlySpan<byte> text = Files.ReadFileAt(OwnedFd.Cwd, "/proc/sys/kernel/cap_last_cap", 64).OrThrow().Span;
        return Utf8Parser.TryParse(text, out int last, out _) && last is > 0 and < 64
            ? last
            : throw new RuntimeException("/proc/sys/kernel/cap_last_cap holds no number");
    }

    /// <summary>The first user namespace maps every id to itself. user_namespaces(7).</summary>
    private static bool InUserNamespace()
    {
        string map = Encoding.ASCII.GetString(Files.ReadFileAt(OwnedFd.Cwd, "/proc/self/uid_map", 4096).OrThrow().Span);
        return map.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) is not ["0", "0", "4294967295"];
    }
}
