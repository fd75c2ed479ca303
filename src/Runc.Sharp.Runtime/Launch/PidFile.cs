using System.Globalization;
using System.IO;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The file that tells an engine init's pid: digits without a newline, whole or not at all.</summary>
internal static class PidFile
{
    private const string Flag = "--pid-file";

    /// <exception cref="RuntimeException">It cannot be written; then nothing of it is left.</exception>
    internal static void Write(string path, int pid)
    {
        string name = Path.GetFileName(path);
        SyscallResult<OwnedFd> opened = Files.Open(Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : "/", OpenFlags.Directory | OpenFlags.Path);
        if (opened.Failed)
        {
            throw FlagFault.Unwritable(Flag, path, opened.Result);
        }

        using OwnedFd directory = opened.Value;
        string temporary = string.Create(CultureInfo.InvariantCulture, $".{name}.{pid}");
        SyscallResult written = Write(directory, temporary, pid);
        if (!written.Failed)
        {
            written = Files.RenameAt(directory, temporary, directory, name);
        }

        if (written.Failed)
        {
            _ = Files.UnlinkAt(directory, temporary); // what matters is told below
            throw FlagFault.Unwritable(Flag, path, written);
        }
    }

    private static SyscallResult Write(OwnedFd directory, string name, int pid)
    {
        Files.UnlinkAt(directory, name).OrThrowUnless(Errno.ENOENT);
        SyscallResult<OwnedFd> opened = Files.OpenAt(directory, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1b4);
        if (opened.Failed)
        {
            return opened.Result;
        }

        using OwnedFd file = opened.Value;
        return Files.WriteAll(file, Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture)));
    }
}
