using System.Collections.Immutable;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>list</c>: all containers of a root.</summary>
public static class List
{
    /// <summary>The states, by id. What is half-made or not ours is passed over.</summary>
    public static ImmutableArray<ContainerState> Run(Globals globals)
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
            using ContainerDirectory? directory = root.TryOpen(id);
            if (directory is not null && State.Of(directory, live) is { } state)
            {
                states.Add(state);
            }
        }

        return states.ToImmutable();
    }
}
