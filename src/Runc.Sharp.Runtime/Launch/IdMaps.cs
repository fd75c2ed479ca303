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
        WriteOne(pid, "gid_map", linux.GidMappings, "/linux/gidMappings");
        WriteOne(pid, "uid_map", linux.UidMappings, "/linux/uidMappings");
    }

    private static void WriteOne(int pid, string file, ImmutableArray<IdMappingSpec>? mappings, string pointer)
    {
        var text = new StringBuilder();
        foreach (IdMappingSpec mapping in mappings ?? [])
        {
            text.Append(CultureInfo.InvariantCulture, $"{mapping.ContainerId} {mapping.HostId} {mapping.Size}\n");
        }

        SyscallResult written = Files.WriteFileAt(OwnedFd.Cwd, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/{file}"), Encoding.ASCII.GetBytes(text.ToString()));
        if (written.Failed)
        {
            throw new RuntimeException(pointer, new LinuxException(written).Message);
        }
    }
}
