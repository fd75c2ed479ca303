#!/usr/bin/env bats
# kill and delete: runtime.md#kill, runtime.md#delete

load ../lib/suite

# The container prints a word for the signals it gets.
traps() {
  bundle '.root.readonly = false'
  sh_c 'for s in HUP INT USR1 USR2 WINCH; do trap "echo $s >>/tmp/got" $s; done; trap "echo TERM >>/tmp/got; exit 3" TERM
        echo ready >>/tmp/got; while :; do sleep 0.02; done'
  up
  until_true 5 test -s "$BUNDLE/rootfs/tmp/got"
}
got() { [[ $(tail -n 1 "$BUNDLE/rootfs/tmp/got") == "$1" ]]; }

@test "kill sends TERM where no signal is named" {
  traps
  ok rt kill "$ID"
  until_true 5 got TERM
  until_true 5 status_is stopped
}

sends() {
  local signal
  for signal; do
    ok rt kill "$ID" "${signal% *}"
    until_true 5 got "${signal#* }"
  done
}

@test "kill takes a signal as NAME, SIGNAME or number" {
  traps
  sends 'USR1 USR1' 'SIGUSR2 USR2' '1 HUP' 'WINCH WINCH' '10 USR1' 'SIGINT INT'
}

@test "kill takes the name of a signal in any case" {
  skip_on crun 'knows capitals only'
  traps
  sends 'usr1 USR1' 'sigusr2 USR2' 'SigInt INT'
}

@test "kill refuses a signal that does not exist" {
  skip_on crun '1.8.1 takes an unknown name for signal 0'
  traps
  local signal
  for signal in SIGNONE none 99 'TERM ' 1x; do
    fails rt kill "$ID" "$signal"
    is "$status" 1
  done
  is "$(status_of)" running
}

@test "kill accepts the flag --all, as engines send it" {
  bundle
  args sleep 100
  up
  ok rt kill --all "$ID" KILL
  until_true 5 status_is stopped
}

@test "kill of a created container ends it" {
  bundle
  local signal signals=(KILL TERM INT HUP)
  # crun's init is deaf to the others until it has started, runc's is not.
  [[ $RUNTIME_NAME != crun ]] || signals=(KILL)
  for signal in "${signals[@]}"; do
    create
    ok rt kill "$ID" "$signal"
    until_true 5 status_is stopped
    ok rt delete "$ID"
    nothing_left
  done
  create
  ok rt kill "$ID" WINCH
  sleep 0.1
  is "$(status_of)" created
}

@test "kill of a stopped container is an error" {
  bundle
  ok rt run -d -b "$BUNDLE" "$ID"
  until_true 5 status_is stopped
  fails rt kill "$ID" KILL
  says 'container not running'
}

@test "without a pid namespace of its own, kill and delete reach every process of the container" {
  bundle '.linux.namespaces |= map(select(.type != "pid"))'
  sh_c 'sleep 1000 & sleep 1000 & echo $! >/dev/null; wait'
  up
  local group
  group=$(cgroup_of "$PID" freezer)
  until_true 5 eval "[[ \$(wc -l <'$group/cgroup.procs') == 3 ]]"
  ok rt delete --force "$ID"
  nothing_left
}

@test "in a pid namespace that was joined, kill and delete reach every process of the container" {
  local child group
  spawn unshare --pid --fork --kill-child sleep 100
  until_true 5 eval "pgrep -P $JOB >/dev/null"
  child=$(pgrep -P "$JOB")
  bundle --arg p "/proc/$child/ns/pid" '(.linux.namespaces[] | select(.type == "pid")).path = $p'
  sh_c 'sleep 1000 & sleep 1000 & wait'
  up
  group=$(cgroup_of "$PID" freezer)
  until_true 5 eval "[[ \$(wc -l <'$group/cgroup.procs') == 3 ]]"
  ok rt kill "$ID" KILL
  until_true 5 eval "[[ ! \$(<'$group/cgroup.procs') ]]"
  until_true 5 status_is stopped # a process leaves its cgroup before it has ended
  ok rt delete "$ID"
  kill -0 "$child"
}

@test "delete of a running container is an error and leaves it running" {
  bundle
  args sleep 100
  up
  fails rt delete "$ID"
  says "cannot delete container $ID that is not stopped: running"
  is "$(status_of)" running
}

@test "delete --force ends a running container and removes it" {
  bundle
  args sleep 100
  up
  ok rt delete --force "$ID"
  until_true 2 gone "$PID"
  nothing_left
}

@test "delete of a created container removes it" {
  bundle
  create
  ok rt delete --force "$ID"
  until_true 2 gone "$PID"
  nothing_left
}

@test "delete --force of an unknown id succeeds, as engines expect" {
  skip_on crun '1.8.1 fails'
  ok rt delete --force nobody
  ok rt delete -f nobody
}

@test "delete leaves the bundle and the log alone" {
  bundle
  ok "$RUNTIME" --root "$STATE" --log "$DIR/log" run -b "$BUNDLE" "$ID"
  [[ -e $BUNDLE/config.json && -e $BUNDLE/rootfs/bin/busybox ]]
  nothing_left
}

@test "delete does not remove the parents of its cgroup" {
  bundle
  local point
  edit --arg p "/$TAG/keep/inner" '.linux.cgroupsPath = $p'
  for point in $(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts); do mkdir -p "$point/$TAG/keep"; done
  "$LEAKS" snapshot >"$DIR/before"
  ok rt run -b "$BUNDLE" "$ID"
  nothing_left
}

@test "delete removes cgroups that the container made below its own" {
  local below=/sys/fs/cgroup
  [[ $(stat -fc %T $below) == cgroup2fs ]] || below+=/pids
  bundle '.linux.namespaces += [{"type": "cgroup"}]
    | (.mounts[] | select(.type == "cgroup") | .options) -= ["ro"]'
  sh_c "mkdir -p $below/a/b $below/c; exec sleep 100"
  up
  until_true 5 test -d "$(cgroup_of "$PID" pids)/c"
  ok rt delete --force "$ID"
  nothing_left
}

@test "a paused container can be deleted by force" {
  bundle
  args sleep 100
  up
  ok rt pause "$ID"
  ok rt delete --force "$ID"
  nothing_left
}

@test "delete of a half-made state directory" {
  skip_on crun '1.8.1 wants its status file'
  skip_on runc '1.1.5 cannot delete what it cannot read'
  local content
  for content in '' '{' '{}' 'null' '[]'; do
    mkdir "$STATE/$ID"
    [[ -z $content ]] || echo "$content" >"$STATE/$ID/state.json"
    ok rt delete --force "$ID"
    [[ ! -e $STATE/$ID ]]
  done
  nothing_left
}
