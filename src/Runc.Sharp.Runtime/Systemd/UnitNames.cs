using System;
using Runc.Sharp.Runtime.Cgroups;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>The unit of a container, and where its cgroup is. systemd.unit(5), systemd.slice(5).</summary>
/// <param name="Slice">The slice it belongs to.</param>
/// <param name="Unit">Its name: a scope.</param>
internal readonly record struct UnitNames(string Slice, string Unit)
{
    private const string Suffix = ".slice";

    /// <summary>The kernel's longest file name, which a unit's cgroup is.</summary>
    private const int LongestName = 255;

    /// <summary>The cgroup below that of systemd itself.</summary>
    internal string Path => CgroupName.Join(Expand(Slice), Unit);

    /// <summary>Reads <c>linux.cgroupsPath</c> in the form that engines give it to a runtime with systemd: <c>slice:prefix:name</c>.</summary>
    /// <param name="cgroupsPath">The property; where it is silent the unit is the container's own in system.slice.</param>
    /// <param name="containerId">The id.</param>
    /// <exception cref="RuntimeException">The form is another, or a part is no name for a unit.</exception>
    internal static UnitNames Parse(string? cgroupsPath, string containerId)
    {
        string slice = string.Empty;
        string prefix = "csrunc";
        string name = containerId;
        if (!string.IsNullOrEmpty(cgroupsPath))
        {
            string[] parts = cgroupsPath.Split(':');
            if (parts.Length != 3)
            {
                throw new RuntimeException(CgroupPath.Pointer, string.Concat(
                    "expected cgroupsPath to be of format \"slice:prefix:name\" for systemd cgroups, got \"", WriteTarget.Shown(cgroupsPath), "\" instead"));
            }

            (slice, prefix, name) = (parts[0], parts[1], parts[2]);
        }

        slice = slice.Length == 0 ? "system.slice" : slice;
        if (name.EndsWith(Suffix, StringComparison.Ordinal))
        {
            throw new RuntimeException(CgroupPath.Pointer, string.Concat("a container is a scope, and cannot be the slice ", WriteTarget.Shown(name)));
        }

        string unit = string.Concat(prefix, prefix.Length == 0 ? string.Empty : "-", name, ".scope");
        if (name.Length == 0 || !IsName(unit))
        {
            string reason = string.Concat("'", WriteTarget.Shown(unit), "' is no name for a unit of systemd (letters, digits, : - _ . \\ @, at most 255)");
            throw string.IsNullOrEmpty(cgroupsPath) ? new RuntimeException("the container's id: " + reason) : new RuntimeException(CgroupPath.Pointer, reason);
        }

        Expand(slice);
        return new UnitNames(slice, unit);
    }

    /// <summary><c>a-b.slice</c> lies in <c>a.slice</c>: the path of a slice has all of them.</summary>
    /// <returns>Empty for the root slice <c>-.slice</c>.</returns>
    /// <exception cref="RuntimeException">It is no slice's name.</exception>
    internal static string Expand(string slice)
    {
        if (slice == "-.slice")
        {
            return string.Empty;
        }

        string stem = slice.EndsWith(Suffix, StringComparison.Ordinal) ? slice[..^Suffix.Length] : string.Empty;
        if (stem.Length == 0 || !IsName(slice) || stem[0] == '-' || stem[^1] == '-' || stem.Contains("--", StringComparison.Ordinal))
        {
            throw new RuntimeException(CgroupPath.Pointer, "invalid slice name: " + WriteTarget.Shown(slice));
        }

        string path = string.Empty;
        for (int dash = stem.IndexOf('-', StringComparison.Ordinal); dash >= 0; dash = stem.IndexOf('-', dash + 1))
        {
            path = CgroupName.Join(path, stem[..dash] + Suffix);
        }

        return CgroupName.Join(path, slice);
    }

    private static bool IsName(string name)
    {
        if (name.Length > LongestName)
        {
            return false;
        }

        foreach (char letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter) && letter is not (':' or '-' or '_' or '.' or '\\' or '@'))
            {
                return false;
            }
        }

        return true;
    }
}
