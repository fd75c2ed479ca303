using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The sockets at which an engine waits for descriptors: one message, the descriptor and a name for it.</summary>
internal static class DescriptorSocket
{
    /// <summary>Gives a descriptor away: a terminal's master side under the name of its file, a pidfd under the kind of its process, as runc does.</summary>
    internal static void Give(string path, OwnedFd descriptor, System.ReadOnlySpan<byte> name)
    {
        using OwnedFd socket = Sockets.Create(SocketKind.Stream).OrThrow();
        Sockets.Connect(socket, path).OrThrow();
        Sockets.Send(socket, name, [descriptor]).OrThrow();
    }
}
