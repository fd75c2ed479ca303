using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>run</c>: create, start, and unless detached wait and delete.</summary>
public static class Run
{
    /// <summary>Runs a container.</summary>
    /// <returns>The program's exit code, 128 and the signal where one ended it; 0 where it is detached.</returns>
    public static int Execute(CreateRequest request, Action<string> warn)
    {
        if (!request.Detach && !request.NoSubreaper)
        {
            Processes.SetChildSubreaper(true).OrThrow();
        }

        using Birth birth = Birth.Begin(request, startsAtOnce: true, foreground: !request.Detach, warn);
        birth.Commit();
        birth.Start();
        if (request.Detach)
        {
            return 0;
        }

        int code = Foreground.Wait(birth.Pid, birth.TakeMaster());
        if (!request.Keep)
        {
            if (Delete.Remove(birth.Directory, force: true) is { } warning)
            {
                warn(warning);
            }
        }

        return code;
    }
}
