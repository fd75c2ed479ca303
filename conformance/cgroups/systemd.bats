#!/usr/bin/env bats
# --systemd-cgroup: a container is a scope of systemd

load ../lib/suite
load ../lib/knobs

setup() {
  suite_setup
  [[ -d /run/systemd/system ]] || skip 'systemd does not run here'
  UNIT=$TAG-$BATS_SUITE_TEST_NUMBER-c.scope
}

# No test may leave a unit, failed ones included.
teardown() {
  suite_teardown || return 1
  # systemd forgets units in its own time.
  until_true 20 eval '[[ ! $(systemctl list-units --all --no-legend "$TAG*" 2>/dev/null) ]]' || complain "left behind: $(systemctl list-units --all --no-legend "$TAG*")"
}

sd() { rt --systemd-cgroup "$@"; }
show() { systemctl show -P "$1" "$UNIT"; }
scope() {
  bundle "$@"
  edit --arg p "system.slice:${UNIT%-c.scope}:c" '.linux.cgroupsPath = $p'
}
start() {
  scope "$@"
  args sleep 1000
  ok sd run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
}
unit_gone() { [[ $(systemctl show -P LoadState "$UNIT") == not-found || $(show ActiveState) == inactive ]]; }

@test "a container with systemd is a scope in its slice, with delegation" {
  start
  is "$(show ActiveState)" active
  is "$(show Slice)" system.slice
  is "$(show Delegate)" yes
  has "$(cat "/proc/$PID/cgroup")" "^(0:|[0-9]+:(name=systemd|memory|pids)):/system.slice/$UNIT$"
  is "$(status_of)" running
  ok rt delete --force "$ID"
  until_true 5 unit_gone
  nothing_left
}

@test "the slice's parents are made as needed" {
  scope
  edit --arg p "${TAG//-/}-a-b.slice:${UNIT%-c.scope}:c" '.linux.cgroupsPath = $p'
  args sleep 1000
  ok sd run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  has "$(cat "/proc/$PID/cgroup")" ":/${TAG//-/}.slice/${TAG//-/}-a.slice/${TAG//-/}-a-b.slice/$UNIT$"
  ok rt delete --force "$ID"
  systemctl stop "${TAG//-/}.slice" 2>/dev/null
}

@test "limits stand in the unit and in the cgroup, before and after systemd reloads" {
  start '.linux.resources += {"memory": {"limit": 67108864}, "cpu": {"quota": 50000, "period": 100000, "shares": 512}, "pids": {"limit": 33}}'
  local round
  for round in before after; do
    if cgroup_is_unified; then
      is "$(show MemoryMax)" 67108864
      is "$(knob memory '' memory.max)" 67108864
      is "$(knob cpu '' cpu.max)" '50000 100000'
    else
      is "$(show MemoryLimit)" 67108864
      is "$(knob memory memory.limit_in_bytes)" 67108864
      is "$(knob cpu cpu.cfs_quota_us)" 50000
      is "$(knob cpu cpu.shares)" 512
    fi
    is "$(show CPUQuotaPerSecUSec)" 500ms
    is "$(show TasksMax)" 33
    is "$(knob pids pids.max)" 33
    systemctl daemon-reload
  done
}

@test "weights and rates of disks stand in the unit, and survive a reload" {
  on_v2
  skip_on runc '1.1.5 gives systemd none of them'
  skip_on crun '1.8.1 gives systemd none of them'
  local disk round
  disk=$(cat /sys/block/vda/dev) || skip "no disk vda"
  local d="\"major\": ${disk%:*}, \"minor\": ${disk#*:}, \"rate\""
  start ".linux.resources.blockIO = {\"weight\": 505, \"throttleReadBpsDevice\": [{$d: 1048576}], \"throttleWriteIOPSDevice\": [{$d: 400}]}"
  for round in before after; do
    is "$(show IOWeight)" 5000
    is "$(show IOReadBandwidthMax)" "/dev/block/$disk 1048576"
    is "$(show IOWriteIOPSMax)" "/dev/block/$disk 400"
    is "$(knob io '' io.max)" "$disk rbps=1048576 wbps=max riops=max wiops=400"
    systemctl daemon-reload
  done
}

@test "a property that systemd does not know is dropped, and only --debug tells of it" {
  skip_on runc '1.1.5 passes over it'
  skip_on crun '1.8.1 passes over it'
  on_v2
  [[ $(systemctl --version | awk 'NR == 1 { print $2 }') -lt 253 ]] || skip 'this systemd knows MemoryZSwapMax'
  scope '.linux.resources.unified = {"memory.zswap.max": "1048576"}'
  ok sd run -b "$BUNDLE" "$ID"
  lacks "$output" MemoryZSwapMax
  ok sd --debug run -b "$BUNDLE" "$ID"
  has "$err" 'level=debug .*MemoryZSwapMax'
}

@test "update changes the unit and the cgroup, and both survive a reload" {
  start '.linux.resources.memory = {"limit": 67108864}'
  ok sd update --memory 48m --pids-limit 21 --cpu-quota 20000 --cpu-period 100000 "$ID"
  systemctl daemon-reload
  is "$(knob memory memory.limit_in_bytes memory.max)" $((48 << 20))
  is "$(show TasksMax)" 21
  is "$(knob pids pids.max)" 21
  is "$(show CPUQuotaPerSecUSec)" 200ms
}

@test "update that is refused changes neither the unit nor the cgroup" {
  start '.linux.resources += {"pids": {"limit": 33}}'
  fails rt update --pids-limit 5 --cpuset-cpus 5000 "$ID"
  is "$(show TasksMax)" 33
  is "$(knob pids pids.max)" 33
}

@test "devices stay limited after systemd reloads" {
  scope '.process.capabilities[] += ["CAP_MKNOD", "CAP_SYSLOG"]' '.root.readonly = false'
  sh_c 'mknod /dev/kmsg2 c 1 11; while sleep 0.05; do
    if [ -e /dev/shm/ask ]; then rm /dev/shm/ask; (: </dev/kmsg2) 2>/dev/null && echo yes >/dev/shm/answer || echo no >/dev/shm/answer; (: >/dev/null) && echo null >>/dev/shm/answer; fi; done'
  ok sd run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  local round shm=/proc/$PID/root/dev/shm
  for round in before after; do
    rm -f "$shm/answer"
    touch "$shm/ask"
    until_true 20 grep -q null "$shm/answer"
    is "$(head -n 1 "$shm/answer")" no
    systemctl daemon-reload
  done
}

@test "annotations become properties of the unit" {
  start '.annotations = {"org.systemd.property.TimeoutStopSec": "123", "org.systemd.property.Description": "'"'"'a name'"'"'"}'
  is "$(show TimeoutStopUSec)" '2min 3s'
  is "$(show Description)" 'a name'
}

@test "a malformed or unknown property in an annotation is refused" {
  scope '.annotations = {"org.systemd.property.TimeoutStopSec": "soon"}'
  fails sd run -b "$BUNDLE" "$ID"
  scope '.annotations = {"org.systemd.property.NoSuchThing": "5"}'
  fails sd run -b "$BUNDLE" "$ID"
  has "$output" NoSuchThing
  nothing_left
}

@test "a cgroupsPath of another form is refused" {
  bundle
  local path
  for path in /a/b a:b a.slice:b:c:d; do
    edit --arg p "$path" '.linux.cgroupsPath = $p'
    fails sd run -b "$BUNDLE" "$ID"
    says 'expected cgroupsPath to be of format \\*"slice:prefix:name\\*" for systemd cgroups'
  done
  for path in ../x.slice:b:c a.slice:../b:c 'a.slice:b:c/d'; do
    edit --arg p "$path" '.linux.cgroupsPath = $p'
    fails sd run -b "$BUNDLE" "$ID"
  done
  nothing_left
}

@test "a unit that is there is not taken over" {
  skip_on runc '1.1.5 takes it for its own'
  systemd-run --quiet --scope --unit "$UNIT" sleep 1000 3>&- 4>&- &
  local stranger=$!
  JOBS+=("$stranger")
  until_true 10 eval "[[ \$(systemctl show -P ActiveState $UNIT) == active ]]"
  scope
  fails sd run -b "$BUNDLE" "$ID"
  has "$output" 'already|in use|not empty'
  is "$(show ActiveState)" active
  kill -0 "$stranger"
  systemctl kill -s KILL "$UNIT"
  until_true 10 unit_gone
}

@test "a container that is killed, or out of memory, leaves no failed unit" {
  start
  ok rt kill "$ID" KILL
  until_true 10 status_is stopped
  ok rt delete "$ID"
  until_true 10 unit_gone
  scope '.linux.resources.memory = {"limit": 16777216, "swap": 16777216}'
  args tail /dev/zero
  try sd run -b "$BUNDLE" "$ID"
  isnt "$status" 0
  until_true 10 unit_gone
  nothing_left
}

@test "a create that fails leaves no unit" {
  scope
  args /no/such/program
  fails sd create -b "$BUNDLE" "$ID"
  until_true 10 unit_gone
  scope '.linux.resources.cpu = {"cpus": "5000"}'
  fails sd create -b "$BUNDLE" "$ID"
  until_true 10 unit_gone
  nothing_left
}

@test "namespaces are not charged to the scope's memory, which the container has to itself" {
  [[ -e /sys/fs/cgroup/cgroup.controllers ]] || skip 'on v1 init enters the memory cgroup itself'
  skip_on runc 'its init is a Go program'
  one_processor
  scope '.linux.resources.memory = {"limit": 200704}' # what makes its namespaces within the scope does not fit
  args true
  ok sd create --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  ok rt delete --force "$ID"
}

@test "the other verbs work on a scope" {
  start
  ok rt pause "$ID"
  is "$(status_of)" paused
  ok rt resume "$ID"
  is "$(rt ps -f json "$ID" | jq -c .)" "[$PID]"
  [[ $RUNTIME_NAME == crun ]] || is "$(rt events --stats "$ID" | jq .data.pids.current)" 1
  is "$(rt exec "$ID" echo hello)" hello
  ok rt kill --all "$ID" KILL
  until_true 10 status_is stopped
  ok rt delete "$ID"
}

@test "without a path the scope is in system.slice, and has the container's id" {
  bundle 'del(.linux.cgroupsPath)'
  args sleep 1000
  ok sd run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  has "$(cat "/proc/$(<"$DIR/pid")/cgroup")" "/system.slice/[a-z]+-$ID.scope$"
  ok rt delete --force "$ID"
}

@test "where there is no bus, systemd is spoken to by its own socket" {
  skip_on crun 'wants the bus'
  export DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent
  start
  is "$(env -u DBUS_SYSTEM_BUS_ADDRESS systemctl show -P ActiveState "$UNIT")" active
  ok rt update --pids-limit 21 "$ID"
  ok rt delete --force "$ID"
  unset DBUS_SYSTEM_BUS_ADDRESS
  until_true 5 unit_gone
}

@test "ten scopes at once" {
  local number pids=()
  scope
  args true
  for number in {0..9}; do
    cp -a "$BUNDLE" "$DIR/b$number"
    jq --arg p "system.slice:$TAG-$BATS_SUITE_TEST_NUMBER-$number:c" '.linux.cgroupsPath = $p' "$BUNDLE/config.json" >"$DIR/b$number/config.json"
    sd run -b "$DIR/b$number" "$ID-$number" >"$DIR/out$number" 2>&1 &
    pids+=($!)
  done
  for number in {0..9}; do
    end_of "${pids[number]}"
    is "$status" 0 || { cat "$DIR/out$number" >&2; return 1; }
  done
  nothing_left
}
