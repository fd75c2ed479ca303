using System.Collections.Generic;
using System.Linq;
using System.Text;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>cgroups(7), /proc/PID/cgroup and the layouts that distributions mount.</summary>
public sealed class CgroupFactsTests
{
    private const string HybridLines = "9:name=systemd:/\n8:pids:/\n4:memory:/own\n2:cpu,cpuacct:/\n0::/\n";
    private const long Tmpfs = 0x01021994;
    private const long Cgroup2 = 0x63677270;

    [Fact]
    public void A_hybrid_machine_is_known_without_its_mount_table()
    {
        var machine = new Machine(Tmpfs, HybridLines) { Inodes = { ["systemd"] = 1, ["pids"] = 1, ["memory"] = 1, ["cpu,cpuacct"] = 1, ["unified"] = 1 } };
        var facts = CgroupFactsReader.Read(machine, ownNeeded: true);
        Assert.Equal(CgroupVersion.Hybrid, facts.Version);
        Assert.Equal(["name=systemd systemd /", "pids pids /", "memory memory /own", "cpu,cpuacct cpu,cpuacct /", " unified /"], Show(facts));
        Assert.Equal(["cgroup"], machine.Asked);
    }

    [Fact]
    public void Without_the_v2_mount_it_is_a_v1_machine_although_the_kernel_lists_the_hierarchy()
    {
        var machine = new Machine(Tmpfs, HybridLines) { Inodes = { ["systemd"] = 1, ["pids"] = 1, ["memory"] = 1, ["cpu,cpuacct"] = 1 } };
        var facts = CgroupFactsReader.Read(machine, ownNeeded: true);
        Assert.Equal(CgroupVersion.V1, facts.Version);
        Assert.Null(facts.Unified);
        Assert.Equal("cpu,cpuacct", facts.Find("cpuacct")!.Mount);
        Assert.Null(facts.Find("cpuset"));
    }

    [Fact]
    public void A_hierarchy_that_the_kernel_remembers_but_nobody_mounts_falls_out_without_further_questions()
    {
        var machine = new Machine(Tmpfs, "16:hugetlb:/\n8:pids:/\n") { Inodes = { ["pids"] = 1 } };
        Assert.Equal(["pids pids /"], Show(CgroupFactsReader.Read(machine, ownNeeded: true)));
        Assert.Equal(["cgroup"], machine.Asked);
    }

    [Fact]
    public void A_directory_that_waits_for_its_hierarchy_is_not_one()
    {
        var machine = new Machine(Tmpfs, "10:hugetlb:/\n" + HybridLines, """
            31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
            32 31 0:30 / /sys/fs/cgroup/systemd rw,relatime shared:4 - cgroup cgroup rw,name=systemd
            33 31 0:31 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids
            34 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            35 31 0:33 / /sys/fs/cgroup/cpuacct,cpu rw - cgroup cgroup rw,cpuacct,cpu
            36 31 0:34 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            37 31 0:35 / /elsewhere/hugetlb rw - cgroup cgroup rw,hugetlb
            """)
        { Inodes = { ["hugetlb"] = 7 } };
        var facts = CgroupFactsReader.Read(machine, ownNeeded: false);
        Assert.Equal(CgroupVersion.Hybrid, facts.Version);
        Assert.Equal(["name=systemd systemd /", "pids pids /", "memory memory /own", "cpu,cpuacct cpuacct,cpu /", " unified /"], Show(facts));
        Assert.Equal(["cgroup", "mountinfo"], machine.Asked);
    }

    [Fact]
    public void In_a_container_without_cgroup_namespace_the_own_path_is_that_below_the_mount()
    {
        var machine = new Machine(Tmpfs, "2:memory:/docker/abc/inner\n1:devices:/docker/abc\n", """
            34 31 0:32 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
            35 31 0:33 /docker/abc /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices
            """)
        { Inodes = { ["memory"] = 42, ["devices"] = 43 } };
        Assert.Equal(["memory memory /inner", "devices devices /"], Show(CgroupFactsReader.Read(machine, ownNeeded: true)));
    }

    [Fact]
    public void A_mount_of_somebody_else_s_part_is_none_of_ours()
    {
        var lines = ProcCgroupLine.Parse("1:devices:/docker/abcd\n"u8);
        var mounts = CgroupMountLine.Parse("35 31 0:33 /docker/abc /sys/fs/cgroup/devices rw - cgroup cgroup rw,devices\n"u8);
        var error = Assert.Throws<RuntimeException>(() => CgroupFactsReader.FromMounts(lines, mounts, "/sys/fs/cgroup"));
        Assert.Equal("none of the cgroup mounts below /sys/fs/cgroup shows the cgroup this command runs in", error.Message);
    }

    [Theory]
    [InlineData("/user.slice/a", 1, true)]
    [InlineData("/", 77, true)]
    [InlineData("/user.slice/a", 77, false)]
    public void A_v2_machine_is_known_without_its_mount_table(string own, ulong inode, bool ownNeeded)
    {
        var machine = new Machine(Cgroup2, $"1:name=systemd:/x\n0::{own}\n") { Inodes = { [""] = inode } };
        var facts = CgroupFactsReader.Read(machine, ownNeeded);
        Assert.Equal(CgroupVersion.Unified, facts.Version);
        Assert.Equal(["  " + own], Show(facts));
        Assert.Equal(["cgroup"], machine.Asked);
    }

    [Fact]
    public void On_v2_below_a_partial_mount_the_table_tells_the_own_path()
    {
        var machine = new Machine(Cgroup2, "0::/machine/c/leaf\n", "30 23 0:26 /machine/c /sys/fs/cgroup rw - cgroup2 cgroup rw,nsdelegate\n") { Inodes = { [""] = 900 } };
        Assert.Equal(["  /leaf"], Show(CgroupFactsReader.Read(machine, ownNeeded: true)));
    }

    [Fact]
    public void Hierarchies_mounted_in_another_place_are_found()
    {
        var machine = new Machine(0, "2:memory:/\n1:devices:/a\n", """
            34 31 0:32 / /dev/cgroup\040dir/memory rw - cgroup cgroup rw,memory
            35 31 0:33 / /dev/cgroup\040dir/devices rw - cgroup cgroup rw,devices
            """);
        var facts = CgroupFactsReader.Read(machine, ownNeeded: true);
        Assert.Equal("/dev/cgroup dir", facts.Root);
        Assert.Equal(["memory memory /", "devices devices /a"], Show(facts));
    }

    [Fact]
    public void A_machine_without_cgroups_is_told_so()
    {
        var error = Assert.Throws<RuntimeException>(() => CgroupFactsReader.Read(new Machine(0, "", "1 1 0:1 / / rw - ext4 x rw\n"), false));
        Assert.Equal("no cgroup file system is mounted: there is none in /proc/self/mountinfo; hint: mount one at /sys/fs/cgroup", error.Message);
    }

    [Theory]
    [InlineData("nonsense\n")]
    [InlineData("1:memory\n")]
    [InlineData("1:memory:/\n\n")]
    public void A_line_of_another_form_is_an_error(string text) =>
        Assert.Throws<RuntimeException>(() => ProcCgroupLine.Parse(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_path_may_hold_colons() =>
        Assert.Equal(new ProcCgroupLine("name=x", "/a:b"), Assert.Single(ProcCgroupLine.Parse("1:name=x:/a:b"u8)));

    private static IEnumerable<string> Show(CgroupFacts facts) => facts.Hierarchies.Select(static h => $"{h.Controllers} {h.Mount} {h.Own}");

    private sealed class Machine(long magic, string cgroup, string mountinfo = "") : ICgroupMachine
    {
        public Dictionary<string, ulong> Inodes { get; } = [];

        public List<string> Asked { get; } = [];

        public long FileSystem => magic;

        public ulong InodeOf(string directory) => Inodes.GetValueOrDefault(directory);

        public byte[] ReadSelf(string name)
        {
            Asked.Add(name);
            return Encoding.UTF8.GetBytes(name == "cgroup" ? cgroup : mountinfo);
        }
    }
}
