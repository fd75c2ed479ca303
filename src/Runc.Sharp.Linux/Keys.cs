using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>Kernel keyrings. keyrings(7).</summary>
public static unsafe class Keys
{
    private const int JoinSessionKeyringCommand = 1;

    /// <summary>Gives the process the session keyring of this name, made where missing; an anonymous one for an empty name. keyctl(2).</summary>
    /// <returns>The keyring's serial number.</returns>
    public static SyscallResult<int> JoinSessionKeyring(CPath name)
    {
        // SAFETY: the name is pinned and ends with NUL.
        fixed (byte* text = name)
        {
            nint returned = Libc.Call(Sys.keyctl, JoinSessionKeyringCommand, name.IsEmpty ? 0 : (nint)text);
            return returned < 0 ? new(SyscallResult.From(returned, "keyctl", name)) : new((int)returned);
        }
    }
}
