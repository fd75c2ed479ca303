using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Writes the id maps of a new user namespace, from outside. user_namespaces(7).</summary>
internal static class IdMaps
{
    internal static void Write(int pid, LinuxSpec linux)
    {
        foreach ((string pointer, string file, string text) in Of(linux))
        {
            SyscallResult written = Files.WriteFileAt(OwnedFd.Cwd, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), Encoding.ASCII.GetBytes(text));
            if (written.Failed)
            {
                throw new RuntimeException(pointer, new LinuxException(written).Message);
            }
        }
    }

    /// <summary>The files in /proc/PID, in the order in which they are written.</summary>
    internal static (string Pointer, string File, string Text)[] Of(LinuxSpec linux) =>
    [
        ("/linux/gidMappings", "gid_map", Text(linux.GidMappings)),
        ("/linux/uidMappings", "uid_map", Text(linux.UidMappings)),
    ];

    private static string Text(ImmutableArray<IdMappingSpec>? mappings)
    {
        var text = new StringBuilder();
        foreach (IdMappingSpec mapping in mappings ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        return text.ToString();
    }
}
