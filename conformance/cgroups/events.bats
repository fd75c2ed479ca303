#!/usr/bin/env bats
# events: counters, and wants of memory, in runc's schema

load ../lib/suite
load ../lib/knobs

setup() {
  suite_setup
  [[ $RUNTIME_NAME != crun ]] || skip 'has no events'
}

# Into $DIR/events, as $JOB.
watch() {
  : >"$DIR/events"
  follow() { exec "$RUNTIME" --root "$STATE" events "$@" "$ID" >"$DIR/events"; }
  spawn follow "$@"
}

@test "events --stats prints one line of counters" {
  limited '.linux.resources += {"memory": {"limit": 67108864}, "pids": {"limit": 50}}'
  ok rt events --stats "$ID"
  is "$err" ''
  is "$(wc -l <"$DIR/.out")" 1
  is "$(jq -r '[.type, .id] | join(" ")' <<<"$out")" "stats $ID"
  is "$(jq -c '.data.pids' <<<"$out")" '{"current":1,"limit":50}'
  is "$(jq '.data.memory.usage.limit' <<<"$out")" 67108864
  is "$(jq '.data.memory.usage.usage > 0' <<<"$out")" true
  is "$(jq '.data.cpu.usage.total > 0' <<<"$out")" true
  is "$(jq '.data.memory.raw | length > 5' <<<"$out")" true
  is "$(jq -r '.data | keys_unsorted | join(" ")' <<<"$out")" \
    'cpu cpuset memory pids blkio hugetlb intel_rdt network_interfaces'
}

@test "events --stats tells for how long processes waited, as far as the kernel counts that" {
  on_v2
  skip_on runc '1.1.5 does not know it'
  limited
  cat "$(cgroup_of "$PID" cpu)/cpu.pressure" >/dev/null 2>&1 || skip 'this kernel counts no pressure'
  ok rt events --stats "$ID"
  # Where nothing waited there is no line.
  is "$(jq -c '[.data.cpu.psi, .data.memory.psi, .data.blkio.psi] | map(type)' <<<"$out")" '["object","object","object"]'
  is "$(jq -r '.data.cpu.psi.some | keys_unsorted | join(" ")' <<<"$out")" 'avg10 avg60 avg300 total'
  is "$(jq '.data.cpu.psi.some.total > 0' <<<"$out")" true
}

@test "events --stats counts processor time in nanoseconds" {
  bundle
  sh_c 'while :; do :; done'
  up
  until_true 20 eval '[[ $(rt events --stats "$ID" | jq ".data.cpu.usage.total > 1e8") == true ]]'
  ok rt events --stats "$ID"
  is "$(jq '.data.cpu.usage.total | . > 1e8 and . < 1e10' <<<"$out")" true
}

@test "events --stats of a paused container answers" {
  limited
  ok rt pause "$ID"
  ok rt events --stats "$ID"
  is "$(jq .data.pids.current <<<"$out")" 1
}

@test "events prints the counters at each interval until the container is deleted" {
  limited
  watch --interval=100ms
  until_true 10 eval "[[ \$(wc -l <$DIR/events) -ge 3 ]]"
  is "$(jq -r .type "$DIR/events" | sort -u)" stats
  ok rt delete --force "$ID"
  end_of "$JOB"
  is "$status" 0
}

@test "events tells a want of memory" {
  bundle '.linux.resources.memory = {"limit": 16777216, "swap": 16777216}'
  sh_c 'while [ ! -e /dev/shm/go ]; do sleep 0.02; done; tail /dev/zero; echo survived; sleep 1000'
  up
  watch --interval=1h
  until_true 10 eval "ls -l /proc/$JOB/fd | grep -qE 'eventfd|inotify'" # it watches
  [[ $RUNTIME_NAME == csrunc ]] || sleep 1 # Go has one for itself
  touch "/proc/$PID/root/dev/shm/go"
  until_true 20 test -s "$DIR/events"
  is "$(head -n 1 "$DIR/events")" "{\"type\":\"oom\",\"id\":\"$ID\"}"
  ok rt delete --force "$ID"
  end_of "$JOB"
  is "$status" 0
}

@test "events of a stopped container is an error" {
  bundle
  ok rt run -d -b "$BUNDLE" "$ID"
  until_true 5 status_is stopped
  fails rt events --stats "$ID"
  says "container with id $ID is not running"
  fails rt events "$ID"
}

@test "events refuses an interval that is none" {
  limited
  local interval
  for interval in 0 -1s 0s; do
    fails rt events "--interval=$interval" "$ID"
    says 'duration interval must be greater than 0'
  done
  for interval in 5 x 1y .s; do
    fails rt events "--interval=$interval" "$ID"
    is "$status" 1
  done
}
