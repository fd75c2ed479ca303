using System;
using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>Short forms for one value.</summary>
internal static class CgroupFilesExtensions
{
    internal static Errno Write(this ICgroupFiles files, string path, string value) => files.Write(path, new ReadOnlySpan<string>(in value), out _);

    /// <summary>Reads the file as text without its last newline.</summary>
    internal static Errno ReadText(this ICgroupFiles files, string path, out string text)
    {
        var error = files.Read(path, out var content);
        text = Encoding.UTF8.GetString(content.AsSpan().TrimEnd((byte)'\n'));
        return error;
    }
}
