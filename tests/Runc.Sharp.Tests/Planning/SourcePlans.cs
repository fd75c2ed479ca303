using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>Who opens the source of a bind mount where there is a user namespace: the host, or the container in its turn.</summary>
public class SourcePlans
{
    [Fact]
    public void The_host_opens_what_it_sees_and_the_container_what_a_mount_before_may_bring() =>
        Assert.Equal("1; rootfs/a/b", Sources("""{"type": "user"}, {"type": "mount"}""", missing: [2]));

    [Fact]
    public void Without_a_user_namespace_the_container_opens_all() =>
        Assert.Equal("; /srv rootfs/a/b", Sources("""{"type": "mount"}""", missing: []));

    [Theory]
    [InlineData("ext4", "/dev/sdx", "ro", 2, 1)]
    [InlineData("ext4", "/dev/sdx", "rw", 1, 0)]
    [InlineData("tmpfs", "/dev/sdx", "ro", 1, 0)]
    [InlineData("sysfs", "sysfs", "ro", 1, 0)]
    public void A_file_system_on_a_device_is_made_read_only_and_where_it_is_in_use_its_mount_alone(string type, string source, string option, int made, int readOnly)
    {
        string document = $$"""
            {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0} },
             "linux": {"namespaces": [{"type": "mount"}]}, "mounts": [{"destination": "/t", "type": "{{type}}", "source": "{{source}}", "options": ["{{option}}"]}]}
            """;
        PlanBuilder plan = Planner.Plan(SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document)).Value!, new PlanRequest { Id = "c" }, new HostFacts { LastCapability = 40, Capabilities = 0 }).Builder;
        int[] makes = [.. Enumerable.Range(0, plan.Count).Where(at => plan.Notes[at].Act == "make the " + type + " for")];
        int[] sets = [.. Enumerable.Range(0, plan.Count).Where(at => plan.Notes[at].Act == "set the option ro of")];
        Assert.Equal((made, readOnly), (makes.Length, sets.Length));
        Assert.All(sets, at => Assert.True(at < makes[0]));
    }

    private static string Sources(string namespaces, ImmutableArray<int> missing)
    {
        string document = $$"""
            {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0} },
             "linux": {"namespaces": [{{namespaces}}] {{(namespaces.Contains("user", System.StringComparison.Ordinal) ? Mappings : string.Empty)}} },
             "mounts": [{"destination": "/t", "type": "tmpfs"}, {"destination": "/b", "source": "/srv", "options": ["bind"]},
               {"destination": "/c", "source": "rootfs/a/b", "options": ["bind"]}]}
            """;
        RuntimeSpec spec = SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document)).Value!;
        var facts = new HostFacts { LastCapability = 40, Capabilities = 0, MissingSources = missing };
        PlannedContainer planned = Planner.Plan(spec, new PlanRequest { Id = "c", Bundle = "/bundle" }, facts);
        PlanBuilder plan = planned.Builder;
        IEnumerable<string?> inside = Enumerable.Range(0, plan.Count).Where(at => plan.Operations[at].Number == Sys.open_tree && plan.Notes[at].Act == "open the source").Select(at => plan.Notes[at].Subject);
        return string.Join(' ', planned.Descriptors.Sources) + "; " + string.Join(' ', inside);
    }

    private const string Mappings = """, "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]""";
}
