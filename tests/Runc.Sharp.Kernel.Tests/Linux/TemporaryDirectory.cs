using System;
using System.IO;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>A directory that goes away with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal TemporaryDirectory()
    {
        Path = Directory.CreateTempSubdirectory("csrunc-test-").FullName;
        Fd = Files.Open(Path, OpenFlags.ReadOnly | OpenFlags.Directory).Value;
    }

    internal string Path { get; }

    internal OwnedFd Fd { get; }

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        Fd.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
