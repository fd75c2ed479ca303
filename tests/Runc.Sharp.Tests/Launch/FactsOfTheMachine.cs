using System;
using System.IO;
using System.Text;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Launch;
using Runc.Sharp.Runtime.Lifecycle;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Launch;

/// <summary>What is found out of this machine, beside what the machine itself says.</summary>
public sealed class FactsOfTheMachine : IDisposable
{
    private readonly string _bundle = Directory.CreateTempSubdirectory("csrunc-facts-").FullName;

    [Fact]
    public void The_root_of_a_mount_is_as_many_directories_up_as_the_path_says_but_for_links()
    {
        Assert.Equal(0, MachineFacts.DepthInMount("/proc"));
        Assert.Equal(1, MachineFacts.DepthInMount("/proc/sys"));
        int here = MachineFacts.DepthInMount(_bundle);
        Directory.CreateDirectory(Path.Join(_bundle, "a/b"));
        Directory.CreateSymbolicLink(Path.Join(_bundle, "link"), "a/b");
        Assert.Equal(here + 2, MachineFacts.DepthInMount(Path.Join(_bundle, "a/b")));
        Assert.Equal(here + 2, MachineFacts.DepthInMount(Path.Join(_bundle, "link")));
        Assert.Equal(0, MachineFacts.DepthInMount(Path.Join(_bundle, "nowhere")));
    }

    [Fact]
    public void Of_a_root_only_that_stays_shared()
    {
        Directory.CreateDirectory(Path.Join(_bundle, "rootfs"));
        Assert.Equal(MachineFacts.DepthInMount(_bundle) + 1, Gather(Document(propagation: "rshared")).RootDepth);
        Assert.Equal(0, Gather(Document(propagation: "rslave")).RootDepth);
    }

    [Fact]
    public void The_sources_that_are_missing_are_those_of_bind_mounts_and_asked_for_a_user_namespace_only()
    {
        const string Mounts = """
            {"destination": "/a", "source": "/no/such", "options": ["bind"]}, {"destination": "/b", "source": "here/file", "options": ["bind"]},
            {"destination": "/c", "source": "file/under", "options": ["bind"]}, {"destination": "/d", "type": "tmpfs", "source": "none"}, {"destination": "/e", "source": "gone", "options": ["rbind"]}
            """;
        Directory.CreateDirectory(Path.Join(_bundle, "here"));
        File.WriteAllText(Path.Join(_bundle, "here/file"), string.Empty);
        File.WriteAllText(Path.Join(_bundle, "file"), string.Empty);
        int[] missing = [.. Gather(Document(Mounts, User)).MissingSources];
        Assert.Equal([0, 2, 4], missing);
        Assert.Empty(Gather(Document(Mounts)).MissingSources);
    }

    [Fact]
    public void The_last_capability_is_the_kernel_s() =>
        Assert.Equal(File.ReadAllText("/proc/sys/kernel/cap_last_cap").Trim(), Gather(Document()).LastCapability.ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Fact]
    public void Without_cgroups_there_are_none_and_a_mount_of_them_is_refused()
    {
        Assert.False(Gather(Document()).HasCgroups);
        foreach (string type in (string[])["cgroup", "cgroup2"])
        {
            Assert.Contains("they are disabled", Assert.Throws<RuntimeException>(() => Gather(Document($$"""{"destination": "/c", "type": "{{type}}"}"""))).Message, StringComparison.Ordinal);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_bundle, recursive: true);

    private const string User = """, {"type": "user"}], "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]""";

    private static string Document(string mounts = "", string rest = "]", string propagation = "private") => $$"""
        {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0} },
         "linux": {"rootfsPropagation": "{{propagation}}", "namespaces": [{"type": "mount"} {{rest}} }, "mounts": [{{mounts}}]}
        """;

    private HostFacts Gather(string document) =>
        MachineFacts.Gather(SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document)).Value!, _bundle, new Globals { Root = _bundle, CgroupsDisabled = true }, "c1").Host;
}
