using System;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// What <c>run</c> and <c>exec</c> do while the program runs: signals go on to it, orphans are reaped, and where there is a terminal bytes
/// and window sizes are relayed. One thread, one poll(2).
/// </summary>
/// <remarks>
/// From <see cref="Begin"/> to the end of the process the signals are held back, so none is lost on the way and none interrupts the
/// cleaning up. The runtime's own thread holds them back from its start: <c>signals.x86_64.S</c>.
/// </remarks>
internal sealed class Foreground : IDisposable
{
    private readonly OwnedFd _signals;
    private TerminalRelay? _terminal;
    private NotifySocket? _notify;

    private Foreground(OwnedFd signals) => _signals = signals;

    /// <summary>SIGTTIN and SIGTTOU stop us, as they stop every program that wants a terminal from the background.</summary>
    private static SignalSet Forwarded => Signals.Held.Without(Signals.BackgroundRead).Without(Signals.BackgroundWrite);

    /// <summary>Holds back the signals from now on: what comes before the program runs, it gets when it does.</summary>
    internal static Foreground Begin()
    {
        Signals.Block(Forwarded).OrThrow();
        return new Foreground(Signals.SignalFd(Forwarded).OrThrow());
    }

    /// <summary>Takes over the program's terminal, before the program sees it: its size is that of ours, and ours is raw.</summary>
    /// <param name="master">The master side; null where the program has our streams.</param>
    internal void Attach(OwnedFd? master)
    {
        if (master is not null)
        {
            _terminal?.Dispose(); // of a process that got no further
            _terminal = TerminalRelay.Begin(master);
        }
    }

    /// <summary>Passes on that the program is ready. The service is ours, and we are what its manager watches.</summary>
    internal void Relay(NotifySocket? notify) => _notify = notify;

    /// <summary>Waits for the program's end, and until all that it wrote has been read.</summary>
    /// <param name="pid">The program, a child of ours.</param>
    /// <returns>The exit code, 128 and the signal where one ended it.</returns>
    internal int Wait(int pid)
    {
        using OwnedFd process = Processes.PidfdOpen(pid).OrThrow();
        Span<PollItem> items = stackalloc PollItem[2 + TerminalRelay.Descriptors];
        Span<PollItem> streams = items[2..];
        int? code = null;
        while (code is null || _terminal is { IsDrained: false })
        {
            items[0] = new PollItem(_signals, PollEvents.Readable);
            items[1] = new PollItem(_notify is null ? _signals : _notify.Descriptor, PollEvents.Readable);
            long deadline = _terminal is null ? Polling.Forever : _terminal.Prepare(streams);
            Polling.Wait(_terminal is not null ? items : items[..2], deadline).OrThrow();
            _terminal?.Act(streams);
            if (_notify is not null && items[1].Happened != PollEvents.None && _notify.Relay(Processes.ProcessId))
            {
                _notify = null;
            }

            for (int signal = Next(out int sender); signal != 0; signal = Next(out sender))
            {
                if (signal == Signals.Child)
                {
                    code = Reap(pid) ?? code;
                }
                else if (code is null)
                {
                    Pass(signal, sender, process);
                }
                else if (Signals.Ending.Has(signal))
                {
                    return code.Value; // whoever should read the rest of the output does not
                }
            }

            if (code is not null)
            {
                _terminal?.End();
            }
        }

        return code.Value;
    }

    /// <summary>Puts the caller's terminal back. The signals stay held back: what came too late must not end us before the cleaning up.</summary>
    public void Dispose()
    {
        _terminal?.Dispose();
        _signals.Dispose();
    }

    /// <summary>Takes what has ended, ours and what was left to us as the subreaper.</summary>
    /// <returns>The program's exit code; null where it still runs.</returns>
    private static int? Reap(int pid)
    {
        int? code = null;
        while (true)
        {
            SyscallResult<ChildStatus> ended = Processes.WaitAny(wait: false);
            if (ended.Error == Errno.ECHILD || !ended.OrThrow().Ended)
            {
                return code;
            }

            if (ended.Value.Pid == pid)
            {
                code = ended.Value.ExitCode;
            }
        }
    }

    private int Next(out int sender) => Signals.Next(_signals, out sender).OrThrow();

    private void Pass(int signal, int sender, OwnedFd process)
    {
        if (signal == Signals.Pipe && sender == Processes.ProcessId)
        {
            return; // of our own writing; the write has said so too
        }

        if (signal == Signals.WindowChange && _terminal is not null)
        {
            _terminal.Resize();
            return;
        }

        if (signal == Signals.Continue)
        {
            _terminal?.Resume();
        }

        Processes.PidfdSendSignal(process, signal).OrThrowUnless(Errno.ESRCH); // it may have ended just now
    }
}
