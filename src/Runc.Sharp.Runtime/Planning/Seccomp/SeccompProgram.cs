using System;
using System.Collections.Immutable;

namespace Runc.Sharp.Runtime.Planning.Seccomp;

/// <summary>The machine that a filter is made for.</summary>
public enum SeccompArch
{
    /// <summary>x86_64, with i386 and x32 beside it where the document names them.</summary>
    X64,
}

/// <summary>A system call filter as the kernel takes it. seccomp(2).</summary>
/// <param name="Filter">Instructions of 8 bytes: struct sock_filter.</param>
/// <param name="Count">Their number.</param>
/// <param name="Flags">SECCOMP_FILTER_FLAG_ bits.</param>
/// <param name="Notify">Whether a listener comes of it.</param>
/// <param name="Warnings">What is ignored, by name.</param>
public sealed record SeccompProgram(ReadOnlyMemory<byte> Filter, int Count, uint Flags, bool Notify, ImmutableArray<string> Warnings);
