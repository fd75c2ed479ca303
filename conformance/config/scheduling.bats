#!/usr/bin/env bats
# process.scheduler, process.ioPriority, linux.memoryPolicy, linux.personality

load ../lib/suite

setup() {
  suite_setup
  skip_on runc '1.1.5 does not know them'
  skip_on crun '1.8.1 knows the personality alone'
}

@test "the scheduling policy: batch, idle, other with a nice value" {
  bundle '.process.scheduler = {policy: "SCHED_BATCH", nice: 5}'
  args sleep 100
  up
  has "$(chrt -p "$PID")" SCHED_BATCH
  is "$(cut -d' ' -f19 "/proc/$PID/stat")" 5
  ok rt delete --force "$ID"
  edit '.process.scheduler = {policy: "SCHED_IDLE"}'
  up
  has "$(chrt -p "$PID")" SCHED_IDLE
  ok rt delete --force "$ID"
  edit '.process.scheduler = {policy: "SCHED_OTHER", nice: -3}'
  up
  has "$(chrt -p "$PID")" SCHED_OTHER
  is "$(cut -d' ' -f19 "/proc/$PID/stat")" -3
}

@test "flags of the scheduler: reset on fork" {
  bundle '.process.scheduler = {policy: "SCHED_BATCH", flags: ["SCHED_FLAG_RESET_ON_FORK"]}'
  args sleep 100
  up
  has "$(chrt -p "$PID")" SCHED_RESET_ON_FORK
}

@test "a real-time policy, or a clear word that the cgroup allows none" {
  bundle '.process.scheduler = {policy: "SCHED_FIFO", priority: 10}'
  args sleep 100
  try rt run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  if [[ $status == 0 ]]; then
    has "$(chrt -p "$(<"$DIR/pid")")" 'SCHED_FIFO'
  else
    has "$output" 'process/scheduler.*sched_setattr'
    nothing_left
  fi
}

@test "an unknown policy, a nice value out of range, a priority without real time are errors" {
  local scheduler
  for scheduler in '{policy: "SCHED_FAIR"}' '{policy: "SCHED_OTHER", nice: 20}' '{policy: "SCHED_OTHER", priority: 5}'; do
    bundle ".process.scheduler = $scheduler"
    fails rt create -b "$BUNDLE" "$ID"
    has "$output" 'process/scheduler'
    nothing_left
  done
}

@test "the input/output priority" {
  bundle '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 6}'
  args sleep 100
  up
  is "$(ionice -p "$PID")" 'best-effort: prio 6'
  ok rt delete --force "$ID"
  edit '.process.ioPriority = {class: "IOPRIO_CLASS_IDLE", priority: 0}'
  up
  is "$(ionice -p "$PID")" 'idle'
}

@test "an unknown class of input/output priority, and one out of range, are errors" {
  bundle '.process.ioPriority = {class: "IOPRIO_CLASS_FAST", priority: 1}'
  fails rt create -b "$BUNDLE" "$ID"
  edit '.process.ioPriority = {class: "IOPRIO_CLASS_BE", priority: 8}'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "the memory policy" {
  [[ -e /proc/self/numa_maps ]] || skip 'this kernel has no memory policies'
  bundle '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "0"}'
  args sleep 100
  up
  has "$(<"/proc/$PID/numa_maps")" ' bind:0 '
  ok rt delete --force "$ID"
  edit '.linux.memoryPolicy = {mode: "MPOL_INTERLEAVE", nodes: "0", flags: ["MPOL_F_STATIC_NODES"]}'
  up
  has "$(<"/proc/$PID/numa_maps")" ' interleave=static:0 '
  ok rt delete --force "$ID"
  edit '.linux.memoryPolicy = {mode: "MPOL_BIND", nodes: "1023"}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'linux/memoryPolicy'
  nothing_left
}

@test "a 32-bit personality" {
  bundle '.linux.personality = {domain: "LINUX32"}'
  inside 'uname -m'
  is "$out" i686
  edit '.linux.personality = {domain: "LINUX"}'
  inside 'uname -m'
  is "$out" "$(uname -m)"
}

@test "execCPUAffinity is for exec alone" {
  bundle '.process.execCPUAffinity = {initial: "0", final: "0"}'
  inside 'sed -n "s/^Cpus_allowed_list:\t//p" /proc/self/status'
  is "$out" "$(sed -n 's/^Cpus_allowed_list:\t//p' /proc/self/status)"
}
