using System;
using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Store;

/// <summary>The names in a directory.</summary>
internal static class DirectoryNames
{
    /// <summary>All names, without "." and ".."; read to the end before anything is done with them.</summary>
    internal static IReadOnlyList<string> Of(OwnedFd directory)
    {
        var names = new List<string>();
        var entries = new DirectoryEntries(directory, new byte[8192]);
        while (entries.MoveNext())
        {
            if (!entries.Name.SequenceEqual("."u8) && !entries.Name.SequenceEqual(".."u8))
            {
                names.Add(Encoding.UTF8.GetString(entries.Name));
            }
        }

        return names;
    }
}
