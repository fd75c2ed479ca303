using System;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>start</c>: opens the gate. runtime.md#start.</summary>
public static class Start
{
    /// <summary>Starts a created container; where a service manager waits for it, until the program is ready.</summary>
    /// <param name="request">Which.</param>
    /// <param name="warn">Takes what is ignored.</param>
    public static void Run(ContainerRequest request, Action<string> warn)
    {
        ContainerRecord record = Open(request, warn, out NotifySocket? notify);
        using (notify)
        {
            if (notify is not null && ContainerStatus.OpenInit(record) is { } init)
            {
                using (init)
                {
                    notify.Await(init, record.Pid);
                }
            }
        }
    }

    private static ContainerRecord Open(ContainerRequest request, Action<string> warn, out NotifySocket? notify)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        directory.Lock();
        ContainerRecord record = directory.Read() ?? throw new RuntimeException("container was not created to its end; delete it with --force");
        switch (LiveStatus.Of(directory, record))
        {
            case ContainerStatus.Stopped:
                throw new RuntimeException("cannot start a container that has stopped");
            case ContainerStatus.Running:
                throw new RuntimeException("cannot start an already running container");
            case ContainerStatus.Paused:
                throw new RuntimeException("cannot start a container in the paused state"); // init could not hear of it
            case ContainerStatus.Creating:
                throw new RuntimeException("container was not created to its end; delete it with --force");
        }

        notify = NotifySocket.Open(directory, request.NotifySocket, warn);
        Errno error = ShimChannel.TryConnect(directory.Descriptor, ContainerDirectory.Gate, out OwnedFd? gate);
        if (error != Errno.None)
        {
            throw error == Errno.ECONNREFUSED
                ? new RuntimeException("cannot start a container that has stopped")
                : new RuntimeException(string.Concat("cannot reach the gate of container ", request.Id, ": connect: ", error.Words()));
        }

        using (gate)
        {
            directory.RemoveGate();
            if (ShimChannel.Hear(gate!, out PlanMessage message, out _, out byte[] words))
            {
                throw new RuntimeException(FailureText.Of(Note(record, message.Operation), message, words));
            }
        }

        try
        {
            Poststart(record);
        }
        catch
        {
            Delete.End(record); // runtime.md#lifecycle, step 9
            throw;
        }

        return record;
    }

    /// <summary>A program that could not be started has ended: it is told by who heard of it.</summary>
    private static string Note(ContainerRecord record, int operation)
    {
        string number = operation.ToString(CultureInfo.InvariantCulture) + "\n";
        foreach (string note in record.Notes)
        {
            if (note.StartsWith(number, System.StringComparison.Ordinal))
            {
                return note[number.Length..];
            }
        }

        return string.Empty;
    }

    private static void Poststart(ContainerRecord record)
    {
        if (record.Spec.Hooks?.Poststart is not { IsDefaultOrEmpty: false })
        {
            return;
        }

        using OwnedFd? bundle = HostHooks.OpenBundle(record.Bundle);
        HostHooks.Run(HostHooks.BehindStart(record.Spec.Hooks), HookState.Text(record.Spec, record.Id, record.Bundle, ContainerStatus.Running, record.Pid), bundle);
    }
}
