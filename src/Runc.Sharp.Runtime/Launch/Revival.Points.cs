using System.Globalization;
using System.IO;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime.Criu;
using Runc.Sharp.Runtime.Store;

namespace Runc.Sharp.Runtime.Launch;

/// <content>What is done at the points that CRIU tells of. criu.org/Action_scripts.</content>
internal sealed partial class Revival
{
    private void Ask(CriuProcess criu, CriuOptions options)
    {
        string log = Path.Join(_settings.WorkPath ?? _settings.ImagePath, LogFile);
        CriuResponse response = criu.Ask(CriuRequest.Of(CriuKind.Restore, options), Reached);
        if (!response.Success)
        {
            throw new RuntimeException(CriuLog.Sentence(response, log));
        }

        ChildStatus ended = criu.End();
        if (ended.Killed || ended.Value != 0 || Record.Pid == 0)
        {
            throw new RuntimeException(CriuLog.Sentence(ended, log));
        }
    }

    private void Reached(CriuResponse reached, OwnedFd? descriptor)
    {
        switch (reached.Script)
        {
            case "setup-namespaces":
                RuntimeHooks(reached.Pid);
                break;
            case "post-restore":
                Commit(reached.Pid);
                break;
            case "orphan-pts-master" when descriptor is not null:
                Console(descriptor);
                break;
        }
    }

    /// <summary>The hooks that make what is in a namespace, its network above all. Of the others runc runs none again.</summary>
    private void RuntimeHooks(int pid)
    {
        byte[] state = HookState.Text(_bundle.Spec, _request.Id, _bundle.Path, ContainerStatus.Creating, pid);
        HostHooks.Run(HostHooks.BeforePivot(_bundle.Spec.Hooks), state, _bundle.Directory);
    }

    /// <summary>All processes are there, and none runs yet: the record names init.</summary>
    private void Commit(int pid)
    {
        ulong startTime = Processes.Stat(pid).OrThrow().StartTime;
        Directory.Keep(Birth.Join(_request, _bundle, _planned, OwnTime(pid) ? (long)NamespaceKinds.Time : 0));
        Record = _intent with { Cgroups = _facts.Cgroups.Text, Pid = pid, StartTime = startTime };
        Directory.Write(Record);
    }

    /// <summary>CRIU, from 3.14 on, gives a container a time namespace, so that its clocks go on where they stood. time_namespaces(7).</summary>
    private static bool OwnTime(int pid)
    {
        SyscallResult<FileStatus> theirs = Files.Statx(OwnedFd.Cwd, string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/ns/time"), AtFlags.None, StatxMask.Inode);
        SyscallResult<FileStatus> ours = Files.Statx(OwnedFd.Cwd, "/proc/self/ns/time"u8, AtFlags.None, StatxMask.Inode);
        return !theirs.Failed && !ours.Failed && theirs.Value.Inode != ours.Value.Inode;
    }

    private void Console(OwnedFd master)
    {
        if (_request.ConsoleSocket is { } socket)
        {
            DescriptorSocket.GiveTerminal(socket, master);
        }
        else
        {
            _master = Files.Duplicate(master).OrThrow(); // the one that came is closed behind the message
        }
    }
}
