using System;
using System.Collections.Generic;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>Paths as texts. Only for comparing and telling: what is opened is opened by the kernel, inside the root.</summary>
internal static class PathRules
{
    /// <summary>An absolute path without empty, "." and ".." parts; a relative one is taken from the root, as runc does.</summary>
    internal static string Normalize(string path)
    {
        if (IsNormal(path))
        {
            return path;
        }

        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The source of a bind mount; a relative one begins at the bundle. config.md#mounts.</summary>
    internal static string Source(string source, string bundle) =>
        source.Length == 0 || source[0] == '/' ? source : string.Concat(bundle.TrimEnd('/'), "/", source);

    private static bool IsNormal(string path)
    {
        if (path.Length < 2 || path[0] != '/' || path[^1] == '/')
        {
            return path == "/";
        }

        return !path.Contains("//", StringComparison.Ordinal) && !path.Contains("/.", StringComparison.Ordinal);
    }
}
