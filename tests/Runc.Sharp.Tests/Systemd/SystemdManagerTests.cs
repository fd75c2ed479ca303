using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Systemd;
using Xunit;

namespace Runc.Sharp.Tests.Systemd;

/// <summary>What is said to systemd, and what is made of its answers.</summary>
public sealed class SystemdManagerTests
{
    private const string Systemd = "org.freedesktop.systemd1";
    private const string ReadOnly = "org.freedesktop.DBus.Error.PropertyReadOnly";
    private static readonly UnitProperty[] Some =
        [new("Slice", "a.slice", Needed: true), new("PIDs", new uint[] { 42 }, Needed: true), new("Delegate", true, Needed: true), new("TasksMax", 9ul), new("DeviceAllow", new[] { ("/dev/char/1:3", "rw") })];

    [Fact]
    public void A_unit_is_started_and_its_job_waited_for()
    {
        using var bus = new FakeBus((bus, call) => [bus.JobRemoved("b.scope", "failed"), bus.Return(call.Serial), bus.JobRemoved("c.scope", "done")]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        manager.Start("c.scope", Some, _ => Assert.Fail("nothing is unknown"));
        Assert.Equal(["StartTransientUnit c.scope replace [[Slice, a.slice], [PIDs, [42]], [Delegate, true], [TasksMax, 9], [DeviceAllow, [[/dev/char/1:3, rw]]]] []"], bus.Log);
    }

    [Fact]
    public void On_a_bus_the_signal_is_asked_for_before_there_can_be_one()
    {
        using var bus = new FakeBus((bus, call) => [bus.Return(call.Serial), bus.JobRemoved("c.scope", "done")]);
        using var manager = new SystemdManager(bus.Connection, onBus: true);
        manager.Start("c.scope", [], _ => { });
        Assert.Equal(
            [
                "AddMatch type='signal',sender='org.freedesktop.systemd1',interface='org.freedesktop.systemd1.Manager',member='JobRemoved',arg2='c.scope'",
                "StartTransientUnit c.scope replace [] []",
            ],
            bus.Log);
    }

    [Fact]
    public void A_job_that_fails_is_an_error_and_leaves_no_failed_unit()
    {
        using var bus = new FakeBus((bus, call) => [bus.Return(call.Serial), bus.JobRemoved("c.scope", "timeout")]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        Assert.Equal("systemd could not start c.scope: the job's result is timeout", Assert.Throws<RuntimeException>(() => manager.Start("c.scope", [], _ => { })).Message);
        Assert.Equal("ResetFailedUnit c.scope", bus.Log[^1]);
    }

    [Fact]
    public void A_unit_that_failed_before_is_forgotten_and_the_start_tried_once_more()
    {
        int calls = 0;
        using var bus = new FakeBus((bus, call) => call.Member == "StartTransientUnit" && calls++ == 0
            ? [bus.Error(call.Serial, Systemd + ".UnitExists", "Unit c.scope already exists.")]
            : [bus.Return(call.Serial), bus.JobRemoved("c.scope", "done")]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        manager.Start("c.scope", [], _ => { });
        Assert.Equal(["StartTransientUnit", "ResetFailedUnit", "StartTransientUnit"], bus.Log.Select(static line => line.Split(' ')[0]));
    }

    [Fact]
    public void A_unit_that_is_there_is_an_error_with_a_hint()
    {
        using var bus = new FakeBus((bus, call) =>
            [call.Member == "StartTransientUnit" ? bus.Error(call.Serial, Systemd + ".UnitExists", "Unit c.scope already exists.") : bus.Return(call.Serial)]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        Assert.Equal(
            "systemd refuses to start c.scope: Unit c.scope already exists (org.freedesktop.systemd1.UnitExists); hint: another container has this name, or the unit is still being stopped",
            Assert.Throws<RuntimeException>(() => manager.Start("c.scope", [], _ => { })).Message);
    }

    [Fact]
    public void A_property_that_systemd_does_not_know_is_dropped_and_told()
    {
        var refuses = new HashSet<string> { "TasksMax", "DeviceAllow" };
        using var bus = new FakeBus((bus, call) =>
        {
            string? unknown = refuses.FirstOrDefault(name => call.Text.Contains(name, StringComparison.Ordinal));
            return unknown is null
                ? [bus.Return(call.Serial), bus.JobRemoved("c.scope", "done")]
                : [bus.Error(call.Serial, ReadOnly, $"Cannot set property {unknown}, or unknown property.")];
        });
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        var dropped = new List<string>();
        manager.Start("c.scope", Some, property => dropped.Add(property.Name));
        Assert.Equal(["TasksMax", "DeviceAllow"], dropped);
        Assert.Equal("StartTransientUnit c.scope replace [[Slice, a.slice], [PIDs, [42]], [Delegate, true]] []", bus.Log[^1]);

        dropped.Clear();
        refuses = ["TasksMax"];
        manager.SetProperties("c.scope", [new("TasksMax", 9ul), new("MemoryMax", 10ul)], property => dropped.Add(property.Name));
        Assert.Equal(["TasksMax"], dropped);
        Assert.Equal("SetUnitProperties c.scope true [[MemoryMax, 10]]", bus.Log[^1]);
    }

    [Theory]
    [InlineData("Delegate")]
    [InlineData("Nothing")]
    public void A_property_that_is_needed_is_not_dropped(string name)
    {
        using var bus = new FakeBus((bus, call) => [bus.Error(call.Serial, ReadOnly, $"Cannot set property {name}, or unknown property.")]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        Assert.Equal(
            $"systemd refuses to start c.scope: Cannot set property {name}, or unknown property ({ReadOnly})",
            Assert.Throws<RuntimeException>(() => manager.Start("c.scope", Some, _ => Assert.Fail("dropped"))).Message);
        Assert.Single(bus.Log);
    }

    [Fact]
    public void A_unit_that_is_not_there_is_killed_and_stopped()
    {
        using var bus = new FakeBus((bus, call) => [bus.Error(call.Serial, Systemd + ".NoSuchUnit", "Unit c.scope not loaded.")]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        manager.Kill("c.scope", 9);
        manager.Stop("c.scope");
        Assert.Equal(["KillUnit c.scope all 9", "StopUnit c.scope replace"], bus.Log);
    }

    [Fact]
    public void A_stop_waits_for_its_job()
    {
        using var bus = new FakeBus((bus, call) => call.Member == "StopUnit" ? [bus.Return(call.Serial), bus.JobRemoved("c.scope", "done")] : [bus.Return(call.Serial)]);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        manager.Stop("c.scope");
        manager.Kill("c.scope", 9);
        Assert.Equal(["StopUnit c.scope replace", "ResetFailedUnit c.scope", "KillUnit c.scope all 9"], bus.Log);
    }

    [Fact]
    public void A_systemd_that_does_not_answer_is_given_up_in_time()
    {
        var watch = Stopwatch.StartNew(); // the bus's deadline runs from its making
        using var bus = new FakeBus((_, _) => [], patience: 200);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        Assert.StartsWith("the fake bus did not answer StopUnit in time; hint: ", Assert.Throws<RuntimeException>(() => manager.Stop("c.scope")).Message, StringComparison.Ordinal);
        Assert.InRange(watch.ElapsedMilliseconds, 150, 50_000);
    }

    [Fact]
    public void A_job_that_never_ends_is_given_up_in_time()
    {
        using var bus = new FakeBus((bus, call) => [bus.Return(call.Serial), bus.JobRemoved("other.scope", "done")], patience: 3000); // the first answer must come in time
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        Assert.StartsWith(
            "the fake bus did not answer about the job of c.scope in time",
            Assert.Throws<RuntimeException>(() => manager.Start("c.scope", [], _ => { })).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OK 0123\r\n", null)]
    [InlineData("REJECTED EXTERNAL\r\n", "the fake bus refuses user 1000: REJECTED EXTERNAL")]
    [InlineData("", "the fake bus closed the connection before it answered the log-in")]
    public void The_log_in_says_the_user_s_number_and_its_end_at_once_and_believes_no_refusal(string answer, string? message)
    {
        OwnedFd client = Sockets.Pair(SocketKind.Stream, out OwnedFd? server).OrThrow();
        byte[] heard = new byte[256];
        int length = 0;
        var thread = new Thread(() =>
        {
            length = Sockets.Receive(server!, heard).OrThrow().Length;
            if (answer.Length > 0)
            {
                Sockets.Send(server!, Encoding.ASCII.GetBytes(answer)).OrThrow();
            }

            server!.Dispose();
        });
        thread.Start();
        using (var connection = new DBusConnection(client, "the fake bus", Clocks.MonotonicNanoseconds + 60_000_000_000))
        {
            Exception? thrown = Record.Exception(() => connection.Authenticate(1000));
            Assert.Equal(message, thrown?.Message);
        }

        thread.Join();
        Assert.Equal("\0AUTH EXTERNAL 31303030\r\nBEGIN\r\n", Encoding.ASCII.GetString(heard, 0, length));
    }

    [Theory]
    [InlineData(new byte[] { (byte)'x', 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { (byte)'l', 2, 0, 1, 255, 255, 255, 255, 1, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData(new byte[] { (byte)'l', 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 255, 255, 255, 127 })]
    [InlineData(new byte[] { (byte)'l', 2, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 5, 1, (byte)'u', 0, 1, 2, 3 })]
    public void A_malformed_answer_is_an_error_and_no_hang(byte[] answer)
    {
        using var bus = new FakeBus((_, _) => [answer], patience: 300);
        using var manager = new SystemdManager(bus.Connection, onBus: false);
        Assert.Throws<RuntimeException>(() => manager.ResetFailed("c.scope"));
    }
}
