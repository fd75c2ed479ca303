using System;
using Runc.Sharp.Linux;

namespace Runc.Sharp.Runtime.Cgroups;

/// <summary>What an errno of a control file means, where its own words mislead.</summary>
internal static class CgroupHints
{
    internal static string? For(CgroupWrite write, Errno error, CgroupVersion version) => error switch
    {
        Errno.ENOENT => Missing(write),
        Errno.EINVAL or Errno.ERANGE => Invalid(write),
        Errno.EBUSY => write.File switch
        {
            "memory.memsw.limit_in_bytes" => "the container uses more than that already",
            "memory.max" => "the container uses more than that and the kernel cannot free enough",
            "cpuset.cpus" or "cpuset.mems" => "a child cgroup or a deadline task needs what would be taken away",
            _ => null,
        },
        Errno.EACCES when write.Controller == "cpuset" => "the parent cgroup does not have these",
        Errno.EACCES or Errno.EPERM => version == CgroupVersion.Unified
            ? "the cgroup is not delegated to this user"
            : "only root may write there",
        Errno.EROFS => "the cgroup file system is mounted read-only",
        Errno.ENODEV or Errno.ENXIO => "there is no such device",
        _ => null,
    };

    private static string? Missing(CgroupWrite write) => write.File switch
    {
        "memory.memsw.limit_in_bytes" or "memory.swap.max" => "this kernel does not account swap (boot parameter swapaccount=1)",
        "cpu.rt_period_us" or "cpu.rt_runtime_us" => "this kernel has no real-time group scheduling (CONFIG_RT_GROUP_SCHED)",
        "cpu.idle" => "idle cgroups need Linux 5.15",
        "blkio.weight" or "blkio.weight_device" or "io.bfq.weight" => "no I/O scheduler with weights is loaded (module bfq)",
        "blkio.leaf_weight" or "blkio.leaf_weight_device" => "leaf weights went away with the CFQ scheduler (Linux 5.0)",
        "memory.use_hierarchy" or "memory.oom_control" => "this kernel no longer has that knob",
        _ when write.File.StartsWith("hugetlb.", StringComparison.Ordinal) => "this machine has no huge pages of that size",
        _ => null,
    };

    private static string? Invalid(CgroupWrite write) => write.File switch
    {
        "memory.limit_in_bytes" => "the limit must not pass memory+swap: give /memory/swap as well",
        "memory.memsw.limit_in_bytes" => "memory+swap must not be below the memory limit",
        "memory.use_hierarchy" => "this kernel accounts memory hierarchically only",
        "cpuset.cpus" => "a list of processors of this machine, as 0-3,7",
        "cpuset.mems" => "a list of memory nodes of this machine, as 0-1",
        "cpu.cfs_quota_us" or "cpu.max" => "a quota is at least 1000 µs, a period 1000 to 1000000 µs, and both within the parent's share",
        "cpu.cfs_period_us" => "a period is 1000 to 1000000 µs",
        "cpu.cfs_burst_us" or "cpu.max.burst" => "the burst must not pass the quota",
        "cpu.rt_runtime_us" or "cpu.rt_period_us" => "the real-time share must fit into the parent's",
        "cpu.shares" or "cpu.weight" => "an idle cgroup takes no shares",
        _ => null,
    };
}
