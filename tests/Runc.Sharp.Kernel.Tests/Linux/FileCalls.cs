using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>The calls on files do what their names say.</summary>
public class FileCalls
{
    [Fact]
    public void Every_opened_descriptor_is_close_on_exec()
    {
        using TemporaryDirectory directory = new();
        using OwnedFd reader = Files.Pipe(out OwnedFd? writeEnd).Value;
        using OwnedFd writer = writeEnd!;
        using OwnedFd left = Sockets.Pair(SocketKind.Stream, out OwnedFd? other).Value;
        using OwnedFd right = other!;
        OwnedFd[] all =
        [
            Files.OpenAt(directory.Fd, "a", OpenFlags.Create | OpenFlags.WriteOnly, 0x180).Value,
            Files.OpenAt2(directory.Fd, "a", OpenFlags.ReadOnly, ResolveFlags.Beneath).Value,
            Files.MemfdCreate("m", MemfdFlags.AllowSealing).Value,
            Files.EventFd().Value,
            Files.Duplicate(directory.Fd, 300).Value,
            Files.Dup3(directory.Fd, 301).Value,
            Sockets.Create(SocketKind.Stream).Value,
            Processes.PidfdOpen(Environment.ProcessId).Value,
            Signals.SignalFd(SignalSet.All).Value,
            Terminals.OpenMaster().Value,
            FileEvents.Create().Value,
            reader,
            writer,
            left,
            right,
        ];
        foreach (OwnedFd fd in all)
        {
            string flags = Array.Find(File.ReadAllLines($"/proc/self/fdinfo/{fd.Number}"), line => line.StartsWith("flags:", StringComparison.Ordinal))!;
            Assert.True((Convert.ToInt32(flags[6..].Trim(), 8) & 0x80000) != 0, fd.ToString());
            fd.Dispose();
        }
    }

    [Fact]
    public void A_look_up_that_leaves_its_root_is_refused_with_a_hint()
    {
        using TemporaryDirectory directory = new();
        File.CreateSymbolicLink(directory["out"], "/etc/passwd");
        SyscallResult<OwnedFd> opened = Files.OpenAt2(directory.Fd, "out", OpenFlags.ReadOnly, ResolveFlags.Beneath);
        Assert.Equal(Errno.EXDEV, opened.Error);
        LinuxException failure = Assert.Throws<LinuxException>(() => opened.OrThrow());
        Assert.Contains("openat2 out: EXDEV", failure.Message, StringComparison.Ordinal);
        Assert.Contains("leaves the directory", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_made_linked_renamed_read_and_removed()
    {
        using TemporaryDirectory directory = new();
        Files.MkdirAt(directory.Fd, "d", 0x1c0).OrThrow();
        Files.MknodAt(directory.Fd, "d/f", FileType.Regular, 0x180).OrThrow();
        Files.LinkAt(directory.Fd, "d/f", directory.Fd, "g").OrThrow();
        Files.SymlinkAt("d/f", directory.Fd, "s").OrThrow();
        Assert.Equal("d/f", Files.ReadLinkAt(directory.Fd, "s").Value.ToString());
        Assert.Equal(2u, Files.Statx(directory.Fd, "g").Value.LinkCount);
        Assert.Equal(Errno.EEXIST, Files.RenameAt(directory.Fd, "g", directory.Fd, "s", RenameFlags.NoReplace).Error);
        Files.RenameAt(directory.Fd, "g", directory.Fd, "s").OrThrow();
        Assert.Equal(FileType.Regular, Files.Statx(directory.Fd, "s", AtFlags.NoFollow).Value.Type);
        Files.FchmodAt(directory.Fd, "s", 0x1a4).OrThrow();
        Assert.Equal(0x1a4u, Files.Statx(directory.Fd, "s").Value.Permissions);
        Files.UnlinkAt(directory.Fd, "s").OrThrow();
        Files.UnlinkAt(directory.Fd, "d/f").OrThrow();
        Files.UnlinkAt(directory.Fd, "d", AtFlags.RemoveDirectory).OrThrow();
        Assert.Empty(Directory.GetFileSystemEntries(directory.Path));
    }

    [Fact]
    public void A_directory_of_many_names_is_read_whole_through_a_small_buffer()
    {
        using TemporaryDirectory directory = new();
        HashSet<string> expected = [];
        for (int i = 0; i < 100; i++)
        {
            File.WriteAllText(directory[$"name-{i}"], string.Empty);
            expected.Add($"name-{i}");
        }

        DirectoryEntries entries = new(directory.Fd, stackalloc byte[280]);
        while (entries.MoveNext())
        {
            Assert.Equal(FileType.Regular, entries.Type);
            Assert.True(expected.Remove(Encoding.UTF8.GetString(entries.Name)));
        }

        Assert.Empty(expected);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4000)]
    [InlineData(4001)]
    [InlineData(100_000)]
    public void A_file_is_read_whole_up_to_the_limit(int size)
    {
        using TemporaryDirectory directory = new();
        byte[] content = new byte[size];
        for (int i = 0; i < size; i++)
        {
            content[i] = (byte)(i * 7919 >> 5);
        }

        File.WriteAllBytes(directory["f"], content);
        Assert.Equal(content, Files.ReadFileAt(directory.Fd, "f", limit: 100_000).Value.ToArray());
        Assert.Equal(content, Files.ReadFileAt(directory.Fd, "f", limit: size).Value.ToArray());
        Assert.True(size == 0 || Files.ReadFileAt(directory.Fd, "f", limit: size - 1).Error == Errno.EFBIG);
    }

    [Fact]
    public void Writing_neither_makes_nor_empties_a_file()
    {
        using TemporaryDirectory directory = new();
        Assert.Equal(Errno.ENOENT, Files.WriteFileAt(directory.Fd, "f", "x"u8).Error);
        File.WriteAllText(directory["f"], "abc");
        Files.WriteFileAt(directory.Fd, "f", "x"u8).OrThrow();
        Assert.Equal("xbc", File.ReadAllText(directory["f"]));
    }

    [Fact]
    public void A_sealed_memory_file_cannot_be_written()
    {
        using OwnedFd file = Files.MemfdCreate("sealed", MemfdFlags.AllowSealing).Value;
        Files.WriteAll(file, "abc"u8).OrThrow();
        Files.AddSeals(file, SealFlags.Write | SealFlags.Grow | SealFlags.Shrink | SealFlags.Seal).OrThrow();
        Assert.Equal(Errno.EPERM, Files.Write(file, "x"u8).Error);
        Assert.Equal(SealFlags.Write | SealFlags.Grow | SealFlags.Shrink | SealFlags.Seal, Files.Seals(file).Value);
        Span<byte> read = stackalloc byte[8];
        Assert.Equal(3, Files.Pread(file, read, 0).Value);
    }

    [Fact]
    public void A_lock_belongs_to_the_open_file()
    {
        using TemporaryDirectory directory = new();
        using OwnedFd first = Files.OpenAt(directory.Fd, "lock", OpenFlags.Create | OpenFlags.ReadWrite, 0x180).Value;
        using OwnedFd second = Files.OpenAt(directory.Fd, "lock", OpenFlags.ReadWrite).Value;
        Files.Lock(first, LockKind.Shared, wait: false).OrThrow();
        Files.Lock(second, LockKind.Shared, wait: false).OrThrow();
        Assert.Equal(Errno.EAGAIN, Files.Lock(second, LockKind.Exclusive, wait: false).Error);
        Files.Lock(first, LockKind.None, wait: false).OrThrow();
        Files.Lock(second, LockKind.Exclusive, wait: false).OrThrow();
        Assert.Equal(Errno.EAGAIN, Files.Lock(first, LockKind.Shared, wait: false).Error);
    }

    [Fact]
    public void A_descriptor_given_away_is_not_closed()
    {
        OwnedFd fd = OwnNumber();
        int number = fd.Release();
        fd.Dispose();
        Assert.True(IsOpen(number));
        Assert.Throws<ObjectDisposedException>(() => fd.Number);
        using (OwnedFd again = new(number))
        {
            Assert.True(again.IsOpen);
        }

        Assert.False(IsOpen(number));
    }

    [Fact]
    public void A_borrowed_descriptor_stays_open()
    {
        using OwnedFd owner = Files.EventFd().Value;
        OwnedFd.Borrow(owner.Number).Dispose();
        Assert.True(IsOpen(owner.Number));
    }

    [Fact]
    public void A_descriptor_of_our_own_is_not_inherited_and_one_that_would_pass_an_execve_looks_so()
    {
        using OwnedFd own = OwnNumber();
        Assert.False(Files.IsInherited(own.Number));
        Files.SetCloseOnExec(own, false).OrThrow();
        Assert.True(Files.IsInherited(own.Number));
        int number = own.Number;
        own.Dispose();
        Assert.False(Files.IsInherited(number));
    }

    /// <summary>A descriptor whose number no other test, of those that run meanwhile, gets when it is closed: the lowest are given first.</summary>
    private static OwnedFd OwnNumber()
    {
        using OwnedFd low = Files.EventFd().Value;
        return Files.Duplicate(low, 500).Value;
    }

    private static bool IsOpen(int number) => !Files.StatusFlags(OwnedFd.Borrow(number)).Failed;

    [Fact]
    public void The_file_system_of_proc_is_told() =>
        Assert.Equal(FileSystemMagic.Proc, Files.Statfs("/proc").Value.Type);

    [Fact]
    public void A_device_number_is_encoded_as_the_kernel_does()
    {
        using TemporaryDirectory directory = new();
        Files.MknodAt(directory.Fd, "n", FileType.CharacterDevice, 0x180, 300, 70_000).OrThrow();
        FileStatus status = Files.Statx(directory.Fd, "n").Value;
        Assert.Equal((300u, 70_000u, FileType.CharacterDevice), (status.DeviceMajor, status.DeviceMinor, status.Type));
    }
}
