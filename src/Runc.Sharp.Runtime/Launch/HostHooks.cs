using System;
using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The hooks that run in the host's namespaces. config.md#posix-platform-hooks.</summary>
internal static class HostHooks
{
    private const int KillSignal = 9;

    /// <summary>Those that run while the container's mounts stand and its root is not yet entered, in their order.</summary>
    internal static (string Name, ImmutableArray<HookSpec>? Hooks)[] BeforePivot(HooksSpec? hooks) =>
        hooks is null ? [] : [("prestart", hooks.Prestart), ("createRuntime", hooks.CreateRuntime)];

    /// <summary>Those that run when the program does.</summary>
    internal static (string Name, ImmutableArray<HookSpec>? Hooks)[] BehindStart(HooksSpec? hooks) => hooks is null ? [] : [("poststart", hooks.Poststart)];

    /// <summary>Runs them all; the first that fails ends it.</summary>
    internal static void Run((string Name, ImmutableArray<HookSpec>? Hooks)[] all, byte[] state, OwnedFd? bundle)
    {
        foreach ((string name, ImmutableArray<HookSpec>? hooks) in all)
        {
            Run(name, hooks, state, bundle);
        }
    }

    /// <summary>Runs <paramref name="hooks"/> one after the other; the first that fails ends it.</summary>
    /// <param name="name">Which ones, for the message, e.g. <c>prestart</c>.</param>
    /// <param name="hooks">The hooks.</param>
    /// <param name="state">What they read on standard input.</param>
    /// <param name="bundle">Where they run; null where it is gone: then here.</param>
    internal static void Run(string name, ImmutableArray<HookSpec>? hooks, byte[] state, OwnedFd? bundle)
    {
        if (hooks is not { IsDefault: false } list)
        {
            return;
        }

        // The shim has what it was to get by now; a hook gets nothing of what our caller left open. CVE-2024-21626.
        Files.CloseRange(3, uint.MaxValue, onExec: true).OrThrow();
        for (int at = 0; at < list.Length; at++)
        {
            RunOne(string.Create(CultureInfo.InvariantCulture, $"error running {name} hook #{at}: "), list[at], state, bundle);
        }
    }

    /// <summary>Those of poststop: each runs, whatever became of the others. runtime.md#lifecycle.</summary>
    /// <returns>What went wrong: only warned of.</returns>
    internal static string? RunPoststop(RuntimeSpec spec, string id, string bundle)
    {
        if (spec.Hooks?.Poststop is not { IsDefaultOrEmpty: false } hooks)
        {
            return null;
        }

        Files.CloseRange(3, uint.MaxValue, onExec: true).OrThrow();
        byte[] state = HookState.Text(spec, id, bundle, ContainerStatus.Stopped, 0);
        string? faults = null;
        for (int at = 0; at < hooks.Length; at++)
        {
            try
            {
                using OwnedFd? directory = OpenBundle(bundle);
                RunOne(string.Create(CultureInfo.InvariantCulture, $"error running poststop hook #{at}: "), hooks[at], state, directory);
            }
            catch (Exception fault) when (fault is RuntimeException or LinuxException)
            {
                faults = faults is null ? fault.Message : string.Concat(faults, "; ", fault.Message);
            }
        }

        return faults;
    }

    /// <summary>Where hooks run; null where the bundle is gone by now. They run all the same, as with runc.</summary>
    internal static OwnedFd? OpenBundle(string bundle) => Files.Open(bundle, OpenFlags.Directory | OpenFlags.Path).OrThrowUnless(Errno.ENOENT);

    private static void RunOne(string what, HookSpec hook, byte[] state, OwnedFd? bundle)
    {
        // A file in memory as standard input: no hook that does not read can block us.
        using OwnedFd input = Files.MemfdCreate("state", MemfdFlags.None).OrThrow();
        Files.WriteAll(input, state).OrThrow();
        Files.Seek(input, 0).OrThrow();
        using var output = new HookStream();
        using var errors = new HookStream();
        SyscallResult<int> started = Processes.Spawn(
            hook.Path,
            Texts(hook.Args is { IsDefaultOrEmpty: false } args ? args : [hook.Path]),
            hook.Env is { IsDefault: false } env ? Texts(env) : CallerEnvironment.Variables(), // as runc and crun: the specification does not say
            [new FdMapping(input, 0), output.As(1), errors.As(2)],
            SpawnFlags.NewSession,
            bundle);
        if (started.Failed)
        {
            throw new RuntimeException(what + new LinuxException(started.Result.About(hook.Path)).Message);
        }

        output.HandOver();
        errors.HandOver();
        int pid = started.Value;
        using OwnedFd process = Processes.PidfdOpen(pid).OrThrow();
        long deadline = hook.Timeout is { } seconds ? Clocks.MonotonicNanoseconds + (seconds * 1_000_000_000L) : Polling.Forever;
        if (!Await(process, deadline, output, errors))
        {
            Processes.Kill(-pid, KillSignal); // the session it leads, and all it started
            Processes.WaitPid(pid, wait: true).OrThrow();
            throw new RuntimeException(what + FailureText.Hook(Errno.ETIME, 0, hook.Path, output.Words, errors.Words));
        }

        ChildStatus ended = Processes.WaitPid(pid, wait: true).OrThrow();
        if (ended.Killed || ended.Value != 0)
        {
            int status = ended.Killed ? ended.Value : ended.Value << 8;
            throw new RuntimeException(what + FailureText.Hook(Errno.ECANCELED, status, hook.Path, output.Words, errors.Words));
        }
    }

    /// <summary>Reads what a hook writes until it has ended: not until nobody can write any more, as runc does, which what a hook leaves behind holds up.</summary>
    /// <returns>Whether it ended before the deadline.</returns>
    private static bool Await(OwnedFd process, long deadline, HookStream output, HookStream errors)
    {
        Span<PollItem> items = [new(process, PollEvents.Readable), new(output.Ours, PollEvents.Readable), new(errors.Ours, PollEvents.Readable)];
        while (!items[0].Has(PollEvents.Readable))
        {
            if (Polling.Wait(items, deadline).OrThrow() == 0)
            {
                return false;
            }

            Take(ref items[1], output);
            Take(ref items[2], errors);
        }

        output.Drain();
        errors.Drain();
        return true;
    }

    private static void Take(ref PollItem item, HookStream stream)
    {
        if (item.Happened != PollEvents.None && !stream.Take())
        {
            item.Ignore();
        }
    }

    private static CPath[] Texts(ImmutableArray<string> texts)
    {
        var paths = new CPath[texts.Length];
        for (int at = 0; at < paths.Length; at++)
        {
            paths[at] = texts[at];
        }

        return paths;
    }
}
