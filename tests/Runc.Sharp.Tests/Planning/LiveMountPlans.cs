using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>The plans of mounts in a container that lives.</summary>
public class LiveMountPlans
{
    private const long All = KernelFlags.CLONE_NEWPID | KernelFlags.CLONE_NEWNS | KernelFlags.CLONE_NEWTIME | KernelFlags.CLONE_NEWUSER | KernelFlags.CLONE_NEWNET;
    private static readonly MountSpec Scratch = new() { Destination = "/a", Type = "tmpfs", Source = "t" };
    private static readonly MountSpec Data = new() { Destination = "/b", Source = "/data", Options = ["bind", "ro"] };

    [Fact]
    public void Who_mounts_stays_in_the_hosts_pid_namespace_and_clones_nothing()
    {
        foreach (PlannedContainer planned in new[] { LiveMountsPlanner.Add([Scratch], All), LiveMountsPlanner.Remove([Scratch], All) })
        {
            PlanOp joined = Assert.Single(Calls(planned, Sys.setns));
            Assert.Equal(KernelFlags.CLONE_NEWNS | KernelFlags.CLONE_NEWUSER | KernelFlags.CLONE_NEWNET, joined.A1);
            Assert.DoesNotContain(planned.Builder.Operations.ToArray(), static op => op.Code == PlanCode.Clone);
        }
    }

    [Fact]
    public void It_hides_and_closes_what_it_inherited_before_it_joins()
    {
        PlannedContainer planned = LiveMountsPlanner.Add([Scratch, Data], All);
        int joins = IndexOf(planned, "join the namespaces of the container");
        Assert.InRange(IndexOf(planned, "hide from the container's processes"), 0, joins - 1);
        Assert.InRange(IndexOf(planned, "close what was inherited"), 0, joins - 1);
        Assert.Equal(planned.Descriptors.Source(1), Calls(planned, Sys.close_range)[^1].A0);
    }

    [Fact]
    public void The_host_opens_the_source_of_a_bind_mount_and_its_rights_are_set_before_it_is_seen()
    {
        PlannedContainer planned = LiveMountsPlanner.Add([Scratch, Data], All);
        Assert.Equal([1], planned.Descriptors.Sources.AsEnumerable());
        Assert.Empty(Calls(planned, Sys.open_tree));
        List<PlanOp> operations = [.. planned.Builder.Operations.ToArray()];
        int attributes = operations.FindLastIndex(static op => op.Code == PlanCode.Syscall && op.Number == Sys.mount_setattr);
        Assert.True(attributes < operations.FindLastIndex(static op => op.Code == PlanCode.Syscall && op.Number == Sys.move_mount));
    }

    [Theory]
    [InlineData(All)]
    [InlineData(KernelFlags.CLONE_NEWNS)]
    [InlineData(KernelFlags.CLONE_NEWNS | KernelFlags.CLONE_NEWNET)]
    public void What_is_made_of_files_is_made_of_the_hosts(long namespaces)
    {
        var overlay = new MountSpec { Destination = "/o", Type = "overlay", Source = "overlay", Options = ["lowerdir=/a:/b", "ro"] };
        var device = new MountSpec { Destination = "/d", Type = "ext4", Source = "/dev/sdx", Options = ["ro"] };
        PlannedContainer planned = LiveMountsPlanner.Add([Scratch, overlay, device, Data], namespaces);
        PlanOp[] operations = planned.Builder.Operations.ToArray();
        int[] made = [.. Enumerable.Range(0, operations.Length).Where(at => operations[at].Code == PlanCode.Syscall && operations[at].Number == Sys.fsmount)];
        int entered = IndexOf(planned, "join the mount namespace of the container");
        Assert.Equal(["/o", "/d", "/d", "/a"], made.Select(at => planned.Builder.Notes[at].Subject));
        Assert.True(made[2] < entered && entered < made[3]);
        List<PlanOp> joined = Calls(planned, Sys.setns);
        Assert.Equal(KernelFlags.CLONE_NEWNS, joined[^1].A1);
        Assert.Equal(namespaces & ~(KernelFlags.CLONE_NEWPID | KernelFlags.CLONE_NEWTIME), joined.Sum(static op => op.A1));
        Assert.Single(Calls(planned, Sys.unshare));
        Assert.Equal(["/a", "/o", "/d", "/b"], Enumerable.Range(0, operations.Length).Where(at => planned.Builder.Notes[at].Act == LiveMountsPlanner.AttachAct).Select(at => planned.Builder.Notes[at].Subject));
        Assert.Empty(Calls(LiveMountsPlanner.Remove([overlay, device], namespaces), Sys.fsopen).Skip(1)); // its procfs
    }

    [Fact]
    public void So_many_file_systems_of_files_that_they_cannot_be_held_are_refused()
    {
        var device = new MountSpec { Destination = "/d", Type = "ext4", Source = "/dev/sdx" };
        RuntimeException refused = Assert.Throws<RuntimeException>(() => LiveMountsPlanner.Add([.. Enumerable.Repeat(device, 60)], All));
        Assert.StartsWith("/mounts/", Assert.Single(refused.Refusals).Pointer, System.StringComparison.Ordinal);
        Assert.NotNull(LiveMountsPlanner.Add([.. Enumerable.Repeat(device, 40)], All));
    }

    [Fact]
    public void What_is_taken_away_is_held_by_a_descriptor_and_lies_outside_proc()
    {
        PlannedContainer planned = LiveMountsPlanner.Remove([Scratch], All);
        PlanOp target = planned.Builder.Operations[IndexOf(planned, LiveMountsPlanner.FindAct)];
        Assert.Equal((long)(PlanTarget.Existing | PlanTarget.OutsideProc), target.A2);
        PlanOp away = Assert.Single(Calls(planned, Sys.umount2));
        Assert.StartsWith("self/fd/200\0", Encoding.UTF8.GetString(planned.Builder.Data[(int)away.A0..]), System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proc", "")]
    [InlineData("cgroup", "")]
    [InlineData("cgroup2", "")]
    [InlineData("tmpfs", "remount")]
    [InlineData("bind", "idmap")]
    public void What_only_a_newborn_container_can_have_is_refused_by_name(string type, string option)
    {
        var mount = new MountSpec { Destination = "/x", Type = type, Source = "s", Options = option.Length == 0 ? null : ImmutableArray.Create(option) };
        RuntimeException refused = Assert.Throws<RuntimeException>(() => LiveMountsPlanner.Add([Scratch, mount], All));
        Assert.StartsWith("/mounts/1: ", refused.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_mount_namespace_of_its_own_nothing_is_mounted() =>
        Assert.Throws<RuntimeException>(() => LiveMountsPlanner.Add([Scratch], All & ~KernelFlags.CLONE_NEWNS));

    [Fact]
    public void A_list_that_stands_alone_is_read_with_places_of_its_own()
    {
        SpecDocument<MountList> read = SpecReader.ReadAndValidateMounts("""[{"destination": "/a"}, {"destination": "", "options": ["idmap"]}]"""u8);
        Assert.True(read.Failed);
        Assert.Equal(["/1/destination", "/1/options/0"], read.Findings.Select(static finding => finding.Pointer));
        Assert.Equal("/a", Assert.Single(SpecReader.ReadAndValidateMounts("""[{"destination": "/a"}]"""u8).Value!.Mounts).Destination);
        Assert.True(SpecReader.ReadAndValidateMounts("{}"u8).Failed);
    }

    private static int IndexOf(PlannedContainer planned, string act)
    {
        for (int at = 0; at < planned.Builder.Count; at++)
        {
            if (planned.Builder.Notes[at].Act == act)
            {
                return at;
            }
        }

        return -1;
    }

    private static List<PlanOp> Calls(PlannedContainer planned, int number) =>
        [.. planned.Builder.Operations.ToArray().Where(op => op.Code == PlanCode.Syscall && op.Number == number)];
}
