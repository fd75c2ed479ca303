using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using Xunit;

namespace Runc.Sharp.Tests.Cli;

/// <summary>Which words are understood.</summary>
public class CommandLineTests
{
    public static TheoryData<string, string> EveryOption
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (string verb in Verbs.Names)
            {
                foreach (Option option in Verbs.Find(verb)!.Build().Options)
                {
                    data.Add(verb, option.Name);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> EveryVerb
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string verb in Verbs.Names)
            {
                data.Add(verb);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(EveryOption))]
    public void An_option_is_taken_under_each_name_with_a_space_an_equals_sign_and_one_dash(string verb, string name)
    {
        foreach (string[] words in Spellings(Option(verb, name)))
        {
            Accepts([verb, .. words, .. Arguments(verb)]);
        }
    }

    [Theory]
    [MemberData(nameof(EveryOption))]
    public void An_option_that_takes_a_value_is_refused_without_one(string verb, string name)
    {
        if (Option(verb, name).ValueType != typeof(bool))
        {
            Assert.Equal("flag needs an argument: " + name[1..], CommandLine.Refusal(Parse([verb, name])));
        }
    }

    [Theory]
    [InlineData("flag needs an argument: -b", "run", "--b")]
    [InlineData("invalid value \"x\" for flag -preserve-fds: must be a number", "run", "-preserve-fds", "x")]
    [InlineData("flag needs an argument: -root", "--root=", "-root")]
    public void A_refusal_names_an_option_as_it_was_written_with_one_dash(string sentence, params string[] typed)
    {
        (string[] words, int verb) = CommandLine.GlobalWords(typed);
        Assert.Equal(sentence, verb < 0 ? CommandLine.GlobalFault(words, words.Length) : CommandLine.Refusal(Parse(typed)));
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void A_verb_takes_its_arguments_and_no_unknown_option(string verb)
    {
        Accepts([verb, .. Arguments(verb)]);
        foreach (string unknown in (string[])["--no-such-flag", "-Z", "--no-such-flag=1", "-Zd", "-dZ"])
        {
            string[] words = Spelled([verb, unknown, .. Arguments(verb)]);
            string refused = CommandLine.UnknownOption(words, 0, Verbs.Find(verb)!.Build())!;
            Assert.Equal("flag provided but not defined: -" + unknown.TrimStart('-').Split('=')[0], CommandLine.Stranger(refused));
        }
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void A_word_too_many_and_one_too_few_are_told(string verb)
    {
        string[] words = [verb, .. Arguments(verb)];
        if (verb is not ("exec" or "ps"))
        {
            int most = Verbs.Find(verb)!.Build().Arguments.Count;
            Assert.Equal("what is \"more\" for? the verb takes no more words", CommandLine.Refusal(Parse([verb, .. Enumerable.Repeat("word", most), "more"])));
        }

        if (words.Length > 1)
        {
            Assert.Equal("the operand " + Verbs.Find(verb)!.Build().Arguments[words.Length - 2].Name + " is missing", CommandLine.Refusal(Parse(words[..^1])));
        }
    }

    [Fact]
    public void A_number_is_one()
    {
        Assert.Equal("invalid value \"three\" for flag -preserve-fds: must be a number", CommandLine.Refusal(Parse(["run", "--preserve-fds", "three", "c1"])));
        Assert.Null(CommandLine.Refusal(Parse(["run", "--preserve-fds", "3", "c1"])));
    }

    [Theory]
    [InlineData("delete --force true", "delete --force=true true")]
    [InlineData("delete -f false", "delete --force=true false")]
    [InlineData("delete --force=0 c1", "delete --force=false c1")]
    [InlineData("--debug exec -e --tty=1 c1", "--debug=true exec -e --tty=1 c1")]
    [InlineData("exec c1 -- --tty=1", "exec c1 -- --tty=1")]
    public void A_truth_value_stands_behind_an_equals_sign_only(string typed, string understood)
    {
        string[] words = typed.Split(' ');
        int verb = System.Array.FindIndex(words, static word => Verbs.Names.Contains(word));
        CommandLine.SpellTruths(words, verb, Verbs.Find(words[verb])!.Build());
        Assert.Equal(understood, string.Join(' ', words));
    }

    [Theory]
    [MemberData(nameof(EveryVerb))]
    public void A_verb_and_each_of_its_options_say_what_they_do(string verb)
    {
        Command command = Verbs.Find(verb)!.Build();
        Assert.Equal(verb, command.Name);
        foreach (string? text in command.Options.Select(static option => option.Description).Append(command.Description))
        {
            Assert.False(string.IsNullOrEmpty(text));
            Assert.False(text!.EndsWith('.'));
        }

        Assert.All(command.Options.Where(static option => option.ValueType != typeof(bool)), static option => Assert.NotNull(option.HelpName));
    }

    /// <summary>runc's, by which its callers call it. Hidden ones too.</summary>
    [Theory]
    [InlineData("create", "--bundle -b --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --config -f")]
    [InlineData("run", "--bundle -b --console-socket --pidfd-socket --pid-file --no-pivot --no-new-keyring --preserve-fds --detach -d --keep --no-subreaper --config -f")]
    [InlineData("exec", "--console-socket --pidfd-socket --cwd --env -e --tty -t --user -u --additional-gids -g --process -p --detach -d --pid-file --process-label --apparmor --no-new-privs --cap -c --preserve-fds --cgroup --ignore-paused")]
    [InlineData("kill", "--all -a")]
    [InlineData("delete", "--force -f")]
    [InlineData("list", "--format -f --quiet -q")]
    [InlineData("update", "--resources -r --blkio-weight --cpu-period --cpu-quota --cpu-burst --cpu-share --cpu-rt-period --cpu-rt-runtime --cpuset-cpus --cpuset-mems --cpu-idle --memory --memory-reservation --memory-swap --pids-limit --l3-cache-schema --mem-bw-schema --kernel-memory --kernel-memory-tcp")]
    [InlineData("checkpoint", "--image-path --work-path --parent-path --leave-running --tcp-established --tcp-skip-in-flight --link-remap --ext-unix-sk --shell-job --lazy-pages --status-fd --page-server --file-locks --pre-dump --manage-cgroups-mode --empty-ns --auto-dedup")]
    [InlineData("restore", "--console-socket --image-path --work-path --tcp-established --ext-unix-sk --shell-job --file-locks --manage-cgroups-mode --bundle -b --detach -d --pid-file --no-subreaper --no-pivot --empty-ns --auto-dedup --lazy-pages --lsm-profile --lsm-mount-context")]
    [InlineData("events", "--interval --stats")]
    [InlineData("ps", "--format -f")]
    [InlineData("mounts", "")]
    [InlineData("pause", "")]
    [InlineData("resume", "")]
    [InlineData("spec", "--bundle -b --rootless")]
    [InlineData("start", "")]
    [InlineData("state", "")]
    [InlineData("features", "")]
    public void A_verb_has_the_options_of_runc(string verb, string names)
    {
        string[] known = [.. Verbs.Find(verb)!.Build().Options.SelectMany(static option => option.Aliases.Append(option.Name))];
        foreach (string name in names.Split(' ', System.StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Contains(name, known);
        }
    }

    /// <summary>containerd, conmon, Podman, CRI-O and go-runc, word by word.</summary>
    [Theory]
    [InlineData("--root /run/x --log /b/log.json --log-format json --systemd-cgroup create --bundle /b --pid-file /b/init.pid --console-socket /s --no-pivot --no-new-keyring x")]
    [InlineData("--root /run/x --log /b/log.json --log-format json start x")]
    [InlineData("--root /run/x --log /b/log.json --log-format json kill --all x 9")]
    [InlineData("--root /run/x --log /b/log.json --log-format json delete --force x")]
    [InlineData("--root /run/x --log /b/log.json --log-format json state x")]
    [InlineData("--root /run/x list --format=json")]
    [InlineData("--systemd-cgroup create --bundle /b --pid-file /p --no-pivot --console-socket /s x")]
    [InlineData("--log-format=json --log=/l --cgroup-manager disabled create --bundle /b x")]
    [InlineData("--root /run/x --log /b/log.json --log-format json exec --process /p --console-socket /s --detach --pid-file /p x")]
    [InlineData("--root /run/x --log /b/log.json --log-format json update --resources=- x")]
    [InlineData("update --resources - x")]
    [InlineData("events --interval=5s x")]
    [InlineData("ps --format json x")]
    [InlineData("kill -a x 15")]
    [InlineData("kill x SIGTERM")]
    [InlineData("-log /l -log-format json run -no-subreaper -detach -bundle=/b x")]
    [InlineData("restore --bundle /b --pid-file /p --detach --image-path /i --work-path /b -no-subreaper x")]
    [InlineData("checkpoint --image-path /i --work-path /w --leave-running --tcp-established --ext-unix-sk --file-locks x")]
    [InlineData("exec --pid-file /p --process /f --detach --tty --console-socket /s x")]
    [InlineData("--rootless true --debug run --keep -d -b /b x")]
    [InlineData("spec --rootless -b /b")]
    public void What_engines_say_is_understood(string line) => Accepts(line.Split(' '));

    /// <summary>As Go's flag packages read them, by which runc's callers write: one dash or two, and behind a name the next word whatever it is.</summary>
    [Theory]
    [InlineData("run -bundle /x c", "run --bundle=/x c")]
    [InlineData("run --b /x c", "run -b=/x c")]
    [InlineData("run --b=/x c", "run -b=/x c")]
    [InlineData("run -b/x c", "run --b/x c")]
    [InlineData("list -fq json", "list --fq json")]
    [InlineData("list -f=json", "list -f=json")]
    [InlineData("create -no-pivot c -bundle -log", "create --no-pivot c --bundle=-log")]
    [InlineData("create --pid-file -- -bundle --bundle -b c", "create --pid-file=-- --bundle=--bundle -b=c")]
    [InlineData("create -- -bundle /x", "create -- -bundle /x")]
    [InlineData("update -pids-limit -1 c", "update --pids-limit=-1 c")]
    [InlineData("kill c -9", "kill c -9")]
    [InlineData("kill c -", "kill c -")]
    [InlineData("run ---b /x c", "run ---b /x c")]
    [InlineData("run -= c", "run -= c")]
    [InlineData("run -bundle", "run --bundle")]
    [InlineData("exec -env A=b --env -e c -env sh", "exec --env=A=b --env=-e -- c -env sh")]
    [InlineData("exec --env= --env '' c sh", "exec --env '' --env '' -- c sh")]
    [InlineData("exec --env== c sh", "exec --env== -- c sh")]
    [InlineData("exec -- c -it", "exec -- c -it")]
    public void The_name_of_an_option_has_one_dash_or_two_and_its_value_is_the_next_word(string typed, string meant)
    {
        string[] words = [.. typed.Split(' ').Select(static word => word.Trim('\''))];
        Assert.Equal(meant.Split(' ').Select(static word => word.Trim('\'')), CommandLine.OwnWords(words, 0, Verbs.Find(words[0])!, Verbs.Find(words[0])!.Build()));
    }

    [Theory]
    [InlineData("--root /x -log -Lab list -q", "--root=/x --log=-Lab list -q", 2)]
    [InlineData("--log -- -debug -- -log c", "--log=-- --debug -log c", 2)]
    [InlineData("--root /x --", "--root=/x", -1)]
    [InlineData("--root '' --v", "--root '' -v", -1)]
    [InlineData("-root=/x -- list --q", "--root=/x list --q", 1)]
    [InlineData("-- -- list", "-- list", 0)]
    [InlineData("- list", "- list", 0)]
    [InlineData("-it list", "--it list", 1)]
    public void Before_the_verb_two_dashes_alone_end_the_options(string typed, string meant, int verb)
    {
        (string[] words, int at) = CommandLine.GlobalWords([.. typed.Split(' ').Select(static word => word.Trim('\''))]);
        Assert.Equal(meant.Split(' ').Select(static word => word.Trim('\'')), words);
        Assert.Equal(verb, at);
    }

    [Theory]
    [InlineData("--root= --log", "flag needs an argument: -log")]
    [InlineData("--root /x --it=3 list", "flag provided but not defined: -it")]
    [InlineData("---debug list", "bad flag syntax: ---debug")]
    [InlineData("-=x list", "bad flag syntax: -=x")]
    [InlineData("--version --log", "flag needs an argument: -log")]
    [InlineData("--root -- -- list", null)]
    public void What_is_wrong_before_the_verb_is_said_as_runc_says_it(string typed, string? sentence)
    {
        (string[] words, int verb) = CommandLine.GlobalWords(typed.Split(' '));
        Assert.Equal(sentence, CommandLine.GlobalFault(words, verb < 0 ? words.Length : verb));
    }

    [Theory]
    [InlineData("run --bundle /a --bundle /b x", "run --bundle /b x", 0)]
    [InlineData("run --bundle /a x -b=/b", "run x -b=/b", 0)]
    [InlineData("--root /a --root=/b run x", "--root=/b run x", 1)]
    [InlineData("--root /a --debug --root /b run --detach x", "--debug --root /b run --detach x", 3)]
    [InlineData("run --bundle= x", "run x", 0)]
    [InlineData("run --bundle /a --bundle= x", "run x", 0)]
    [InlineData("run --bundle= --bundle /a x", "run --bundle /a x", 0)]
    [InlineData("--root= run x", "run x", 0)]
    [InlineData("run --bundle run run", "run --bundle run run", 0)]
    [InlineData("exec --env A=1 --env A=2 x", "exec --env A=1 --env A=2 x", 0)]
    [InlineData("exec --cwd /a x -- --cwd /b", "exec --cwd /a x -- --cwd /b", 0)]
    [InlineData("--bundle run x", "--bundle run x", 1)]
    public void Of_an_option_that_is_given_again_the_last_counts_and_an_empty_one_is_none(string typed, string meant, int index)
    {
        string[] words = typed.Split(' ');
        int verb = System.Array.FindIndex(words, static word => Verbs.Names.Contains(word));
        string[] kept = CommandLine.LastOfEach(words, ref verb, Verbs.Find(words[verb])!.Build());
        Assert.Equal(meant.Split(' '), kept);
        Assert.Equal(index, verb);
    }

    [Fact]
    public void An_empty_number_is_refused()
    {
        int verb = 0;
        Command command = Verbs.Find("run")!.Build();
        Assert.Contains(" -preserve-fds:", Assert.Throws<UsageException>(() => CommandLine.LastOfEach(["run", "--preserve-fds=", "x"], ref verb, command)).Message);
    }

    private static Option Option(string verb, string name) => Verbs.Find(verb)!.Build().Options.First(option => option.Name == name);

    private static IEnumerable<string[]> Spellings(Option option)
    {
        string value = option is NumberOption ? "3" : "value";
        foreach (string name in option.Aliases.Append(option.Name))
        {
            if (option.ValueType == typeof(bool))
            {
                yield return [name];
            }
            else
            {
                yield return [name, value];
                yield return [string.Create(CultureInfo.InvariantCulture, $"{name}={value}")];
            }
        }

        yield return option.ValueType == typeof(bool) ? [option.Name[1..]] : [option.Name[1..], value];
    }

    private static IEnumerable<string> Arguments(string verb) =>
        Verbs.Find(verb)!.Build().Arguments.Where(static argument => argument is Operand { IsOptional: false }).Select(static _ => "operand");

    /// <summary>The words as the parser gets them.</summary>
    private static string[] Spelled(string[] typed)
    {
        (string[] words, int verb) = CommandLine.GlobalWords(typed);
        return CommandLine.OwnWords(words, verb, Verbs.Find(words[verb])!, Verbs.Find(words[verb])!.Build());
    }

    private static ParseResult Parse(string[] typed)
    {
        string[] words = Spelled(typed);
        return CommandLine.Parse(words, Verbs.Find(words.First(word => Verbs.Names.Contains(word)))!.Build());
    }

    private static void Accepts(string[] typed)
    {
        Assert.Null(CommandLine.Refusal(Parse(typed)));
        string[] words = Spelled(typed);
        int verb = System.Array.FindIndex(words, static word => Verbs.Names.Contains(word));
        Assert.Null(CommandLine.UnknownOption(words, verb, Verbs.Find(words[verb])!.Build()));
    }
}
