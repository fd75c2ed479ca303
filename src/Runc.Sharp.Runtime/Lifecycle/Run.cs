using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

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
        using Foreground? foreground = BeginForeground(request);
        using Birth birth = Birth.Begin(request, startsAtOnce: true, foreground: !request.Detach, warn, debug);
        foreground?.Attach(birth.TakeMaster());
        using NotifySocket? notify = NotifySocket.Open(birth.Directory, request.NotifySocket, warn);
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
        return Await(foreground, birth.Directory, birth.Record, request.Keep, warn);
    }

    /// <summary>Holds back signals and takes over orphans, where the caller stays with the container; null where it does not.</summary>
    internal static Foreground? BeginForeground(CreateRequest request)
    {
        if (request.Detach)
        {
            return null;
        }

        Foreground foreground = Foreground.Begin();
        if (!request.NoSubreaper)
        {
            Processes.SetChildSubreaper(true).OrThrow();
        }

        return foreground;
    }

    /// <summary>Waits for the program's end, and deletes the container then.</summary>
    /// <returns>The exit code, 128 and the signal where one ended it.</returns>
    internal static int Await(Foreground foreground, ContainerDirectory directory, ContainerRecord record, bool keep, Action<string> warn)
    {
        int code = foreground.Wait(record.Pid);
        foreground.Dispose(); // the terminal first: who waits for it need not wait for the cleaning up
        if (!keep && directory.TryLock() && Delete.Remove(directory, record) is { } warning)
        {
            warn(warning);
        }

        return code;
    }
}
