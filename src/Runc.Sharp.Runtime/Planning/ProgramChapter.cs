using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Spec;
using static Runc.Sharp.Linux.Plan.KernelFlags;

namespace Runc.Sharp.Runtime.Planning;

/// <summary>The program: found at create, started behind the gate. config.md#process, runtime.md#lifecycle.</summary>
internal static class ProgramChapter
{
    private const int HomeRoom = 4096;

    internal static void Add(PlanContext context)
    {
        PlanBuilder plan = context.Plan;
        PlanData first = plan.Here;
        PlanRegister program = plan.NewRegister();
        PlanData arguments = default;
        PlanData environment = default;
        if (context.Process is { } process)
        {
            List<string> variables = Environment(context, process);
            environment = Environment(context, process, variables);
            ImmutableArray<string> args = process.Args is { IsDefault: false } given ? given : [];
            plan.At("/process/args");
            arguments = HooksChapter.Texts(plan, args);
            Find(context, args[0], variables, program);
        }

        PlanData filter = Filter(context, out SeccompProgram? seccomp);
        bool early = seccomp?.Notify == true;
        if (early)
        {
            Load(context, seccomp, filter);
        }

        plan.At(string.Empty);
        plan.Do("tell that only the program is missing", null, PlanCode.Tell, (int)PlanStage.Ready, 0);
        HooksChapter.ReceiveState(context, PlanStage.Ready, "wait until the container is committed");
        plan.Call("live on without the host process", null, Sys.prctl, PR_SET_PDEATHSIG, 0);
        plan.Do("tell that the host process may end", null, PlanCode.Tell, (int)PlanStage.Committed, 0);
        context.FirstAfterGate = plan.Count;
        if (context.Request.StartsAtOnce)
        {
            plan.Do("wait for the start", null, PlanCode.Await, (int)PlanStage.Start, 0, 0);
        }
        else
        {
            plan.Do("wait for the start", null, PlanCode.Gate, context.Descriptors.Gate);
        }

        HooksChapter.AddStartContainer(context, context.Process is null ? null : environment);
        plan.Call("let no further descriptor through", null, Sys.close_range, context.Descriptors.First, uint.MaxValue, CLOSE_RANGE_CLOEXEC);
        if (!early)
        {
            Load(context, seccomp, filter);
        }

        plan.At("/process/args");
        plan.Call("exec", context.Process?.Args?[0], Sys.execve, program, arguments, environment);
        if (!context.Request.StartsAtOnce)
        {
            plan.ReleaseBefore(context.FirstAfterGate, first);
        }
    }

    /// <summary>A name without a slash is searched in the PATH of the container's own environment. execvp(3).</summary>
    internal static void Find(PlanContext context, string name, List<string> environment, PlanRegister program)
    {
        PlanBuilder plan = context.Plan;
        var candidates = new List<PlanData>();
        bool search = !name.Contains('/', StringComparison.Ordinal);
        if (search)
        {
            foreach (string variable in environment)
            {
                if (!variable.StartsWith("PATH=", StringComparison.Ordinal))
                {
                    continue;
                }

                foreach (string directory in variable["PATH=".Length..].Split(':'))
                {
                    if (directory.StartsWith('/'))
                    {
                        candidates.Add(plan.Text(directory.EndsWith('/') ? directory + name : string.Concat(directory, "/", name)));
                    }
                }
            }
        }
        else
        {
            candidates.Add(plan.Text(name));
        }

        PlanData list = plan.Pointers(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(candidates));
        plan.Do("find the executable", name, PlanCode.FindExecutable, list, candidates.Count, search ? 1 : 0).Into(plan, program);
    }

    /// <summary>The document's variables, the last of a name only, and what systemd's socket activation adds.</summary>
    internal static List<string> Environment(PlanContext context, ProcessSpec process)
    {
        var variables = new List<string>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string variable in process.Env ?? [])
        {
            Put(variable);
        }

        if (context.Request.ListenDescriptors > 0)
        {
            Put("LISTEN_FDS=" + context.Request.ListenDescriptors.ToString(CultureInfo.InvariantCulture));
            Put("LISTEN_PID=1");
            if (context.Request.ListenNames is { } names)
            {
                Put("LISTEN_FDNAMES=" + names);
            }
        }

        return variables;

        void Put(string variable)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? variable : variable[..equals];
            if (places.TryGetValue(name, out int place))
            {
                variables[place] = variable;
                return;
            }

            places.Add(name, variables.Count);
            variables.Add(variable);
        }
    }

    internal static PlanData Environment(PlanContext context, ProcessSpec process, List<string> variables)
    {
        PlanBuilder plan = context.Plan;
        var places = new PlanData[variables.Count];
        bool home = false;
        for (int at = 0; at < places.Length; at++)
        {
            places[at] = plan.Text(variables[at]);
            home |= variables[at].StartsWith("HOME=", StringComparison.Ordinal) && variables[at].Length > "HOME=".Length;
        }

        if (home)
        {
            return plan.Pointers(places);
        }

        plan.At("/process/env");
        PlanData found = plan.Room(HomeRoom);
        plan.Do("find the home of the user", null, PlanCode.FindHome, 0, (long)(process.User?.Uid ?? 0), found, HomeRoom);
        int empty = variables.FindIndex(static variable => variable == "HOME=");
        if (empty >= 0)
        {
            places[empty] = found;
            return plan.Pointers(places);
        }

        Array.Resize(ref places, places.Length + 1);
        places[^1] = found;
        return plan.Pointers(places);
    }

    private static PlanData Filter(PlanContext context, out SeccompProgram? program)
    {
        program = null;
        if (context.Spec.Linux?.Seccomp is not { } spec)
        {
            return default;
        }

        context.Plan.At("/linux/seccomp");
        program = SeccompCompiler.Compile(spec, SeccompArch.X64);
        foreach (string warning in program.Warnings)
        {
            context.Warnings.Add(warning);
        }

        context.Filter = program;
        return Encode(context.Plan, program);
    }

    /// <summary>struct sock_fprog. seccomp(2).</summary>
    internal static PlanData Encode(PlanBuilder plan, SeccompProgram program)
    {
        PlanData code = plan.Bytes(program.Filter.Span);
        PlanData descriptor = plan.Bytes([(byte)program.Count, (byte)(program.Count >> 8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        plan.SetPointer(descriptor, 8, code);
        return descriptor;
    }

    /// <summary>
    /// The filter is the last thing before the program: it need not allow what the shim does. One with a listener comes before
    /// the container is ready, as in runc: create tells that the agent is missing, and hands it the listener. seccomp(2).
    /// </summary>
    internal static void Load(PlanContext context, SeccompProgram? program, PlanData filter)
    {
        if (program is null)
        {
            return;
        }

        PlanBuilder plan = context.Plan;
        PlanRegister listener = plan.NewRegister();
        plan.At("/linux/seccomp");
        plan.Call("load the system call filter", null, Sys.seccomp, SECCOMP_SET_MODE_FILTER, program.Flags, filter).Into(plan, listener);
        if (program.Notify)
        {
            context.SendsListener = true;
            plan.Do("tell the listener's descriptor", null, PlanCode.Tell, (int)PlanStage.Listener, listener);
            plan.Do("wait until the listener was fetched", null, PlanCode.Await, (int)PlanStage.Listener, 0, 0);
        }

        if (IdentityChapter.LoadsPrivileged(context))
        {
            IdentityChapter.GiveUpTheRest(context);
        }
    }
}
