namespace Runc.Sharp.Init;

/// <summary>Where the interpreter's system calls go: the kernel in the shim, a fake in tests.</summary>
internal interface IKernel
{
    /// <summary>One system call. Answers as the kernel does: -4095 to -1 is a negated errno.</summary>
    long Call(long number, long a0 = 0, long a1 = 0, long a2 = 0, long a3 = 0, long a4 = 0, long a5 = 0);
}
