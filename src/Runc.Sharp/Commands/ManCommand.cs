using System.CommandLine;
using System.Text;
using Runc.Sharp.Linux;
using Runc.Sharp.Output;
using Runc.Sharp.Runtime.Lifecycle;

namespace Runc.Sharp.Commands;

/// <summary><c>man</c>: the manual, for who installs.</summary>
internal sealed class ManCommand : Verb
{
    private readonly Operand _directory = new("directory");

    internal override Command Build() => new("man", "write the manual pages into a directory") { _directory };

    internal override int Execute(ParseResult parsed, Globals globals, LogFile log)
    {
        using OwnedFd directory = Files.Open(_directory.In(parsed), OpenFlags.Directory | OpenFlags.Path).OrThrow();
        Write(directory, "csrunc.8", ManPage.All());
        foreach (string verb in Verbs.Names)
        {
            Write(directory, string.Concat("csrunc-", verb, ".8"), ManPage.Of(verb));
        }

        return 0;
    }

    private static void Write(OwnedFd directory, string name, string page)
    {
        using OwnedFd file = Files.OpenAt(directory, name, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, 0x1a4).OrThrow();
        Files.WriteAll(file, Encoding.UTF8.GetBytes(page)).OrThrow();
    }
}
