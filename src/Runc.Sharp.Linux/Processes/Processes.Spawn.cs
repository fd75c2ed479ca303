using System;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>A descriptor that a new process gets.</summary>
/// <param name="Source">Ours.</param>
/// <param name="Target">Its number there.</param>
public readonly record struct FdMapping(OwnedFd Source, int Target);

/// <summary>What else a new process is given.</summary>
[Flags]
public enum SpawnFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A session of its own. setsid(2).</summary>
    NewSession = 1,
}

public static unsafe partial class Processes
{
    private const string SpawnCall = "posix_spawn";

    /// <summary>Starts a program in a new process. posix_spawn(3), which shares memory with the child until it executes.</summary>
    /// <remarks>
    /// Signals are unblocked and at their defaults there: the .NET runtime ignores SIGPIPE, and an ignored signal survives execve.
    /// Beyond <paramref name="descriptors"/> the child gets those of our descriptors that are not close-on-exec, which are standard input, output and error.
    /// </remarks>
    /// <param name="path">The program; not searched for.</param>
    /// <param name="arguments">Its arguments, the name first.</param>
    /// <param name="environment">Its whole environment.</param>
    /// <param name="descriptors">What it gets beside standard input, output and error; the targets are distinct.</param>
    /// <param name="flags">What else it is given.</param>
    /// <param name="workingDirectory">Where it runs; by default here.</param>
    /// <returns>The child's pid. A failed execve fails here, with its errno.</returns>
    public static SyscallResult<int> Spawn(
        CPath path,
        ReadOnlySpan<CPath> arguments,
        ReadOnlySpan<CPath> environment,
        ReadOnlySpan<FdMapping> descriptors = default,
        SpawnFlags flags = SpawnFlags.None,
        OwnedFd? workingDirectory = null)
    {
        int highest = 2;
        foreach (FdMapping mapping in descriptors)
        {
            highest = Math.Max(highest, mapping.Target);
        }

        OwnedFd?[] moved = new OwnedFd?[descriptors.Length];
        byte* actions = stackalloc byte[Libc.SpawnStructureSize];
        int failure = Libc.posix_spawn_file_actions_init(actions);
        if (failure != 0)
        {
            return new(SyscallResult.From(-failure, "posix_spawn_file_actions_init"));
        }

        try
        {
            SyscallResult prepared = AddDescriptors(actions, descriptors, moved, highest);
            if (!prepared.Failed && workingDirectory is not null)
            {
                prepared = SyscallResult.From(
                    -Libc.posix_spawn_file_actions_addfchdir_np(actions, workingDirectory.Number), "posix_spawn_file_actions_addfchdir_np");
            }

            return prepared.Failed ? new(prepared) : Spawn(path, arguments, environment, actions, flags);
        }
        finally
        {
            _ = Libc.posix_spawn_file_actions_destroy(actions);
            foreach (OwnedFd? copy in moved)
            {
                copy?.Dispose();
            }
        }
    }

    /// <summary>The child duplicates one after the other, so a source that an earlier target overwrites is first copied out of the way.</summary>
    private static SyscallResult AddDescriptors(byte* actions, ReadOnlySpan<FdMapping> descriptors, OwnedFd?[] moved, int highest)
    {
        for (int i = 0; i < descriptors.Length; i++)
        {
            OwnedFd source = descriptors[i].Source;
            foreach (FdMapping earlier in descriptors[..i])
            {
                if (earlier.Target == source.Number)
                {
                    SyscallResult<OwnedFd> copy = Files.Duplicate(source, highest + 1);
                    if (copy.Failed)
                    {
                        return copy.Result;
                    }

                    source = moved[i] = copy.Value;
                    break;
                }
            }

            // Where source and target are the same number, the C library takes close-on-exec away instead. glibc 2.29.
            int failure = Libc.posix_spawn_file_actions_adddup2(actions, source.Number, descriptors[i].Target);
            if (failure != 0)
            {
                return SyscallResult.From(-failure, "posix_spawn_file_actions_adddup2", source);
            }
        }

        return default;
    }

    private static SyscallResult<int> Spawn(CPath path, ReadOnlySpan<CPath> arguments, ReadOnlySpan<CPath> environment, byte* actions, SpawnFlags flags)
    {
        byte* attributes = stackalloc byte[Libc.SpawnStructureSize];
        byte* signals = stackalloc byte[Libc.SignalSetSize];
        int failure = Libc.posix_spawnattr_init(attributes);
        if (failure != 0)
        {
            return new(SyscallResult.From(-failure, "posix_spawnattr_init"));
        }

        short attributeFlags = (short)(Libc.POSIX_SPAWN_SETSIGMASK | Libc.POSIX_SPAWN_SETSIGDEF
            | ((flags & SpawnFlags.NewSession) != 0 ? Libc.POSIX_SPAWN_SETSID : 0));
        new Span<byte>(signals, Libc.SignalSetSize).Clear();
        _ = Libc.posix_spawnattr_setsigmask(attributes, signals);
        new Span<byte>(signals, Libc.SignalSetSize).Fill(0xff);
        _ = Libc.posix_spawnattr_setsigdefault(attributes, signals);
        _ = Libc.posix_spawnattr_setflags(attributes, attributeFlags);

        using NativeStrings argumentList = new(arguments);
        using NativeStrings environmentList = new(environment);

        // SAFETY: the lists are unmanaged memory that ends with a null pointer; the path is pinned and ends with NUL; the call returns after the execve.
        fixed (byte* program = path)
        {
            int pid = 0;
            failure = Libc.posix_spawn(&pid, program, actions, attributes, argumentList.Pointer, environmentList.Pointer);
            _ = Libc.posix_spawnattr_destroy(attributes);
            return failure != 0 ? new(SyscallResult.From(-failure, SpawnCall, path)) : new(pid);
        }
    }

    /// <summary>A null-terminated list of strings in one block of unmanaged memory.</summary>
    private readonly ref struct NativeStrings : IDisposable
    {
        internal NativeStrings(ReadOnlySpan<CPath> strings)
        {
            int bytes = 0;
            foreach (CPath text in strings)
            {
                bytes += text.Length + 1;
            }

            int table = (strings.Length + 1) * sizeof(byte*);

            // SAFETY: the block holds the table of pointers and then every string with its NUL; nothing is written beyond the sum computed above.
            Pointer = (byte**)NativeMemory.Alloc((nuint)(table + bytes));
            byte* next = (byte*)Pointer + table;
            for (int i = 0; i < strings.Length; i++)
            {
                Pointer[i] = next;
                strings[i].Terminated.CopyTo(new Span<byte>(next, strings[i].Length + 1));
                next += strings[i].Length + 1;
            }

            Pointer[strings.Length] = null;
        }

        internal byte** Pointer { get; }

        public void Dispose() => NativeMemory.Free(Pointer);
    }
}
