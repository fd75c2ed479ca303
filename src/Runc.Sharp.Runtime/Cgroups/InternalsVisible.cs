using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Runc.Sharp.Tests")]
[assembly: InternalsVisibleTo("Runc.Sharp.Kernel.Tests")]
