using System;
using System.Collections.Immutable;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>list</c>: all containers of a root.</summary>
public static class List
{
    /// <summary>The states, by id. What is half-made is passed over; one that cannot be read is told and hides no other.</summary>
    /// <param name="globals">The words before the verb.</param>
    /// <param name="warn">Told what could not be read.</param>
    public static ImmutableArray<ContainerState> Run(Globals globals, Action<string> warn)
    {
        using StateRoot? root = StateRoot.Open(globals.Root, create: false);
        if (root is null)
        {
            return globals.RootIsExplicit ? throw new RuntimeException("the root directory " + globals.Root + " does not exist") : [];
        }

        using var live = new LiveStatus();
        var states = ImmutableArray.CreateBuilder<ContainerState>();
        foreach (string id in root.Ids())
        {
            try
            {
                using ContainerDirectory? directory = root.TryOpen(id);
                if (directory is not null && State.Of(directory, live) is { } state)
                {
                    states.Add(state);
                }
            }
            catch (Exception problem) when (problem is RuntimeException or LinuxException)
            {
                warn(string.Concat("load container ", id, ": ", problem.Message)); // runc's words
            }
        }

        return states.ToImmutable();
    }
}
