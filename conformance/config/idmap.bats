#!/usr/bin/env bats
# uidMappings and gidMappings of a mount, idmap and ridmap: config.md#mounts

load ../lib/suite

setup() {
  SOURCE=$SUITE_DIR/source
  mkdir -p "$SOURCE"
  mount -t tmpfs source "$SOURCE"
  chown 1000:2000 "$SOURCE"
  echo x >"$SOURCE/file"
  chown 1000:2000 "$SOURCE/file"
  mkdir "$SOURCE/sub"
  mount -t tmpfs sub "$SOURCE/sub"
  echo x >"$SOURCE/sub/file"
  chown 1000:2000 "$SOURCE/sub/file"
  suite_setup
  skip_on runc '1.1.5 does not know them'
}
teardown() {
  local status=0
  suite_teardown || status=1
  umount -R "$SOURCE"
  return "$status"
}

MAPS='uidMappings: [{containerID: 1000, hostID: 5000, size: 10}], gidMappings: [{containerID: 2000, hostID: 6000, size: 10}]'

@test "the owners are shown as the mappings say, and what is made gets the owner behind them" {
  bundle --arg s "$SOURCE" ".mounts += [{destination: \"/tmp\", type: \"bind\", source: \$s, options: [\"bind\"], $MAPS}]" \
    '.process.user = {uid: 5003, gid: 6004}'
  chmod 777 "$SOURCE"
  inside 'stat -c %u:%g /tmp/file; echo x >/tmp/made; stat -c %u:%g /tmp/made'
  is "$out" $'5000:6000\n5003:6004'
  is "$(stat -c %u:%g "$SOURCE/made")" 1003:2004
  is "$(stat -c %u:%g "$SOURCE/file")" 1000:2000
}

@test "idmap maps the mount alone, ridmap what is below it too" {
  skip_on crun '1.8.1 has no ridmap'
  bundle --arg s "$SOURCE" ".mounts += [{destination: \"/tmp\", type: \"bind\", source: \$s, options: [\"rbind\", \"idmap\"], $MAPS}]"
  inside 'stat -c %u:%g /tmp/file /tmp/sub/file'
  is "$out" $'5000:6000\n1000:2000'
  edit '.mounts[-1].options = ["rbind", "ridmap"]'
  inside 'stat -c %u:%g /tmp/file /tmp/sub/file'
  is "$out" $'5000:6000\n5000:6000'
}

@test "several ranges, and an owner outside of them is nobody" {
  chown 0:0 "$SOURCE"
  bundle --arg s "$SOURCE" '.mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["bind"],
    uidMappings: [{containerID: 0, hostID: 70, size: 1}, {containerID: 1000, hostID: 7, size: 1}], gidMappings: [{containerID: 0, hostID: 0, size: 1}]}]'
  inside 'stat -c %u:%g /tmp/file; stat -c %u:%g /tmp'
  is "$out" $'7:65534\n70:0'
}

@test "other options hold too: read-only" {
  bundle --arg s "$SOURCE" ".mounts += [{destination: \"/tmp\", type: \"bind\", source: \$s, options: [\"bind\", \"ro\", \"nosuid\"], $MAPS}]"
  inside 'grep " /tmp " /proc/self/mountinfo | cut -d" " -f6; (touch /tmp/x) 2>&1; true'
  has "$out" 'ro,nosuid'
  has "$out" 'idmapped'
  has "$out" 'Read-only'
}

@test "in a user namespace: root owns a volume of the host's root" {
  bundle --arg s "$SOURCE" '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 5000}]
    | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 5000}]
    | .mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["rbind", "idmap"]}]'
  chown -R 100000:100000 "$BUNDLE/rootfs"
  chown 0:0 "$SOURCE"
  inside 'stat -c %u:%g /tmp /tmp/file; echo x >/tmp/made; stat -c %u:%g /tmp/made'
  is "$out" $'0:0\n1000:2000\n0:0'
  is "$(stat -c %u:%g "$SOURCE/made")" 0:0
}

@test "one kind of mapping without the other is an error, and so is idmap without any" {
  skip_on crun '1.8.1 takes the one that is missing from the container'
  bundle --arg s "$SOURCE" '.mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["bind"], uidMappings: [{containerID: 0, hostID: 1, size: 1}]}]'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" gidMappings
  edit 'del(.mounts[-1].uidMappings) | .mounts[-1].options = ["bind", "idmap"]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a file system that cannot be mapped is an error" {
  bundle ".mounts += [{destination: \"/tmp\", type: \"bind\", source: \"/proc/sys\", options: [\"bind\"], $MAPS}]"
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'mounts/[0-9]+/uidMappings|mount_setattr|id-mapped'
  nothing_left
}
