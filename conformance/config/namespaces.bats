#!/usr/bin/env bats
# linux.namespaces: config-linux.md#namespaces

load ../lib/suite

ALL='pid ipc uts mnt net cgroup'

@test "each namespace listed is new, each one not listed is the runtime's" {
  bundle '.linux.namespaces += [{"type": "cgroup"}]'
  args sleep 100
  up
  local ns
  for ns in $ALL; do isnt "$(readlink "/proc/$PID/ns/$ns")" "$(readlink "/proc/self/ns/$ns")"; done
  for ns in user time; do is "$(readlink "/proc/$PID/ns/$ns")" "$(readlink "/proc/self/ns/$ns")"; done
}

@test "where a type is not in the list the container shares the runtime's" {
  bundle '.linux.namespaces |= map(select(.type == "mount" or .type == "pid")) | del(.hostname)
    | .mounts |= map(select(.type != "mqueue" and .type != "sysfs"))'
  args sleep 100
  up
  local ns
  for ns in ipc uts net cgroup user; do is "$(readlink "/proc/$PID/ns/$ns")" "$(readlink "/proc/self/ns/$ns")"; done
}

@test "the init is pid 1 and sees no other process" {
  bundle
  # To a file first: of a pipeline's other end nobody knows when it begins.
  inside 'echo $$; ls /proc >/dev/shm/ls; grep -c "^[0-9]" /dev/shm/ls'
  # sh and ls
  is "$out" $'1\n2'
}

@test "the network namespace has a loopback that is up" {
  bundle
  inside 'ip -o link | wc -l; ip -o link show up | grep -c LOOPBACK,UP; ip -o -4 address show lo'
  is "$(head -n 2 <<<"$out")" $'1\n1'
  has "$out" '127\.0\.0\.1/8'
}

@test "namespaces are joined by path" {
  local keeper ns
  spawn unshare --net --uts --ipc sh -c 'hostname joined; exec sleep 100'
  keeper=$JOB
  until_true 5 eval "[[ \$(readlink /proc/$keeper/exe) == *sleep* || \$(readlink /proc/$keeper/exe) == *busybox* || \$(cat /proc/$keeper/comm) == sleep ]]"
  bundle --arg p "/proc/$keeper/ns" 'del(.hostname)
    | (.linux.namespaces[] | select(.type == "network")).path = $p + "/net"
    | (.linux.namespaces[] | select(.type == "uts")).path = $p + "/uts"
    | (.linux.namespaces[] | select(.type == "ipc")).path = $p + "/ipc"'
  sh_c 'hostname; exec sleep 100'
  up
  for ns in net uts ipc; do is "$(readlink "/proc/$PID/ns/$ns")" "$(readlink "/proc/$keeper/ns/$ns")"; done
  is "$(nsenter --target "$keeper" --uts hostname)" joined
}

@test "a pid namespace is joined by path" {
  local keeper child
  spawn unshare --pid --fork --kill-child sleep 100
  keeper=$JOB
  until_true 5 eval "pgrep -P $keeper >/dev/null"
  child=$(pgrep -P "$keeper")
  until_true 5 eval "[[ \$(</proc/$child/comm) == sleep ]]"
  bundle --arg p "/proc/$child/ns/pid" '(.linux.namespaces[] | select(.type == "pid")).path = $p'
  inside 'echo $$; ps -o comm=' # its own /proc shows the namespace
  lacks "$(head -n 1 <<<"$out")" '^1$'
  has "$out" '^sleep$'
}

@test "a container joins another's namespaces, and its delete leaves them alone" {
  bundle
  args sleep 100
  up
  local first=$PID id=$ID
  edit --arg p "/proc/$first/ns" '.linux.namespaces |= map(select(.type != "mount") | .path = $p + "/" +
      {pid: "pid", network: "net", ipc: "ipc", uts: "uts"}[.type]) + [{"type": "mount"}] | del(.hostname)'
  ID=$id-2
  # To a file first: the rest of a pipeline would be in the list, or not.
  inside 'ps -o comm= >/dev/shm/ps; sort -u /dev/shm/ps | tr "\n" " "; hostname'
  is "$out" 'ps sh sleep runc'
  ID=$id
  is "$(status_of)" running
  ok rt delete --force "$ID"
  nothing_left
}

@test "a duplicate namespace is an error" {
  skip_on crun '1.8.1 does not check'
  bundle '.linux.namespaces += [{"type": "pid"}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "an unknown namespace is an error" {
  bundle '.linux.namespaces += [{"type": "quantum"}]'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" quantum
  nothing_left
}

@test "a path of the wrong type, or that is no namespace, is an error" {
  bundle
  local path
  echo x >"$DIR/file"
  for path in /proc/self/ns/uts /proc/self/ns/none "$DIR/file" /dev/null; do
    edit --arg p "$path" '(.linux.namespaces[] | select(.type == "network")).path = $p'
    fails rt create -b "$BUNDLE" "$ID"
    [[ $RUNTIME_NAME != csrunc ]] || has "$output" '/linux/namespaces/[0-9]/path: the network namespace '
    nothing_left
  done
}

@test "a relative namespace path is an error" {
  skip_on crun '1.8.1 resolves it'
  bundle '(.linux.namespaces[] | select(.type == "network")).path = "proc/self/ns/net"'
  cd /
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a cgroup namespace makes the container's cgroup its root" {
  bundle '.linux.namespaces += [{"type": "cgroup"}]'
  if [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; then
    # The true root has no such file.
    inside 'cat /proc/self/cgroup; ls /sys/fs/cgroup | grep -c cgroup.events'
    has "$out" '^0::/$'
  else
    inside 'cat /proc/self/cgroup; ls /sys/fs/cgroup/pids/ | grep -c pids.max'
    has "$out" '^[0-9]+:pids:/$'
  fi
  has "$out" '^1$'
}

@test "hostname and domainname are the container's" {
  bundle '.hostname = "a-host.example"'
  inside 'hostname'
  is "$out" a-host.example
}

@test "domainname is set in the container" {
  skip_on runc '1.1.5 does not know it'
  bundle '.domainname = "a-domain.example"'
  inside 'cat /proc/sys/kernel/domainname'
  is "$out" a-domain.example
}

@test "hostname without a uts namespace is an error" {
  bundle '.linux.namespaces |= map(select(.type != "uts"))'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "sysctl sets what is namespaced" {
  bundle '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.shm_rmid_forced": "1", "net.ipv4.ping_group_range": "0 7",
    "kernel.msgmax": "9000", "fs.mqueue.msg_max": "12"}'
  inside 'cd /proc/sys; cat net/ipv4/ip_forward kernel/shm_rmid_forced kernel/msgmax fs/mqueue/msg_max; tr "\t" " " <net/ipv4/ping_group_range'
  is "$out" $'1\n1\n9000\n12\n0 7'
}

@test "sysctl with slashes means the same" {
  skip_on runc '1.1.5 knows dots only'
  bundle '.linux.sysctl = {"net/ipv4/ip_forward": "1"}'
  inside 'cat /proc/sys/net/ipv4/ip_forward'
  is "$out" 1
}

@test "a sysctl of the host is refused" {
  local key
  for key in kernel.core_pattern vm.overcommit_memory kernel.hostname fs.file-max kernel/../vm/swappiness net/../kernel/core_pattern \
    'net.ipv4/../../kernel/core_pattern'; do
    bundle --arg k "$key" '.linux.sysctl = {($k): "1"}'
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
}

@test "a sysctl of a namespace that is not the container's own is refused" {
  bundle '.linux.sysctl = {"net.ipv4.ip_forward": "1"} | .linux.namespaces |= map(select(.type != "network"))
    | .mounts |= map(select(.type != "sysfs"))'
  fails rt create -b "$BUNDLE" "$ID"
  bundle '.linux.sysctl = {"kernel.msgmax": "9000"} | .linux.namespaces |= map(select(.type != "ipc"))
    | .mounts |= map(select(.type != "mqueue"))'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a sysctl that does not exist is an error that names it" {
  bundle '.linux.sysctl = {"net.ipv4.no_such_thing": "1"}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" no_such_thing
  nothing_left
}
