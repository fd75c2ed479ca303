using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Store;
using Xunit;

namespace Runc.Sharp.Tests.Store;

/// <summary>The root and the directories in it.</summary>
public class Directories
{
    [Fact]
    public void The_root_is_made_for_its_owner_alone()
    {
        using TemporaryRoot root = new();
        Assert.Equal(0x1c0u, Files.Statx(OwnedFd.Cwd, root.Path).Value.Permissions);
        using ContainerDirectory directory = root.Root.Create("c1");
        Assert.Equal(0x1c9u, Files.Statx(OwnedFd.Cwd, root["c1"]).Value.Permissions);
    }

    [Fact]
    public void A_missing_root_is_made_only_when_asked()
    {
        using TemporaryRoot root = new();
        Assert.Null(StateRoot.Open(root["a/b"], create: false));
        Assert.Throws<RuntimeException>(() => StateRoot.Existing(root["a/b"]));
        using StateRoot made = StateRoot.Open(root["a/b"], create: true)!;
        Assert.True(Directory.Exists(root["a/b"]));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("/.")]
    [InlineData("/tmp/..")]
    [InlineData("/proc/../.")]
    [InlineData("")]
    public void The_root_of_the_file_system_is_refused(string path)
    {
        RuntimeException failure = Assert.Throws<RuntimeException>(() => StateRoot.Open(path, create: true));
        Assert.Equal("the root directory must not be /", failure.Message);
    }

    [Fact]
    public void A_root_that_others_could_exchange_is_refused()
    {
        using TemporaryRoot root = new();
        Directory.CreateDirectory(root["real"]);
        File.CreateSymbolicLink(root["link"], root["real"]);
        File.WriteAllText(root["file"], string.Empty);
        Directory.CreateDirectory(root["open"]);
        Files.FchmodAt(OwnedFd.Cwd, root["open"], 0x1ff).OrThrow();
        Assert.Contains("symbolic link", Assert.Throws<RuntimeException>(() => StateRoot.Open(root["link"], create: true)).Message, StringComparison.Ordinal);
        Assert.Contains("symbolic link", Assert.Throws<RuntimeException>(() => StateRoot.Open(root["link"] + "/", create: true)).Message, StringComparison.Ordinal);
        Assert.Contains("not a directory", Assert.Throws<RuntimeException>(() => StateRoot.Open(root["file"], create: true)).Message, StringComparison.Ordinal);
        Assert.Contains("everybody", Assert.Throws<RuntimeException>(() => StateRoot.Open(root["open"], create: false)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_id_is_taken_once()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory first = root.Root.Create("c1");
        Assert.Equal("container with given ID already exists", Assert.Throws<RuntimeException>(() => root.Root.Create("c1")).Message);
        Assert.Equal("container does not exist", Assert.Throws<RuntimeException>(() => root.Root.Open("c2")).Message);
        Assert.Null(root.Root.TryOpen("c2"));
    }

    [Fact]
    public void Of_64_creators_of_one_id_one_wins()
    {
        using TemporaryRoot root = new();
        for (int round = 0; round < 20; round++)
        {
            int winners = 0, losers = 0;
            using Barrier barrier = new(64);
            Thread[] threads = new Thread[64];
            for (int i = 0; i < threads.Length; i++)
            {
                threads[i] = new Thread(() =>
                {
                    using StateRoot mine = StateRoot.Open(root.Path, create: true)!;
                    barrier.SignalAndWait();
                    try
                    {
                        using ContainerDirectory directory = mine.Create("same");
                        directory.Lock();
                        directory.Write(Records.Intent("same"));
                        Interlocked.Increment(ref winners);
                    }
                    catch (RuntimeException failure) when (failure.Message == "container with given ID already exists")
                    {
                        Interlocked.Increment(ref losers);
                    }
                });
                threads[i].Start();
            }

            Array.ForEach(threads, thread => thread.Join());
            Assert.Equal((1, 63), (winners, losers));
            using ContainerDirectory made = root.Root.Open("same");
            Assert.Equal("same", made.Read()!.Id);
            made.Remove();
        }
    }

    [Fact]
    public void Foreign_entries_are_no_containers()
    {
        using TemporaryRoot root = new();
        root.Root.Create("b").Dispose();
        root.Root.Create("a").Dispose();
        File.WriteAllText(root["file"], string.Empty);
        File.CreateSymbolicLink(root["link"], root["a"]);
        Directory.CreateDirectory(root["no id"]);
        Assert.Equal(["a", "b"], root.Root.Ids());
        Assert.Equal(["a", "b"], root.Root.Ids());
        Assert.Null(root.Root.TryOpen("file"));
        Assert.Null(root.Root.TryOpen("link"));
    }

    [Fact]
    public void A_reader_sees_the_record_before_or_after_a_change()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory writer = root.Root.Create("c1");
        writer.Write(Records.Full with { Pid = 1 });
        using CancellationTokenSource done = new();
        int reads = 0, wrong = 0;
        Thread reader = new(() =>
        {
            using ContainerDirectory directory = root.Root.Open("c1");
            int last = 0;
            while (!done.IsCancellationRequested)
            {
                int pid = directory.Read()?.Pid ?? -1;
                wrong += pid < last ? 1 : 0;
                last = pid;
                reads++;
            }
        });
        reader.Start();
        int written = 1;
        while (written < 2000 || Volatile.Read(ref reads) <= 5)
        {
            writer.Write(Records.Full with { Pid = ++written });
        }

        done.Cancel();
        reader.Join();
        Assert.Equal(0, wrong);
        Assert.Equal(written, writer.Read()!.Pid);
    }

    [Fact]
    public void A_glance_at_many_records_leaves_out_the_notes_alone_and_uses_one_buffer()
    {
        using TemporaryRoot root = new();
        byte[] buffer = [];
        foreach (int length in (int[])[1, 40_000, 100, 16_384])
        {
            using ContainerDirectory directory = root.Root.Create("c" + length);
            Assert.Null(directory.Glance(ref buffer));
            ContainerRecord record = Records.Full with { Id = "c" + length, Rootfs = "/" + new string('r', length) };
            directory.Write(Records.Intent("c" + length));
            directory.Write(record);
            ContainerRecord seen = directory.Glance(ref buffer)!;
            Assert.Empty(seen.Notes);
            Assert.Equal((record with { Notes = [] }).ToLine(), seen.ToLine());
        }

        Assert.InRange(buffer.Length, 40_000, 1 << 17);
    }

    [Fact]
    public void A_directory_without_a_whole_record_is_of_a_container_in_creation()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory directory = root.Root.Create("c1");
        Assert.Null(directory.Read());
        Assert.Equal("creating", ContainerStatus.Of(directory, directory.Read()));
        File.WriteAllText(Path.Combine(root["c1"], "state.json"), "\n{\"format\":1,\"id\":\"c1");
        Assert.Null(directory.Read());
        directory.Write(Records.Intent("c1"));
        Assert.Equal("creating", ContainerStatus.Of(directory, directory.Read()));
    }

    [Fact]
    public void The_status_follows_init_gate_and_freezer()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory directory = root.Root.Create("c1");
        int pid = Processes.Spawn("/bin/sleep", ["sleep", "100"], []).Value;
        using OwnedFd process = Processes.PidfdOpen(pid).Value;
        ContainerRecord record = Records.Intent("c1").WithInit(pid, process);
        using (OwnedFd gate = Sockets.Create(SocketKind.SequencedPackets).Value)
        {
            Sockets.Bind(gate, directory.Descriptor, ContainerDirectory.Gate).OrThrow();
        }

        Assert.Equal("created", ContainerStatus.Of(directory, record));
        Assert.Equal("paused", ContainerStatus.Of(directory, record, frozen: true));
        directory.RemoveGate();
        directory.RemoveGate();
        Assert.Equal("running", ContainerStatus.Of(directory, record));
        using (OwnedFd init = ContainerStatus.OpenInit(record)!)
        {
            Processes.PidfdSendSignal(init, Signals.Kill).OrThrow();
        }

        Processes.WaitPidfd(process, wait: true, reap: false).Result.OrThrow();
        Assert.Equal("stopped", ContainerStatus.Of(directory, record)); // a zombie still
        Processes.WaitPidfd(process, wait: true).Result.OrThrow();
        Assert.Equal("stopped", ContainerStatus.Of(directory, record, frozen: true));
    }

    [Fact]
    public void Removing_takes_everything_and_nothing_outside()
    {
        using TemporaryRoot root = new();
        string canary = root["canary"];
        Directory.CreateDirectory(canary);
        File.WriteAllText(Path.Combine(canary, "f"), "x");
        ContainerDirectory directory = root.Root.Create("c1");
        directory.Write(Records.Intent("c1"));
        Directory.CreateDirectory(Path.Combine(root["c1"], "a/b/c"));
        File.WriteAllText(Path.Combine(root["c1"], "a/b/f"), "x");
        File.CreateSymbolicLink(Path.Combine(root["c1"], "a/out"), canary);
        File.CreateSymbolicLink(Path.Combine(root["c1"], "out"), canary);
        directory.Remove();
        Assert.False(Directory.Exists(root["c1"]));
        Assert.Equal("x", File.ReadAllText(Path.Combine(canary, "f")));

        // Twice, and with another container of the name by then.
        using ContainerDirectory other = root.Root.Create("c1");
        directory.Remove();
        directory.Dispose();
        Assert.True(Directory.Exists(root["c1"]));
    }

    [Fact]
    public void A_half_removed_directory_is_removed_to_the_end()
    {
        using TemporaryRoot root = new();
        using (ContainerDirectory directory = root.Root.Create("c1"))
        {
            directory.Write(Records.Intent("c1"));
        }

        File.Delete(Path.Combine(root["c1"], "state.json"));
        using ContainerDirectory again = root.Root.Open("c1");
        Assert.Null(again.Read());
        again.Remove();
        Assert.Empty(root.Root.Ids());
    }

    [Fact]
    public void A_tree_too_deep_to_be_ours_is_refused()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory directory = root.Root.Create("c1");
        List<string> names = [root["c1"]];
        for (int i = 0; i < 80; i++)
        {
            names.Add("d");
        }

        Directory.CreateDirectory(Path.Combine([.. names]));
        Assert.Contains("nested too deeply", Assert.Throws<RuntimeException>(directory.Remove).Message, StringComparison.Ordinal);
    }
}
