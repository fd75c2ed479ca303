using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Runtime.Criu;

/// <summary>One CRIU that serves us alone: <c>criu swrk</c>, at the other end of a socket. criu.org/RPC.</summary>
internal sealed class CriuProcess : IDisposable
{
    /// <summary>The first number that a further descriptor has there: behind the streams and the socket.</summary>
    internal const int FirstDescriptor = 4;

    private const int KillSignal = 9;
    private const int Socket = 3;
    private const int LongestMessage = 1 << 16;
    private readonly OwnedFd _socket;

    private CriuProcess(OwnedFd socket, int pid)
    {
        _socket = socket;
        Pid = pid;
    }

    /// <summary>Its process id; 0 when it has ended.</summary>
    internal int Pid { get; private set; }

    /// <summary>Asks CRIU for its version.</summary>
    /// <param name="program">As <see cref="Lifecycle.Globals.Criu"/>.</param>
    /// <exception cref="RuntimeException">There is none, or it is older than 3.0, which was the first to tell.</exception>
    internal static int Version(string program)
    {
        const int Oldest = 30000;
        const string failed = "CRIU version check failed: ";
        CriuResponse response;
        try
        {
            using CriuProcess criu = Start(program, ownStreams: true, []);
            response = criu.Ask(CriuRequest.Of(CriuKind.Version), static (_, _) => { });
            criu.End();
        }
        catch (RuntimeException fault)
        {
            throw new RuntimeException(failed + fault.Message);
        }

        if (!response.Success)
        {
            throw new RuntimeException(failed + response.Failure);
        }

        return response.Version >= Oldest
            ? response.Version
            : throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"CRIU version {response.Version} must be {Oldest} or higher"));
    }

    /// <summary>Makes sure that CRIU and the kernel can do what is asked.</summary>
    /// <exception cref="RuntimeException">They cannot; the sentence has runc's words.</exception>
    internal static void Require(string program, bool tracksMemory, bool lazyPages)
    {
        CriuResponse response;
        using (CriuProcess criu = Start(program, ownStreams: true, []))
        {
            response = criu.Ask(CriuRequest.Features(tracksMemory, lazyPages), static (_, _) => { });
            criu.End();
        }

        if (!response.Success)
        {
            throw new RuntimeException("CRIU feature check failed: " + response.Failure);
        }

        string missing = (tracksMemory && response.TracksMemory == false ? "MemTrack" : string.Empty) + (lazyPages && response.LazyPages == false ? "LazyPages" : string.Empty);
        if (missing.Length > 0)
        {
            throw new RuntimeException(string.Concat("CRIU is missing features: [", missing, "]"));
        }
    }

    /// <summary>Starts it.</summary>
    /// <param name="program">As <see cref="Lifecycle.Globals.Criu"/>.</param>
    /// <param name="ownStreams">Its standard streams are the null device; else they are ours, which restored tasks may inherit.</param>
    /// <param name="others">Further descriptors for it, from <see cref="FirstDescriptor"/>.</param>
    internal static CriuProcess Start(string program, bool ownStreams, IReadOnlyList<OwnedFd> others)
    {
        CPath path = Find(program);
        Files.CloseRange(3, uint.MaxValue, onExec: true).OrThrow(); // nothing of what our caller left open gets into the images
        OwnedFd ours = Sockets.Pair(SocketKind.SequencedPackets, out OwnedFd? theirs).OrThrow();
        using (theirs)
        {
            using OwnedFd nothing = Files.Open("/dev/null"u8, OpenFlags.ReadWrite).OrThrow();
            var mappings = new List<FdMapping>(4 + others.Count) { new(theirs!, Socket) };
            for (int stream = 0; stream < 3 && ownStreams; stream++)
            {
                mappings.Add(new FdMapping(nothing, stream));
            }

            for (int at = 0; at < others.Count; at++)
            {
                mappings.Add(new FdMapping(others[at], FirstDescriptor + at));
            }

            ReadOnlySpan<CPath> arguments = [program, "swrk", Socket.ToString(CultureInfo.InvariantCulture)];
            SyscallResult<int> started = Processes.Spawn(path, arguments, CallerEnvironment.Variables(), CollectionsMarshal.AsSpan(mappings));
            if (started.Failed)
            {
                ours.Dispose();
                throw new LinuxException(started.Result);
            }

            return new CriuProcess(ours, started.Value);
        }
    }

    /// <summary>Asks, and answers what CRIU asks meanwhile, to the last word.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reached">Is told of each point that CRIU has reached, with the descriptor that came along. Where it throws, CRIU takes all back.</param>
    internal CriuResponse Ask(ReadOnlySpan<byte> request, Action<CriuResponse, OwnedFd?> reached)
    {
        ExceptionDispatchInfo? fault = null;
        Send(request);
        while (true)
        {
            CriuResponse response = Receive(out OwnedFd? descriptor);
            using (descriptor)
            {
                if (response.Kind != CriuKind.Notify || !response.Success)
                {
                    fault?.Throw();
                    return response;
                }

                try
                {
                    reached(response, descriptor);
                }
                catch (RuntimeException thrown)
                {
                    fault ??= ExceptionDispatchInfo.Capture(thrown);
                }
                catch (LinuxException thrown)
                {
                    fault ??= ExceptionDispatchInfo.Capture(thrown);
                }
            }

            Send(CriuRequest.Notified(fault is null));
        }
    }

    /// <summary>Has no more to ask, and waits for its end.</summary>
    internal ChildStatus End()
    {
        Sockets.Shutdown(_socket, 1).OrThrowUnless(Errno.ENOTCONN);
        ChildStatus ended = Processes.WaitPid(Pid, wait: true).OrThrow();
        Pid = 0;
        return ended;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        if (Pid > 0)
        {
            Processes.Kill(Pid, KillSignal);
            Processes.WaitPid(Pid, wait: true).OrThrow();
            Pid = 0;
        }
    }

    private void Send(ReadOnlySpan<byte> message) => Sockets.Send(_socket, message).OrThrowUnless(Errno.EPIPE); // why it has gone is told by what it said last

    private CriuResponse Receive(out OwnedFd? descriptor)
    {
        var buffer = new byte[LongestMessage];
        OwnedFd?[] descriptors = [null];
        SyscallResult<Received> received = Sockets.Receive(_socket, buffer, descriptors);
        descriptor = descriptors[0];
        if (received.Error == Errno.ECONNRESET || received.OrThrow().Length == 0)
        {
            ChildStatus ended = End();
            return new CriuResponse
            {
                Message = string.Create(CultureInfo.InvariantCulture, $"criu has ended before it answered: {(ended.Killed ? "signal" : "exit status")} {ended.Value}"),
            };
        }

        return received.Value.Truncated
            ? throw new RuntimeException("criu sent a message that is too long")
            : CriuResponse.Parse(buffer.AsSpan(0, received.Value.Length)) ?? throw new RuntimeException("criu sent what is no message");
    }

    /// <summary>A name without a slash is looked for in the caller's path, absolute entries only: a relative one would be whatever lies where we were called.</summary>
    private static CPath Find(string program)
    {
        if (program.Contains('/', StringComparison.Ordinal))
        {
            return program;
        }

        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':'))
        {
            if (folder.StartsWith('/') && !Files.AccessAt(OwnedFd.Cwd, folder + "/" + program, 1).Failed)
            {
                return folder + "/" + program;
            }
        }

        throw new RuntimeException("exec: \"" + program + "\": executable file not found in $PATH");
    }
}
