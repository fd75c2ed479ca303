using System;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>create</c>: everything but the program. runtime.md#create.</summary>
public static class Create
{
    /// <summary>Creates a container.</summary>
    public static void Run(CreateRequest request, Action<string> warn)
    {
        using Birth birth = Birth.Begin(request, startsAtOnce: false, foreground: false, warn);
        birth.Commit();
    }
}
