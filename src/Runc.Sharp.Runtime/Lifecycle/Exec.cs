using System;
using System.Collections.Generic;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Lifecycle;

/// <summary><c>exec</c>: another process in a container that exists.</summary>
public static class Exec
{
    /// <summary>Runs the process.</summary>
    /// <returns>Its exit code, 128 and the signal where one ended it; 0 where it is detached.</returns>
    public static int Run(ExecRequest request, Action<string> warn)
    {
        using StateRoot root = StateRoot.Existing(request.Globals.Root);
        using ContainerDirectory directory = root.Open(request.Id);
        ContainerRecord record = directory.Read() ?? throw new RuntimeException("container was not created to its end; delete it with --force");
        using OwnedFd init = ContainerStatus.OpenInit(record) ?? throw new RuntimeException("cannot exec in a stopped container");
        if (!request.IgnorePaused && ContainerCgroups.Of(record).IsFrozen())
        {
            throw new RuntimeException("cannot exec in a paused container (use --ignore-paused to override)");
        }

        JoinFile join = JoinFile.Read(directory.Descriptor);
        ProcessSpec process = ExecProcess.Of(request, join, out DocumentText? text);
        CallerDescriptors.CheckTerminal(process.Terminal == true, request.Detach, request.ConsoleSocket);
        CallerDescriptors.CheckPreserved(request.PreserveFds);
        using Foreground? foreground = request.Detach ? null : Foreground.Begin();
        bool cloned = true;
        bool withInit = false;
        while (true)
        {
            using ExecCgroups cgroups = ExecCgroups.Of(record, request.Cgroups, cloned, withInit);
            using Joining joining = Begin(request, record, join, (process, text), init, cgroups, cloned && !withInit ? warn : static _ => { });
            switch (joining.Await(foreground))
            {
                case Joined.Runs:
                    return Finish(request, joining, foreground);
                case Joined.Unborn:
                    cloned = false; // which is not told twice
                    break;
                case Joined.Refused when !request.Cgroups.IsEmpty:
                    throw new RuntimeException("the cgroup that was asked for takes no process: it hands controllers to its children");
                case Joined.Refused when withInit:
                    throw new RuntimeException("neither the container's cgroup nor that of its init takes a process");
                default: // its v2 cgroup has children with controllers by now: init has moved into one of them
                    withInit = true;
                    break;
            }
        }
    }

    private static Joining Begin(ExecRequest request, ContainerRecord record, JoinFile join, (ProcessSpec Spec, DocumentText? Text) process, OwnedFd init, ExecCgroups cgroups, Action<string> warn)
    {
        PlannedContainer planned;
        try
        {
            planned = Plan(request, join, process.Spec, cgroups);
        }
        catch (RuntimeException refusal) when (process.Text is not null && !refusal.Refusals.IsEmpty)
        {
            throw process.Text.Located(refusal);
        }

        foreach (string warning in planned.Warnings)
        {
            warn(warning);
        }

        bool cloned = cgroups.Birth is not null;
        using OwnedFd? cgroupNamespace = ExecPlanner.JoinsCgroupNamespaceApart(cloned, join.Namespaces)
            ? Files.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{record.Pid}/ns/cgroup"), OpenFlags.ReadOnly).OrThrow()
            : null;
        return Joining.Begin(request, record, join, planned, cgroups, Others(init, cgroups, cgroupNamespace));
    }

    private static int Finish(ExecRequest request, Joining joining, Foreground? foreground)
    {
        try
        {
            if (request.PidFile is { } file)
            {
                PidFile.Write(file, joining.Pid);
            }

            if (request.PidfdSocket is { } socket)
            {
                using OwnedFd process = Processes.PidfdOpen(joining.Pid).OrThrow();
                DescriptorSocket.GiveProcess(socket, process, "setns"u8);
            }
        }
        catch
        {
            joining.GiveUp();
            throw;
        }

        return foreground?.Wait(joining.Pid) ?? 0;
    }

    private static PlannedContainer Plan(ExecRequest request, JoinFile join, ProcessSpec process, ExecCgroups cgroups) => ExecPlanner.Plan(
        new ExecPlanRequest
        {
            Id = request.Id,
            Process = process,
            Namespaces = join.Namespaces,
            Filter = join.Filter.IsEmpty ? null : new SeccompProgram(join.Filter, join.Filter.Length / 8, join.FilterFlags, join.FilterNotifies, []),
            Personality = join.Personality,
            KeepsKeyring = join.KeepsKeyring,
            PreservedDescriptors = request.PreserveFds,
            BornInCgroup = cgroups.Birth is not null,
        },
        MachineFacts.ForJoining(process, cgroups));

    private static List<OwnedFd> Others(OwnedFd init, ExecCgroups cgroups, OwnedFd? cgroupNamespace)
    {
        var others = new List<OwnedFd>(3) { init };
        if (cgroups.Birth is not null)
        {
            others.Add(cgroups.Birth);
        }

        if (cgroupNamespace is not null)
        {
            others.Add(cgroupNamespace);
        }

        return others;
    }
}
