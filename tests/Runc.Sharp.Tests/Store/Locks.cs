using System;
using System.Diagnostics;
using System.Threading;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Store;
using Xunit;

namespace Runc.Sharp.Tests.Store;

/// <summary>One command at a time changes a container.</summary>
public class Locks
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void Another_process_keeps_us_out_until_it_ends()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory directory = root.Root.Create("c1");
        using Process other = Process.Start(new ProcessStartInfo("flock", [root["c1"], "sh", "-c", "echo held; read line"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        Assert.Equal("held", other.StandardOutput.ReadLine());
        long begin = Clocks.MonotonicNanoseconds;
        RuntimeException failure = Assert.Throws<RuntimeException>(() => directory.Lock(begin + (30 * Millisecond)));
        Assert.Equal("container c1 is being changed by another command", failure.Message);
        Assert.InRange(Clocks.MonotonicNanoseconds - begin, 30 * Millisecond, 50_000 * Millisecond);
        Thread waiter = new(() => directory.Lock());
        waiter.Start();
        Assert.False(waiter.Join(50));
        other.StandardInput.WriteLine();
        Assert.True(waiter.Join(60_000));
        other.WaitForExit();
    }

    [Fact]
    public void The_lock_is_free_when_its_holder_is_gone()
    {
        using TemporaryRoot root = new();
        ContainerDirectory holder = root.Root.Create("c1");
        holder.Lock();
        using ContainerDirectory next = root.Root.Open("c1");
        Assert.Throws<RuntimeException>(() => next.Lock(Clocks.MonotonicNanoseconds));
        holder.Dispose();
        next.Lock(Clocks.MonotonicNanoseconds);
    }

    [Fact]
    public void Who_waited_for_a_container_that_was_deleted_is_told_so()
    {
        using TemporaryRoot root = new();
        using ContainerDirectory deleter = root.Root.Create("c1");
        deleter.Lock();
        using ContainerDirectory directory = root.Root.Open("c1");
        Exception? failure = null;
        Thread waiter = new(() => failure = Record.Exception(() => directory.Lock()));
        waiter.Start();
        Assert.False(waiter.Join(30));
        deleter.Remove();
        using ContainerDirectory successor = root.Root.Create("c1");
        deleter.Dispose();
        Assert.True(waiter.Join(60_000));
        Assert.Equal("container does not exist", Assert.IsType<RuntimeException>(failure).Message);
    }
}
