using System;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// Which names may become part of a path below a cgroup mount. A config file's strings reach file names here (page sizes, unified keys,
/// <c>cgroupsPath</c>), so each is checked component by component: GHSA-5g49-rx9x-qfc6 was a page size with <c>../</c> in it.
/// </summary>
public static class CgroupName
{
    /// <summary>The kernel's longest file name, in bytes. limits.h NAME_MAX.</summary>
    private const int LongestName = 255;

    /// <summary>Longest path this runtime makes, in UTF-16 units; well below PATH_MAX, so that a control file still fits behind it.</summary>
    private const int LongestPath = 2048;

    /// <summary>What is wrong with <paramref name="name"/> as one file name, in words that follow "must"; null when nothing is.</summary>
    public static string? Fault(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return "not be empty";
        }

        if (name is "." or "..")
        {
            return "not be '.' or '..'";
        }

        // A UTF-16 unit takes at most three bytes of UTF-8; the exact count matters only near the limit.
        if (name.Length * 3 > LongestName && System.Text.Encoding.UTF8.GetByteCount(name) > LongestName)
        {
            return "not be longer than 255 bytes";
        }

        foreach (var c in name)
        {
            if (c == '/')
            {
                return "be a file name (no slashes)";
            }

            if (c < ' ' || c == '\x7f')
            {
                return "not hold control characters";
            }
        }

        return null;
    }

    /// <summary>
    /// Brings a path to the one form <c>a/b/c</c>: no leading or doubled slash, no '.'. Unlike a lexical clean-up, '..' is refused and not resolved:
    /// a path that climbs is an attack or a mistake, and both deserve an answer.
    /// </summary>
    /// <returns>Null and the fault in words that follow "must", or the path and null. The path is empty for <c>/</c>.</returns>
    public static (string? Path, string? Fault) Normalize(string path)
    {
        if (path.Length > LongestPath)
        {
            return (null, "not be longer than 2048 characters");
        }

        var clean = IsClean(path);
        Span<char> buffer = clean ? default : new char[path.Length];
        var length = 0;
        foreach (var range in path.AsSpan().Split('/'))
        {
            var component = path.AsSpan()[range];
            if (component.IsEmpty || component is ".")
            {
                continue;
            }

            if (Fault(component) is { } fault)
            {
                return (null, fault);
            }

            if (!clean)
            {
                if (length > 0)
                {
                    buffer[length++] = '/';
                }

                component.CopyTo(buffer[length..]);
                length += component.Length;
            }
        }

        return (clean ? path : new string(buffer[..length]), null);
    }

    /// <summary>Whether <paramref name="path"/> is <paramref name="ancestor"/> or lies below it, by components: <c>c10</c> is not below <c>c1</c>.</summary>
    public static bool IsBelow(ReadOnlySpan<char> path, ReadOnlySpan<char> ancestor)
    {
        path = path.TrimStart('/').TrimEnd('/');
        ancestor = ancestor.TrimStart('/').TrimEnd('/');
        return ancestor.IsEmpty
            || (path.StartsWith(ancestor) && (path.Length == ancestor.Length || path[ancestor.Length] == '/'));
    }

    /// <summary>Puts two normal paths together; either may be empty.</summary>
    internal static string Join(string first, string second) =>
        first.Length == 0 ? second : second.Length == 0 ? first : string.Concat(first, "/", second);

    private static bool IsClean(ReadOnlySpan<char> path) =>
        !path.StartsWith("/") && !path.EndsWith("/") && !path.Contains("//", StringComparison.Ordinal)
        && !path.StartsWith("./") && !path.EndsWith("/.") && !path.Contains("/./", StringComparison.Ordinal);
}
