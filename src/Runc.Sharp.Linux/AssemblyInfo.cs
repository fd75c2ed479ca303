using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// Every argument of a native call is blittable, so the calls need no marshalling stub.
[assembly: DisableRuntimeMarshalling]
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
[assembly: InternalsVisibleTo("Runc.Sharp.Tests")]
[assembly: InternalsVisibleTo("Runc.Sharp.Kernel.Tests")]
