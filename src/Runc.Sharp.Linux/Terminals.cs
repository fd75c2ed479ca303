using System.Runtime.InteropServices;
using Runc.Sharp.Linux.Native;

namespace Runc.Sharp.Linux;

/// <summary>The size of a terminal: <c>struct winsize</c>. ioctl_tty(2).</summary>
/// <param name="Rows">Lines.</param>
/// <param name="Columns">Characters in a line.</param>
/// <param name="PixelWidth">Unused by most.</param>
/// <param name="PixelHeight">Unused by most.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct WindowSize(ushort Rows, ushort Columns, ushort PixelWidth = 0, ushort PixelHeight = 0);

/// <summary>How a terminal treats what passes through it: the kernel's <c>struct termios</c>. termios(3).</summary>
[StructLayout(LayoutKind.Sequential, Size = 36)]
public unsafe struct TerminalSettings
{
    internal const uint BRKINT = 0x2;
    internal const uint PARMRK = 0x8;
    internal const uint IGNBRK = 0x1;
    internal const uint ISTRIP = 0x20;
    internal const uint INLCR = 0x40;
    internal const uint IGNCR = 0x80;
    internal const uint ICRNL = 0x100;
    internal const uint IXON = 0x400;
    internal const uint ONLCR = 0x4;
    internal const uint CSIZE = 0x30;
    internal const uint CS8 = 0x30;
    internal const uint PARENB = 0x100;
    internal const uint ISIG = 0x1;
    internal const uint ICANON = 0x2;
    internal const uint ECHO = 0x8;
    internal const uint ECHONL = 0x40;
    internal const uint IEXTEN = 0x8000;
    private const int VEOF = 4;
    private const int VTIME = 5;
    private const int VMIN = 6;

    /// <summary>c_iflag.</summary>
    public uint Input;

    /// <summary>c_oflag.</summary>
    public uint Output;

    /// <summary>c_cflag.</summary>
    public uint Control;

    /// <summary>c_lflag.</summary>
    public uint Local;

    private readonly byte _line;
    private fixed byte _characters[19];

    /// <summary>The character that says the end of file, mostly control-D. VEOF.</summary>
    public readonly byte EndOfFile => _characters[VEOF];

    /// <summary>These settings with every key passed on as it is, as cfmakeraw(3) makes them; but output goes on being processed.</summary>
    /// <remarks>The container's terminal does not turn a line feed into carriage return and line feed (<see cref="WithoutCarriageReturns"/>), so the caller's must.</remarks>
    public readonly TerminalSettings Raw()
    {
        TerminalSettings raw = this;
        raw.Input &= ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON);
        raw.Local &= ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
        raw.Control = (raw.Control & ~(CSIZE | PARENB)) | CS8;
        raw._characters[VMIN] = 1;
        raw._characters[VTIME] = 0;
        return raw;
    }

    /// <summary>These settings with line feeds left alone on output: ONLCR off.</summary>
    public readonly TerminalSettings WithoutCarriageReturns()
    {
        TerminalSettings changed = this;
        changed.Output &= ~ONLCR;
        return changed;
    }
}

/// <summary>Terminals and pseudoterminals. ioctl_tty(2), pty(7).</summary>
public static unsafe class Terminals
{
    internal const uint TCGETS = 0x5401;
    internal const uint TCSETS = 0x5402;
    internal const uint TCSETSW = 0x5403;
    internal const uint TIOCGWINSZ = 0x5413;
    internal const uint TIOCSWINSZ = 0x5414;
    internal const uint TIOCSPTLCK = 0x40045431;
    internal const uint TIOCGPTN = 0x80045430;
    internal const uint TIOCGPTPEER = 0x5441;
    internal const uint TIOCSCTTY = 0x540E;

    /// <summary>Whether the descriptor is a terminal.</summary>
    public static bool IsTerminal(OwnedFd fd) => !Settings(fd).Failed;

    /// <summary>The terminal's settings. TCGETS; ENOTTY when it is none.</summary>
    public static SyscallResult<TerminalSettings> Settings(OwnedFd terminal)
    {
        TerminalSettings settings = default;

        // SAFETY: the kernel writes the 36 bytes of the structure.
        nint returned = Libc.Call(Sys.ioctl, terminal.Number, (nint)TCGETS, (nint)(&settings));
        return returned < 0 ? new(SyscallResult.From(returned, "ioctl TCGETS", terminal)) : new(settings);
    }

    /// <summary>Changes the terminal's settings at once. TCSETS.</summary>
    public static SyscallResult SetSettings(OwnedFd terminal, TerminalSettings settings) =>
        // SAFETY: the kernel reads the 36 bytes of the structure.
        SyscallResult.From(Libc.CallAgain(Sys.ioctl, terminal.Number, (nint)TCSETS, (nint)(&settings)), "ioctl TCSETS", terminal);

    /// <summary>The terminal's size. TIOCGWINSZ.</summary>
    public static SyscallResult<WindowSize> Size(OwnedFd terminal)
    {
        WindowSize size = default;

        // SAFETY: the kernel writes the 8 bytes of the structure.
        nint returned = Libc.Call(Sys.ioctl, terminal.Number, (nint)TIOCGWINSZ, (nint)(&size));
        return returned < 0 ? new(SyscallResult.From(returned, "ioctl TIOCGWINSZ", terminal)) : new(size);
    }

    /// <summary>Sets the terminal's size; its foreground processes get SIGWINCH where it is another. TIOCSWINSZ.</summary>
    public static SyscallResult SetSize(OwnedFd terminal, WindowSize size) =>
        // SAFETY: the kernel reads the 8 bytes of the structure.
        SyscallResult.From(Libc.Call(Sys.ioctl, terminal.Number, (nint)TIOCSWINSZ, (nint)(&size)), "ioctl TIOCSWINSZ", terminal);

    /// <summary>Makes a new pseudoterminal of the host's devpts and lets its slave be opened.</summary>
    /// <returns>The master.</returns>
    public static SyscallResult<OwnedFd> OpenMaster()
    {
        SyscallResult<OwnedFd> opened = Files.Open("/dev/ptmx"u8, OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal);
        if (opened.Failed)
        {
            return opened;
        }

        SyscallResult unlocked = Unlock(opened.Value);
        if (unlocked.Failed)
        {
            opened.Value.Dispose();
            return new(unlocked);
        }

        return opened;
    }

    /// <summary>Lets the slave of a pseudoterminal be opened. TIOCSPTLCK.</summary>
    public static SyscallResult Unlock(OwnedFd master)
    {
        int locked = 0;

        // SAFETY: the kernel reads one int.
        return SyscallResult.From(Libc.Call(Sys.ioctl, master.Number, (nint)TIOCSPTLCK, (nint)(&locked)), "ioctl TIOCSPTLCK", master);
    }

    /// <summary>Opens the slave of a pseudoterminal without a path that somebody could replace. TIOCGPTPEER, Linux 4.13; CVE-2025-52565.</summary>
    public static SyscallResult<OwnedFd> OpenSlave(OwnedFd master)
    {
        OpenFlags flags = OpenFlags.ReadWrite | OpenFlags.NoControllingTerminal | OpenFlags.CloseOnExec;
        return OwnedFd.From(Libc.CallAgain(Sys.ioctl, master.Number, (nint)TIOCGPTPEER, flags.ToKernel()), "ioctl TIOCGPTPEER");
    }

    /// <summary>The number of a pseudoterminal's slave in its devpts. TIOCGPTN.</summary>
    public static SyscallResult<int> Number(OwnedFd master)
    {
        int number = 0;

        // SAFETY: the kernel writes one int.
        nint returned = Libc.Call(Sys.ioctl, master.Number, unchecked((nint)TIOCGPTN), (nint)(&number));
        return returned < 0 ? new(SyscallResult.From(returned, "ioctl TIOCGPTN", master)) : new(number);
    }
}
