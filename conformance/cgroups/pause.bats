#!/usr/bin/env bats
# pause and resume: the freezer

load ../lib/suite
load ../lib/knobs

ticks() { cut -d' ' -f14,15 "/proc/$1/stat"; }
frozen() {
  if cgroup_is_unified; then grep -q '^frozen 1' "$(cgroup_of "$PID" freezer)/cgroup.events"; else [[ $(knob freezer freezer.state) == FROZEN ]]; fi
}

@test "pause stops every process of a container, and resume lets them go on" {
  bundle
  sh_c '(while :; do :; done) & while :; do :; done'
  up
  ok rt pause "$ID"
  is "$output" ''
  frozen
  local before pid after
  for pid in $(rt ps -f json "$ID" | jq '.[]'); do
    before=$(ticks "$pid")
    sleep 0.1
    after=$(ticks "$pid")
    is "$after" "$before"
  done
  after=$(ticks "$PID")
  ok rt resume "$ID"
  is "$output" ''
  until_true 5 eval "[[ \$(ticks $PID) != '$after' ]]"
}

@test "a paused container is paused in state and list" {
  limited
  ok rt pause "$ID"
  is "$(status_of)" paused
  is "$(rt state "$ID" | jq .pid)" "$PID"
  has "$(rt list)" "^$ID +$PID +paused "
  is "$(rt list -f json | jq -r '.[0].status')" paused
  ok rt resume "$ID"
  is "$(status_of)" running
}

@test "a created container can be paused too, and is created again" {
  skip_on crun 'calls it running'
  bundle
  create
  ok rt pause "$ID"
  is "$(status_of)" paused
  fails rt start "$ID"
  says 'cannot start a container in the paused state'
  ok rt resume "$ID"
  is "$(status_of)" created
  ok rt start "$ID"
}

@test "pause twice, and resume of what is not paused, are errors" {
  skip_on crun 'takes both'
  limited
  fails rt resume "$ID"
  says 'container not paused'
  ok rt pause "$ID"
  fails rt pause "$ID"
  says 'container not running'
  is "$(status_of)" paused
}

@test "pause and resume of a stopped container are errors" {
  bundle
  ok rt run -d -b "$BUNDLE" "$ID"
  until_true 5 status_is stopped
  fails rt pause "$ID"
  says 'container not running'
  fails rt resume "$ID"
  says 'container not paused'
}

@test "pause and resume of an unknown container say so" {
  local verb
  for verb in pause resume; do
    fails rt "$verb" nobody
    is "$status" 1
    says 'container does not exist'
  done
}

@test "kill ends a paused container" {
  skip_on crun '1.8.1 leaves it frozen'
  limited
  ok rt pause "$ID"
  ok rt kill "$ID" KILL
  until_true 5 status_is stopped
  ok rt delete "$ID"
  nothing_left
}

@test "a paused container gets another signal when it goes on" {
  bundle
  sh_c 'trap "exit 7" USR1; echo >/dev/shm/ready; while :; do sleep 0.02; done'
  up
  until_true 5 test -e "/proc/$PID/root/dev/shm/ready"
  ok rt pause "$ID"
  ok rt kill "$ID" USR1
  sleep 0.1
  is "$(status_of)" paused
  ok rt resume "$ID"
  until_true 5 status_is stopped
}

@test "delete of a paused container is an error, by force it is not" {
  limited
  ok rt pause "$ID"
  fails rt delete "$ID"
  says "cannot delete container $ID that is not stopped: paused"
  ok rt delete --force "$ID"
  until_true 2 gone "$PID"
  nothing_left
}

@test "a container in a frozen cgroup of another is refused" {
  skip_on crun 'hangs'
  on_v1
  bundle
  edit --arg p "$ID" '.linux.cgroupsPath = $p'
  local group
  group=$(place_of freezer)
  mkdir -p "$group"
  echo FROZEN >"$group/freezer.state"
  fails rt run -b "$BUNDLE" "$ID"
  says "container's cgroup unexpectedly frozen"
  echo THAWED >"$group/freezer.state"
  rmdir "$group"
  nothing_left
}

@test "a container in a cgroup with strangers in it is refused, and they live on" {
  skip_on crun 'takes it'
  skip_on runc '1.1.5 only warns'
  bundle
  edit --arg p "$ID" '.linux.cgroupsPath = $p'
  local group
  spawn sleep 100
  group=$(place_of devices)
  mkdir -p "$group"
  echo "$JOB" >"$group/cgroup.procs"
  fails rt run -b "$BUNDLE" "$ID"
  says "container's cgroup is not empty: 1 process\(es\) found"
  kill -0 "$JOB"
  kill -KILL "$JOB"
  until_true 5 rmdir "$group"
  nothing_left
}
