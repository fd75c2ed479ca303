using System.Collections.Immutable;
using System.Globalization;
using Runc.Sharp.Linux;
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
    internal static void Run((string Name, ImmutableArray<HookSpec>? Hooks)[] all, byte[] state, OwnedFd bundle)
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
    /// <param name="bundle">Where they run.</param>
    internal static void Run(string name, ImmutableArray<HookSpec>? hooks, byte[] state, OwnedFd bundle)
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

    private static void RunOne(string what, HookSpec hook, byte[] state, OwnedFd bundle)
    {
        // A file in memory as standard input: no hook that does not read can block us.
        using OwnedFd input = Files.MemfdCreate("state", MemfdFlags.None).OrThrow();
        Files.WriteAll(input, state).OrThrow();
        Files.Seek(input, 0).OrThrow();
        SyscallResult<int> started = Processes.Spawn(
            hook.Path,
            Texts(hook.Args is { IsDefaultOrEmpty: false } args ? args : [hook.Path]),
            Texts(hook.Env is { IsDefault: false } env ? env : []),
            [new FdMapping(input, 0)],
            SpawnFlags.NewSession,
            bundle);
        if (started.Failed)
        {
            throw new RuntimeException(what + new LinuxException(started.Result.About(hook.Path)).Message);
        }

        int pid = started.Value;
        using OwnedFd process = Processes.PidfdOpen(pid).OrThrow();
        if (hook.Timeout is { } seconds
            && Polling.Wait(process, PollEvents.Readable, Clocks.MonotonicNanoseconds + (seconds * 1_000_000_000L)).OrThrow() == PollEvents.None)
        {
            Processes.Kill(-pid, KillSignal); // the session it leads, and all it started
            Processes.WaitPid(pid, wait: true).OrThrow();
            throw new RuntimeException(string.Concat(what + FailureText.Hook(Errno.ETIME, 0), " (", hook.Path, ")"));
        }

        ChildStatus ended = Processes.WaitPid(pid, wait: true).OrThrow();
        if (ended.Killed || ended.Value != 0)
        {
            throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"{what}{(ended.Killed ? "killed by signal" : "exit status")} {ended.Value} ({hook.Path})"));
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
