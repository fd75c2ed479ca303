using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using Runc.Sharp.Output;
using Xunit;

namespace Runc.Sharp.Tests.Cli;

/// <summary>What people read: help and manual.</summary>
public class TextTests
{
    private static readonly string Folder = Path.GetDirectoryName(Here())!;

    public static TheoryData<string> EveryVerb => CommandLineTests.EveryVerb;

    [Fact]
    public void The_help_is_as_accepted()
    {
        var text = new StringBuilder(Help.All());
        foreach (string verb in Verbs.Names)
        {
            text.Append("\n--------\n").Append(Help.Of(verb));
        }

        Snapshot.Matches(Path.Combine(Folder, "Help.verified.txt"), text.ToString());
    }

    [Fact]
    public void The_completion_scripts_are_as_accepted()
    {
        foreach (string shell in (string[])["bash", "zsh", "fish"])
        {
            Snapshot.Matches(Path.Combine(Folder, $"Completion.{shell}.verified.txt"), CompletionScript.For(shell)!);
        }
    }

    [Fact]
    public void No_help_for_an_unknown_verb_and_no_completion_for_an_unknown_shell()
    {
        Assert.Contains("No help topic for 'nosuchverb'", Assert.Throws<UsageException>(static () => Help.Of("nosuchverb")).Message);
        Assert.Null(CompletionScript.For("csh"));
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void A_manual_page_names_every_option_of_its_verb(string verb)
    {
        string page = ManPage.Of(verb);
        Assert.StartsWith($".TH CSRUNC-{verb.ToUpperInvariant()} 8 ", page, System.StringComparison.Ordinal);
        foreach (string name in Verbs.Find(verb)!.Build().Options.Where(static option => !option.Hidden).SelectMany(static option => option.Aliases.Append(option.Name)))
        {
            Assert.Contains(@"\fB" + name.Replace("-", @"\-", System.StringComparison.Ordinal) + @"\fR", page);
        }

        // a line that began so would be taken for a request
        Assert.DoesNotContain(page.Split('\n'), static line => line.StartsWith('\'') || (line.StartsWith('.') && !char.IsAsciiLetterUpper(line[1])));
    }

    [Fact]
    public void The_manual_names_every_verb_and_global_option()
    {
        string page = ManPage.All();
        Assert.All(Verbs.Names, verb => Assert.Contains(@"\fBcsrunc\-" + verb + @"\fR(8)", page));
        Assert.All(GlobalOptions.All, option => Assert.Contains(option.Name.Replace("-", @"\-", System.StringComparison.Ordinal), page));
    }

    [Fact]
    public void The_version_says_program_commit_and_specification() =>
        Assert.Equal("runc version 0.0.0\ncommit: 0123456789ab\nspec: 1.3.0\n", VersionText.For("runc"));

    private static string Here([CallerFilePath] string path = "") => path;
}
