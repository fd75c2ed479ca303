using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>run</c>: create, start, and unless detached wait and delete.</summary>
public static class Run
{
    /// <summary>Runs a container.</summary>
    /// <param name="request">What, and how.</param>
    /// <param name="warn">Takes what is ignored.</param>
    /// <param name="debug">Takes what is of interest to who looks for a fault.</param>
    /// <returns>The program's exit code, 128 and the signal where one ended it; 0 where it is detached.</returns>
    public static int Execute(CreateRequest request, Action<string> warn, Action<string> debug)
    {
        using Foreground? foreground = request.Detach ? null : Foreground.Begin();
        if (foreground is not null && !request.NoSubreaper)
        {
            Processes.SetChildSubreaper(true).OrThrow();
        }

        using Birth birth = Birth.Begin(request, startsAtOnce: true, foreground: !request.Detach, warn, debug);
        foreground?.Attach(birth.TakeMaster());
        using NotifySocket? notify = NotifySocket.Open(birth.Directory, request.NotifySocket);
        birth.Commit();
        birth.Start();
        if (foreground is null)
        {
            if (notify is not null)
            {
                using OwnedFd process = Processes.PidfdOpen(birth.Pid).OrThrow();
                notify.Await(process, birth.Pid);
            }

            return 0;
        }

        foreground.Relay(notify);
        int code = foreground.Wait(birth.Pid);
        foreground.Dispose(); // the terminal first: who waits for it need not wait for the cleaning up
        if (!request.Keep && birth.Directory.TryLock() && Delete.Remove(birth.Directory, birth.Record) is { } warning)
        {
            warn(warning);
        }

        return code;
    }
}
