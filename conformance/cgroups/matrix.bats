#!/usr/bin/env bats
# Every property of linux.resources: what create asks is read back from the kernel, then what update asks. One table for cgroup
# v1 and v2, and for both managers of cgroups.

load ../cgroups/matrix

# --- memory

@test "memory.limit" {
  given '.memory.limit = 67108864'
  v1 reads memory.limit_in_bytes 67108864
  v2 reads memory.max 67108864
  updated '.memory.limit = 33554432'
  v1 reads memory.limit_in_bytes 33554432
  v2 reads memory.max 33554432
}

@test "memory.limit -1: none" {
  given '.memory.limit = -1'
  v1 reads memory.limit_in_bytes 9223372036854771712
  v2 reads memory.max max
  updated '.memory.limit = 67108864'
  v1 reads memory.limit_in_bytes 67108864
  v2 reads memory.max 67108864
  updated '.memory.limit = -1'
  v1 reads memory.limit_in_bytes 9223372036854771712
  v2 reads memory.max max
}

@test "memory.swap counts memory too, raised and lowered with the limit" {
  v1 needs memory.memsw.limit_in_bytes
  given '.memory = {limit: 67108864, swap: 100663296}'
  v1 reads memory.limit_in_bytes 67108864
  v1 reads memory.memsw.limit_in_bytes 100663296
  v2 reads memory.max 67108864
  v2 reads memory.swap.max 33554432
  updated '.memory = {limit: 134217728, swap: 150994944}'
  v1 reads memory.limit_in_bytes 134217728
  v1 reads memory.memsw.limit_in_bytes 150994944
  v2 reads memory.max 134217728
  v2 reads memory.swap.max 16777216
  updated '.memory = {limit: 33554432, swap: 33554432}'
  v1 reads memory.limit_in_bytes 33554432
  v1 reads memory.memsw.limit_in_bytes 33554432
  v2 reads memory.max 33554432
  v2 reads memory.swap.max 0
}

@test "memory.swap -1: none" {
  v1 needs memory.memsw.limit_in_bytes
  given '.memory = {limit: 67108864, swap: -1}'
  v1 reads memory.limit_in_bytes 67108864
  v1 reads memory.memsw.limit_in_bytes 9223372036854771712
  v2 reads memory.max 67108864
  v2 reads memory.swap.max max
}

@test "memory.swap below the limit is refused" {
  skip_on crun '1.8.1 leaves the cgroups of a failed create'
  refused '.memory = {limit: 67108864, swap: 33554432}' 'memory(/|\+)swap'
}

@test "memory.reservation" {
  given '.memory.reservation = 33554432'
  v1 reads memory.soft_limit_in_bytes 33554432
  v2 reads memory.low 33554432
  updated '.memory.reservation = 16777216'
  v1 reads memory.soft_limit_in_bytes 16777216
  v2 reads memory.low 16777216
}

@test "memory.kernel and kernelTCP are passed over with a warning" {
  skip_on runc '1.1.5 says nothing on v2'
  skip_on crun '1.8.1 sets them'
  given '.memory = {kernel: 16777216, kernelTCP: 16777216}'
  has "$output" 'kernel memory'
}

@test "memory.swappiness" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 says nothing'
    refused '.memory.swappiness = 10' 'swappiness'
    return
  fi
  given '.memory.swappiness = 10'
  reads memory.swappiness 10
  skip_on runc '1.1.5 updates no swappiness'
  updated '.memory.swappiness = 70'
  reads memory.swappiness 70
  rt delete --force "$ID"
  refused '.memory.swappiness = 101' 'swappiness'
}

@test "memory.disableOOMKiller" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 says nothing'
    refused '.memory.disableOOMKiller = true' 'disableOOMKiller'
    return
  fi
  given '.memory.disableOOMKiller = true'
  lists memory.oom_control 'oom_kill_disable 1'
}

@test "memory.useHierarchy" {
  skip_on runc '1.1.5 passes over it'
  skip_on crun '1.8.1 passes over it'
  given '.memory.useHierarchy = true'
  v1 reads memory.use_hierarchy 1
}

@test "memory.checkBeforeUpdate: a limit below the use is refused, and nothing changes" {
  skip_on runc '1.1.5 sets half of it on v1'
  skip_on crun '1.8.1 lets the kernel kill'
  resources '.memory.limit = 67108864'
  sh_c 'dd if=/dev/zero of=/dev/shm/held bs=1M count=16 2>/dev/null; exec sleep 1000'
  up
  until_true 60 eval '[[ $(tr -d "\0" </proc/$PID/cmdline) == sleep* ]]'
  can_update || skip "no verb update (what create set was right)"
  jq -n '{memory: {limit: 4194304, checkBeforeUpdate: true}, pids: {limit: 55}}' >"$DIR/update.json"
  fails rt update --resources "$DIR/update.json" "$ID"
  v1 reads memory.limit_in_bytes 67108864
  v2 reads memory.max 67108864
  isnt "$(cat "$(file_of pids.max)")" 55
}

# --- cpu

@test "cpu.shares" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 converts linearly'
    skip_on crun '1.8.1 converts linearly'
  fi
  given '.cpu.shares = 512'
  v1 reads cpu.shares 512
  v2 reads cpu.weight 59
  updated '.cpu.shares = 1024'
  v1 reads cpu.shares 1024
  v2 reads cpu.weight 100
  updated '.cpu.shares = 262144'
  v1 reads cpu.shares 262144
  v2 reads cpu.weight 10000
  updated '.cpu.shares = 2'
  v1 reads cpu.shares 2
  v2 reads cpu.weight 1
}

@test "cpu.quota and period" {
  given '.cpu = {quota: 30000, period: 200000}'
  v1 reads cpu.cfs_quota_us 30000
  v1 reads cpu.cfs_period_us 200000
  v2 reads cpu.max '30000 200000'
  updated '.cpu = {quota: 90000, period: 50000}'
  v1 reads cpu.cfs_quota_us 90000
  v1 reads cpu.cfs_period_us 50000
  v2 reads cpu.max '90000 50000'
}

@test "cpu.quota -1: none" {
  given '.cpu.quota = 30000'
  v1 reads cpu.cfs_quota_us 30000
  v2 reads cpu.max '30000 100000'
  updated '.cpu.quota = -1'
  v1 reads cpu.cfs_quota_us -1
  v2 reads cpu.max 'max 100000'
}

@test "cpu.period alone" {
  given '.cpu.period = 250000'
  v1 reads cpu.cfs_period_us 250000
  v2 reads cpu.max 'max 250000'
}

@test "cpu.burst" {
  skip_on runc '1.1.5 does not know it'
  skip_on crun '1.8.1 on v2 does not know it'
  v1 needs cpu.cfs_burst_us
  v2 needs cpu.max.burst
  given '.cpu = {quota: 50000, period: 100000, burst: 20000}'
  v1 reads cpu.cfs_burst_us 20000
  v2 reads cpu.max.burst 20000
  updated '.cpu = {quota: 40000, period: 100000, burst: 10000}'
  v1 reads cpu.cfs_burst_us 10000
  v2 reads cpu.max.burst 10000
}

@test "cpu.idle" {
  skip_on runc '1.1.5 does not know it'
  skip_on crun '1.8.1 on v1 does not know it'
  needs cpu.idle
  given '.cpu.idle = 1'
  reads cpu.idle 1
  updated '.cpu = {idle: 0, shares: 2048}'
  reads cpu.idle 0
  v1 reads cpu.shares 2048
}

@test "cpu.realtimePeriod and realtimeRuntime" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 says nothing'
    skip_on crun '1.8.1 names another property'
    refused '.cpu = {realtimePeriod: 500000, realtimeRuntime: 1000}' 'realtime'
    return
  fi
  needs cpu.rt_runtime_us
  # A group gets no more than its parent has, and that is nothing by default.
  local parent=/sys/fs/cgroup/cpu/$TAG-rt
  mkdir "$parent"
  echo 20000 >"$parent/cpu.rt_runtime_us"
  resources '.cpu = {realtimePeriod: 500000, realtimeRuntime: 1000}'
  edit --arg p "/$TAG-rt/$ID" '.linux.cgroupsPath = $p'
  up
  reads cpu.rt_period_us 500000
  reads cpu.rt_runtime_us 1000
  rt delete --force "$ID"
  # The other hierarchies got the parent too.
  for parent in /sys/fs/cgroup/*/"$TAG-rt"; do rmdir "$parent"; done
}

@test "cpu.cpus and mems" {
  given '.cpu = {cpus: "0", mems: "0"}'
  reads cpuset.cpus 0
  reads cpuset.mems 0
  [[ $(nproc --all) -gt 1 ]] || skip "one processor"
  updated '.cpu.cpus = "0-1"'
  reads cpuset.cpus 0-1
}

@test "cpu.cpus that are not there are refused" {
  skip_on crun '1.8.1 leaves the cgroups of a failed create'
  refused '.cpu.cpus = "4000"' '(cpuset.cpus|/cpu/cpus|linux.resources.cpu|AllowedCPUs)'
}

# --- pids

@test "pids.limit" {
  given '.pids.limit = 42'
  reads pids.max 42
  updated '.pids.limit = 77'
  reads pids.max 77
  updated '.pids.limit = -1'
  reads pids.max max
}

# --- block devices

@test "blockIO.weight" {
  v1 skip_on crun '1.8.1 knows blkio.weight alone'
  v1 with_bfq
  v1 needs blkio.bfq.weight
  v2 needs io.weight
  given '.blockIO.weight = 505'
  v1 reads blkio.bfq.weight 505
  v2 lists io.weight 'default 5000'
  updated '.blockIO.weight = 10'
  v1 reads blkio.bfq.weight 10
  v2 lists io.weight 'default 1'
}

@test "blockIO.weight where there is the BFQ scheduler, and when systemd writes it again" {
  with_bfq
  v1 skip_on crun '1.8.1 knows blkio.weight alone'
  v1 needs blkio.bfq.weight
  v2 needs io.bfq.weight
  # On v1 systemd has no word for more than 181.
  local step weight=505
  v1 eval 'weight=150'
  given ".blockIO.weight = $weight"
  for step in set rewritten; do
    v1 reads blkio.bfq.weight "$weight"
    v2 lists io.bfq.weight "default $weight"
    skip_on runc '1.1.5 leaves it out of the unit'
    skip_on crun '1.8.1 leaves it out of the unit'
    disks_rewritten
  done
  updated '.blockIO.weight = 42'
  disks_rewritten
  v1 reads blkio.bfq.weight 42
  v2 lists io.bfq.weight 'default 42'
}

@test "blockIO.weight out of range is refused" {
  skip_on runc '1.1.5 leaves that to the kernel'
  skip_on crun '1.8.1 leaves that to the kernel'
  refused '.blockIO.weight = 5' '/blockIO/weight'
}

@test "blockIO.leafWeight" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 says nothing'
    skip_on crun '1.8.1 says nothing'
    refused '.blockIO.leafWeight = 100' 'leafWeight'
    return
  fi
  needs blkio.leaf_weight
  given '.blockIO.leafWeight = 100'
  reads blkio.leaf_weight 100
}

@test "blockIO.weightDevice" {
  with_bfq
  v1 needs blkio.bfq.weight_device
  v2 needs io.bfq.weight
  local disk; disk=$(disk)
  grep -q '\[bfq\]' "/sys/dev/block/$disk/queue/scheduler" || skip "the disk's scheduler is not bfq"
  given ".blockIO.weightDevice = [{major: ${disk%:*}, minor: ${disk#*:}, weight: 300}]"
  v1 lists blkio.bfq.weight_device "$disk 300"
  v2 lists io.bfq.weight "$disk 300"
}

@test "blockIO.throttle…Device: bytes and operations, read and write" {
  v1 needs blkio.throttle.read_bps_device
  v2 needs io.max
  local disk; disk=$(disk)
  local d="major: ${disk%:*}, minor: ${disk#*:}, rate"
  given ".blockIO = {throttleReadBpsDevice: [{$d: 1048576}], throttleWriteBpsDevice: [{$d: 2097152}],
    throttleReadIOPSDevice: [{$d: 300}], throttleWriteIOPSDevice: [{$d: 400}]}"
  v1 reads blkio.throttle.read_bps_device "$disk 1048576"
  v1 reads blkio.throttle.write_bps_device "$disk 2097152"
  v1 reads blkio.throttle.read_iops_device "$disk 300"
  v1 reads blkio.throttle.write_iops_device "$disk 400"
  v2 reads io.max "$disk rbps=1048576 wbps=2097152 riops=300 wiops=400"
  skip_on runc '1.1.5 updates no throttle'
  skip_on crun '1.8.1 updates no throttle'
  updated ".blockIO = {throttleReadBpsDevice: [{$d: 524288}], throttleWriteBpsDevice: [{$d: 0}]}"
  v1 reads blkio.throttle.read_bps_device "$disk 524288"
  v1 reads blkio.throttle.write_bps_device ''
  v2 reads io.max "$disk rbps=524288 wbps=max riops=300 wiops=400"
}

# --- huge pages

@test "hugepageLimits: on use and on reservation" {
  v1 needs hugetlb.2MB.limit_in_bytes
  v2 needs hugetlb.2MB.max
  skip_on crun '1.8.1 leaves out the reservation'
  skip_on runc '1.1.5 leaves out the reservation'
  given '.hugepageLimits = [{pageSize: "2MB", limit: 4194304}]'
  v1 reads hugetlb.2MB.limit_in_bytes 4194304
  v1 reads hugetlb.2MB.rsvd.limit_in_bytes 4194304
  v2 reads hugetlb.2MB.max 4194304
  v2 reads hugetlb.2MB.rsvd.max 4194304
  updated '.hugepageLimits = [{pageSize: "2MB", limit: 2097152}]'
  v1 reads hugetlb.2MB.limit_in_bytes 2097152
  v1 reads hugetlb.2MB.rsvd.limit_in_bytes 2097152
  v2 reads hugetlb.2MB.max 2097152
  v2 reads hugetlb.2MB.rsvd.max 2097152
}

@test "hugepageLimits of a page size that is not there are refused" {
  skip_on crun '1.8.1 leaves the cgroups of a failed create'
  v1 needs hugetlb.2MB.limit_in_bytes
  v2 needs hugetlb.2MB.max
  refused '.hugepageLimits = [{pageSize: "3MB", limit: 4194304}]' '3MB'
}

# --- network

@test "network.classID" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 says nothing'
    refused '.network.classID = 1048577' 'classID'
    return
  fi
  needs net_cls.classid
  given '.network.classID = 1048577'
  reads net_cls.classid 1048577
}

@test "network.priorities" {
  if [[ $VERSION == v2 ]]; then
    skip_on runc '1.1.5 says nothing'
    refused '.network.priorities = [{name: "lo", priority: 3}]' 'priorities'
    return
  fi
  needs net_prio.ifpriomap
  given '.network.priorities = [{name: "lo", priority: 3}]'
  lists net_prio.ifpriomap 'lo 3'
}

# --- rdma

@test "rdma" {
  skip_on crun '1.8.1 does not know it'
  with_rdma
  given ".rdma[\"$RDMA\"] = {hcaHandles: 3, hcaObjects: 1000}"
  lists rdma.max "$RDMA hca_handle=3 hca_object=1000 " # so the kernel ends the line
  skip_on runc '1.1.5 updates none'
  updated ".rdma[\"$RDMA\"] = {hcaObjects: 500}"
  lists rdma.max "$RDMA hca_handle=3 hca_object=500 "
}

# --- unified

@test "unified: files of the kernel by name, and they win over the converted properties" {
  if [[ $VERSION == v1 ]]; then
    skip_on crun '1.8.1 says nothing'
    refused '.unified = {"memory.high": "50331648"}' 'unified'
    return
  fi
  skip_on crun '1.8.1 lets the converted ones win'
  given '.memory.limit = 134217728 | .unified = {"memory.max": "100663296", "memory.high": "50331648", "pids.max": "33"}'
  reads memory.max 100663296
  reads memory.high 50331648
  reads pids.max 33
  updated '.unified = {"memory.high": "41943040"}'
  reads memory.high 41943040
  reads pids.max 33
}

@test "unified: a file or controller that is not there is an error" {
  v1 skip "v2 only"
  refused '.unified = {"memory.nothing": "1"}' 'memory.nothing'
  refused '.unified = {"nothing.max": "1"}' 'nothing'
}

# --- devices

@test "devices: what the rules allow can be opened, what not, not" {
  local disk; disk=$(readable_disk)
  local d="type: \"b\", major: ${disk%:*}, minor: ${disk#*:}"
  resources ".devices = [{allow: false, access: \"rwm\"}, {allow: true, $d, access: \"r\"}]"
  edit ".linux.devices = [{path: \"/dev/disk\", $d}, {path: \"/dev/other\", type: \"b\", major: 1, minor: 0}]"
  sh_c 'head -c1 /dev/zero >/dev/null && echo zero; (exec 3</dev/disk) && echo disk
    (exec 3>>/dev/disk) 2>&1 | grep -o "not permitted"; (exec 3</dev/other) 2>&1 | grep -o "not permitted"'
  ok rt run -b "$BUNDLE" "$ID"
  [[ $err != *'not enforced on cgroup v2'* ]] || skip "the runtime says that it does not"
  is "$out" $'zero\ndisk\nnot permitted\nnot permitted'
}

@test "devices: an update of other resources leaves the rules alone" {
  given '.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 1, minor: 11, access: "r"}]'
  v1 lists devices.list 'c 1:11 r'
  updated '.pids.limit = 50'
  v1 lists devices.list 'c 1:11 r'
  v1 lists devices.list 'c 1:3 rwm'
}

# --- together

@test "limits hold before the program's first instruction" {
  bundle '.linux.resources |= (.memory.limit = 67108864 | .pids.limit = 42)' '.linux.namespaces += [{type: "cgroup"}]'
  sh_c 'cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max 2>/dev/null'
  try rt run -b "$BUNDLE" "$ID"
  is "$out" $'67108864\n42'
}

@test "properties of 0 or null set nothing" {
  skip_on crun '1.8.1 takes a limit of 0 for 0'
  given '.memory = {limit: 0, swap: 0, reservation: 0} | .cpu = {shares: 0, quota: 0, period: 0, cpus: "", mems: ""} | .blockIO.weight = 0'
  v1 reads memory.limit_in_bytes 9223372036854771712
  v2 reads memory.max max
  v2 reads cpu.max 'max 100000'
  v2 reads cpu.weight 100
  v1 reads cpu.shares 1024
}
