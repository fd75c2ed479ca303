using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>The sockets at which an engine waits for descriptors: one message, the descriptor and a name for it.</summary>
internal static class DescriptorSocket
{
    /// <summary>Gives a terminal's master side away, under the name of its file.</summary>
    /// <param name="path">What <c>--console-socket</c> named.</param>
    /// <param name="master">The side.</param>
    internal static void GiveTerminal(string path, OwnedFd master) => Give("--console-socket", path, master, "/dev/ptmx"u8);

    /// <summary>Gives a pidfd away, under the kind of its process as runc does.</summary>
    /// <param name="path">What <c>--pidfd-socket</c> named.</param>
    /// <param name="process">The process.</param>
    /// <param name="kind">What it is.</param>
    internal static void GiveProcess(string path, OwnedFd process, System.ReadOnlySpan<byte> kind) => Give("--pidfd-socket", path, process, kind);

    private static void Give(string flag, string path, OwnedFd descriptor, System.ReadOnlySpan<byte> name)
    {
        using OwnedFd socket = Sockets.Create(SocketKind.Stream).OrThrow();
        SyscallResult given = Sockets.Connect(socket, path);
        given = given.Failed ? given : Sockets.Send(socket, name, [descriptor]).Result;
        if (given.Failed)
        {
            throw FlagFault.Of(flag, path, given);
        }
    }
}
