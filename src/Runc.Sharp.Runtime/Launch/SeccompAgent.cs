using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>Hands a seccomp listener to its agent. config-linux.md#containerprocessstate.</summary>
internal static class SeccompAgent
{
    /// <summary>Sends the state of the container and of the process with the listener.</summary>
    /// <exception cref="RuntimeException">The agent is not there.</exception>
    internal static void Tell(string path, string? metadata, string ociVersion, int pid, byte[] state, OwnedFd listener)
    {
        var json = new JsonText();
        json.BeginObject().String("ociVersion", ociVersion).BeginArray("fds").String(null, "seccompFd").EndArray().Number("pid", (long)pid);
        if (metadata is not null)
        {
            json.String("metadata", metadata);
        }

        json.Raw("state", Encoding.UTF8.GetString(state)).EndObject();
        try
        {
            using OwnedFd socket = Sockets.Create(SocketKind.Stream).OrThrow();
            Sockets.Connect(socket, path).OrThrow();
            Sockets.Send(socket, json.ToUtf8(), [listener]).OrThrow();
        }
        catch (LinuxException fault)
        {
            throw new RuntimeException("/linux/seccomp/listenerPath", string.Concat("failed to connect with seccomp agent ", path, ": ", fault.Message));
        }
    }
}
