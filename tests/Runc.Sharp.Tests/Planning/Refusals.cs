using System.Text;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>What cannot be done, on this machine or at all, is refused by its name. runtime.md#create.</summary>
public class Refusals
{
    [Theory]
    [InlineData("""{"linux": {"intelRdt": {"closID": "a"}}}""", "/linux/intelRdt is not supported yet")]
    [InlineData("""{"process": {"apparmorProfile": "p"}}""", "/process/apparmorProfile cannot be used: apparmor is not enabled on this machine")]
    [InlineData("""{"process": {"selinuxLabel": "l"}}""", "/process/selinuxLabel cannot be used: selinux is not enabled on this machine")]
    [InlineData("""{"linux": {"mountLabel": "l"}}""", "/linux/mountLabel cannot be used: selinux is not enabled on this machine")]
    public void What_the_machine_lacks_is_named(string document, string sentence) =>
        Assert.Equal(sentence, Refused(document, new HostFacts { LastCapability = 40, Capabilities = 0 }));

    [Fact]
    public void A_new_file_system_is_not_id_mapped() =>
        Assert.Equal(
            "/mounts/0 asks for an id-mapped mount that is no bind mount, which is not supported yet",
            Refused(
                """{"mounts": [{"destination": "/a", "type": "tmpfs", "uidMappings": [{"containerID": 0, "hostID": 1, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 1, "size": 1}]}]}""",
                new HostFacts { LastCapability = 40, Capabilities = 0 }));

    [Fact]
    public void The_mappings_of_a_joined_user_namespace_are_not_known() =>
        Assert.Equal(
            "/mounts/0: an id-mapped mount that takes the mappings of a joined user namespace is not supported yet",
            Refused(
                """
                {"mounts": [{"destination": "/a", "type": "bind", "source": "/a", "options": ["bind", "idmap"]}],
                 "linux": {"namespaces": [{"type": "mount"}, {"type": "user", "path": "/proc/1/ns/user"}]}}
                """,
                new HostFacts { LastCapability = 40, Capabilities = 0 }));

    private static string Refused(string document, HostFacts facts)
    {
        RuntimeSpec? spec = SpecReader.Read(Encoding.UTF8.GetBytes("""{"ociVersion": "1.2.0", "root": {"path": "r"}, """ + document[1..].Replace("\"process\": {", "\"process\": {\"cwd\": \"/\", ", System.StringComparison.Ordinal))).Value;
        Assert.NotNull(spec);
        return Assert.Throws<RuntimeException>(() => Planner.Plan(spec, new PlanRequest { Id = "c" }, facts)).Message;
    }
}
