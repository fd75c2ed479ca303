using System.Text;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Output;

/// <summary>Standard output and error, without the console class, which costs 0.1 ms and a thread.</summary>
internal static class Streams
{
    /// <summary>Writes to standard output.</summary>
    internal static void Out(string text) => Files.WriteAll(OwnedFd.Borrow(1), Encoding.UTF8.GetBytes(text)).OrThrow();

    /// <summary>Writes to standard error; where that is closed there is nobody to tell.</summary>
    internal static void Error(string text) => _ = Files.WriteAll(OwnedFd.Borrow(2), Encoding.UTF8.GetBytes(text));
}
