using System;
using System.IO;
using System.Text;
using System.Threading;
using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>Signals, terminals, clocks, mounts, programs.</summary>
public class OtherCalls
{
    [Fact]
    public void A_wait_ends_at_its_deadline()
    {
        using OwnedFd counter = Files.EventFd().Value;
        long begin = Clocks.MonotonicNanoseconds;
        Assert.Equal(PollEvents.None, Polling.Wait(counter, PollEvents.Readable, begin + 20_000_000).Value);
        Assert.InRange(Clocks.MonotonicNanoseconds - begin, 20_000_000, 60_000_000_000);
        Files.WriteAll(counter, BitConverter.GetBytes(1L)).OrThrow();
        Assert.Equal(PollEvents.Readable, Polling.Wait(counter, PollEvents.Readable).Value);
    }

    [Fact]
    public void The_clock_is_that_of_the_calendar()
    {
        long ours = Clocks.RealtimeNanoseconds / 1_000_000;
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - ours, -60_000, 60_000);
    }

    [Fact]
    public void A_blocked_signal_is_read_from_its_descriptor()
    {
        // A thread of its own: the mask is the thread's, and the signal is sent to the thread.
        int got = 0;
        Thread thread = new(() =>
        {
            const int Usr1 = 10;
            Signals.Block(default(SignalSet).With(Usr1)).Result.OrThrow();
            using OwnedFd signals = Signals.SignalFd(default(SignalSet).With(Usr1)).Value;
            Assert.Equal(0, Signals.Next(signals).Value);
            Signals.SendToThread(Processes.ThreadId, Usr1).OrThrow();
            got = Signals.Next(signals).Value;
        });
        thread.Start();
        thread.Join();
        Assert.Equal(10, got);
    }

    [Fact]
    public void A_pseudoterminal_has_two_ends_a_size_and_settings()
    {
        using OwnedFd master = Terminals.OpenMaster().Value;
        using OwnedFd slave = Terminals.OpenSlave(master).Value;
        Assert.True(Terminals.IsTerminal(slave));
        Terminals.SetSize(master, new WindowSize(33, 111)).OrThrow();
        Assert.Equal(new WindowSize(33, 111), Terminals.Size(slave).Value);
        Assert.True(File.Exists($"/dev/pts/{Terminals.Number(master).Value}"));
        Assert.Equal(Errno.ENOTTY, Terminals.Settings(OwnedFd.Borrow(Files.EventFd().Value.Number)).Error);

        TerminalSettings cooked = Terminals.Settings(slave).Value;
        Files.WriteAll(slave, "a\n"u8).OrThrow();
        Assert.Equal("a\r\n", ReadText(master, 3));
        Terminals.SetSettings(slave, cooked.WithoutCarriageReturns()).OrThrow();
        Files.WriteAll(slave, "b\n"u8).OrThrow();
        Assert.Equal("b\n", ReadText(master, 2));

        // Raw: no echo, no line buffer, no signal from ^C.
        Terminals.SetSettings(slave, cooked.Raw()).OrThrow();
        Files.WriteAll(master, "\u0003x"u8).OrThrow();
        Assert.Equal("\u0003x", ReadText(slave, 2));
        Terminals.SetSettings(slave, cooked).OrThrow();
        Assert.Equal(cooked.Local, Terminals.Settings(slave).Value.Local);
    }

    [Fact]
    public void Mounts_are_built_detached_and_attached_by_descriptor()
    {
        using TemporaryDirectory directory = new();
        using OwnedFd context = Mounts.FsOpen("tmpfs").Value;
        Mounts.FsSet(context, "size", "65536").OrThrow();
        Mounts.FsCreate(context).OrThrow();
        using OwnedFd mount = Mounts.FsMount(context, MountAttributes.NoDevices).Value;
        Files.MkdirAt(mount, "inside", 0x1c0).OrThrow();
        Mounts.SetAttributes(mount, new MountChange { Set = MountAttributes.ReadOnly }, recursive: false).OrThrow();
        Assert.Equal(Errno.EROFS, Files.MkdirAt(mount, "more", 0x1c0).Error);
        Assert.Equal(FileSystemMagic.Tmpfs, Files.Fstatfs(mount).Value.Type);
        Assert.False(Directory.Exists(directory["inside"]));
        using (OwnedFd target = Files.Open(directory.Path, OpenFlags.Path | OpenFlags.Directory).Value)
        {
            Mounts.Attach(mount, target).OrThrow();
        }

        try
        {
            Assert.True(Directory.Exists(directory["inside"]));
        }
        finally
        {
            Mounts.Unmount(directory.Path, UnmountFlags.Detach).OrThrow();
        }

        Assert.False(Directory.Exists(directory["inside"]));
    }

    [Fact]
    public void The_kind_of_a_namespace_is_told()
    {
        using OwnedFd pid = Files.Open("/proc/self/ns/pid", OpenFlags.ReadOnly).Value;
        Assert.Equal(NamespaceKinds.Pid, Namespaces.KindOf(pid).Value);
        using OwnedFd file = Files.Open("/etc/passwd", OpenFlags.ReadOnly).Value;
        Assert.Equal(Errno.ENOTTY, Namespaces.KindOf(file).Error);
    }

    [Fact]
    public void A_device_program_is_loaded_or_refused_with_the_verifiers_words()
    {
        // r0 = 1; exit
        using (OwnedFd program = Bpf.LoadDeviceProgram([0x0000_0001_0000_00b7, 0x95]).Value)
        {
            Assert.True(program.IsOpen);
        }

        byte[] log = new byte[4096];
        Assert.Equal(Errno.EINVAL, Bpf.LoadDeviceProgram([0x0000_0001_0000_00b7, 0xb7], log).Error);
        Assert.NotEqual(0, log[0]);
    }

    [Fact]
    public void Changes_of_a_watched_file_are_noticed()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(directory["f"], string.Empty);
        using OwnedFd events = FileEvents.Create().Value;
        FileEvents.Watch(events, directory["f"], FileEvents.Modified | FileEvents.Deleted).OrThrow();
        Assert.Equal(0u, FileEvents.Drain(events).Value);
        File.AppendAllText(directory["f"], "x");
        Assert.Equal(FileEvents.Modified, FileEvents.Drain(events).Value & FileEvents.Modified);
        File.Delete(directory["f"]);
        Assert.Equal(FileEvents.Deleted, FileEvents.Drain(events).Value & FileEvents.Deleted);
    }

    /// <summary>So many bytes, or what comes within a minute: the kernel passes them on in pieces.</summary>
    private static string ReadText(OwnedFd fd, int length)
    {
        Span<byte> buffer = stackalloc byte[64];
        int got = 0;
        while (got < length && Polling.Wait(fd, PollEvents.Readable, Clocks.MonotonicNanoseconds + 60_000_000_000).Value != PollEvents.None)
        {
            got += Files.Read(fd, buffer[got..]).Value;
        }

        return Encoding.UTF8.GetString(buffer[..got]);
    }
}
