using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Runc.Sharp.Linux;
using Xunit;

namespace Runc.Sharp.Kernel.Tests.Linux;

/// <summary>The calls on processes do what their names say.</summary>
public class ProcessCalls
{
    private const string Shell = "/bin/sh";

    [Theory]
    [InlineData("exit 3", false, 3, 3)]
    [InlineData("kill -9 $$", true, 9, 137)]
    public void A_child_ends_with_its_code_or_signal(string script, bool killed, int value, int code)
    {
        int pid = Processes.Spawn(Shell, ["sh", "-c", script], []).Value;
        ChildStatus status = Processes.WaitPid(pid, wait: true).Value;
        Assert.Equal(new ChildStatus(pid, killed, value), status);
        Assert.Equal(code, status.ExitCode);
    }

    [Fact]
    public void A_missing_program_fails_at_the_spawn()
    {
        SyscallResult<int> spawned = Processes.Spawn("/no/such/program", ["x"], []);
        Assert.Equal(Errno.ENOENT, spawned.Error);
        Assert.Contains("posix_spawn /no/such/program: ENOENT", Assert.Throws<LinuxException>(() => spawned.OrThrow()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Descriptors_change_places_as_mapped_and_none_leaks()
    {
        using OwnedFd a = Memory("A");
        using OwnedFd b = Memory("B");
        using OwnedFd leaked = Memory("leaked");

        // Each target is the other's source.
        string output = Run(
            $"cat /proc/self/fd/{b.Number}; cat /proc/self/fd/{a.Number}; ls /proc/self/fd | tr '\\n' ' '",
            [new FdMapping(a, b.Number), new FdMapping(b, a.Number), new FdMapping(Out, 1)]);
        Assert.StartsWith("AB", output, StringComparison.Ordinal);
        string[] seen = output[2..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains($"{a.Number}", seen);
        Assert.DoesNotContain($"{leaked.Number}", seen);
    }

    [Fact]
    public void A_descriptor_mapped_to_its_own_number_survives()
    {
        using OwnedFd a = Memory("same");
        Assert.Equal("same", Run($"cat /proc/self/fd/{a.Number}", [new FdMapping(a, a.Number), new FdMapping(Out, 1)]));
    }

    [Fact]
    public void Signals_are_unblocked_and_at_their_defaults()
    {
        SignalSet before = Signals.Block(default(SignalSet).With(Signals.Terminate)).Value;
        try
        {
            string status = Run("grep -E 'Sig(Blk|Ign)' /proc/self/status | tr -d '\\n'", [new FdMapping(Out, 1)]);
            Assert.Equal("SigBlk:\t0000000000000000SigIgn:\t0000000000000000", status);
        }
        finally
        {
            Signals.SetMask(before).Result.OrThrow();
        }
    }

    [Fact]
    public void Directory_environment_and_session_are_as_given()
    {
        using TemporaryDirectory directory = new();
        string output = Run(
            "pwd; echo $A; cut -d' ' -f6 /proc/$$/stat; echo $$",
            [new FdMapping(Out, 1)],
            ["A=b c"],
            SpawnFlags.NewSession,
            directory.Fd);
        string[] lines = output.Split('\n');
        Assert.Equal(directory.Path, lines[0]);
        Assert.Equal("b c", lines[1]);
        Assert.Equal(lines[3], lines[2]);
    }

    [Fact]
    public void A_child_is_signalled_and_reaped_by_descriptor()
    {
        int pid = Processes.Spawn("/bin/sleep", ["sleep", "100"], []).Value;
        using OwnedFd pidfd = Processes.PidfdOpen(pid).Value;
        Assert.False(Processes.WaitPidfd(pidfd, wait: false).Value.Ended);
        Processes.PidfdSendSignal(pidfd, Signals.Terminate).OrThrow();
        Assert.True((Polling.Wait(pidfd, PollEvents.Readable).Value & PollEvents.Readable) != 0);
        Assert.Equal(15, Processes.WaitPidfd(pidfd, wait: false, reap: false).Value.Value);
        Assert.True(Processes.Stat(pid).Value.IsZombie);
        Assert.True(Processes.WaitPidfd(pidfd, wait: false).Value.Killed);
        Assert.Equal(Errno.ECHILD, Processes.WaitPidfd(pidfd, wait: false).Error);
        Assert.Equal(Errno.ESRCH, Processes.PidfdSendSignal(pidfd, 0).Error);
        Assert.Contains(Processes.Stat(pid).Error, new[] { Errno.ENOENT, Errno.ESRCH });
    }

    [Fact]
    public void A_process_is_named_by_start_time_and_pidfs_inode()
    {
        using OwnedFd self = Processes.PidfdOpen(Processes.ProcessId).Value;
        using OwnedFd again = Processes.PidfdOpen(Processes.ProcessId).Value;
        using OwnedFd parent = Processes.PidfdOpen(Processes.ParentId).Value;
        Assert.Equal(Processes.PidfdInode(self).Value, Processes.PidfdInode(again).Value);
        Assert.True(Processes.PidfdInode(self).Value == 0 || Processes.PidfdInode(self).Value != Processes.PidfdInode(parent).Value);
        Assert.Equal(Processes.ParentId, Processes.Stat(Processes.ProcessId).Value.ParentId);
        Assert.True(Processes.Stat(Processes.ProcessId).Value.StartTime > Processes.Stat(1).Value.StartTime);
        Assert.True(Guid.TryParse(Processes.BootId().Value, out _));
    }

    [Fact]
    public void A_descriptor_of_another_process_can_be_copied()
    {
        using OwnedFd memory = Memory("other");
        int pid = Processes.Spawn("/bin/sleep", ["sleep", "100"], [], [new FdMapping(memory, 77)]).Value;
        using OwnedFd pidfd = Processes.PidfdOpen(pid).Value;
        using (OwnedFd copy = Processes.PidfdGetFd(pidfd, 77).Value)
        {
            Assert.Equal(Files.Fstat(memory).Value.Inode, Files.Fstat(copy).Value.Inode);
        }

        Processes.PidfdSendSignal(pidfd, Signals.Kill).OrThrow();
        Processes.WaitPidfd(pidfd, wait: true).Result.OrThrow();
    }

    [Fact]
    public void Limits_affinity_and_identity_are_those_of_proc()
    {
        ResourceLimit files = Processes.GetLimit(ResourceKind.OpenFiles).Value;
        string line = Array.Find(File.ReadAllLines("/proc/self/limits"), text => text.StartsWith("Max open files", StringComparison.Ordinal))!;
        Assert.Contains($" {files.Soft} ", line, StringComparison.Ordinal);
        Span<ulong> mask = stackalloc ulong[128];
        Assert.True(Processes.GetAffinity(mask).Value >= 1);
        int processors = 0;
        foreach (ulong word in mask)
        {
            processors += System.Numerics.BitOperations.PopCount(word);
        }

        Assert.Equal(Environment.ProcessorCount, processors);
        string status = File.ReadAllText("/proc/self/status");
        Assert.Contains($"Uid:\t{Identity.UserId}\t{Identity.EffectiveUserId}\t", status, StringComparison.Ordinal);
        Assert.Contains($"CapEff:\t{Identity.Capabilities().Value.Effective:x16}", status, StringComparison.Ordinal);
        Assert.Contains($"CapInh:\t{Identity.Capabilities().Value.Inheritable:x16}", status, StringComparison.Ordinal);
    }

    private static OwnedFd Out => OwnedFd.Borrow(s_out!.Number);

    [ThreadStatic]
    private static OwnedFd? s_out;

    public ProcessCalls() => s_out = Files.MemfdCreate("output", MemfdFlags.None).Value;

    private static OwnedFd Memory(string content)
    {
        OwnedFd file = Files.MemfdCreate("content", MemfdFlags.None).Value;
        Files.WriteAll(file, Encoding.UTF8.GetBytes(content)).OrThrow();
        Files.Seek(file, 0).OrThrow();
        return file;
    }

    private static string Run(string script, FdMapping[] mappings, CPath[]? environment = null, SpawnFlags flags = SpawnFlags.None, OwnedFd? directory = null)
    {
        List<CPath> variables = ["PATH=/bin:/usr/bin", .. environment ?? []];
        int pid = Processes.Spawn(Shell, ["sh", "-c", script], variables.ToArray(), mappings, flags, directory).Value;
        Assert.Equal(0, Processes.WaitPid(pid, wait: true).Value.ExitCode);
        Files.Seek(s_out!, 0).OrThrow();
        return Encoding.UTF8.GetString(Files.ReadAll(s_out!, 100_000).Value.Span);
    }
}
