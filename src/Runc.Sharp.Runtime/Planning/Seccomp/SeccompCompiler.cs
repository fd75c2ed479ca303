using Runc.Sharp.Spec;

namespace Runc.Sharp.Runtime.Planning.Seccomp;

/// <summary>Compiles linux.seccomp.</summary>
public static class SeccompCompiler
{
    /// <summary>The filter of a document.</summary>
    public static SeccompProgram Compile(SeccompSpec spec, SeccompArch native) =>
        throw new RuntimeException("/linux/seccomp with default action " + spec.DefaultAction + " is not supported yet on " + native);
}
