#!/usr/bin/env bats
# Limits at create: what is too small, what cannot be, and whose the cgroup is

load ../lib/suite
load ../lib/knobs

@test "a create that dies because its memory limit is too small says so" {
  bundle '.linux.resources.memory = {"limit": 65536}'
  fails rt create -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || says 'container init was OOM-killed \(memory limit too low\?\)'
  has "$output" '[Mm]emory'
  nothing_left
}

@test "a container with 320 KiB of memory runs" {
  skip_on runc 'needs 2 MiB'
  one_processor
  bundle '.linux.resources.memory = {"limit": 327680}'
  ok rt run -b "$BUNDLE" "$ID"
}

@test "a limit that the kernel refuses is told with its place, and leaves nothing" {
  skip_on runc 'names no place'
  skip_on crun 'names no place'
  bundle '.linux.resources.cpu = {"cpus": "5000"}'
  fails rt create -b "$BUNDLE" "$ID"
  says '/linux/resources/cpu/cpus: write .5000. to .*/cpuset.cpus'
  nothing_left
}

@test "a pids.limit of 0 is none in a configuration of before version 1.3, as CRI-O 1.26 writes it" {
  bundle '.ociVersion = "1.0.2" | .linux.resources.pids.limit = 0'
  sh_c 'sleep 0 && echo forked'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" forked
}

@test "unified keys are written, and one that the kernel does not have is an error" {
  on_v2
  bundle '.linux.resources.unified = {"memory.high": "50331648", "pids.max": "77"}'
  args sleep 1000
  up
  is "$(knob memory '' memory.high)" 50331648
  is "$(knob pids '' pids.max)" 77
  ok rt delete --force "$ID"
  local key
  for key in no.such memory.nosuch ../memory.max cgroup.procs memory; do
    bundle
    edit --arg k "$key" '.linux.resources.unified = {($k): "1"}'
    fails rt run -b "$BUNDLE" "$ID"
    has "$output" 'unified|cannot set|not exist|no such file|invalid|available|forbidden|must'
    nothing_left
  done
}

@test "unified on cgroup v1 is an error" {
  on_v1
  bundle '.linux.resources.unified = {"memory.high": "50331648"}'
  fails rt run -b "$BUNDLE" "$ID"
  has "$output" 'unified|v1'
  nothing_left
}

@test "the cgroup belongs to the container's user where it may write there, and nowhere else" {
  on_v2
  skip_on crun 'gives it only with an annotation'
  local options
  for options in rw ro; do
    bundle '.linux.namespaces += [{"type": "cgroup"}, {"type": "user"}]'
    edit --arg o "$options" '.linux += {"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 1000}], "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 1000}]}
      | (.mounts[] | select(.type == "cgroup") | .options) |= (map(select(. != "ro")) + [$o]) | del(.mounts[] | select(.destination == "/dev/mqueue"))'
    chown -R 100000:100000 "$BUNDLE/rootfs"
    chmod 755 "$BUNDLE" "$DIR"
    args sleep 1000
    up
    local group owner=0
    group=$(cgroup_of "$PID" '')
    [[ $options == ro ]] || owner=100000
    is "$(stat -c %u "$group" "$group/cgroup.procs" "$group/cgroup.subtree_control" "$group/cgroup.threads" | sort -u)" "$owner"
    is "$(stat -c %u "$group/memory.max")" 0
    ok rt delete --force "$ID"
  done
}

@test "devices that no rule allows cannot be opened, on either version" {
  bundle '.process.capabilities[] += ["CAP_MKNOD", "CAP_SYSLOG"]' '.root.readonly = false'
  inside 'mknod /kmsg c 1 11; (: </kmsg) 2>/dev/null && echo yes || echo no; (: >/dev/null) && echo null'
  is "$out" $'no\nnull'
  edit '.linux.resources.devices += [{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}]'
  inside '(: </kmsg) 2>/dev/null && echo yes || echo no; (: >>/kmsg) 2>/dev/null && echo write || echo no'
  is "$out" $'yes\nno'
}

@test "a container leaves the options of the host's cgroup mounts as they are" {
  bundle
  grep -E ' - cgroup2? ' /proc/self/mountinfo >"$DIR/mounts"
  ok rt run -b "$BUNDLE" "$ID"
  grep -E ' - cgroup2? ' /proc/self/mountinfo | cmp - "$DIR/mounts"
}
