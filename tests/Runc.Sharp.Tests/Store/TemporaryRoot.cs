using System;
using System.IO;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Tests.Store;

/// <summary>A state root that goes away with the test.</summary>
internal sealed class TemporaryRoot : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("csrunc-store-").FullName;

    internal TemporaryRoot() => Root = StateRoot.Open(Path, create: true)!;

    internal string Path => System.IO.Path.Combine(_base, "root");

    internal StateRoot Root { get; }

    internal string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        Root.Dispose();
        Directory.Delete(_base, recursive: true);
    }
}
