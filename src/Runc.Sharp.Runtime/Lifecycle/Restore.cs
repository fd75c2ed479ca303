using System;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>restore</c>: a container of the images that <c>checkpoint</c> made, by CRIU. criu.org.</summary>
public static class Restore
{
    /// <summary>Restores a container; unless detached waits and deletes, as <see cref="Lifecycle.Run"/> does.</summary>
    /// <returns>The program's exit code, 128 and the signal where one ended it; 0 where it is detached.</returns>
    public static int Execute(CreateRequest request, CriuSettings settings, Action<string> warn, Action<string> debug)
    {
        ArgumentNullException.ThrowIfNull(request);
        using Foreground? foreground = Run.BeginForeground(request);
        using Revival revival = Revival.Begin(request, settings, foreground is not null, warn, debug);
        if (foreground is null)
        {
            return 0;
        }

        foreground.Attach(revival.TakeMaster());
        return Run.Await(foreground, revival.Directory, revival.Record, request.Keep, warn);
    }
}
