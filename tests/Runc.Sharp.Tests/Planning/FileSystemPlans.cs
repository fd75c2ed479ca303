using System;
using System.Linq;
using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>By which calls a file system is made: fsconfig(2) takes 255 bytes of one option, mount(2) a page of all.</summary>
public class FileSystemPlans
{
    private const int Synchronous = 16;

    [Theory]
    [InlineData(255, false)]
    [InlineData(256, true)]
    public void A_long_option_takes_mount(int bytes, bool atOnce) => Assert.Equal(atOnce, ByMount("overlay", "lowerdir=" + new string('l', bytes)) is not null);

    [Theory]
    [InlineData(255, false)]
    [InlineData(256, true)]
    public void So_does_a_long_source(int bytes, bool atOnce) => Assert.Equal(atOnce, ByMount(new string('s', bytes), "size=1m") is not null);

    [Fact]
    public void Bytes_count_and_not_characters() => Assert.NotNull(ByMount("overlay", "lowerdir=" + new string('é', 128)));

    [Fact]
    public void What_any_file_system_knows_is_a_flag_there_and_the_rest_one_text()
    {
        string layers = "lowerdir=" + new string('l', 300);
        Assert.Equal((Synchronous, layers + ",index=off"), ByMount("overlay", "sync", layers, "index=off"));
    }

    [Fact]
    public void A_page_holds_4095_bytes_of_options()
    {
        Assert.NotNull(ByMount("overlay", "lowerdir=" + new string('l', 4095 - 9)));
        RuntimeException refusal = Assert.Throws<RuntimeException>(() => ByMount("overlay", "lowerdir=" + new string('l', 4096 - 9)));
        Assert.Equal("/mounts/0", Assert.Single(refusal.Refusals).Pointer);
    }

    /// <summary>The flags and the text of mount(2); null where the file system is made by fsopen(2).</summary>
    private static (long Flags, string Data)? ByMount(string source, params string[] options)
    {
        string document = $$"""
            {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0} }, "linux": {"namespaces": [{"type": "mount"}]},
             "mounts": [{"destination": "/t", "type": "overlay", "source": "{{source}}", "options": [{{string.Join(", ", options.Select(static option => '"' + option + '"'))}}]}]}
            """;
        PlanBuilder plan = Planner.Plan(SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document)).Value!, new PlanRequest { Id = "c" }, new HostFacts { LastCapability = 40, Capabilities = 0 }).Builder;
        int[] mounts = [.. Enumerable.Range(0, plan.Count).Where(at => plan.Operations[at].Code == PlanCode.Syscall && plan.Operations[at].Number == Sys.mount)];
        int[] configured = [.. Enumerable.Range(0, plan.Count).Where(at => plan.Operations[at].Code == PlanCode.Syscall && plan.Operations[at].Number == Sys.fsconfig)];
        Assert.NotEqual(mounts.Length > 0, configured.Length > 0);
        if (mounts.Length == 0)
        {
            return null;
        }

        PlanOp mount = plan.Operations[Assert.Single(mounts)];
        ReadOnlySpan<byte> data = plan.Data[(int)mount.A4..];
        return (mount.A3, Encoding.UTF8.GetString(data[..data.IndexOf((byte)0)]));
    }
}
