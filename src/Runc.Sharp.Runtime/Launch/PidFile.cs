using System.Globalization;
using System.IO;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The file that tells an engine init's pid: digits without a newline, whole or not at all.</summary>
internal static class PidFile
{
    internal static void Write(string path, int pid)
    {
        string name = Path.GetFileName(path);
        using OwnedFd directory = Files.Open(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : "/", OpenFlags.Directory | OpenFlags.Path).OrThrow();
        string temporary = string.Create(CultureInfo.InvariantCulture, $".{name}.{pid}");
        Files.UnlinkAt(directory, temporary).OrThrowUnless(Errno.ENOENT);
        using (OwnedFd file = Files.OpenAt(directory, temporary, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1b4).OrThrow())
        {
            Files.WriteAll(file, Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture))).OrThrow();
        }

        Files.RenameAt(directory, temporary, directory, name).OrThrow();
    }
}
