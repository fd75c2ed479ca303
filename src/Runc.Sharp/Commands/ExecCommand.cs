using System;
using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.IO;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>exec</c>. Behind the id begin the words of the program.</summary>
internal sealed class ExecCommand : Verb
{
    private readonly Operand _id = new("container-id");
    private readonly Operands _program = new("program") { Description = "the program and its arguments" };
    private readonly TextOption _process = new("--process", "-p") { Description = "file with a process object, instead of all other words on the process", HelpName = "FILE" };
    private readonly TextOption _cwd = new("--cwd") { Description = "working directory in the container", HelpName = "DIR" };
    private readonly TextsOption _env = new("--env", "-e") { Description = "one more variable", HelpName = "NAME=VALUE" };
    private readonly FlagOption _tty = new("--tty", "-t") { Description = "give it a terminal" };
    private readonly TextOption _user = new("--user", "-u") { Description = "user, and group, by number", HelpName = "UID[:GID]" };
    private readonly TextsOption _groups = new("--additional-gids", "-g") { Description = "one more group, by number", HelpName = "GID" };
    private readonly FlagOption _detach = new("--detach", "-d") { Description = "do not wait for the process's end" };
    private readonly TextOption _pidFile = new("--pid-file") { Description = "file that gets the process id", HelpName = "FILE" };
    private readonly TextOption _consoleSocket = new("--console-socket") { Description = "unix socket that gets the terminal's master side", HelpName = "PATH" };
    private readonly TextOption _pidfdSocket = new("--pidfd-socket") { Description = "unix socket that gets a descriptor of the process", HelpName = "PATH" };
    private readonly TextOption _label = new("--process-label") { Description = "SELinux label", HelpName = "LABEL" };
    private readonly TextOption _apparmor = new("--apparmor") { Description = "AppArmor profile", HelpName = "PROFILE" };
    private readonly FlagOption _noNewPrivs = new("--no-new-privs") { Description = "execve gives it no more rights" };
    private readonly TextsOption _caps = new("--cap", "-c") { Description = "one more capability", HelpName = "NAME" };
    private readonly NumberOption _preserveFds = new("--preserve-fds") { Description = "pass N more descriptors, from 3 upwards", HelpName = "N" };
    private readonly TextsOption _cgroup = new("--cgroup") { Description = "cgroup below the container's own", HelpName = "[CONTROLLER[,CONTROLLER]:]PATH" };
    private readonly FlagOption _ignorePaused = new("--ignore-paused") { Description = "also in a paused container: the process waits for its resumption" };

    internal override bool OpenEnded => true;

    internal override Command Build() => new("exec", "run another program in a container")
    {
        _id, _program, _process, _cwd, _env, _tty, _user, _groups, _detach, _pidFile, _consoleSocket, _pidfdSocket, _label, _apparmor, _noNewPrivs, _caps,
        _preserveFds, _cgroup, _ignorePaused,
    };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        ImmutableArray<long> groups = Groups(parsed);
        ExecRequest request;
        try
        {
            request = Request(parsed, globals, groups);
        }
        catch (UsageException fault)
        {
            throw new UsageException("exec failed: " + fault.Message, 255); // what runc finds only when it has opened the container, and not in the words alone
        }

        return Exec.Run(request, log.Warning);
    }

    private ExecRequest Request(ParseResult parsed, Globals globals, ImmutableArray<long> groups)
    {
        string? process = _process.In(parsed);
        ImmutableArray<string> words = _program.In(parsed);
        if (words.Length > 0 && words[0] == "--")
        {
            words = words.RemoveAt(0);
        }

        if (words.Length == 0 && string.IsNullOrEmpty(process))
        {
            throw new UsageException("process args cannot be empty");
        }

        int preserved = _preserveFds.In(parsed) ?? 0;
        return new ExecRequest
        {
            Globals = globals,
            Id = _id.In(parsed),
            ProcessFile = string.IsNullOrEmpty(process) ? null : process,
            Detach = _detach.In(parsed),
            PidFile = PathOf(parsed, _pidFile),
            ConsoleSocket = PathOf(parsed, _consoleSocket),
            PidfdSocket = PathOf(parsed, _pidfdSocket),
            PreserveFds = preserved <= 1024 ? Math.Max(preserved, 0) : throw new UsageException("--preserve-fds: must not be more than 1024"),
            Cgroups = _cgroup.In(parsed),
            IgnorePaused = _ignorePaused.In(parsed),
            Changes = process is { Length: > 0 } ? new ExecChanges() : Changes(parsed, words, groups),
        };
    }

    private static string? PathOf(ParseResult parsed, TextOption option) =>
        option.In(parsed) is { Length: > 0 } path ? Path.GetFullPath(path) : null;

    private ExecChanges Changes(ParseResult parsed, ImmutableArray<string> words, ImmutableArray<long> groups)
    {
        (uint? uid, uint? gid) = User(_user.In(parsed));
        var gids = ImmutableArray.CreateBuilder<uint>(groups.Length);
        foreach (long group in groups)
        {
            gids.Add(group is >= 0 and < uint.MaxValue ? (uint)group : throw NoId("--additional-gids", group.ToString(CultureInfo.InvariantCulture)));
        }

        return new ExecChanges
        {
            Args = words,
            Cwd = _cwd.In(parsed) is { Length: > 0 } cwd ? cwd : null,
            Env = _env.In(parsed),
            Terminal = _tty.In(parsed),
            Uid = uid,
            Gid = gid,
            AdditionalGids = gids.MoveToImmutable(),
            Capabilities = _caps.In(parsed),
            NoNewPrivileges = _noNewPrivs.Given(parsed),
            ApparmorProfile = _apparmor.In(parsed) is { Length: > 0 } profile ? profile : null,
            SelinuxLabel = _label.In(parsed) is { Length: > 0 } label ? label : null,
        };
    }

    private ImmutableArray<long> Groups(ParseResult parsed)
    {
        ImmutableArray<string> words = _groups.In(parsed);
        var groups = ImmutableArray.CreateBuilder<long>(words.Length);
        foreach (string word in words)
        {
            groups.Add(long.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long group) ? group : throw NoId("--additional-gids", word));
        }

        return groups.MoveToImmutable();
    }

    /// <summary>Numbers only: a name would be looked up in a file of the container's. CVE-2016-3697.</summary>
    private static (uint? Uid, uint? Gid) User(string? user)
    {
        if (string.IsNullOrEmpty(user))
        {
            return (null, null);
        }

        int colon = user.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (Id("--user", user), null) : (Id("--user", user[..colon]), Id("--user", user[(colon + 1)..]));
    }

    private static uint Id(string option, string word) =>
        uint.TryParse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out uint id) && id != uint.MaxValue
            ? id
            : throw NoId(option, word);

    private static UsageException NoId(string option, string word) => new(string.Concat(option, ": '", word, "' is no id from 0 to 4294967294"));
}
