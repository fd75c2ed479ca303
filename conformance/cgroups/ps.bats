#!/usr/bin/env bats
# ps: the processes of a container, as a table of ps(1) or as JSON

load ../lib/suite
load ../lib/knobs

family() {
  bundle
  sh_c 'sleep 1000 & sleep 1001 & wait'
  up
  local pids
  pids=$(cgroup_of "$PID" devices)/cgroup.procs
  # Each of them has become its program.
  until_true 5 eval "[[ \$(wc -l <$pids) == 3 && \$(ps -o args= -p \$(paste -sd , $pids) | grep -cE '^sleep 100[01]\$') == 2 ]]"
}

@test "ps prints the processes of the container, and no other, in the table of ps -ef" {
  skip_on crun 'prints the numbers alone'
  family
  ok rt ps "$ID"
  has "$out" '^UID +PID +PPID +C STIME TTY +TIME CMD$'
  is "$(wc -l <<<"$out")" 4
  has "$out" "^root +$PID +.* sh -c sleep 1000"
  has "$out" " $PID +.* sleep 1001$"
}

@test "ps hands its further words to ps" {
  skip_on crun 'takes none'
  family
  ok rt ps "$ID" -e -o pid,args
  has "$out" '^ *PID COMMAND$'
  is "$(wc -l <<<"$out")" 4
  ok rt ps "$ID" aux
  has "$out" '^USER +PID +%CPU'
  is "$(wc -l <<<"$out")" 4
  ok rt ps "$ID" -e -x
  has "$out" '^ *PID +TTY +STAT +TIME COMMAND$'
}

@test "ps without a column PID in the table is an error" {
  skip_on crun 'takes no ps options'
  limited
  fails rt ps "$ID" -e -o args
  says "couldn't find PID field in ps output"
}

@test "ps tells when ps refuses its options" {
  skip_on crun 'takes no ps options'
  limited
  fails rt ps "$ID" --no-such-option
  is "$status" 1
}

@test "ps -f json prints the numbers on one line" {
  family
  ok rt ps --format json "$ID"
  is "$(jq length <<<"$out")" 3
  is "$(jq "index($PID) != null" <<<"$out")" true
  [[ $RUNTIME_NAME == crun ]] || is "$(wc -l <"$DIR/.out")" 1
}

@test "ps counts the processes in cgroups that the container made" {
  on_v1
  bundle '.linux.namespaces += [{"type": "cgroup"}]
    | (.mounts[] | select(.type == "cgroup") | .options) -= ["ro"]'
  sh_c 'mkdir -p /sys/fs/cgroup/devices/a/b; sleep 1000 & echo $! >/sys/fs/cgroup/devices/a/b/cgroup.procs; echo ready; wait'
  up
  until_true 5 grep -q . "$(cgroup_of "$PID" devices)/a/b/cgroup.procs"
  ok rt ps -f json "$ID"
  is "$(jq length <<<"$out")" 2
}

@test "ps refuses an unknown format" {
  skip_on crun 'takes it for a table'
  limited
  fails rt ps -f yaml "$ID"
  says 'invalid format option'
}

@test "ps works on a paused container" {
  limited
  ok rt pause "$ID"
  is "$(rt ps -f json "$ID" | jq -c .)" "[$PID]"
}
