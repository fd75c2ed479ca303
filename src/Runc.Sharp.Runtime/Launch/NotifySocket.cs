using System;
using System.Globalization;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Store;
using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>
/// The socket by which a program tells a service manager that it is ready. The container gets one of its own, and only its READY line goes
/// on: what is inside must not speak for the service otherwise. sd_notify(3).
/// </summary>
internal sealed class NotifySocket : IDisposable
{
    private const string Folder = "notify";
    private const string Name = "notify.sock";
    private const string Inside = "/run/notify";
    private const uint ForAll = 0x1ff; // rwxrwxrwx
    private const int LongestMessage = 4096;
    private const long BarrierTime = 30_000_000_000; // nanoseconds, as runc waits

    private readonly OwnedFd _manager;

    private NotifySocket(OwnedFd descriptor, OwnedFd manager)
    {
        Descriptor = descriptor;
        _manager = manager;
    }

    /// <summary>What the program sends to.</summary>
    internal OwnedFd Descriptor { get; }

    /// <summary>The document with the socket's directory mounted and its place in the environment.</summary>
    /// <param name="spec">The document.</param>
    /// <param name="container">The container's directory below the state root.</param>
    internal static RuntimeSpec Ask(RuntimeSpec spec, string container) => spec with
    {
        Mounts = spec.Mounts.Add(new MountSpec
        {
            Destination = Inside,
            Source = System.IO.Path.Join(container, Folder),
            Options = ["bind", "nosuid", "noexec", "nodev", "ro"],
        }),
        Process = spec.Process is { } process
            ? process with { Env = (process.Env ?? []).Add("NOTIFY_SOCKET=" + Inside + "/" + Name) }
            : null,
    };

    /// <summary>Makes the directory that the container will see.</summary>
    internal static void Make(ContainerDirectory directory) => directory.MakeFolder(Folder);

    /// <summary>Opens the socket for the program, before it runs.</summary>
    /// <param name="directory">The container's directory.</param>
    /// <param name="manager">NOTIFY_SOCKET as we got it; null is none.</param>
    /// <param name="warn">Told where the manager does not answer: a variable that outlived it stops no container, as with runc and crun.</param>
    /// <returns>Null where there is no manager, or the container was created without one.</returns>
    internal static NotifySocket? Open(ContainerDirectory directory, string? manager, Action<string> warn)
    {
        if (manager is null || Files.OpenAt(directory.Descriptor, Folder, OpenFlags.Path | OpenFlags.Directory).OrThrowUnless(Errno.ENOENT) is not { } folder)
        {
            return null;
        }

        using (folder)
        {
            OwnedFd client = Sockets.Create(SocketKind.Datagram).OrThrow();
            OwnedFd server = Sockets.Create(SocketKind.Datagram, nonBlocking: true).OrThrow();
            try
            {
                SyscallResult reached = manager.StartsWith('@') ? Sockets.ConnectAbstract(client, manager[1..]) : Sockets.Connect(client, manager);
                if (reached.Failed)
                {
                    warn(string.Concat("nobody is told when the container is ready: NOTIFY_SOCKET ", manager, ": ", reached.Error.Words()));
                    client.Dispose();
                    server.Dispose();
                    return null;
                }

                Sockets.Bind(server, folder, Name).OrThrow();
                Files.FchmodAt(folder, Name, ForAll).OrThrow();
                return new NotifySocket(server, client);
            }
            catch
            {
                client.Dispose();
                server.Dispose();
                throw;
            }
        }
    }

    /// <summary>Takes what the program has sent, and passes on that it is ready.</summary>
    /// <param name="main">The process that the manager shall watch.</param>
    /// <returns>Whether it is.</returns>
    internal bool Relay(int main)
    {
        var message = new byte[LongestMessage];
        while (true)
        {
            SyscallResult<Received> got = Sockets.Receive(Descriptor, message, wait: false);
            if (got.Error == Errno.EAGAIN)
            {
                return false;
            }

            foreach (string line in Encoding.UTF8.GetString(message, 0, got.OrThrow().Length).Split('\n'))
            {
                if (line.StartsWith("READY=", StringComparison.Ordinal))
                {
                    _ = Sockets.Send(_manager, Encoding.UTF8.GetBytes(line + "\n")); // a manager that has gone waits no more
                    _ = Sockets.Send(_manager, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"MAINPID={main}\n")));
                    return true;
                }
            }
        }
    }

    /// <summary>For those who do not stay: waits until the program is ready or has ended, and until the manager has heard of it.</summary>
    /// <param name="process">The program, by its pidfd.</param>
    /// <param name="main">Its process id.</param>
    internal void Await(OwnedFd process, int main)
    {
        while (true)
        {
            Span<PollItem> items = [new PollItem(Descriptor, PollEvents.Readable), new PollItem(process, PollEvents.Readable)];
            Polling.Wait(items).OrThrow();
            if (items[0].Happened != PollEvents.None && Relay(main))
            {
                Barrier();
                return;
            }

            if (items[1].Happened != PollEvents.None)
            {
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Descriptor.Dispose();
        _manager.Dispose();
    }

    /// <summary>The manager closes the descriptor when it has read all that came before it: our end would make it forget. sd_notify_barrier(3).</summary>
    private void Barrier()
    {
        using OwnedFd ours = Files.Pipe(out OwnedFd? theirs).OrThrow();
        using (theirs)
        {
            if (Sockets.Send(_manager, "BARRIER=1"u8, [theirs!]).Failed)
            {
                return;
            }
        }

        Polling.Wait(ours, PollEvents.Readable, Clocks.MonotonicNanoseconds + BarrierTime).Result.OrThrow(); // an old manager never does
    }
}
