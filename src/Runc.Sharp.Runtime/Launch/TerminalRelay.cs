using System;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// Bytes between our streams and a program's terminal. Nothing is read before what was read last has been written, so a slow reader slows
/// the program down and loses nothing; and no call waits, so signals are never late.
/// </summary>
internal sealed class TerminalRelay : IDisposable
{
    /// <summary>How many descriptors the relay waits for.</summary>
    internal const int Descriptors = 3;

    /// <summary>What a pipe takes without waiting once it is writable. pipe(7), PIPE_BUF.</summary>
    private const int Room = 4096;

    /// <summary>Nanoseconds until a terminal that nobody holds is looked at again: a program may close its terminal and open it later, as systemd does.</summary>
    private const long Pause = 100_000_000;

    private readonly OwnedFd _master;
    private readonly OwnedFd _input;
    private readonly OwnedFd _output;
    private readonly byte[] _up = new byte[Room];
    private readonly byte[] _down = new byte[Room];
    private ReadOnlyMemory<byte> _upward;
    private ReadOnlyMemory<byte> _downward;
    private TerminalSettings? _settings;
    private byte _last;
    private bool _reads = true;
    private bool _ended;
    private long _pausedUntil;

    private TerminalRelay(OwnedFd master)
    {
        _master = master;
        _input = OwnNonBlocking(0, OpenFlags.ReadOnly);
        _output = OwnNonBlocking(1, OpenFlags.WriteOnly);
    }

    /// <summary>Whether the program's terminal has given all that it had, and our reader has got it.</summary>
    internal bool IsDrained { get; private set; }

    /// <summary>Gives the terminal the size of ours, and makes ours raw.</summary>
    internal static TerminalRelay Begin(OwnedFd master)
    {
        var relay = new TerminalRelay(master);
        try
        {
            Files.SetStatusFlags(master, (OpenFlags.ReadWrite | OpenFlags.NonBlocking).ToKernel()).OrThrow();
            TerminalSettings inner = Terminals.Settings(master).OrThrow();
            Terminals.SetSettings(master, inner.WithoutCarriageReturns()).OrThrow(); // as runc: the caller's terminal adds its own
            relay.Resize();
            relay.Resume();
            return relay;
        }
        catch
        {
            relay.Dispose();
            throw;
        }
    }

    /// <summary>Copies the size of our terminal, whichever stream it is.</summary>
    internal void Resize()
    {
        for (int stream = 0; stream < 3 && _master.IsOpen; stream++)
        {
            SyscallResult<WindowSize> size = Terminals.Size(OwnedFd.Borrow(stream));
            if (!size.Failed)
            {
                Terminals.SetSize(_master, size.Value).OrThrow();
                return;
            }
        }
    }

    /// <summary>Makes our terminal raw; also again, when we were stopped and whoever held the terminal meanwhile has set it anew.</summary>
    internal void Resume()
    {
        OwnedFd input = OwnedFd.Borrow(0);
        if (_master.IsOpen && Terminals.Settings(input) is { Failed: false } found)
        {
            _settings ??= found.Value;
            Terminals.SetSettings(input, _settings.Value.Raw()).OrThrow();
        }
    }

    /// <summary>The program has ended: what it wrote is still relayed, what is typed no more.</summary>
    internal void End()
    {
        _ended = true;
        _reads = false;
        _upward = default;
        if (_downward.IsEmpty)
        {
            Take();
        }
    }

    /// <summary>Says what to wait for.</summary>
    /// <returns>Until when, on <see cref="Clocks.MonotonicNanoseconds"/>.</returns>
    internal long Prepare(Span<PollItem> items)
    {
        bool paused = _pausedUntil > Clocks.MonotonicNanoseconds;
        Set(ref items[0], _master, (paused || !_downward.IsEmpty ? PollEvents.None : PollEvents.Readable)
            | (paused || _upward.IsEmpty ? PollEvents.None : PollEvents.Writable));
        Set(ref items[1], _input, _reads && _upward.IsEmpty ? PollEvents.Readable : PollEvents.None);
        Set(ref items[2], _output, _downward.IsEmpty ? PollEvents.None : PollEvents.Writable);
        return paused && _master.IsOpen ? _pausedUntil : Polling.Forever;
    }

    /// <summary>Does what has become possible.</summary>
    internal void Act(ReadOnlySpan<PollItem> items)
    {
        if (items[0].Happened != PollEvents.None && _downward.IsEmpty)
        {
            Take();
        }

        if (items[0].Happened != PollEvents.None && !_upward.IsEmpty)
        {
            Type(items[0].Has(PollEvents.HungUp));
        }

        if (items[1].Happened != PollEvents.None)
        {
            Read();
        }

        if (items[2].Happened != PollEvents.None)
        {
            Write();
        }
    }

    /// <summary>Puts our terminal back, and hangs up the program's.</summary>
    public void Dispose()
    {
        if (_settings is { } settings)
        {
            _settings = null;
            _ = Terminals.SetSettings(OwnedFd.Borrow(0), settings); // a terminal that has gone needs no putting back
        }

        _master.Dispose();
        _input.Dispose();
        _output.Dispose();
    }

    /// <summary>
    /// Waits must not be ours: a terminal is opened once more, to be non-blocking for us alone. Whoever shares our streams must not find them
    /// changed. Where that is not allowed, and for pipes, small pieces have to do.
    /// </summary>
    private static OwnedFd OwnNonBlocking(int stream, OpenFlags direction)
    {
        OwnedFd borrowed = OwnedFd.Borrow(stream);
        if (Terminals.IsTerminal(borrowed)
            && Files.Open(CPath.OfDescriptor(borrowed), direction | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal) is { Failed: false } opened)
        {
            borrowed.Dispose();
            return opened.Value;
        }

        return borrowed;
    }

    private static void Set(ref PollItem item, OwnedFd fd, PollEvents events)
    {
        item = new PollItem(fd.IsOpen ? fd : OwnedFd.Borrow(0), events);
        if (events == PollEvents.None || !fd.IsOpen)
        {
            item.Ignore(); // else a hung-up descriptor would end every wait at once
        }
    }

    private void Take()
    {
        SyscallResult<int> got = _master.IsOpen ? Files.Read(_master, _down) : default;
        if (got is { Failed: false, Value: > 0 })
        {
            _downward = _down.AsMemory(0, got.Value);
        }
        else if (_ended)
        {
            IsDrained = true; // what its processes wrote came before their end
        }
        else if (got.Error != Errno.EAGAIN)
        {
            _pausedUntil = Clocks.MonotonicNanoseconds + Pause; // EIO: nobody holds the other side
        }
    }

    private void Type(bool hungUp)
    {
        SyscallResult<int> written = Files.Write(_master, _upward.Span);
        if (!written.Failed)
        {
            _upward = _upward[written.Value..];
        }
        else if (hungUp || written.Error != Errno.EAGAIN)
        {
            _pausedUntil = Clocks.MonotonicNanoseconds + Pause;
        }
    }

    /// <summary>The end of what was typed is passed on as the character that says so: twice where the last line is open. termios(3), VEOF.</summary>
    private void Read()
    {
        SyscallResult<int> got = Files.Read(_input, _up);
        if (got is { Failed: false, Value: > 0 })
        {
            _last = _up[got.Value - 1];
            _upward = _up.AsMemory(0, got.Value);
        }
        else if (got.Error != Errno.EAGAIN)
        {
            _reads = false;
            if (!got.Failed && _last != 0 && _settings is null && Terminals.Settings(_master) is { Failed: false } inner)
            {
                _up.AsSpan(0, 2).Fill(inner.Value.EndOfFile);
                _upward = _up.AsMemory(0, _last == (byte)'\n' ? 1 : 2);
            }
        }
    }

    /// <summary>Where nobody reads what the program writes, its terminal is hung up: as if it had been on ours.</summary>
    private void Write()
    {
        SyscallResult<int> written = Files.Write(_output, _downward.Span);
        if (!written.Failed)
        {
            _downward = _downward[written.Value..];
        }
        else if (written.Error != Errno.EAGAIN)
        {
            Dispose();
            IsDrained = true;
            _reads = false;
            _upward = default;
            _downward = default;
        }
    }
}
