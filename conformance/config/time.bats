#!/usr/bin/env bats
# the time namespace and linux.timeOffsets: config-linux.md#offset-for-time-namespace

load ../lib/suite

setup() {
  suite_setup
  skip_on runc '1.1.5 does not know the type'
  skip_on crun '1.8.1 breaks at the first one on Linux 6.18'
}

@test "a time namespace is new, with the clocks of the runtime's" {
  bundle '.linux.namespaces += [{"type": "time"}]'
  sh_c 'cut -d. -f1 /proc/uptime; exec sleep 100'
  ok rt run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  isnt "$(readlink "/proc/$PID/ns/time")" "$(readlink /proc/self/ns/time)"
  until_true 5 test -s "$DIR/.out"
  local here
  here=$(cut -d. -f1 /proc/uptime)
  (($(<"$DIR/.out") <= here && $(<"$DIR/.out") > here - 200))
}

@test "offsets of boottime and monotonic, seen from inside and from outside" {
  bundle '.linux.namespaces += [{"type": "time"}] | .linux.timeOffsets = {monotonic: {secs: 172800, nanosecs: 5}, boottime: {secs: 1000000}}'
  sh_c 'cut -d. -f1 /proc/uptime; exec sleep 100'
  ok rt run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  is "$(tr -s ' \t' ' ' <"/proc/$PID/timens_offsets")" $'monotonic 172800 5\nboottime 1000000 0'
  until_true 5 test -s "$DIR/.out"
  (($(<"$DIR/.out") > 1000000))
  # the host's clocks are its own
  lacks "$(tr -s ' \t' ' ' </proc/self/timens_offsets)" '[1-9]'
}

@test "a clock can be set back, but not before the machine's start" {
  bundle '.linux.namespaces += [{"type": "time"}] | .linux.timeOffsets = {boottime: {secs: -5}}'
  ok rt run -b "$BUNDLE" "$ID"
  edit '.linux.timeOffsets = {boottime: {secs: -1000000000}}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'timeOffsets|timens|range|argument'
  nothing_left
}

@test "offsets without a time namespace, and an unknown clock, are errors" {
  bundle '.linux.timeOffsets = {boottime: {secs: 5}}'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
  bundle '.linux.namespaces += [{"type": "time"}] | .linux.timeOffsets = {realtime: {secs: 5}}'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a time namespace is joined by path" {
  local keeper
  spawn unshare --time --boottime 500000 sleep 100
  keeper=$JOB
  until_true 5 left "$keeper" time
  bundle --arg p "/proc/$keeper/ns/time" '.linux.namespaces += [{"type": "time", path: $p}]'
  args sleep 100
  up
  is "$(readlink "/proc/$PID/ns/time")" "$(readlink "/proc/$keeper/ns/time")"
}

@test "with a user namespace of its own" {
  bundle '.linux.namespaces += [{"type": "time"}, {"type": "user"}] | .linux.timeOffsets = {boottime: {secs: 700000}}
    | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}] | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 10}]'
  chown -R 100000:100000 "$BUNDLE/rootfs"
  inside 'cut -d. -f1 /proc/uptime'
  ((out > 700000))
}
