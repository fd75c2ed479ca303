using System;
using System.Globalization;
using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>A set of signals, as the kernel keeps it: bit n - 1 for signal n.</summary>
/// <param name="Bits">The bits.</param>
public readonly record struct SignalSet(ulong Bits)
{
    /// <summary>Every signal. The kernel leaves out SIGKILL and SIGSTOP by itself.</summary>
    public static SignalSet All => new(ulong.MaxValue);

    /// <summary>The set and this signal.</summary>
    public SignalSet With(int signal) => new(Bits | (1UL << (signal - 1)));

    /// <summary>The set less this signal.</summary>
    public SignalSet Without(int signal) => new(Bits & ~(1UL << (signal - 1)));

    /// <summary>Whether the signal is in the set.</summary>
    public bool Has(int signal) => (Bits & (1UL << (signal - 1))) != 0;
}

/// <summary>Signals by number, the same on x86_64 and arm64. signal(7).</summary>
public static unsafe partial class Signals
{
    /// <summary>SIGHUP.</summary>
    public const int HangUp = 1;

    /// <summary>SIGINT.</summary>
    public const int Interrupt = 2;

    /// <summary>SIGQUIT.</summary>
    public const int Quit = 3;

    /// <summary>SIGABRT.</summary>
    public const int Abort = 6;

    /// <summary>SIGKILL.</summary>
    public const int Kill = 9;

    /// <summary>SIGPIPE.</summary>
    public const int Pipe = 13;

    /// <summary>SIGTERM.</summary>
    public const int Terminate = 15;

    /// <summary>SIGCHLD.</summary>
    public const int Child = 17;

    /// <summary>SIGCONT.</summary>
    public const int Continue = 18;

    /// <summary>SIGSTOP.</summary>
    public const int Stop = 19;

    /// <summary>SIGTTIN: a background process would read its terminal.</summary>
    public const int BackgroundRead = 21;

    /// <summary>SIGTTOU: a background process would change its terminal.</summary>
    public const int BackgroundWrite = 22;

    /// <summary>SIGURG.</summary>
    public const int Urgent = 23;

    /// <summary>SIGWINCH.</summary>
    public const int WindowChange = 28;

    /// <summary>The first real-time signal that the C library leaves to programs.</summary>
    public const int RealTimeFirst = 34;

    /// <summary>The last signal.</summary>
    public const int Last = 64;

    private const int SIG_BLOCK = 0;
    private const int SIG_SETMASK = 2;
    private const int KernelSetSize = 8;

    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct SignalfdInfo
    {
        public uint Signal;
        public int Error;
        public int Code;
        public uint Pid;
        public uint UserId;
    }

    /// <summary>
    /// What a program may hold back: all but SIGFPE and SIGSEGV, by which the .NET runtime finds faults of its own, and the first three
    /// real-time signals, which the C library and the runtime keep for themselves.
    /// </summary>
    /// <remarks><c>signals.x86_64.S</c> blocks the same ones for the runtime's threads.</remarks>
    public static SignalSet Held => new(0xffff_fffc_7fff_fb7f);

    /// <summary>What asks a program to end: SIGHUP, SIGINT, SIGQUIT, SIGTERM.</summary>
    public static SignalSet Ending => default(SignalSet).With(HangUp).With(Interrupt).With(Quit).With(Terminate);

    /// <summary>Blocks signals for the calling thread, beside those it blocks already. sigprocmask(2).</summary>
    /// <returns>What it blocked before.</returns>
    public static SyscallResult<SignalSet> Block(SignalSet signals) => Mask(SIG_BLOCK, signals);

    /// <summary>Sets what the calling thread blocks. sigprocmask(2).</summary>
    /// <returns>What it blocked before.</returns>
    public static SyscallResult<SignalSet> SetMask(SignalSet signals) => Mask(SIG_SETMASK, signals);

    /// <summary>A descriptor to read blocked signals from, without waiting. signalfd(2).</summary>
    public static SyscallResult<OwnedFd> SignalFd(SignalSet signals)
    {
        int flags = (OpenFlags.CloseOnExec | OpenFlags.NonBlocking).ToKernel();

        // SAFETY: the kernel reads the 8 bytes of the set.
        return OwnedFd.From(Libc.Call(Sys.signalfd4, -1, (nint)(&signals), KernelSetSize, flags), "signalfd4");
    }

    /// <summary>Takes the next pending signal from a <see cref="SignalFd"/>.</summary>
    /// <returns>0 when there is none.</returns>
    public static SyscallResult<int> Next(OwnedFd signalFd) => Next(signalFd, out _);

    /// <summary>Takes the next pending signal from a <see cref="SignalFd"/>.</summary>
    /// <param name="signalFd">The descriptor.</param>
    /// <param name="sender">Who sent it; 0 is the kernel.</param>
    /// <returns>0 when there is none.</returns>
    public static SyscallResult<int> Next(OwnedFd signalFd, out int sender)
    {
        SignalfdInfo info = default;

        // SAFETY: the kernel writes the 128 bytes of the structure or nothing.
        nint returned = Libc.CallAgain(Sys.read, signalFd.Number, (nint)(&info), sizeof(SignalfdInfo));
        sender = (int)info.Pid;
        return returned == sizeof(SignalfdInfo) ? new((int)info.Signal)
            : returned == -(nint)Errno.EAGAIN ? new(0)
            : new(SyscallResult.From(returned < 0 ? returned : -(nint)Errno.EPROTO, "read", signalFd));
    }

    /// <summary>Sends a signal to one thread of this process. tgkill(2).</summary>
    public static SyscallResult SendToThread(int threadId, int signal) =>
        SyscallResult.From(Libc.Call(Sys.tgkill, Processes.ProcessId, threadId, signal), "tgkill");

    /// <summary>The signal that a word names: a number from 0 to 64, or a name with or without <c>SIG</c> in any case.</summary>
    /// <remarks>Names as kill(1) and runc have them, and <c>RTMIN+n</c>, <c>RTMAX-n</c>.</remarks>
    public static bool TryParse(ReadOnlySpan<char> word, out int signal)
    {
        if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
        {
            return signal <= Last;
        }

        Span<char> upper = stackalloc char[16];
        int length = word.Length <= upper.Length ? word.ToUpperInvariant(upper) : 0;
        ReadOnlySpan<char> name = upper[..Math.Max(0, length)];
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        signal = Number(name);
        return signal != 0;
    }

    /// <summary>The signal's name with <c>SIG</c>; a number where it has none.</summary>
    public static string Name(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        10 => "SIGUSR1",
        11 => "SIGSEGV",
        12 => "SIGUSR2",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        16 => "SIGSTKFLT",
        17 => "SIGCHLD",
        18 => "SIGCONT",
        19 => "SIGSTOP",
        20 => "SIGTSTP",
        21 => "SIGTTIN",
        22 => "SIGTTOU",
        23 => "SIGURG",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        26 => "SIGVTALRM",
        27 => "SIGPROF",
        28 => "SIGWINCH",
        29 => "SIGIO",
        30 => "SIGPWR",
        31 => "SIGSYS",
        RealTimeFirst => "SIGRTMIN",
        > RealTimeFirst and <= Last => string.Concat("SIGRTMIN+", (signal - RealTimeFirst).ToString(CultureInfo.InvariantCulture)),
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    private static int Number(ReadOnlySpan<char> name)
    {
        switch (name)
        {
            case "IOT":
                return 6;
            case "CLD":
                return 17;
            case "POLL":
                return 29;
            case "RTMAX":
                return Last;
            default:
                break;
        }

        for (int signal = 1; signal <= RealTimeFirst; signal++)
        {
            if (signal is < 32 or RealTimeFirst && name.SequenceEqual(Name(signal).AsSpan(3)))
            {
                return signal;
            }
        }

        const int Prefix = 6;
        if (name.Length <= Prefix || !int.TryParse(name[Prefix..], NumberStyles.None, CultureInfo.InvariantCulture, out int offset) || offset > Last - RealTimeFirst)
        {
            return 0;
        }

        return name[..Prefix] switch
        {
            "RTMIN+" => RealTimeFirst + offset,
            "RTMAX-" => Last - offset,
            _ => 0,
        };
    }

    /// <summary>Makes a signal do what it does by default. A parent may have had it ignored, and an execve keeps that. sigaction(2).</summary>
    public static SyscallResult Restore(int signal)
    {
        const int KernelActionSize = 32;
        byte* action = stackalloc byte[KernelActionSize];
        new System.Span<byte>(action, KernelActionSize).Clear(); // SIG_DFL, no flags, no mask

        // SAFETY: the kernel reads the structure during the call.
        return SyscallResult.From(Libc.Call(Sys.rt_sigaction, signal, (nint)action, 0, KernelSetSize), "rt_sigaction");
    }

    private static SyscallResult<SignalSet> Mask(int how, SignalSet signals)
    {
        SignalSet before = default;

        // SAFETY: the kernel reads and writes the 8 bytes of the sets.
        nint returned = Libc.Call(Sys.rt_sigprocmask, how, (nint)(&signals), (nint)(&before), KernelSetSize);
        return returned < 0 ? new(SyscallResult.From(returned, "rt_sigprocmask")) : new(before);
    }
}
