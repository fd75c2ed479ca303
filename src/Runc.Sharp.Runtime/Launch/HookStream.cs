using System;
using Runc.Sharp.Linux;
using Runc.Sharp.Linux.Plan;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// Where a hook writes: a pipe, of which the last words are kept for the message of its failure. A pipe, as in runc, and no file: it grows
/// without end under no hook, and what a hook leaves running learns with its next word that nobody listens any more. pipe(7).
/// </summary>
internal sealed class HookStream : IDisposable
{
    private const int Kept = PlanMessage.TextRoom;
    private const int LastReads = 512; // more than any pipe holds; what a hook left behind may write for ever
    private readonly byte[] _room = new byte[2 * Kept];
    private readonly OwnedFd _theirs;
    private int _length;
    private bool _ended;

    internal HookStream()
    {
        Ours = Files.Pipe(out OwnedFd? theirs).OrThrow();
        _theirs = theirs!;
    }

    /// <summary>The end that is read.</summary>
    internal OwnedFd Ours { get; }

    /// <summary>What the hook writes to is its descriptor <paramref name="number"/>.</summary>
    internal FdMapping As(int number) => new(_theirs, number);

    /// <summary>The hook has its end: without ours the pipe ends with it.</summary>
    internal void HandOver() => _theirs.Dispose();

    /// <summary>Reads what is there. False at the end.</summary>
    internal bool Take()
    {
        if (_length > Kept)
        {
            _room.AsSpan(_length - Kept, Kept).CopyTo(_room);
            _length = Kept;
        }

        int got = Files.Read(Ours, _room.AsSpan(_length)).OrThrow();
        _length += got;
        _ended = got == 0;
        return !_ended;
    }

    /// <summary>Reads what is left when the hook has ended, and waits for nobody who may hold its end still.</summary>
    internal void Drain()
    {
        for (int left = LastReads; left > 0 && !_ended && Polling.Wait(Ours, PollEvents.Readable, deadline: 0).OrThrow() != PollEvents.None; left--)
        {
            Take();
        }
    }

    /// <summary>The last words.</summary>
    internal ReadOnlySpan<byte> Words => _room.AsSpan(Math.Max(0, _length - Kept), Math.Min(_length, Kept));

    /// <inheritdoc/>
    public void Dispose()
    {
        Ours.Dispose();
        _theirs.Dispose();
    }
}
