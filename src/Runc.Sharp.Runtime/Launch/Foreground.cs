using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// What <c>run</c> does while the container runs: signals go on to init, orphans are reaped, and where there is a terminal
/// bytes and window sizes are relayed. The caller's terminal is put back on every way out.
/// </summary>
internal static class Foreground
{
    private const long AfterEnd = 50_000_000; // nanoseconds that a terminal's last bytes get

    /// <summary>Waits for init's end.</summary>
    /// <param name="pid">Init, a child of ours.</param>
    /// <param name="master">The master side of its terminal; null where it has ours.</param>
    /// <returns>The exit code, 128 and the signal where one ended it.</returns>
    internal static int Wait(int pid, OwnedFd? master)
    {
        using OwnedFd process = Processes.PidfdOpen(pid).OrThrow();
        using OwnedFd? terminal = master;
        List<PosixSignalRegistration> signals = Forward(process, terminal);
        try
        {
            if (terminal is not null)
            {
                Relay(terminal, process);
            }

            return Reap(pid);
        }
        finally
        {
            foreach (PosixSignalRegistration signal in signals)
            {
                signal.Dispose();
            }
        }
    }

    private static int Reap(int pid)
    {
        while (true)
        {
            ChildStatus ended = Processes.WaitAny(wait: true).OrThrow();
            if (ended.Pid == pid)
            {
                return ended.ExitCode;
            }
        }
    }

    private static List<PosixSignalRegistration> Forward(OwnedFd process, OwnedFd? terminal)
    {
        ReadOnlySpan<int> forwarded = [Signals.HangUp, Signals.Interrupt, 3, 10, 12, 14, Signals.Terminate, Signals.Continue, 20, 21, 22, Signals.WindowChange];
        var registrations = new List<PosixSignalRegistration>(forwarded.Length);
        foreach (int signal in forwarded)
        {
            registrations.Add(PosixSignalRegistration.Create((PosixSignal)signal, context =>
            {
                context.Cancel = true;
                if (signal == Signals.WindowChange && terminal is { IsOpen: true })
                {
                    CopySize(terminal);
                }
                else if (process.IsOpen)
                {
                    _ = Processes.PidfdSendSignal(process, signal); // where init has just ended there is nobody to tell
                }
            }));
        }

        return registrations;
    }

    private static void CopySize(OwnedFd terminal)
    {
        SyscallResult<WindowSize> size = Terminals.Size(OwnedFd.Borrow(0));
        if (!size.Failed)
        {
            Terminals.SetSize(terminal, size.Value).OrThrow();
        }
    }

    private static void Relay(OwnedFd terminal, OwnedFd process)
    {
        OwnedFd input = OwnedFd.Borrow(0);
        OwnedFd output = OwnedFd.Borrow(1);
        SyscallResult<TerminalSettings> settings = Terminals.Settings(input);
        SyscallResult<TerminalSettings> inner = Terminals.Settings(terminal);
        if (!inner.Failed)
        {
            Terminals.SetSettings(terminal, inner.Value.WithoutCarriageReturns()).OrThrow(); // as runc: the caller's terminal adds its own
        }

        if (!settings.Failed)
        {
            CopySize(terminal);
            Terminals.SetSettings(input, settings.Value.Raw()).OrThrow();
        }

        try
        {
            Relay(terminal, process, input, output);
        }
        finally
        {
            if (!settings.Failed)
            {
                Terminals.SetSettings(input, settings.Value).OrThrow();
            }
        }
    }

    private static void Relay(OwnedFd terminal, OwnedFd process, OwnedFd input, OwnedFd output)
    {
        var buffer = new byte[16384];
        bool reads = true;
        long deadline = Polling.Forever;
        while (true)
        {
            Span<PollItem> items =
            [
                new PollItem(terminal, PollEvents.Readable),
                new PollItem(process, deadline == Polling.Forever ? PollEvents.Readable : PollEvents.None),
                new PollItem(input, reads ? PollEvents.Readable : PollEvents.None),
            ];
            int ready = Polling.Wait(items[..(reads ? 3 : 2)], deadline).OrThrow();
            if (ready == 0)
            {
                return; // init has ended, and its terminal is silent
            }

            if (items[1].Has(PollEvents.Readable))
            {
                deadline = Clocks.MonotonicNanoseconds + AfterEnd;
            }

            if (items[0].Happened != PollEvents.None && !Copy(terminal, output, buffer))
            {
                return; // EIO: nobody holds the other side any more
            }

            if (reads && items[2].Happened != PollEvents.None)
            {
                reads = Copy(input, terminal, buffer);
            }
        }
    }

    /// <summary>False at the end of what <paramref name="from"/> gives, and where <paramref name="to"/> takes no more.</summary>
    private static bool Copy(OwnedFd from, OwnedFd to, byte[] buffer)
    {
        SyscallResult<int> got = Files.Read(from, buffer);
        return !got.Failed && got.Value > 0 && !Files.WriteAll(to, buffer.AsSpan(0, got.Value)).Failed;
    }
}
