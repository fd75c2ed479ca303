#!/usr/bin/env bats
# update: other limits for a container that lives, all or none

load ../lib/suite
load ../lib/knobs

MB=1048576
start() {
  limited '.linux.resources += {
    "memory": {"limit": 67108864, "swap": 134217728, "reservation": 33554432},
    "cpu": {"shares": 100, "quota": 500000, "period": 1000000, "cpus": "0"},
    "pids": {"limit": 20}}'
}
memory() { knob memory memory.limit_in_bytes memory.max; }
both() { if cgroup_is_unified; then echo $(($(knob memory '' memory.swap.max) + $(memory))); else knob memory memory.memsw.limit_in_bytes; fi; }
pids() { knob pids pids.max; }
bandwidth() { if cgroup_is_unified; then knob cpu cpu.max; else echo "$(knob cpu cpu.cfs_quota_us) $(knob cpu cpu.cfs_period_us)"; fi; }

@test "update sets the limits of memory" {
  start
  ok rt update --memory 50331648 "$ID"
  is "$output" ''
  is "$(memory)" $((48 * MB))
  ok rt update --memory-swap 96m "$ID"
  is "$(both)" $((96 * MB))
  ok rt update --memory-reservation 31457280 "$ID"
  is "$(knob memory memory.soft_limit_in_bytes memory.low)" $((30 * MB))
}

@test "update raises and lowers memory and swap together" {
  start
  ok rt update --memory 300m --memory-swap 500m "$ID"
  is "$(memory) $(both)" "$((300 * MB)) $((500 * MB))"
  ok rt update --memory 20m --memory-swap 30m "$ID"
  is "$(memory) $(both)" "$((20 * MB)) $((30 * MB))"
}

@test "update takes sizes as people write them" {
  start
  local size
  for size in 50331648 49152k 48m 48M 48mb 48MiB; do
    ok rt update --memory 60m "$ID"
    ok rt update --memory "$size" "$ID"
    is "$(memory)" $((48 * MB))
  done
}

@test "update --memory -1 lifts the limits of memory and swap" {
  start
  ok rt update --memory -1 "$ID"
  if cgroup_is_unified; then is "$(memory)" max; else is "$(memory) $(both)" '9223372036854771712 9223372036854771712'; fi
}

@test "update sets the bandwidth of processors" {
  start
  ok rt update --cpu-quota 600000 "$ID"
  is "$(bandwidth)" '600000 1000000'
  ok rt update --cpu-quota 20000 --cpu-period 50000 "$ID"
  is "$(bandwidth)" '20000 50000'
  ok rt update --cpu-quota -1 "$ID"
  if cgroup_is_unified; then has "$(bandwidth)" '^max '; else has "$(bandwidth)" '^-1 '; fi
}

@test "update of the period alone keeps the quota" {
  start
  ok rt update --cpu-period 900000 "$ID"
  is "$(bandwidth)" '500000 900000'
}

# On v2 200 shares are a weight of 29, by the conversion that keeps 1024 at 100; older runtimes convert linearly, to 8.
@test "update sets shares and processors" {
  start
  ok rt update --cpu-share 200 --cpuset-cpus 0 --cpuset-mems 0 "$ID"
  if cgroup_is_unified; then has "$(knob cpu '' cpu.weight)" '^(29|8)$'; else is "$(knob cpu cpu.shares)" 200; fi
  is "$(knob cpuset cpuset.cpus)" 0
}

@test "update sets the limit of tasks" {
  start
  ok rt update --pids-limit 10 "$ID"
  is "$(pids)" 10
  ok rt update --pids-limit -1 "$ID"
  is "$(pids)" max
}

@test "update --blkio-weight" {
  start
  local directory
  if cgroup_is_unified; then directory=$(cgroup_of "$PID" ''); else directory=$(cgroup_of "$PID" blkio); fi
  if [[ -e $directory/io.bfq.weight || -e $directory/blkio.bfq.weight ]]; then
    skip_on crun '1.8.1 knows blkio.weight alone'
    ok rt update --blkio-weight 505 "$ID"
    has "$(cat "$directory"/*io.bfq.weight)" '^(default )?505$'
  elif [[ -e $directory/io.weight ]]; then
    ok rt update --blkio-weight 505 "$ID"
    is "$(cat "$directory/io.weight")" 'default 5000'
  elif [[ -e $directory/blkio.weight ]]; then
    ok rt update --blkio-weight 505 "$ID"
    is "$(cat "$directory/blkio.weight")" 505
  else
    skip_on runc 'writes to a file that is not there, and says nothing'
    fails rt update --blkio-weight 505 "$ID"
    has "$output" weight
  fi
}

@test "update --cpu-burst and --cpu-idle" {
  skip_on runc '1.1.5 has no such options'
  skip_on crun '1.8.1 has no such options'
  start
  local directory; directory=$(cgroup_of "$PID" cpu)
  [[ -e $directory/cpu.idle ]] || skip 'this kernel has no cpu.idle'
  ok rt update --cpu-quota 50000 --cpu-period 100000 --cpu-burst 20000 "$ID"
  is "$(knob cpu cpu.cfs_burst_us cpu.max.burst)" 20000
  ok rt update --cpu-idle 1 "$ID"
  is "$(knob cpu cpu.idle)" 1
  ok rt update --cpu-idle 0 --cpu-share 2048 "$ID"
  is "$(knob cpu cpu.idle)" 0
  if ! cgroup_is_unified; then is "$(knob cpu cpu.shares)" 2048; fi
}

# A cgroup's real time is a part of its parent's, and that has none.
@test "update --cpu-rt-period and --cpu-rt-runtime" {
  skip_on crun '1.8.1 says nothing'
  start
  if cgroup_is_unified; then
    skip_on runc '1.1.5 says nothing'
    fails rt update --cpu-rt-period 500000 "$ID"
    fails rt update --cpu-rt-runtime 1000 "$ID"
    has "$output" realtime
    return
  fi
  local directory; directory=$(cgroup_of "$PID" cpu)
  [[ -e $directory/cpu.rt_period_us ]] || skip 'this kernel has no cpu.rt_period_us'
  ok rt update --cpu-rt-period 500000 "$ID"
  is "$(cat "$directory/cpu.rt_period_us")" 500000
  fails rt update --cpu-rt-runtime 1000 "$ID"
  has "$output" 'cpu.rt_runtime_us'
  is "$(cat "$directory/cpu.rt_runtime_us")" 0
}

@test "update of kernel memory is passed over with a word, and schemas of Intel RDT are refused" {
  skip_on runc '1.1.5 says nothing of either'
  skip_on crun '1.8.1 has no such options'
  start
  ok rt update --kernel-memory 64m --kernel-memory-tcp 64m --pids-limit 13 "$ID"
  has "$err" '/memory/kernel: .*ignored'
  has "$err" '/memory/kernelTCP: .*ignored'
  is "$(pids)" 13
  local flag
  for flag in l3-cache-schema mem-bw-schema; do
    fails rt update --pids-limit 14 "--$flag" 'L3:0=f' "$ID"
    has "$output" "$flag.*not supported"
  done
  is "$(pids)" 13
}

@test "update leaves alone what it is not told" {
  start
  ok rt update --pids-limit 11 "$ID"
  is "$(memory) $(both) $(bandwidth)" "$((64 * MB)) $((128 * MB)) 500000 1000000"
}

@test "update --resources reads a file, and the other options do not count" {
  start
  echo '{"memory": {"limit": 33554432}, "pids": {"limit": 12}}' >"$DIR/resources"
  ok rt update --resources "$DIR/resources" --pids-limit 99 "$ID"
  is "$(memory) $(pids)" "$((32 * MB)) 12"
}

@test "update --resources - reads standard input, as containerd and Docker call it" {
  start
  update() { echo '{"memory": {"limit": 33554432, "swap": 50331648}, "cpu": {"quota": 10000, "period": 40000}}' | rt update --resources=- "$ID"; }
  ok update
  is "$(memory) $(both) $(bandwidth)" "$((32 * MB)) $((48 * MB)) 10000 40000"
}

@test "update takes the document that Docker sends, zeros and all" {
  start
  update() {
    echo '{"memory":{"limit":52428800,"reservation":0,"swap":104857600,"kernel":0},
      "cpu":{"shares":0,"quota":0,"period":0,"cpus":"","mems":""},"blockIO":{"weight":0},"pids":{"limit":15}}' | rt update -r - "$ID"
  }
  ok update
  is "$(memory) $(both) $(pids) $(bandwidth)" "$((50 * MB)) $((100 * MB)) 15 500000 1000000"
}

@test "update with no limit at all changes nothing" {
  start
  ok rt update "$ID"
  is "$(memory) $(both) $(bandwidth) $(pids)" "$((64 * MB)) $((128 * MB)) 500000 1000000 20"
}

@test "update with a limit that is refused leaves all as it was" {
  skip_on crun 'sets what comes before it'
  skip_on runc '1.1.5 does not restore all'
  start
  local before
  before="$(memory) $(both) $(bandwidth) $(pids) $(knob cpuset cpuset.cpus)"
  fails rt update --memory 32m --pids-limit 5 --cpuset-cpus 5000 "$ID"
  is "$(memory) $(both) $(bandwidth) $(pids) $(knob cpuset cpuset.cpus)" "$before"
  fails rt update --cpuset-cpus 0 --memory 32m --memory-swap 64m --cpu-quota 999 --pids-limit 5 "$ID"
  is "$(memory) $(both) $(bandwidth) $(pids) $(knob cpuset cpuset.cpus)" "$before"
  is "$(status_of)" running
}

@test "update refuses what is no number, no size, no document, and changes nothing" {
  skip_on crun 'takes what strtoull makes of it'
  start
  fails rt update --memory 1x "$ID"
  fails rt update --memory 5mm "$ID"
  fails rt update --memory=-5 "$ID"
  fails rt update --pids-limit ten "$ID"
  fails rt update --cpu-share -1 "$ID"
  fails rt update --resources "$DIR/missing" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" "--resources $DIR/missing: openat: ENOENT"
  printf '{\n "unified": {"a": "b"}}' >"$DIR/resources"
  [[ $RUNTIME_NAME != csrunc ]] || { fails rt update --resources "$DIR/resources" "$ID" && has "$err" 'resources:2:[0-9]+: /unified(/a)?: '; }
  echo '{"memory": {"limit": "32"}}' >"$DIR/resources"
  fails rt update --resources "$DIR/resources" "$ID"
  echo '{"memory": ' >"$DIR/resources"
  fails rt update --resources "$DIR/resources" "$ID"
  is "$(memory) $(pids)" "$((64 * MB)) 20"
}

@test "update refuses a limit below the use where it is asked to check" {
  skip_on crun '1.8.1 does not know the property'
  skip_on runc '1.1.5 does not know the property'
  bundle '.linux.resources.memory = {"limit": 134217728, "swap": 134217728}'
  edit '(.mounts[] | select(.destination == "/dev/shm") | .options) |= map(select(startswith("size") | not))'
  sh_c 'dd if=/dev/zero of=/dev/shm/x bs=1M count=48 2>/dev/null; echo done >/dev/shm/ready; exec sleep 1000'
  up
  until_true 10 test -s "/proc/$PID/root/dev/shm/ready"
  update() { echo '{"memory": {"limit": 33554432, "swap": 33554432, "checkBeforeUpdate": true}}' | rt update -r - "$ID"; }
  fails update
  is "$(memory)" $((128 * MB))
  is "$(status_of)" running
}

@test "update works on a created and on a paused container" {
  bundle
  create
  ok rt update --pids-limit 9 "$ID"
  is "$(pids)" 9
  ok rt pause "$ID"
  ok rt update --pids-limit 8 "$ID"
  is "$(pids)" 8
  ok rt resume "$ID"
}

@test "update of a stopped container is an error" {
  skip_on crun '1.8.1 does not look'
  skip_on runc '1.1.5 does not look'
  bundle
  ok rt run -d -b "$BUNDLE" "$ID"
  until_true 5 status_is stopped
  fails rt update --pids-limit 9 "$ID"
  says 'container not running'
}

@test "the limits of update hold" {
  bundle
  sh_c 'while [ ! -e /dev/shm/go ]; do sleep 0.02; done; sh -c "sleep 1000 & sleep 1000 & sleep 1000 & sleep 1000 &" 2>/dev/shm/err; sleep 1000'
  up
  ok rt update --pids-limit 4 "$ID"
  touch "/proc/$PID/root/dev/shm/go"
  until_true 5 grep -q "can't fork" "/proc/$PID/root/dev/shm/err"
}
