using System;
using System.Collections.Generic;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>
/// The words of <c>exec --cgroup</c>: <c>PATH</c> for all hierarchies, or <c>CONTROLLER[,CONTROLLER]:PATH</c> for some of v1. A path is one below the
/// container's own cgroup, compared component by component: a neighbour whose name begins alike is none.
/// </summary>
public sealed class SubCgroups
{
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);

    private SubCgroups()
    {
    }

    /// <summary>Whether any was asked.</summary>
    public bool Any => _paths.Count > 0;

    /// <summary>Reads the words.</summary>
    /// <exception cref="RuntimeException">A word is wrong, names a controller that the container has not, or leads out of its cgroup.</exception>
    public static SubCgroups Of(ImmutableArray<string> words, CgroupPlacement placement)
    {
        var asked = new SubCgroups();
        foreach (string word in words)
        {
            string[] parts = word.Split(':');
            if (parts.Length > 2)
            {
                throw new RuntimeException("invalid --cgroup argument: " + word);
            }

            if (parts.Length == 1)
            {
                if (words.Length > 1)
                {
                    throw new RuntimeException(string.Concat("invalid --cgroup argument: ", word, " (missing <controller>: prefix)"));
                }

                asked._paths[string.Empty] = Inside(word);
                continue;
            }

            foreach (string controller in parts[0].Split(','))
            {
                if (placement.Version == CgroupVersion.Unified || controller.Length == 0 || placement.Find(controller) is null)
                {
                    throw new RuntimeException(string.Concat("unknown controller ", controller, " in SubCgroupPaths"));
                }

                asked._paths[controller] = Inside(parts[1]);
            }
        }

        return asked;
    }

    /// <summary>What goes behind the path of a cgroup of the container: empty, or with a slash first.</summary>
    public string PathIn(PlacedCgroup group)
    {
        foreach ((string controller, string path) in _paths)
        {
            if (controller.Length == 0 || group.Has(controller))
            {
                return path;
            }
        }

        return string.Empty;
    }

    private static string Inside(string path)
    {
        (string? normal, string? fault) = CgroupName.Normalize(path);
        if (normal is null)
        {
            throw new RuntimeException(path.Contains("..", StringComparison.Ordinal)
                ? path + " is not a sub cgroup path"
                : string.Concat("invalid --cgroup argument: a name must ", fault));
        }

        return normal.Length == 0 ? string.Empty : "/" + normal;
    }
}
