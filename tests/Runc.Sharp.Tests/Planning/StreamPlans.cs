using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>Standard streams that are the host's null device. What is done with them stands in the snapshot <c>null-streams</c>.</summary>
public class StreamPlans
{
    [Fact]
    public void Each_stream_that_is_the_null_device_is_connected_and_no_other() =>
        Assert.Equal([0, 2], Connected(terminal: false, nullStreams: 0b101));

    [Fact]
    public void Where_none_is_there_is_nothing_to_do() => Assert.Empty(Connected(terminal: false, nullStreams: 0));

    [Fact]
    public void A_terminal_takes_all_of_them_once() => Assert.Equal([0, 1, 2], Connected(terminal: true, nullStreams: 0b111));

    [Fact]
    public void Without_a_mount_namespace_the_null_device_is_the_right_one_already() =>
        Assert.Empty(Connected(terminal: false, nullStreams: 0b111, namespaces: """{"type": "uts"}"""));

    private static long[] Connected(bool terminal, int nullStreams, string namespaces = """{"type": "mount"}""")
    {
        string document = $$"""
            {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "linux": {"namespaces": [{{namespaces}}]},
             "process": {"terminal": {{(terminal ? "true" : "false")}}, "args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0} } }
            """;
        RuntimeSpec spec = SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document)).Value!;
        var facts = new HostFacts { LastCapability = 40, Capabilities = 0, NullStreams = nullStreams };
        var streams = new System.Collections.Generic.List<long>();
        foreach (PlanOp op in Planner.Plan(spec, new PlanRequest { Id = "c" }, facts).Builder.Operations)
        {
            if (op.Code == PlanCode.Syscall && op.Number == Sys.dup3)
            {
                streams.Add(op.A1);
            }
        }

        return [.. streams];
    }
}
