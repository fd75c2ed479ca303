#!/usr/bin/env bats
# linux.uidMappings, linux.gidMappings: config-linux.md#user-namespace-mappings

load ../lib/suite

# A bundle whose root is the host's 100000.
mapped() {
  bundle '.linux.namespaces += [{"type": "user"}]
    | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 2000}]
    | .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 3000}]'
  edit "$@"
  chown -R 100000:200000 "$BUNDLE/rootfs"
  # crun 1.8.1 makes the container's user the owner of a /dev/null that it gets: security/devices.bats.
  [[ $RUNTIME_NAME != crun ]] || exec <"$BUNDLE/config.json"
}

@test "the mappings hold in the container" {
  mapped
  inside 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "; id -u; id -g'
  is "$out" $' 0 100000 2000\n 0 200000 3000\n0\n0'
}

@test "outside, the init is the mapped user" {
  mapped '.process.user = {uid: 5, gid: 6}'
  args sleep 100
  up
  is "$(sed -n 's/^Uid:\t//p' "/proc/$PID/status")" "$(printf '100005\t100005\t100005\t100005')"
  is "$(sed -n 's/^Gid:\t//p' "/proc/$PID/status")" "$(printf '200006\t200006\t200006\t200006')"
  isnt "$(readlink "/proc/$PID/ns/user")" "$(readlink /proc/self/ns/user)"
}

@test "several ranges" {
  mapped '.linux.uidMappings = [{containerID: 0, hostID: 100000, size: 1}, {containerID: 1, hostID: 300000, size: 10},
    {containerID: 500, hostID: 100001, size: 5}]'
  inside 'tr -s " " </proc/self/uid_map'
  is "$out" $' 0 100000 1\n 1 300000 10\n 500 100001 5'
}

@test "files that the container makes belong to the mapped user" {
  mapped '.root.readonly = false | .process.user = {uid: 7, gid: 8}'
  chmod 777 "$BUNDLE/rootfs/tmp"
  inside 'echo x >/tmp/it; stat -c %u:%g /tmp/it'
  is "$out" 7:8
  is "$(stat -c %u:%g "$BUNDLE/rootfs/tmp/it")" 100007:200008
}

@test "a source inside the root shows what was mounted there before" {
  skip_on runc '1.1.5 opens all sources first'
  mapped --arg b "$BUNDLE" '.root.readonly = false | .mounts += [
    {destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]},
    {destination: "/mnt", type: "bind", source: "\($b)/rootfs/w", options: ["bind"]},
    {destination: "/host", type: "bind", source: "/", options: ["rbind"]}]'
  mkdir "$BUNDLE/volume"
  install -d -o 100000 -g 200000 "$BUNDLE/rootfs/w"
  echo here >"$BUNDLE/volume/file"
  inside "cat /mnt/file; ls /host$BUNDLE"
  is "$out" $'here\nconfig.json\nrootfs\nvolume'
  # Where its root may not go there, each sees what the host does.
  chmod 700 "$BUNDLE"
  inside 'ls /mnt /w'
  is "$out" $'/mnt:\n\n/w:\nfile'
}

@test "a source that only a mount made before brings about: by its copy, by what is mounted there, over a link" {
  skip_on runc '1.1.5 opens all sources first'
  mapped --arg b "$BUNDLE" '.root.readonly = false | .mounts += [
    {destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]},
    {destination: "/copy", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]},
    {destination: "/copy/made", type: "tmpfs", source: "tmpfs"},
    {destination: "/mnt", type: "bind", source: "\($b)/rootfs/w/folder", options: ["bind", "ro"]},
    {destination: "/root/file", type: "bind", source: "rootfs/w/file", options: ["bind"]},
    {destination: "/srv", type: "bind", source: "\($b)/alias/copy/made", options: ["rbind"]},
    {destination: "/media", type: "bind", source: "\($b)/rootfs/copy/made", options: ["bind"]}]'
  install -d -o 100000 -g 200000 "$BUNDLE/volume" "$BUNDLE/volume/folder" "$BUNDLE"/rootfs/{w,copy,mnt,root,srv,media}
  echo here >"$BUNDLE/volume/file"
  echo inner >"$BUNDLE/volume/folder/inner"
  ln -s rootfs "$BUNDLE/alias"
  inside 'cat /mnt/inner /root/file; touch /mnt/x 2>/dev/null || echo kept; touch /media/x && ls /copy/made /srv'
  is "$out" $'inner\nhere\nkept\n/copy/made:\nx\n\n/srv:\nx'
  edit --arg b "$BUNDLE" '.mounts += [{destination: "/tmp", type: "bind", source: "\($b)/rootfs/w/nowhere", options: ["bind"]}]'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'w/nowhere.*(ENOENT|o such file)'
  nothing_left
}

@test "groups besides the first, where the mapping covers them" {
  mapped '.process.user = {uid: 1, gid: 2, additionalGids: [10, 20]}'
  inside 'id -G'
  is "$out" '2 10 20'
}

@test "capabilities work in the namespace and not outside it" {
  mapped '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN", "CAP_MKNOD", "CAP_DAC_OVERRIDE"] | unique)' '.root.readonly = false'
  inside 'mount -t tmpfs x /tmp && echo mounted; mknod /tmp/n c 1 3 2>/dev/null || echo no-nodes'
  is "$out" $'mounted\nno-nodes'
}

@test "devices, /dev/pts, /proc and /sys are there" {
  mapped
  inside 'echo x >/dev/null; head -c 4 /dev/zero | od -An -tx1; test -c /dev/ptmx && echo ptmx; cat /proc/sys/kernel/ostype; test -d /sys/kernel && echo sys'
  is "$(tr -s ' ' <<<"$out")" $' 00 00 00 00\nptmx\nLinux\nsys'
}

@test "devices that are listed are the host's, in folders below /dev as well" {
  [[ -e /dev/net/tun ]] || skip "no /dev/net/tun here"
  mapped '.linux.devices = [{path: "/dev/net/tun", type: "c", major: 10, minor: 200}, {path: "/dev/kmsg", type: "c", major: 1, minor: 11},
    {path: "/dev/ptmx", type: "c", major: 5, minor: 2}]' \
    '.linux.resources.devices += [{allow: true, type: "c", major: 10, minor: 200, access: "rwm"}]'
  inside 'stat -c "%n %t:%T" /dev/net/tun /dev/kmsg /dev/null /dev/zero; readlink /dev/ptmx; ls /proc/self/fd | wc -l'
  is "$out" $'/dev/net/tun a:c8\n/dev/kmsg 1:b\n/dev/null 1:3\n/dev/zero 1:5\npts/ptmx\n4'
}

@test "the default devices cannot be rebound by the container's user into anything else" {
  mapped
  inside 'for n in null zero full random urandom tty; do stat -c "%n %t:%T" /dev/$n; done'
  is "$out" $'/dev/null 1:3\n/dev/zero 1:5\n/dev/full 1:7\n/dev/random 1:8\n/dev/urandom 1:9\n/dev/tty 5:0'
}

@test "masked and read-only paths hold in a user namespace too" {
  mapped
  inside 'cat /proc/keys | wc -c; (echo 1 >/proc/sys/kernel/domainname) 2>&1; true'
  has "$out" '^0$'
  has "$out" 'Read-only|ermission'
}

@test "kernel parameters in a user namespace that can make no /proc: its process namespace is the host's" {
  mapped '.linux.sysctl = {"net.ipv4.ip_forward": "1", "kernel.msgmax": "9000"}'
  edit '.linux.namespaces |= map(select(.type != "pid"))
    | (.mounts[] | select(.destination == "/proc")) = {destination: "/proc", type: "bind", source: "/proc", options: ["rbind"]}'
  inside 'cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax; id -u'
  is "$out" $'1\n9000\n0'
}

@test "a terminal in a user namespace" {
  mapped '.process.terminal = true'
  sh_c 'tty; echo typed >/dev/tty'
  ok "$LIB/terminal.py" foreground -- "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  has "$out" '^typed$'
}

@test "create and start with a user namespace" {
  mapped
  create
  is "$(status_of)" created
  ok rt start "$ID"
  until_true 5 status_is stopped
  ok rt delete "$ID"
  nothing_left
}

@test "a user namespace is joined by path" {
  local keeper
  spawn unshare --user sleep 100
  keeper=$JOB
  until_true 5 left "$keeper" user
  until_true 5 eval "echo '0 100000 2000' >/proc/$keeper/uid_map"
  echo '0 200000 3000' >"/proc/$keeper/gid_map"
  mapped 'del(.linux.uidMappings, .linux.gidMappings)'
  edit --arg p "/proc/$keeper/ns/user" '(.linux.namespaces[] | select(.type == "user")).path = $p'
  args sleep 100
  try rt run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  # runc before 1.2 wants mappings here too; the specification forbids neither.
  if [[ $status != 0 ]]; then
    [[ $RUNTIME_NAME == runc ]] || complain 'did not join'
    return
  fi
  is "$(readlink "/proc/$(<"$DIR/pid")/ns/user")" "$(readlink "/proc/$keeper/ns/user")"
}

@test "beside a user namespace that is joined stand its mappings, in any order and shape, or none" {
  local keeper refused
  spawn unshare --user sleep 100
  keeper=$JOB
  until_true 5 left "$keeper" user
  printf '0 100000 1000\n1000 101000 1000\n5000 300000 10\n' >"$DIR/map"
  until_true 5 eval "cat '$DIR/map' >/proc/$keeper/uid_map" # in one write
  echo '0 200000 3000' >"/proc/$keeper/gid_map"
  mapped --arg p "/proc/$keeper/ns/user" '(.linux.namespaces[] | select(.type == "user")).path = $p
    | .linux.uidMappings = [{containerID: 5000, hostID: 300000, size: 10}, {containerID: 0, hostID: 100000, size: 1000}, {containerID: 1000, hostID: 101000, size: 1000}]'
  inside 'id -u'
  is "$out" 0
  skip_on runc 'it refuses since 1.2'
  skip_on crun '1.8.1 takes any'
  edit '.linux.uidMappings[1:] = [{containerID: 0, hostID: 100000, size: 2000}]'
  inside 'id -u'
  is "$out" 0
  for refused in '.linux.uidMappings[0].hostID = 400000' '.linux.uidMappings |= .[:1]' '.linux.uidMappings[1].size = 1999' '.linux.gidMappings[0].containerID = 1'; do
    cp "$BUNDLE/config.json" "$DIR/kept"
    edit "$refused"
    fails rt create -b "$BUNDLE" "$ID"
    has "$output" 'config.json:[0-9]+:[0-9]+: /linux/[ug]idMappings must be those of the user namespace that is joined, or be left out: it maps 0 [12]00000 [23]000'
    nothing_left
    cp "$DIR/kept" "$BUNDLE/config.json"
  done
}

@test "a user outside the mapping is an error" {
  mapped '.process.user.uid = 5000'
  fails rt run -b "$BUNDLE" "$ID"
  nothing_left
}

@test "overlapping or empty mappings are an error" {
  local maps
  for maps in '[{containerID: 0, hostID: 100000, size: 10}, {containerID: 5, hostID: 200000, size: 10}]' \
    '[{containerID: 0, hostID: 100000, size: 0}]' '[{containerID: 0, hostID: 4294967290, size: 100}]'; do
    mapped ".linux.uidMappings = $maps"
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
}

@test "340 mappings, as many as the kernel takes, but not 341" {
  local maps='[range($n) | {containerID: ., hostID: (1000 + .), size: 1}]'
  mapped --argjson n 340 ".linux.uidMappings = $maps"
  chown -R 1000 "$BUNDLE/rootfs"
  inside 'wc -l </proc/self/uid_map'
  is "$out" 340
  mapped --argjson n 341 ".linux.uidMappings = $maps"
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "the message queues belong to the container's root" {
  mapped
  inside 'stat -c %u:%a /dev/mqueue && chmod 1770 /dev/mqueue && stat -c %a /dev/mqueue'
  is "$out" $'0:1777\n1770'
}
