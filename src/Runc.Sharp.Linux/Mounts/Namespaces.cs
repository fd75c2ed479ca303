using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>Namespaces of the calling thread. namespaces(7).</summary>
public static class Namespaces
{
    internal const int NS_GET_NSTYPE = 0xb703;

    /// <summary>Moves the calling thread into the namespace behind a descriptor, or those of a pidfd's process. setns(2).</summary>
    /// <remarks>EINVAL for user and mount namespaces when the process has more than one thread.</remarks>
    public static SyscallResult Enter(OwnedFd fd, NamespaceKinds kinds)
    {
        nint returned = Libc.Call(Sys.setns, fd.Number, (int)kinds);
        return SyscallResult.From(returned, "setns", returned < 0 ? kinds.ToString() : null);
    }

    /// <summary>Gives the calling thread namespaces of its own. unshare(2).</summary>
    /// <remarks>EINVAL for user namespaces when the process has more than one thread.</remarks>
    public static SyscallResult Unshare(NamespaceKinds kinds)
    {
        nint returned = Libc.Call(Sys.unshare, (int)kinds);
        return SyscallResult.From(returned, "unshare", returned < 0 ? kinds.ToString() : null);
    }

    /// <summary>The kind of the namespace behind a descriptor; ENOTTY when it is none. ioctl_ns(2), NS_GET_NSTYPE.</summary>
    public static SyscallResult<NamespaceKinds> KindOf(OwnedFd fd)
    {
        nint returned = Libc.Call(Sys.ioctl, fd.Number, NS_GET_NSTYPE, 0);
        return returned < 0 ? new(SyscallResult.From(returned, "ioctl NS_GET_NSTYPE", fd)) : new((NamespaceKinds)returned);
    }
}
