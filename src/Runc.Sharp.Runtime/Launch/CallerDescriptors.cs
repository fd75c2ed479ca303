using System.Globalization;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Launch;

/// <summary>What a caller must bring for a process: a receiver for its terminal, and the descriptors that it is to get. The texts are runc's.</summary>
internal static class CallerDescriptors
{
    /// <summary>A terminal that nobody here relays needs a socket to go to, and there is no other use for one.</summary>
    /// <exception cref="RuntimeException">The one is there without the other.</exception>
    internal static void CheckTerminal(bool terminal, bool detached, string? socket)
    {
        if (terminal && detached && socket is null)
        {
            throw new RuntimeException("cannot allocate tty if runc will detach without setting console socket");
        }

        if (socket is not null && !(terminal && detached))
        {
            throw new RuntimeException("cannot use console socket if runc will not detach or allocate tty");
        }
    }

    /// <summary>The descriptors from 3 on are the caller's: one of ours would let the container out. CVE-2024-21626</summary>
    /// <param name="count">How many there must be.</param>
    /// <exception cref="RuntimeException">One is not.</exception>
    internal static void CheckPreserved(int count)
    {
        for (int number = 3; number < 3 + count; number++)
        {
            if (!Files.IsInherited(number))
            {
                throw new RuntimeException(string.Create(CultureInfo.InvariantCulture, $"please check that preserved-fd {number - 2} (of {count}) is present: descriptor {number} is not open"));
            }
        }
    }
}
