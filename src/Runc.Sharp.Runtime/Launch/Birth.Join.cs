using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <content>What is kept for those who join the container later.</content>
internal sealed partial class Birth
{
    /// <summary>Done while the shim builds the container: it costs the caller no time.</summary>
    private void KeepForExec()
    {
        long namespaces = 0;
        foreach (NamespaceSpec item in BirthChapter.Namespaces(_bundle.Spec))
        {
            namespaces |= BirthChapter.Flag(item.Type);
        }

        SeccompProgram? filter = _planned.Filter;
        var join = new JoinFile
        {
            Namespaces = namespaces,
            KeepsKeyring = _request.NoNewKeyring,
            Process = _bundle.ProcessText,
            Filter = filter?.Filter ?? default,
            FilterFlags = filter?.Flags ?? 0,
            FilterNotifies = filter?.Notify ?? false,
            ListenerPath = _bundle.Spec.Linux?.Seccomp?.ListenerPath ?? string.Empty,
            ListenerMetadata = _bundle.Spec.Linux?.Seccomp?.ListenerMetadata,
        };
        join.Write(Directory.Descriptor);
    }
}
