using System.CommandLine;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>spec</c>: a document to begin with.</summary>
internal sealed class SpecCommand : Verb
{
    private readonly TextOption _bundle = new("--bundle", "-b") { Description = "directory of the bundle, by default this one", HelpName = "DIR" };
    private readonly FlagOption _rootless = new("--rootless") { Description = "for a user who is not root" };

    internal override Command Build() => new("spec", "write a config.json to begin with") { _bundle, _rootless };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        using OwnedFd directory = Files.Open(_bundle.In(parsed) is { Length: > 0 } bundle ? bundle : ".", OpenFlags.Directory | OpenFlags.Path).OrThrow();
        SyscallResult<OwnedFd> made = Files.OpenAt(directory, "config.json", OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x1b6);
        if (made.Error == Errno.EEXIST)
        {
            throw new RuntimeException("File config.json exists. Remove it first");
        }

        using OwnedFd file = made.OrThrow();
        (uint User, uint Group)? caller = _rootless.In(parsed) ? (Identity.EffectiveUserId, Identity.EffectiveGroupId) : null;
        SyscallResult<FileSystemStatus> cgroups = Files.Statfs("/sys/fs/cgroup");
        bool unified = !cgroups.Failed && cgroups.Value.Type == FileSystemMagic.Cgroup2;
        Files.WriteAll(file, Encoding.UTF8.GetBytes(SpecTemplate.Text(caller, unified))).OrThrow();
        return 0;
    }
}
