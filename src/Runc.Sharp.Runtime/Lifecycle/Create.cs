using System;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>create</c>: everything but the program. runtime.md#create.</summary>
public static class Create
{
    /// <summary>Creates a container.</summary>
    /// <param name="request">What, and how.</param>
    /// <param name="warn">Takes what is ignored.</param>
    /// <param name="debug">Takes what is of interest to who looks for a fault.</param>
    public static void Run(CreateRequest request, Action<string> warn, Action<string> debug)
    {
        using Birth birth = Birth.Begin(request, startsAtOnce: false, foreground: false, warn, debug);
        birth.Commit();
    }
}
