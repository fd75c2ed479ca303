using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <content>What is kept for those who join the container later.</content>
internal sealed partial class Birth
{
    /// <summary>What is kept of a container.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="bundle">Its bundle.</param>
    /// <param name="planned">Its plan.</param>
    /// <param name="namespaces">Namespaces that it has beside those of its document.</param>
    internal static JoinFile Join(CreateRequest request, BundleFile bundle, PlannedContainer planned, long namespaces = 0)
    {
        foreach (NamespaceSpec item in BirthChapter.Namespaces(bundle.Spec))
        {
            namespaces |= BirthChapter.Flag(item.Type);
        }

        SeccompProgram? filter = planned.Filter;
        return new JoinFile
        {
            Namespaces = namespaces,
            KeepsKeyring = request.NoNewKeyring,
            Process = bundle.ProcessText,
            Filter = filter?.Filter ?? default,
            FilterFlags = filter?.Flags ?? 0,
            FilterNotifies = filter?.Notify ?? false,
            ListenerPath = bundle.Spec.Linux?.Seccomp?.ListenerPath ?? string.Empty,
            ListenerMetadata = bundle.Spec.Linux?.Seccomp?.ListenerMetadata,
            Personality = bundle.Spec.Linux?.Personality?.Domain,
            MountLabel = string.IsNullOrEmpty(bundle.Spec.Linux?.MountLabel) ? null : bundle.Spec.Linux.MountLabel,
            Document = request.Config,
            Streams = bundle.Spec.Process?.Terminal == true ? [] : Streams("/proc/self/fd/"),
        };
    }

    /// <summary>What a process's standard streams are, by the kernel's names.</summary>
    /// <param name="descriptors">The process's directory of descriptors, with a slash.</param>
    internal static ImmutableArray<string> Streams(string descriptors) =>
        [Stream(descriptors + "0"), Stream(descriptors + "1"), Stream(descriptors + "2")];

    /// <summary>Done while the shim builds the container: it costs the caller no time.</summary>
    private void KeepForExec() => Directory.Keep(Join(_request, _bundle, _planned));

    private static string Stream(string path)
    {
        SyscallResult<CPath> link = Files.ReadLinkAt(OwnedFd.Cwd, path);
        return link.Failed ? string.Empty : link.Value.ToString(); // a closed one has no name
    }
}
