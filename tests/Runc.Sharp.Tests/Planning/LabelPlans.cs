using System.Collections.Generic;
using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>SELinux labels: config.md#linux-process, config-linux.md#mount-label. What the kernel makes of them is seen in the VM.</summary>
public class LabelPlans
{
    private const string KeyFile = "thread-self/attr/keycreate";
    private static readonly HostFacts Facts = new() { LastCapability = 40, Capabilities = 0, SELinux = true };

    [Fact]
    public void A_new_file_system_takes_the_label_and_one_that_the_kernel_labels_does_not()
    {
        PlannedContainer planned = Create("""
            "mounts": [{"destination": "/t", "type": "tmpfs"}, {"destination": "/p", "type": "proc"}, {"destination": "/s", "type": "sysfs"}, {"destination": "/d", "type": "devpts"}]
            """);
        Assert.Equal(["/t", "/d"], Subjects(planned, "set the label u:r:m:s0 of"));
    }

    [Fact]
    public void The_root_of_mqueue_gets_it_before_it_is_attached()
    {
        PlannedContainer planned = Create("""
            "mounts": [{"destination": "/q", "type": "mqueue"}]
            """);
        int labelled = Assert.Single(Find(planned, "set the label u:r:m:s0 of"));
        Assert.Equal(Sys.fsetxattr, planned.Builder.Operations[labelled].Number);
        Assert.True(labelled < Find(planned, LiveMountsPlanner.AttachAct)[0]);
    }

    [Fact]
    public void A_read_only_mqueue_is_labelled_first()
    {
        PlannedContainer planned = Create("""
            "mounts": [{"destination": "/q", "type": "mqueue", "options": ["ro", "nosuid"]}]
            """);
        int madeReadOnly = Assert.Single(Find(planned, MountsChapter.SealAct));
        Assert.InRange(madeReadOnly, Find(planned, "set the label u:r:m:s0 of")[0], Find(planned, LiveMountsPlanner.AttachAct)[0]);
        Assert.Equal(KernelFlags.MOUNT_ATTR_NOSUID, planned.Builder.Operations[Find(planned, "mount the mqueue for")[0]].A2);
    }

    [Fact]
    public void Mounts_that_are_added_get_the_label_of_the_container_s()
    {
        MountSpec[] mounts = [new() { Destination = "/t", Type = "tmpfs" }, new() { Destination = "/q", Type = "mqueue" }, new() { Destination = "/b", Source = "/b", Options = ["bind"] }];
        Assert.Equal(["/t", "/q"], Subjects(LiveMountsPlanner.Add([.. mounts], KernelFlags.CLONE_NEWNS, "u:r:m:s0"), "set the label u:r:m:s0 of"));
        Assert.Empty(Subjects(LiveMountsPlanner.Add([.. mounts], KernelFlags.CLONE_NEWNS), "set the label u:r:m:s0 of"));
    }

    [Fact]
    public void The_context_of_the_document_goes_before_and_loses_its_quotes()
    {
        PlannedContainer planned = Create("""
            "mounts": [{"destination": "/t", "type": "tmpfs", "options": ["context=\"u:r:t:s0:c1,c2\"", "mode=\"1\""]}]
            """);
        Assert.Empty(Subjects(planned, "set the label u:r:m:s0 of"));
        string text = Encoding.UTF8.GetString(planned.Builder.Encode(0));
        Assert.Contains("\0u:r:t:s0:c1,c2\0", text, System.StringComparison.Ordinal);
        Assert.Contains("\0\"1\"\0", text, System.StringComparison.Ordinal);
    }

    [Fact]
    public void The_keyring_is_labelled_before_it_is_made_and_not_where_it_is_the_callers()
    {
        PlannedContainer planned = Create("\"mounts\": []");
        int asked = Assert.Single(Find(planned, "open", KeyFile)) + 1;
        Assert.Equal(LabelsChapter.LabelAct, planned.Builder.Notes[asked].Act);
        Assert.True(asked < Find(planned, "make a session keyring")[0]);
        Assert.Empty(Find(Create("\"mounts\": []", noNewKeyring: true), "open", KeyFile));
    }

    [Fact]
    public void Exec_asks_for_the_label_before_it_joins_a_user_namespace_that_may_make_no_procfs()
    {
        PlannedContainer planned = ExecPlanner.Plan(
            new ExecPlanRequest { Id = "c", Process = new ProcessSpec { Args = ["true"], Cwd = "/", SelinuxLabel = "l", ApparmorProfile = "p" }, Namespaces = KernelFlags.CLONE_NEWUSER },
            Facts with { AppArmor = true });
        int joined = Find(planned, "join the namespaces of the container")[0];
        Assert.True(Assert.Single(Find(planned, LabelsChapter.ProfileAct)) < joined);
        Assert.Equal(2, Find(planned, LabelsChapter.LabelAct).FindAll(at => at < joined).Count);
    }

    private static PlannedContainer Create(string section, bool noNewKeyring = false)
    {
        string document = $$"""
            {"ociVersion": "1.2.0", "root": {"path": "rootfs"}, "linux": {"namespaces": [{"type": "mount"}], "mountLabel": "u:r:m:s0"}, {{section}},
             "process": {"args": ["a"], "cwd": "/", "user": {"uid": 0, "gid": 0}, "selinuxLabel": "u:r:c:s0"} }
            """;
        return Planner.Plan(SpecReader.ReadAndValidate(Encoding.UTF8.GetBytes(document)).Value!, new PlanRequest { Id = "c", NoNewKeyring = noNewKeyring }, Facts);
    }

    private static List<int> Find(PlannedContainer planned, string act, string? subject = null)
    {
        var found = new List<int>();
        for (int at = 0; at < planned.Builder.Count; at++)
        {
            if (planned.Builder.Notes[at].Act == act && (subject is null || planned.Builder.Notes[at].Subject == subject))
            {
                found.Add(at);
            }
        }

        return found;
    }

    private static List<string?> Subjects(PlannedContainer planned, string act) => Find(planned, act).ConvertAll(at => planned.Builder.Notes[at].Subject);
}
