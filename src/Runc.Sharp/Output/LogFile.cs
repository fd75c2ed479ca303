using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Launch;

namespace Runc.Sharp.Output;

/// <summary>Errors to standard error and to <c>--log</c>: exactly one object for a failed command, as Podman reads it.</summary>
internal sealed class LogFile
{
    private const string Flag = "--log";
    private OwnedFd? _file;
    private string _path = string.Empty;

    /// <summary>Whether lines are JSON objects.</summary>
    internal bool Json { get; set; }

    /// <summary>Whether warnings go to a log of JSON objects too.</summary>
    internal bool Verbose { get; set; }

    /// <summary>Whether what is done is told too.</summary>
    internal bool Debugs { get; set; }

    /// <summary>Whether nothing but errors was asked for.</summary>
    internal bool ErrorsOnly { get; set; }

    /// <summary>The one line of a failed command.</summary>
    internal void Error(string message)
    {
        string line = Line("error", message);
        if (_file is { } file)
        {
            SyscallResult written = Files.WriteAll(file, Encoding.UTF8.GetBytes(line));
            Streams.Error(string.Concat(message, written.Failed ? "; and " + FlagFault.Unwritable(Flag, _path, written).Message : string.Empty, "\n"));
        }
        else
        {
            Streams.Error(line);
        }
    }

    /// <summary>
    /// Told where errors are told; but in a log of JSON objects only when it was asked for, since Podman takes a second object for a
    /// broken log, and never beside a log: there standard error may be the container's own.
    /// </summary>
    internal void Warning(string message)
    {
        if (ErrorsOnly || (Json && !Verbose && _file is not null))
        {
            return;
        }

        Tell("warning", message);
    }

    /// <summary>What is done, for who looks for a fault; only where <see cref="Debugs"/>.</summary>
    internal void Debug(string message)
    {
        if (Debugs)
        {
            Tell("debug", message);
        }
    }

    /// <exception cref="RuntimeException">It cannot be opened for writing.</exception>
    internal void Open(string path)
    {
        SyscallResult<OwnedFd> opened = Files.Open(path, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow, 0x180);
        _file = opened.Failed ? throw FlagFault.Unwritable(Flag, path, opened.Result) : opened.Value;
        _path = path;
    }

    private void Tell(string level, string message)
    {
        string line = Line(level, message);
        if (_file is { } file)
        {
            SyscallResult written = Files.WriteAll(file, Encoding.UTF8.GetBytes(line));
            if (written.Failed)
            {
                throw FlagFault.Unwritable(Flag, _path, written);
            }
        }
        else
        {
            Streams.Error(line);
        }
    }

    private string Line(string level, string message)
    {
        string time = Timestamps.Rfc3339(Clocks.RealtimeNanoseconds / 1_000_000_000 * 1_000_000_000);
        return Json
            ? new JsonText().BeginObject().String("level", level).String("msg", message).String("time", time).EndObject() + "\n"
            : string.Concat(string.Concat("time=\"", time, "\" level=", level), " msg=", new JsonText().String(null, message).ToString(), "\n");
    }
}
