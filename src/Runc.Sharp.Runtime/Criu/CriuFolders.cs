using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>The directories that CRIU writes to and reads from.</summary>
internal static class CriuFolders
{
    /// <summary>Opens one, and makes it with its parents where it is not: memory of processes is for nobody else to read.</summary>
    internal static OwnedFd Open(string path)
    {
        const uint own = 0x1c0;
        for (int slash = path.IndexOf('/', 1); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            Files.MkdirAt(OwnedFd.Cwd, path[..slash], own).OrThrowUnless(Errno.EEXIST);
        }

        Files.MkdirAt(OwnedFd.Cwd, path, own).OrThrowUnless(Errno.EEXIST);
        return Files.Open(path, OpenFlags.ReadOnly | OpenFlags.Directory).OrThrow();
    }
}
