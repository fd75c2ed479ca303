#!/usr/bin/env bats
# linux.devices, the default devices and links of /dev: config-linux.md#devices, #default-devices, #dev-symbolic-links

load ../lib/suite

# What the kernel shows of files in the container: name, type, major:minor, mode, owner.
look='for f in %s; do stat -c "%%n %%F %%t:%%T %%a %%u:%%g" $f; done'
look_at() { inside "$(printf "$look" "$*")"; }

@test "the default devices are there, for everybody" {
  bundle
  look_at /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty
  is "$out" '/dev/null character special file 1:3 666 0:0
/dev/zero character special file 1:5 666 0:0
/dev/full character special file 1:7 666 0:0
/dev/random character special file 1:8 666 0:0
/dev/urandom character special file 1:9 666 0:0
/dev/tty character special file 5:0 666 0:0'
}

@test "the default devices do what they are for" {
  bundle
  inside 'echo x >/dev/null; head -c 3 /dev/zero | od -An -tx1; echo x 2>&1 >/dev/full; head -c 4 /dev/urandom | wc -c'
  has "$out" '00 00 00'
  has "$out" 'No space left'
  has "$out" '^4$'
}

@test "the links of /dev lead to the process' own descriptors, and ptmx to the container's devpts" {
  bundle
  inside 'for l in fd stdin stdout stderr ptmx; do echo $l $(readlink /dev/$l); done; echo through >>/dev/stdout'
  is "$out" $'fd /proc/self/fd\nstdin /proc/self/fd/0\nstdout /proc/self/fd/1\nstderr /proc/self/fd/2\nptmx pts/ptmx\nthrough'
}

@test "/dev/core leads to the memory, where the machine shows it" {
  skip_on crun 'it makes no such link'
  bundle
  inside 'readlink /dev/core || echo none'
  is "$out" "$(test -e /proc/kcore && echo /proc/kcore || echo none)"
}

@test "linux.devices makes nodes: char, block, fifo, with mode and owner" {
  bundle '.linux.devices = [
    {path: "/dev/fuse", type: "c", major: 10, minor: 229, fileMode: 416, uid: 7, gid: 8},
    {path: "/dev/loop77", type: "b", major: 7, minor: 77, fileMode: 384},
    {path: "/dev/deep/er/node", type: "c", major: 1, minor: 5},
    {path: "/dev/pipe", type: "p", fileMode: 420, uid: 5, gid: 6}]'
  look_at /dev/fuse /dev/loop77 /dev/deep/er/node /dev/pipe
  is "$out" '/dev/fuse character special file a:e5 640 7:8
/dev/loop77 block special file 7:4d 600 0:0
/dev/deep/er/node character special file 1:5 666 0:0
/dev/pipe fifo 0:0 644 5:6'
}

@test "a node directly below the root" {
  bundle '.linux.devices = [{path: "/direct", type: "c", major: 1, minor: 3}, {path: "/random", type: "c", major: 1, minor: 3}]'
  inside 'stat -c "%n %t:%T" /direct /random /dev/random; test -e /dev/direct || echo none'
  is "$out" $'/direct 1:3\n/random 1:3\n/dev/random 1:8\nnone'
}

@test "a node outside /dev, and one of type u" {
  bundle '.root.readonly = false | .linux.devices = [{path: "/var/node", type: "c", major: 1, minor: 3, fileMode: 438},
    {path: "/dev/raw", type: "u", major: 1, minor: 7, fileMode: 438}]'
  look_at /var/node /dev/raw
  is "$out" $'/var/node character special file 1:3 666 0:0\n/dev/raw character special file 1:7 666 0:0'
}

@test "large device numbers keep all their bits" {
  bundle '.linux.devices = [{path: "/dev/large", type: "b", major: 4095, minor: 1048575, fileMode: 384}]'
  look_at /dev/large
  is "$out" '/dev/large block special file fff:fffff 600 0:0'
}

@test "a default device that is listed takes the mode and owner of the list" {
  skip_on runc '1.1.5 keeps its own'
  skip_on crun '1.8.1 keeps its own'
  bundle '.linux.devices = [{path: "/dev/null", type: "c", major: 1, minor: 3, fileMode: 384, uid: 3, gid: 4}]'
  look_at /dev/null
  is "$out" '/dev/null character special file 1:3 600 3:4'
}

@test "a node that stands there and is the same device is kept" {
  bundle '.root.readonly = false | .mounts |= map(select(.destination | startswith("/dev") | not)) |
    .linux.devices = [{path: "/dev/it", type: "c", major: 1, minor: 5, fileMode: 438}]'
  mknod -m 600 "$BUNDLE/rootfs/dev/it" c 1 5
  look_at /dev/it
  has "$out" '^/dev/it character special file 1:5 '
}

@test "a node that stands there and is another device, or none, is an error" {
  skip_on runc '1.1.5 takes whatever is there'
  skip_on crun '1.8.1 takes whatever is there'
  bundle '.root.readonly = false | .mounts |= map(select(.destination | startswith("/dev") | not)) |
    .linux.devices = [{path: "/dev/it", type: "c", major: 1, minor: 5, fileMode: 438}]'
  local made
  for made in 'mknod it c 1 3' 'mknod it b 1 5' 'touch it' 'mkdir it' 'ln -s null it'; do
    (cd "$BUNDLE/rootfs/dev" && rm -rf it && $made)
    fails rt create -b "$BUNDLE" "$ID"
    has "$output" 'linux/devices/0'
    nothing_left
  done
}

@test "an unknown type, a missing path or number is an error" {
  skip_on runc '1.1.5 takes a missing number for 0'
  skip_on crun '1.8.1 takes a missing number for 0'
  local device
  for device in '{path: "/dev/x", type: "z", major: 1, minor: 3}' '{path: "/dev/x", type: "c", major: 1}' '{type: "c", major: 1, minor: 3}'; do
    bundle ".linux.devices = [$device]"
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
}

@test "where /dev is a bind of the host's, nothing is made in it" {
  skip_on crun '1.8.1 makes its links there'
  mkdir "$DIR/dev"
  mknod -m 666 "$DIR/dev/null" c 1 3
  bundle --arg d "$DIR/dev" '.mounts |= map(select(.destination | startswith("/dev") | not)) | .mounts += [{destination: "/dev", type: "bind", source: $d, options: ["rbind"]}]'
  inside 'ls /dev'
  is "$out" null
  is "$(ls "$DIR/dev")" null
}

@test "a node can be used as far as resources.devices allows, whatever its mode" {
  on_v1
  bundle '.linux.devices = [{path: "/dev/mem1", type: "c", major: 1, minor: 1, fileMode: 438}, {path: "/dev/one", type: "c", major: 1, minor: 5, fileMode: 438}]'
  inside 'head -c 1 /dev/one | wc -c; head -c 1 /dev/mem1 2>&1 >/dev/null; true'
  has "$out" '^1$'
  has "$out" 'not permitted'
}

@test "resources.devices: allow and deny in the order of the list, seen from inside and from outside" {
  on_v1
  bundle '.linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 10, minor: 229, access: "rw"},
    {allow: true, type: "b", major: 7, access: "r"}, {allow: false, type: "c", major: 10, minor: 229, access: "w"}]'
  args sleep 100
  up
  local list
  list=$(<"$(cgroup_of "$PID" devices)/devices.list")
  has "$list" '^c 10:229 r$'
  has "$list" '^b 7:\* r$'
  has "$list" '^c 1:3 rwm$' # the default devices stay
  has "$list" '^c 136:\* rwm$'
  lacks "$list" '^a '
}

@test "all devices may be allowed" {
  on_v1
  bundle '.linux.resources.devices = [{allow: true, access: "rwm"}]'
  args sleep 100
  up
  is "$(<"$(cgroup_of "$PID" devices)/devices.list")" 'a *:* rwm'
}

@test "mknod of any device is allowed, as runc allows it, and the use of it is not" {
  on_v1
  bundle '.root.readonly = false | .process.capabilities |= map_values(. + ["CAP_MKNOD"])'
  inside 'mknod /tmp/c c 1 1 && mknod /tmp/b b 7 0 && echo made; head -c 1 /tmp/c 2>&1; head -c 1 /tmp/b 2>&1; true'
  has "$out" '^made$'
  is "$(grep -c 'not permitted' <<<"$out")" 2
}
