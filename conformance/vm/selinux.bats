#!/usr/bin/env bats
# process.selinuxLabel and linux.mountLabel: config.md#linux-process, config-linux.md#mount-label. Needs a VM that SELinux was booted in,
# with the policy selinux.cil: permissive, so that what is seen is the labels that the runtime asked for.

load ../lib/suite

PROGRAM=system_u:system_r:container_t:s0:c1,c2
OTHER=system_u:system_r:other_t:s0
FILES=system_u:object_r:container_file_t:s0:c1,c2
RUNTIMES=system_u:system_r:machine_t:s0

setup_file() {
  [[ -e /sys/fs/selinux/load && -e /run/suite/selinux.policy ]] || return 0
  cat /run/suite/selinux.policy >/sys/fs/selinux/load
}
setup() {
  suite_setup
  [[ $(cat /proc/self/attr/current 2>/dev/null | tr -d '\0') == "$RUNTIMES" ]] || skip 'no SELinux here, or not with the policy of the suite'
}
labelled() { bundle --arg p "$PROGRAM" --arg f "$FILES" '.process.selinuxLabel = $p | .linux.mountLabel = $f | .root.readonly = false'; }
label_of() { stat -c %C -- "$1"; }

@test "the program runs under the label, and the runtime does not" {
  labelled
  args sleep 100
  create
  is "$(tr -d '\0' </proc/$PID/attr/current)" "$RUNTIMES"
  ok rt start "$ID"
  until_true 5 eval '[[ $(tr -d "\0" </proc/$PID/attr/current) == "$PROGRAM" ]]'
}

@test "noNewPrivileges, and a user of its own, change nothing" {
  labelled
  edit '.process.noNewPrivileges = true | .process.user = {uid: 1000, gid: 1000}'
  inside 'tr -d "\0" </proc/self/attr/current'
  is "$out" "$PROGRAM"
}

@test "without a label the program has its caller's" {
  bundle
  inside 'tr -d "\0" </proc/self/attr/current'
  is "$out" "$RUNTIMES"
}

@test "a label that the policy does not know is an error that names it, and nothing is left" {
  labelled
  edit '.process.selinuxLabel = "system_u:system_r:stranger_t:s0"'
  fails rt run -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" '/process/selinuxLabel \(config\.json:[0-9]+:[0-9]+\): .*stranger_t:s0: write: EINVAL.*; hint: the SELinux policy'
  nothing_left
  labelled
  edit '.linux.mountLabel = "system_u:object_r:stranger_t:s0"'
  fails rt run -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" 'stranger_t'
  nothing_left
}

@test "file systems that are made get the mount label, with categories and all; /proc, /sys and bind mounts keep their own" {
  labelled
  mkdir "$DIR/bound"
  mount_of '{"destination": "/bound", "type": "bind", "source": "'"$DIR"'/bound", "options": ["bind"]}'
  mount_of '{"destination": "/made", "type": "tmpfs", "source": "tmpfs", "options": ["size=64k", "mode=755"]}'
  args sleep 100
  create
  local root=/proc/$PID/root
  for path in /made /dev /dev/shm /dev/pts /dev/null; do is "$path $(label_of "$root$path")" "$path $FILES"; done
  has "$(cat /proc/$PID/mountinfo)" " /made .*context=\"?system_u:object_r:container_file_t:s0:c1,c2"
  lacks "$(grep -E ' /(proc|sys|bound) ' "/proc/$PID/mountinfo")" container_file_t
  isnt "$(label_of "$root/bound")" "$FILES"
}

@test "the message queues' root is labelled once it is mounted" {
  labelled
  edit '.mounts |= map(select(.destination != "/dev/mqueue"))'
  mount_of '{"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"]}'
  args sleep 100
  create
  is "$(label_of "/proc/$PID/root/dev/mqueue")" "$FILES"
}

@test "what masks a directory has the mount label too" {
  labelled
  mkdir -p "$BUNDLE/rootfs/hidden"
  edit '.linux.maskedPaths = ["/hidden"]'
  args sleep 100
  create
  is "$(label_of "/proc/$PID/root/hidden")" "$FILES"
}

@test "a context among a mount's own options goes before, in quotes or without" {
  skip_on runc 'appends the label to the options: the kernel refuses two'
  skip_on crun 'likewise'
  labelled
  mount_of '{"destination": "/own", "type": "tmpfs", "source": "tmpfs", "options": ["context=\"system_u:object_r:machine_t:s0:c1\""]}'
  mount_of '{"destination": "/bare", "type": "tmpfs", "source": "tmpfs", "options": ["context=system_u:object_r:machine_t:s0:c2"]}'
  args sleep 100
  create
  is "$(label_of "/proc/$PID/root/own")" system_u:object_r:machine_t:s0:c1
  is "$(label_of "/proc/$PID/root/bare")" system_u:object_r:machine_t:s0:c2
}

@test "the session keyring has the program's label" {
  labelled
  inside 'sys keyctl 17 -3 0 0' # KEYCTL_GET_SECURITY: how long the label is, with its end
  is "$out" $((${#PROGRAM} + 1))
}

@test "exec runs under the container's label, or another, its keyring too" {
  labelled
  args sleep 100
  up
  ok rt exec "$ID" sh -c 'tr -d "\0" </proc/self/attr/current; sys keyctl 17 -3 0 0'
  is "$out" "$PROGRAM$((${#PROGRAM} + 1))"
  ok rt exec --process-label "$OTHER" "$ID" sh -c 'tr -d "\0" </proc/self/attr/current; sys keyctl 17 -3 0 0'
  # runc's joins the container's keyring, which it lets everybody of the same user find by its name.
  is "$out" "$OTHER$((${#OTHER} + 1))" || [[ $RUNTIME_NAME == runc && $out == "$OTHER$((${#PROGRAM} + 1))" ]]
  try rt exec --process-label system_u:system_r:stranger_t:s0 "$ID" true
  is "$status" 255
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" stranger_t
}

@test "the label holds in a user namespace with masked paths, for exec too" {
  labelled
  chown -R 100000:100000 "$BUNDLE/rootfs"
  edit '.linux.namespaces += [{type: "user"}]
    | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
  chmod 711 "$DIR" "$BUNDLE"
  args sleep 100
  up
  until_true 5 eval '[[ $(tr -d "\0" </proc/$PID/attr/current) == "$PROGRAM" ]]'
  is "$(label_of "/proc/$PID/root/dev/shm")" "$FILES"
  ok rt exec "$ID" sh -c 'tr -d "\0" </proc/self/attr/current'
  is "$out" "$PROGRAM"
}

@test "features says that SELinux is there" {
  skip_on runc '1.1.5 says so only where it was built in'
  skip_on crun '1.8.1 has no features'
  ok rt features
  is "$(jq .linux.selinux.enabled <<<"$out")" true
}
