using System;
using System.Collections.Generic;
using Runc.Sharp.Linux.Plan;
using Runc.Sharp.Runtime.Planning;
using Runc.Sharp.Runtime.Planning.Seccomp;
using Runc.Sharp.Spec;
using Xunit;

namespace Runc.Sharp.Tests.Planning;

/// <summary>The plan of a process that joins a container. runtime.md has no word on it: the order is what keeps it safe.</summary>
public class ExecPlans
{
    private const long All = KernelFlags.CLONE_NEWPID | KernelFlags.CLONE_NEWNS | KernelFlags.CLONE_NEWCGROUP | KernelFlags.CLONE_NEWNET;
    private static readonly HostFacts Facts = new() { LastCapability = 40, Capabilities = ulong.MaxValue >> 23, CgroupEntries = ["/sys/fs/cgroup/pids/c/tasks"] };
    private static readonly ProcessSpec True = new() { Args = ["true"], Env = ["PATH=/bin"], Cwd = "/" };

    [Fact]
    public void The_shim_hides_before_it_joins_and_joins_before_it_is_born_into_the_pid_namespace()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All });
        int hides = IndexOf(planned, "hide from the container's processes");
        int joins = IndexOf(planned, "join the namespaces of the container");
        int born = IndexOf(planned, "clone the process into the container");
        Assert.True(hides >= 0 && hides < joins && joins < born);
    }

    [Fact]
    public void The_cgroups_are_entered_while_their_files_are_in_reach()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All });
        Assert.True(IndexOf(planned, "enter the cgroup of") < IndexOf(planned, "join the namespaces of the container"));
    }

    [Fact]
    public void What_is_placed_by_the_host_waits_for_it_first_of_all()
    {
        PlannedContainer planned = ExecPlanner.Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All }, Facts with { PlacedOnceBorn = true });
        Assert.InRange(IndexOf(planned, "wait for the cgroups"), IndexOf(planned, "clone the process into the container"), IndexOf(planned, "begin a session"));
        Assert.Equal(-1, IndexOf(Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All }), "wait for the cgroups"));
    }

    [Fact]
    public void The_personality_is_asked_for_where_the_container_has_one()
    {
        Assert.Equal(-1, IndexOf(Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All }), "set the personality"));
        Assert.Equal(8, Assert.Single(Calls(Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All, Personality = "LINUX32" }), Sys.personality)).A0);
    }

    [Fact]
    public void All_namespaces_are_joined_in_one_call_by_the_pidfd_of_init()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All });
        PlanOp joined = Assert.Single(Calls(planned, Sys.setns));
        Assert.Equal(planned.Descriptors.Namespace(0), joined.A0);
        Assert.Equal(All, joined.A1);
    }

    [Fact]
    public void Born_in_a_v2_cgroup_the_process_joins_the_cgroup_namespace_afterwards()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All, BornInCgroup = true });
        List<PlanOp> joined = Calls(planned, Sys.setns);
        Assert.Equal(2, joined.Count);
        Assert.Equal(All & ~KernelFlags.CLONE_NEWCGROUP, joined[0].A1);
        Assert.Equal(KernelFlags.CLONE_NEWCGROUP, joined[1].A1);
        Assert.True(IndexOf(planned, "clone the process into the container") < IndexOf(planned, "join the cgroup namespace of the container"));
        Assert.Equal(planned.Descriptors.Namespace(1), planned.Builder.Operations[IndexOf(planned, "clone the process into the container")].A1);
    }

    [Fact]
    public void Without_namespaces_of_its_own_there_is_nothing_to_join()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = 0 });
        Assert.Empty(Calls(planned, Sys.setns));
    }

    [Fact]
    public void Preserved_descriptors_push_the_shims_own_upwards_and_nothing_else_passes_the_execve()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True, Namespaces = All, PreservedDescriptors = 5 });
        PlanOp last = Calls(planned, Sys.close_range)[^1];
        Assert.Equal(8, last.A0);
        Assert.Equal(uint.MaxValue, last.A1);
        Assert.Equal(KernelFlags.CLOSE_RANGE_CLOEXEC, last.A2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_containers_filter_is_loaded_right_before_the_program(bool noNewPrivileges)
    {
        var filter = new SeccompProgram(new byte[] { 6, 0, 0, 0, 0, 0, 0xff, 0x7f }, 1, 0, false, []);
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True with { NoNewPrivileges = noNewPrivileges }, Namespaces = All, Filter = filter });
        int loaded = IndexOf(planned, "load the system call filter");
        int told = IndexOf(planned, "tell that only the program is missing");
        Assert.True(told < loaded);

        // Only the capability that loading needed is given up in between.
        for (int at = loaded + 1; at < planned.Builder.Count - 1; at++)
        {
            Assert.False(noNewPrivileges);
            Assert.Equal("/process/capabilities", planned.Builder.Notes[at].Pointer);
        }
    }

    [Fact]
    public void The_user_is_changed_after_everything_that_needs_the_hosts_rights()
    {
        var process = True with
        {
            User = new UserSpec { Uid = 1000, Gid = 1001, AdditionalGids = [5] },
            Terminal = true,
            Rlimits = [new RlimitSpec { Type = "RLIMIT_NOFILE", Soft = 10, Hard = 20 }],
            OomScoreAdj = 100,
        };
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = process, Namespaces = All });
        int user = IndexOf(planned, "become the user");
        Assert.True(IndexOf(planned, "set the limit") is >= 0 and var limit && limit < user);
        Assert.True(IndexOf(planned, "make it the controlling terminal") is >= 0 and var terminal && terminal < user);
        Assert.True(IndexOf(planned, "set the out-of-memory score to") is >= 0 and var score && score < IndexOf(planned, "join the namespaces of the container"));
        Assert.True(planned.SendsConsole);
    }

    [Fact]
    public void The_terminal_is_the_containers_own_and_no_file_of_its_dev_is_touched()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True with { Terminal = true }, Namespaces = All });
        Assert.Empty(Calls(planned, Sys.mknodat));
        Assert.Empty(Calls(planned, Sys.move_mount));
        Assert.True(IndexOf(planned, "take for a terminal multiplexer") > IndexOf(planned, "clone the process into the container"));
    }

    [Fact]
    public void The_working_directory_is_never_reached_by_a_magic_link()
    {
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = True with { Cwd = "/proc/self/fd/9" }, Namespaces = All });
        PlanOp opened = planned.Builder.Operations[IndexOf(planned, "open the working directory")];
        ulong resolve = BitConverter.ToUInt64(planned.Builder.Data[((int)opened.A2 + 16)..]);
        Assert.Equal(KernelFlags.RESOLVE_NO_MAGICLINKS, resolve & KernelFlags.RESOLVE_NO_MAGICLINKS);
    }

    [Fact]
    public void Affinity_changes_before_and_after_the_cgroups()
    {
        var process = True with { ExecCpuAffinity = new ExecCpuAffinitySpec { Initial = "0-1,9", Final = "65" } };
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = process, Namespaces = All });
        List<PlanOp> set = Calls(planned, Sys.sched_setaffinity);
        Assert.Equal(2, set.Count);
        Assert.Equal(0x203UL, BitConverter.ToUInt64(planned.Builder.Data[(int)set[0].A2..]));
        Assert.Equal(2UL, BitConverter.ToUInt64(planned.Builder.Data[((int)set[1].A2 + 8)..]));
        Assert.True(IndexOf(planned, "run on the processors") < IndexOf(planned, "enter the cgroup of"));
    }

    [Fact]
    public void A_processor_beyond_every_machine_is_refused() => Assert.Throws<Runc.Sharp.Runtime.RuntimeException>(
        () => Plan(new ExecPlanRequest { Id = "c", Process = True with { ExecCpuAffinity = new ExecCpuAffinitySpec { Initial = "0-99999999" } }, Namespaces = All }));

    [Fact]
    public void The_scheduling_policy_is_set_as_the_kernel_reads_it()
    {
        var process = True with
        {
            Scheduler = new SchedulerSpec { Policy = "SCHED_FIFO", Nice = -1, Priority = 50, Flags = ["SCHED_FLAG_RESET_ON_FORK"] },
            IoPriority = new IoPrioritySpec { Class = "IOPRIO_CLASS_RT", Priority = 3 },
        };
        PlannedContainer planned = Plan(new ExecPlanRequest { Id = "c", Process = process, Namespaces = All });
        ReadOnlySpan<byte> attributes = planned.Builder.Data[(int)Assert.Single(Calls(planned, Sys.sched_setattr)).A1..];
        Assert.Equal(48, BitConverter.ToInt32(attributes));
        Assert.Equal(1, BitConverter.ToInt32(attributes[4..]));
        Assert.Equal(1UL, BitConverter.ToUInt64(attributes[8..]));
        Assert.Equal(-1, BitConverter.ToInt32(attributes[16..]));
        Assert.Equal(50, BitConverter.ToInt32(attributes[20..]));
        Assert.Equal((1 << 13) | 3, Assert.Single(Calls(planned, Sys.ioprio_set)).A2);
    }

    private static PlannedContainer Plan(ExecPlanRequest request) => ExecPlanner.Plan(request, Facts);

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

    private static List<PlanOp> Calls(PlannedContainer planned, int number)
    {
        var found = new List<PlanOp>();
        foreach (PlanOp op in planned.Builder.Operations)
        {
            if (op.Code == PlanCode.Syscall && op.Number == number)
            {
                found.Add(op);
            }
        }

        return found;
    }
}
