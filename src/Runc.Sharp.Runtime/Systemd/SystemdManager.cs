using System;
using System.Collections.Generic;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Systemd;

/// <summary>A property of a unit.</summary>
/// <param name="Name">As <c>org.freedesktop.systemd1(5)</c> has it.</param>
/// <param name="Value">See <see cref="DBusWriter.SignatureOf"/>.</param>
/// <param name="Needed">Whether the unit is wrong without it; others are dropped for a systemd that does not know them.</param>
/// <param name="Pointer">What asks for it, for messages; empty where nothing in the document does.</param>
internal readonly record struct UnitProperty(string Name, object Value, bool Needed = false, string Pointer = "");

/// <summary>The few things a runtime asks of systemd. org.freedesktop.systemd1(5).</summary>
internal sealed class SystemdManager : IDisposable
{
    /// <summary>How long all that is asked of systemd by one command may take, in nanoseconds; as long as runc waits.</summary>
    internal const long Patience = 30_000_000_000;

    private const string SystemBus = "/run/dbus/system_bus_socket";
    private const string PrivateSocket = "/run/systemd/private";
    private const string Name = "org.freedesktop.systemd1";
    private const string Path = "/org/freedesktop/systemd1";
    private const string Manager = "org.freedesktop.systemd1.Manager";
    private const string Bus = "org.freedesktop.DBus";
    private readonly DBusConnection _connection;
    private readonly string _destination;

    /// <summary>Speaks over a connection that is open.</summary>
    /// <param name="connection">Closed with this.</param>
    /// <param name="onBus">Whether it leads to a bus, and not to systemd itself.</param>
    internal SystemdManager(DBusConnection connection, bool onBus)
    {
        _connection = connection;
        _destination = onBus ? Name : string.Empty;
    }

    /// <summary>Connects by the system bus, or where there is none by systemd's own socket.</summary>
    /// <exception cref="RuntimeException">systemd does not run here, or refuses us.</exception>
    internal static SystemdManager Open()
    {
        if (Files.Statx(OwnedFd.Cwd, "/run/systemd/system").Failed) // sd_booted(3)
        {
            throw new RuntimeException("systemd does not run on this machine (no /run/systemd/system); hint: --cgroup-manager cgroupfs");
        }

        long deadline = Clocks.MonotonicNanoseconds + Patience;
        DBusConnection? connection = DBusConnection.Open(BusPath(), deadline);
        bool onBus = connection is not null;
        connection ??= DBusConnection.Open(PrivateSocket, deadline)
            ?? throw new RuntimeException(string.Concat("nobody listens at ", BusPath(), " nor at ", PrivateSocket, "; hint: install dbus, or use --cgroup-manager cgroupfs"));
        var manager = new SystemdManager(connection, onBus);
        try
        {
            connection.Authenticate(Identity.EffectiveUserId);
            if (onBus)
            {
                connection.Post(new DBusCall(Bus, "/org/freedesktop/DBus", Bus, "Hello"));
            }

            return manager;
        }
        catch
        {
            manager.Dispose();
            throw;
        }
    }

    /// <summary>Starts a transient unit and waits until it is there.</summary>
    /// <param name="unit">Its name.</param>
    /// <param name="properties">Its properties.</param>
    /// <param name="dropped">Told the properties that this systemd does not know.</param>
    /// <exception cref="RuntimeException">systemd refuses it, or cannot start it.</exception>
    internal void Start(string unit, IReadOnlyList<UnitProperty> properties, Action<UnitProperty> dropped)
    {
        Watch(unit);
        var left = new List<UnitProperty>(properties);
        for (bool reset = false; ;)
        {
            DBusMessage answer = Call("StartTransientUnit", "ssa(sv)a(sa(sv))", writer =>
            {
                writer.String(unit);
                writer.String("replace");
                Write(writer, left);
                writer.EndArray(writer.BeginArray(8));
            });
            if (answer.Type == DBusMessageType.Return)
            {
                string result = Finished(unit);
                if (result != "done")
                {
                    ResetFailed(unit);
                    throw new RuntimeException(string.Concat("systemd could not start ", unit, ": the job's result is ", result));
                }

                return;
            }

            // A unit of that name that failed once stays in memory until it is forgotten.
            if (!reset && answer.ErrorName == Name + ".UnitExists")
            {
                reset = true;
                ResetFailed(unit);
                continue;
            }

            Drop(answer, left, dropped, "start " + unit);
        }
    }

    /// <summary>Changes properties of a unit that is there, until the next boot.</summary>
    /// <exception cref="RuntimeException">systemd refuses.</exception>
    internal void SetProperties(string unit, IReadOnlyList<UnitProperty> properties, Action<UnitProperty> dropped)
    {
        var left = new List<UnitProperty>(properties);
        while (left.Count > 0)
        {
            DBusMessage answer = Call("SetUnitProperties", "sba(sv)", writer =>
            {
                writer.String(unit);
                writer.Boolean(true);
                Write(writer, left);
            });
            if (answer.Type == DBusMessageType.Return)
            {
                return;
            }

            Drop(answer, left, dropped, "set the properties of " + unit);
        }
    }

    /// <summary>Stops a unit, waits until it is stopped, and forgets it where it failed. A unit that is not there is stopped.</summary>
    /// <exception cref="RuntimeException">systemd refuses.</exception>
    internal void Stop(string unit)
    {
        Watch(unit);
        DBusMessage answer = Call("StopUnit", "ss", writer =>
        {
            writer.String(unit);
            writer.String("replace");
        });
        if (answer.Type == DBusMessageType.Return)
        {
            Finished(unit);
            ResetFailed(unit);
        }
        else if (answer.ErrorName != Name + ".NoSuchUnit") // a failed one would be there
        {
            throw Refused("stop " + unit, answer);
        }
    }

    /// <summary>Sends a signal to all processes of a unit. One that is not there has none.</summary>
    /// <exception cref="RuntimeException">systemd refuses.</exception>
    internal void Kill(string unit, int signal)
    {
        DBusMessage answer = Call("KillUnit", "ssi", writer =>
        {
            writer.String(unit);
            writer.String("all");
            writer.UInt32((uint)signal);
        });
        if (answer.Type == DBusMessageType.Error && answer.ErrorName is not (Name + ".NoSuchUnit" or Name + ".NoSuchProcess"))
        {
            throw Refused("signal " + unit, answer);
        }
    }

    /// <summary>Lets systemd forget that a unit failed; one that it does not know is forgotten.</summary>
    internal void ResetFailed(string unit)
    {
        DBusMessage answer = Call("ResetFailedUnit", "s", writer => writer.String(unit));
        if (answer.Type == DBusMessageType.Error && answer.ErrorName != Name + ".NoSuchUnit")
        {
            throw Refused("reset " + unit, answer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static string BusPath()
    {
        string? given = Environment.GetEnvironmentVariable("DBUS_SYSTEM_BUS_ADDRESS");
        if (string.IsNullOrEmpty(given))
        {
            return SystemBus;
        }

        // unix:path=/a/b,guid=…;other addresses
        const string Prefix = "unix:path=";
        foreach (string address in given.Split(';'))
        {
            string path = address.Split(',')[0];
            if (path.StartsWith(Prefix, StringComparison.Ordinal) && !path.Contains('%', StringComparison.Ordinal))
            {
                return path[Prefix.Length..];
            }
        }

        throw new RuntimeException("DBUS_SYSTEM_BUS_ADDRESS: no address in it is of the form unix:path=PATH with a plain path");
    }

    private static void Write(DBusWriter writer, List<UnitProperty> properties)
    {
        var array = writer.BeginArray(8);
        foreach (UnitProperty property in properties)
        {
            writer.BeginStruct();
            writer.String(property.Name);
            writer.Variant(property.Value);
        }

        writer.EndArray(array);
    }

    /// <summary>
    /// systemd refuses a whole call for one property, or value of it, that it does not know, and names it: <c>Cannot set property X, or unknown
    /// property.</c>, <c>Value specified in X is out of range</c>.
    /// </summary>
    private static void Drop(DBusMessage answer, List<UnitProperty> left, Action<UnitProperty> dropped, string what)
    {
        if (answer.ErrorName is Bus + ".Error.PropertyReadOnly" or Bus + ".Error.InvalidArgs")
        {
            foreach (Range word in answer.Text().AsSpan().SplitAny(' ', ',', '.', '=', '\''))
            {
                ReadOnlySpan<char> name = answer.Text().AsSpan()[word];
                for (int at = 0; at < left.Count; at++)
                {
                    if (name.SequenceEqual(left[at].Name) && !left[at].Needed)
                    {
                        dropped(left[at]);
                        left.RemoveAt(at);
                        return;
                    }
                }
            }
        }

        throw Refused(what, answer);
    }

    private static RuntimeException Refused(string what, DBusMessage answer)
    {
        string hint = answer.ErrorName switch
        {
            Bus + ".Error.AccessDenied" or Bus + ".Error.InteractiveAuthorizationRequired" => "; hint: only root may have units of the system; run as root or use --cgroup-manager cgroupfs",
            Bus + ".Error.ServiceUnknown" or Bus + ".Error.NameHasNoOwner" => "; hint: systemd is not on this bus",
            Name + ".UnitExists" => "; hint: another container has this name, or the unit is still being stopped",
            _ => string.Empty,
        };
        return new RuntimeException(string.Concat("systemd refuses to ", what, ": ", answer.Text().TrimEnd('.')) + string.Concat(" (", answer.ErrorName, ")", hint));
    }

    /// <summary>
    /// Asks to be told of the end of the unit's jobs, before there is one. Only the bus is asked: of a job systemd tells who asked for it, and to a
    /// subscriber (<c>Subscribe</c>) it would tell all that happens to all units, at a cost of its own and of the bus.
    /// </summary>
    private void Watch(string unit)
    {
        if (_destination.Length == 0)
        {
            return; // to its own socket systemd tells everything
        }

        string rule = string.Concat("type='signal',sender='", Name, "',interface='" + Manager + "',member='JobRemoved',arg2='", unit, "'");
        _connection.Post(new DBusCall(Bus, "/org/freedesktop/DBus", Bus, "AddMatch", "s", Quiet: true), writer => writer.String(rule));
    }

    /// <summary>Waits for the end of the unit's job.</summary>
    /// <returns>How it ended: done, canceled, timeout, failed, dependency, skipped.</returns>
    private string Finished(string unit)
    {
        while (true)
        {
            DBusMessage signal = _connection.Signal("about the job of " + unit);
            if (signal is { Member: "JobRemoved", Interface: Manager, Signature: "uoss" })
            {
                DBusReader body = signal.Reader();
                body.UInt32();
                body.String();
                string of = body.String();
                string result = body.String();
                if (of == unit)
                {
                    return result;
                }
            }
        }
    }

    private DBusMessage Call(string member, string signature, Action<DBusWriter> arguments) =>
        _connection.Call(new DBusCall(_destination, Path, Manager, member, signature), arguments);
}
