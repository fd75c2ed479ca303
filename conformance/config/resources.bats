#!/usr/bin/env bats
# linux.cgroupsPath, linux.resources on the v1 hierarchies: config-linux.md#control-groups

load ../lib/suite

# limit CONTROLLER FILE: what the container's cgroup has, seen from outside.
limit() { cat "$(cgroup_of "$PID" "$1")/$2"; }

setup() {
  suite_setup
  on_v1
}

@test "cgroupsPath from / is below each hierarchy's root" {
  bundle --arg p "/$TAG-top/inner" '.linux.cgroupsPath = $p'
  args sleep 100
  up
  local controller
  for controller in memory cpu cpuset pids devices freezer blkio; do
    is "$(awk -F: -v c="$controller" '$2 == c { print $3 }' "/proc/$PID/cgroup")" "/$TAG-top/inner"
  done
  ok rt delete --force "$ID"
  nothing_left() { :; }
  groups_remove -name "$TAG-top"
}

@test "a relative cgroupsPath, and none, are below the runtime's own cgroup" {
  skip_on crun '1.8.1 takes it from the root'
  bundle '.linux.cgroupsPath = "rel/ative"'
  args sleep 100
  up
  local own
  own=$(awk -F: '$2 == "pids" { print $3 }' /proc/self/cgroup)
  is "$(awk -F: '$2 == "pids" { print $3 }' "/proc/$PID/cgroup")" "${own%/}/rel/ative"
  ok rt delete --force "$ID"
  groups_remove -path "*$TAG*/rel"
  bundle
  args sleep 100
  up
  has "$(awk -F: '$2 == "pids" { print $3 }' "/proc/$PID/cgroup")" "/$ID$"
}

@test "a cgroupsPath that climbs out stays below the root or is refused" {
  bundle --arg p "/../../$TAG-climb" '.linux.cgroupsPath = $p'
  try rt run -b "$BUNDLE" "$ID"
  [[ ! -e /sys/$TAG-climb && ! -e /$TAG-climb ]]
}

@test "every process of the container is in its cgroups, from the first on" {
  bundle
  inside 'cat /proc/1/cgroup; sh -c "cat /proc/self/cgroup"'
  is "$(grep -c ":pids:.*$ID\$" <<<"$out")" 2
  is "$(grep -c ":memory:.*$ID\$" <<<"$out")" 2
}

@test "memory: limit, reservation, swappiness, seen from outside and from inside" {
  bundle '.linux.resources.memory = {limit: 67108864, reservation: 33554432, swappiness: 30}'
  sh_c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes; exec sleep 100'
  ok rt run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  until_true 5 eval "[[ -s '$DIR/.out' ]]"
  is "$(<"$DIR/.out")" 67108864
  is "$(limit memory memory.limit_in_bytes)" 67108864
  is "$(limit memory memory.soft_limit_in_bytes)" 33554432
  is "$(limit memory memory.swappiness)" 30
}

@test "memory: who takes more than the limit is killed" {
  bundle '.linux.resources.memory = {limit: 16777216, swap: 16777216}'
  [[ -e /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes ]] || edit 'del(.linux.resources.memory.swap)'
  # The only program: of several the kernel may have to end more than the one that took it.
  sh_c 'x=a; while :; do x=$x$x; done'
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 137
}

@test "memory: -1 is no limit" {
  bundle '.linux.resources.memory = {limit: -1}'
  args sleep 100
  up
  (($(limit memory memory.limit_in_bytes) > 1 << 60))
}

@test "memory: a limit too low for anything fails create and says so" {
  bundle '.linux.resources.memory = {limit: 4096}'
  try rt run -b "$BUNDLE" "$ID"
  # csrunc's init needs so little that it may even start.
  [[ $status == 0 || $output == *memory* || $output == *OOM* || $status == 137 ]] || complain 'an obscure error'
  rt delete --force "$ID" >/dev/null 2>&1
}

@test "cpu: shares, quota, period, and cpuset" {
  bundle '.linux.resources.cpu = {shares: 512, quota: 50000, period: 100000, cpus: "0", mems: "0"}'
  args sleep 100
  up
  is "$(limit cpu cpu.shares)" 512
  is "$(limit cpu cpu.cfs_quota_us)" 50000
  is "$(limit cpu cpu.cfs_period_us)" 100000
  is "$(limit cpuset cpuset.cpus)" 0
  is "$(limit cpuset cpuset.mems)" 0
  is "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$PID/status")" 0
}

@test "cpuset: without cpus the container has its parent's" {
  bundle
  inside 'sed -n "s/^Cpus_allowed_list:\t//p" /proc/self/status'
  is "$out" "$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)"
}

@test "a cpu that is not there is an error that names the property" {
  skip_on crun '1.8.1 leaves its cgroup behind'
  bundle '.linux.resources.cpu = {cpus: "4095"}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'cpus'
  nothing_left
}

@test "pids: no more than the limit" {
  bundle '.linux.resources.pids = {limit: 5}'
  sh_c 'i=0; while [ $i -lt 10 ]; do sleep 100 & i=$((i + 1)); done 2>&1; cat /sys/fs/cgroup/pids/pids.current; kill -KILL -1'
  try rt run -b "$BUNDLE" "$ID"
  has "$output" "can't fork"
}

@test "pids: -1 is no limit" {
  skip_on crun '1.8.1 writes -1'
  bundle '.linux.resources.pids = {limit: -1}'
  args sleep 100
  up
  is "$(limit pids pids.max)" max
}

@test "blockIO: weight and throttle" {
  local device
  device=$(awk '$4 ~ /^(vd|sd|nvme)[a-z0-9]*$/ { print $1 ":" $2; exit }' /proc/partitions 2>/dev/null)
  device=$(lsblk -dno MAJ:MIN 2>/dev/null | awk '{ print $1; exit }')
  [[ $device ]] || skip "no disk here"
  bundle --argjson a "${device%:*}" --argjson b "${device#*:}" '.linux.resources.blockIO = {throttleReadBpsDevice: [{major: $a, minor: $b, rate: 1048576}]}'
  args sleep 100
  up
  has "$(limit blkio blkio.throttle.read_bps_device)" "^$device 1048576$"
}

@test "a limit of a controller that is not mounted is an error" {
  skip_on crun '1.8.1 passes over it'
  skip_on runc '1.1.5 passes over it'
  mountpoint -q /sys/fs/cgroup/rdma && skip 'rdma is mounted here'
  bundle '.linux.resources.rdma = {mlx5_0: {hcaHandles: 3}}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" rdma
  nothing_left
}

@test "unified is refused where there is only v1, or set on a hybrid's" {
  skip_on runc '1.1.5 passes over it'
  skip_on crun '1.8.1 passes over it'
  bundle '.linux.resources.unified = {"memory.high": "100000"}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'memory.high|unified'
  nothing_left
}

@test "limits hold before the program runs: the first page is charged" {
  bundle '.linux.resources.memory = {limit: 67108864} | .linux.resources.pids = {limit: 77}'
  create
  is "$(limit memory memory.limit_in_bytes)" 67108864
  is "$(limit pids pids.max)" 77
}

@test "the mount of type cgroup shows the container's own limits, read-only" {
  bundle '.linux.resources.pids = {limit: 66}'
  inside 'cat /sys/fs/cgroup/pids/pids.max; (echo 3 >/sys/fs/cgroup/pids/pids.max) 2>&1; (mkdir /sys/fs/cgroup/pids/x) 2>&1; true'
  has "$out" '^66$'
  is "$(grep -c 'Read-only file system' <<<"$out")" 2
}
