using System.IO;
using System.Text;
using System.Text.Json;
using Runc.Sharp.Linux;
using Runc.Sharp.Runtime;
using Runc.Sharp.Runtime.Cgroups;
using Xunit;

namespace Runc.Sharp.Tests.Cgroups;

/// <summary>The counters, in the schema of runc's events.</summary>
public sealed class CgroupStatsTests
{
    [Fact]
    public void V1_counters_become_the_schema()
    {
        var fake = Machines.Fake(Machines.V1());
        var placement = Machines.Made(Machines.V1());
        new FsManager(fake, Machines.On(Machines.V1())).Create();
        foreach (var (path, text) in new[]
        {
            ("cpu,cpuacct/c1/cpuacct.usage", "1500"), ("cpu,cpuacct/c1/cpuacct.usage_percpu", "1000 500 "), ("cpu,cpuacct/c1/cpuacct.stat", "user 3\nsystem 4"),
            ("cpu,cpuacct/c1/cpuacct.usage_all", "cpu user system\n0 600 400\n1 300 200"),
            ("cpu,cpuacct/c1/cpu.stat", "nr_periods 7\nnr_throttled 2\nthrottled_time 99\nwait_sum 5"),
            ("cpuset/c1/cpuset.cpus", "0-1,3"), ("cpuset/c1/cpuset.mems", "0"), ("cpuset/c1/cpuset.sched_load_balance", "1"), ("cpuset/c1/cpuset.sched_relax_domain_level", "-1"),
            ("memory/c1/memory.stat", "cache 4096\nrss 8192\nodd -5"), ("memory/c1/memory.usage_in_bytes", "100"), ("memory/c1/memory.max_usage_in_bytes", "200"),
            ("memory/c1/memory.failcnt", "3"), ("memory/c1/memory.limit_in_bytes", "9223372036854771712"), ("memory/c1/memory.kmem.usage_in_bytes", "10"),
            ("memory/c1/memory.kmem.max_usage_in_bytes", "20"), ("memory/c1/memory.kmem.failcnt", "0"),
            ("pids/c1/pids.current", "2"), ("pids/c1/pids.max", "max"),
            ("blkio/c1/blkio.throttle.io_serviced", "8:0 Read 1\n8:0 Total 1\nTotal 1"), ("blkio/c1/blkio.throttle.io_service_bytes", "8:0 Read 4096\nTotal 4096"),
            ("hugetlb/c1/hugetlb.2MB.usage_in_bytes", "0"), ("hugetlb/c1/hugetlb.2MB.max_usage_in_bytes", "2097152"), ("hugetlb/c1/hugetlb.2MB.failcnt", "1"),
            ("memory/c1/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 4"),
        })
        {
            fake.Set(path, text);
        }

        fake.Drop("memory/c1/memory.memsw.limit_in_bytes");
        Assert.Equal(4UL, CgroupStatsReader.OomKills(fake, placement));
        Assert.Equal(
            """
            {"cpu":{"usage":{"total":1500,"percpu":[1000,500],"percpu_kernel":[400,200],"percpu_user":[600,300],"kernel":40000000,"user":30000000},
            "throttling":{"periods":7,"throttledPeriods":2,"throttledTime":99}},
            "cpuset":{"cpus":[0,1,3],"cpu_exclusive":0,"mems":[0],"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,"memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":1,"sched_relax_domain_level":-1},
            "memory":{"cache":4096,"usage":{"limit":9223372036854771712,"usage":100,"max":200,"failcnt":3},"kernel":{"limit":0,"usage":10,"max":20,"failcnt":0},"raw":{"cache":4096,"rss":8192,"odd":0}},
            "pids":{"current":2},
            "blkio":{"ioServiceBytesRecursive":[{"major":8,"op":"Read","value":4096}],"ioServicedRecursive":[{"major":8,"op":"Read","value":1},{"major":8,"op":"Total","value":1}]},
            "hugetlb":{"2MB":{"max":2097152,"failcnt":1}}}
            """.Replace("\n", "", System.StringComparison.Ordinal),
            Json(CgroupStatsReader.Read(fake, placement, ["2MB", "1GB"])));
    }

    [Fact]
    public void V2_counters_become_the_same_schema()
    {
        var fake = FakeCgroups.V2();
        var placement = Machines.Made(Machines.Unified());
        new FsManager(fake, Machines.On(Machines.Unified())).Create();
        foreach (var (path, text) in new[]
        {
            ("cpu.stat", "usage_usec 5\nuser_usec 2\nsystem_usec 3\nnr_periods 1\nnr_throttled 1\nthrottled_usec 7"),
            ("cpu.pressure", "some avg10=1.50 avg60=0.25 avg300=0.00 total=12\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0"),
            ("memory.stat", "anon 1\nfile 8192"), ("memory.current", "1000"), ("memory.max", "5000"), ("memory.peak", "2000"),
            ("memory.swap.current", "10"), ("memory.swap.max", "max"), ("memory.events", "oom 2\noom_kill 1"),
            ("pids.current", "3"), ("pids.max", "10"),
            ("io.stat", "8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6\n8:0 "),
            ("hugetlb.2MB.rsvd.current", "0"), ("hugetlb.2MB.events", "max 6"),
        })
        {
            fake.Set("c1/" + path, text);
        }

        Assert.Equal(1UL, CgroupStatsReader.OomKills(fake, placement));
        Assert.Equal(
            """
            {"cpu":{"usage":{"total":5000,"kernel":3000,"user":2000},"throttling":{"periods":1,"throttledPeriods":1,"throttledTime":7000},"psi":{"some":{"avg10":1.5,"avg60":0.25,"avg300":0,"total":12}}},
            "cpuset":{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,"memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,"sched_relax_domain_level":0},
            "memory":{"cache":8192,"usage":{"limit":5000,"usage":1000,"max":2000,"failcnt":0},"swap":{"limit":18446744073709551615,"usage":1010,"failcnt":0},"raw":{"anon":1,"file":8192}},
            "pids":{"current":3,"limit":10},
            "blkio":{"ioServiceBytesRecursive":[{"major":8,"minor":16,"op":"Read","value":1},{"major":8,"minor":16,"op":"Write","value":2}],"ioServicedRecursive":[{"major":8,"minor":16,"op":"Read","value":3},{"major":8,"minor":16,"op":"Write","value":4}]},
            "hugetlb":{"2MB":{"failcnt":6}}}
            """.Replace("\n", "", System.StringComparison.Ordinal),
            Json(CgroupStatsReader.Read(fake, placement, ["2MB"])));
    }

    [Fact]
    public void Without_the_pids_controller_the_processes_are_counted()
    {
        var fake = FakeCgroups.V2();
        fake.MakeDirectory("c1");
        fake.Set("c1/cgroup.procs", "5\n6");
        Assert.Equal(new PidsStats(2, 0), CgroupStatsReader.Read(fake, Machines.Made(Machines.Unified()), []).Pids);
    }

    [Fact]
    public void A_container_that_is_gone_counts_nothing_and_an_unreadable_file_is_an_error()
    {
        var fake = FakeCgroups.V2();
        Assert.StartsWith("""{"cpu":{},"cpuset":""", Json(CgroupStatsReader.Read(fake, Machines.Made(Machines.Unified()), ["2MB"])), System.StringComparison.Ordinal);
        fake.Fail("read c1/memory.stat", Errno.EACCES);
        var error = Assert.Throws<RuntimeException>(() => CgroupStatsReader.Read(fake, Machines.Made(Machines.Unified()), []));
        Assert.Equal("read /sys/fs/cgroup/c1/memory.stat: EACCES (permission denied)", error.Message);
    }

    [Theory]
    [InlineData("hugepages-2048kB", "2MB")]
    [InlineData("hugepages-1048576kB", "1GB")]
    [InlineData("hugepages-64kB", "64KB")]
    [InlineData("hugepages-16777216kB", "16GB")]
    [InlineData("hugepages-x", null)]
    [InlineData("other", null)]
    public void Page_sizes_have_the_controller_s_names(string directory, string? name) => Assert.Equal(name, CgroupStatsReader.HugePageName(directory));

    private static string Json(CgroupStats stats)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            CgroupStatsJson.WriteMembers(writer, stats);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
