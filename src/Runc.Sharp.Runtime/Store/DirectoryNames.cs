using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>What is in a directory.</summary>
internal static class DirectoryNames
{
    /// <summary>All names with their kinds, read to the end before anything is done with them.</summary>
    internal static IReadOnlyList<(CPath Name, FileType Type)> Of(OwnedFd directory)
    {
        Files.Seek(directory, 0).OrThrow(); // an earlier reading stands at the end
        var names = new List<(CPath, FileType)>();
        var entries = new DirectoryEntries(directory, stackalloc byte[4096]);
        while (entries.MoveNext())
        {
            names.Add((CPath.FromReadOnlySpan(entries.Name), entries.Type));
        }

        return names;
    }
}
