#!/usr/bin/env bats
# exec and cgroups: where the process goes, and what holds it there

load ../lib/suite

sleeping() { bundle "$@"; args sleep 1000; up; }

@test "the process is in the container's cgroups" {
  sleeping
  ok rt exec "$ID" cat /proc/self/cgroup
  is "$out" "$(rt exec "$ID" cat /proc/1/cgroup)"
}

# bats test_tags=vm
@test "a container that is full of processes lets exec in" {
  bundle '.linux.resources.pids = {limit: 3}'
  sh_c 'sleep 1000 & sleep 1000 & wait'
  up
  until_true 5 eval '[[ $(wc -l <"$(cgroup_of "$PID" pids)/cgroup.procs") == 3 ]]'
  ok rt exec "$ID" echo 'it runs'
  is "$out" 'it runs'
  ok rt exec "$ID" cat /proc/self/cgroup
  is "$out" "$(cat "/proc/$PID/cgroup")"
}

@test "a limit of one process leaves room for the container's own" {
  skip_on crun '1.8.1 counts itself with a limit of 0'
  local limit
  for limit in 1 0; do
    bundle --argjson l $limit '.linux.resources.pids = {limit: $l}'
    args echo 'it runs'
    ok rt run -b "$BUNDLE" "$ID"
    is "$out" 'it runs'
  done
}

@test "--cgroup puts the process into a cgroup below the container's" {
  on_v1
  skip_on crun '1.8.1 has no controllers in --cgroup'
  sleeping
  mkdir "$(cgroup_of "$PID" pids)/sub" "$(cgroup_of "$PID" memory)/other"
  ok rt exec --cgroup pids:sub --cgroup memory:other "$ID" cat /proc/self/cgroup
  is "$(grep -E ':(pids|memory):' <<<"$out" | sed 's|.*/||' | sort | paste -sd ' ')" 'other sub'
  is "$(grep ':freezer:' <<<"$out")" "$(grep ':freezer:' "/proc/$PID/cgroup")"
}

@test "a cgroup outside the container's is refused" {
  on_v1
  skip_on runc '1.1.5 takes a neighbour whose name begins alike'
  skip_on crun '1.8.1 has no controllers in --cgroup'
  sleeping
  mkdir "$(cgroup_of "$PID" pids)0"
  for path in ../ "../${ID}0" "/../${ID}0" a/../../b; do
    try rt exec --cgroup "pids:$path" "$ID" true
    is "$status" 255
  done
  rmdir "$(cgroup_of "$PID" pids)0"
  try rt exec --cgroup nothing:sub "$ID" true
  is "$status" 255
  says 'unknown controller'
  try rt exec --cgroup pids:missing "$ID" true
  is "$status" 255
}

# bats test_tags=vm
@test "on v2 --cgroup names a cgroup below the container's, and no other" {
  on_v2
  skip_on runc '1.1.5 takes a neighbour whose name begins alike'
  sleeping
  local group path
  group=$(cgroup_of "$PID")
  mkdir "$group/sub" "${group}0"
  ok rt exec --cgroup sub "$ID" cat /proc/self/cgroup
  has "$out" '/sub$'
  for path in ../ "../${group##*/}0" "/../${group##*/}0" a/../../b; do
    try rt exec --cgroup "$path" "$ID" true
    is "$status" 255
  done
  rmdir "${group}0"
  try rt exec --cgroup missing "$ID" true
  is "$status" 255
  has "$output" 'missing'
  # There is one hierarchy, so a controller makes no sense.
  try rt exec --cgroup pids:sub "$ID" true
  is "$status" 255
}

# bats test_tags=vm
@test "on v2 a container whose init moved down can be entered beside it" {
  on_v2
  sleeping
  local group
  group=$(cgroup_of "$PID")
  mkdir "$group/deeper"
  echo "$PID" >"$group/deeper/cgroup.procs"
  echo +pids >"$group/cgroup.subtree_control"
  ok rt exec "$ID" cat /proc/self/cgroup
  has "$out" 'deeper$'
  mkdir "$group/asked"
  ok rt exec --cgroup asked "$ID" cat /proc/self/cgroup
  has "$out" 'asked$'
}

# bats test_tags=vm
@test "an exec of a paused container is refused, or waits for its resumption" {
  sleeping
  ok rt pause "$ID"
  try rt exec "$ID" true
  is "$status" 255
  says 'cannot exec in a paused container \(use --ignore-paused to override\)'
  spawn rt exec --ignore-paused "$ID" echo at last >"$DIR/out"
  sleep 0.3
  is "$(<"$DIR/out")" ''
  ok rt resume "$ID"
  end_of "$JOB"
  is "$status" 0
  is "$(<"$DIR/out")" 'at last'
}

@test "exec goes into a v2 cgroup that was killed before" {
  killed_cgroup
  sleeping ".linux.cgroupsPath = \"/$ID\""
  try rt exec --pid-file "$DIR/exec.pid" "$ID" sh -c 'cat /proc/self/cgroup; exit 6'
  is "$status" 6
  is "$(sort <<<"$out")" "$(rt exec "$ID" sort /proc/1/cgroup)"
  ok rt exec -d --pid-file "$DIR/exec.pid" "$ID" sleep 1000
  is "$(cat "/proc/$(<"$DIR/exec.pid")/cgroup")" "$(cat "/proc/$PID/cgroup")"
  # its own errors are told as ever
  try rt exec "$ID" nowhere
  is "$status" 255
  has "$output" 'executable file not found'
  ok rt delete --force "$ID"
  rmdir "$KILLED" # was there before, so it stays
}
