#!/usr/bin/env bats
# mounts add and mounts remove: other mounts for a container that lives, as crun 1.21 has them

load ../lib/suite

setup() {
  suite_setup
  skip_on runc 'has no such verb'
  skip_on crun '1.8.1 has no such verb'
}

# live LIST [EDIT...]: a container that sleeps, and the list of mounts in a file.
live() {
  bundle '.root.readonly = false' "${@:2}"
  args sleep 1000
  up
  list "$1"
}
list() { jq -n --arg d "$DIR" "$1" >"$DIR/mounts.json"; }
change() { try rt mounts "$1" "$ID" "$DIR/mounts.json"; }
sees() { ok rt exec "$ID" sh -c "$1"; }

@test "a directory, a file and a file system come and go" {
  mkdir "$DIR/folder"
  echo inside >"$DIR/folder/file"
  live '[{destination: "/new/place", source: ($d + "/folder"), type: "bind", options: ["ro"]}, {destination: "/etc/added", source: ($d + "/folder/file"), options: ["bind"]},
    {destination: "/scratch", source: "t", type: "tmpfs", options: ["size=64k", "nosuid", "mode=750"]}]'
  ok rt mounts add "$ID" "$DIR/mounts.json"
  is "$output" ''
  sees 'cat /new/place/file /etc/added; touch /new/place/x 2>/dev/null || echo ro; stat -c %a /scratch; grep " /scratch " /proc/mounts'
  is "$(head -n 4 <<<"$out" | paste -sd ' ')" 'inside inside ro 750'
  has "$out" 'tmpfs.*nosuid.*size=64k'
  # only there
  lacks "$(cat /proc/self/mountinfo)" '/new/place|/scratch'
  list '[{destination: "/new/place"}, {destination: "/etc/added"}, {destination: "/scratch"}]'
  ok rt mounts remove "$ID" "$DIR/mounts.json"
  sees 'ls /new/place; cat /etc/added; grep -cE " /(new/place|etc/added|scratch) " /proc/mounts || true'
  is "$out" 0
  is "$(<"$DIR/folder/file")" inside
}

@test "standard input, a created container, a paused one" {
  bundle '.root.readonly = false'
  args sleep 1000
  create
  ok rt mounts add "$ID" - <<<'[{"destination": "/a", "type": "tmpfs", "source": "t"}]'
  ok rt start "$ID"
  ok rt pause "$ID"
  ok rt mounts add "$ID" - <<<'[{"destination": "/b", "type": "tmpfs", "source": "t"}]'
  ok rt resume "$ID"
  sees 'grep -cE " /[ab] " /proc/mounts'
  is "$out" 2
}

@test "the files that a file system is made of are the host's" {
  grep -q overlay /proc/filesystems || skip 'no overlayfs here'
  mkdir "$DIR/upper" "$DIR/lower"
  echo host >"$DIR/upper/file"
  live '[{destination: "/o", type: "overlay", source: "overlay", options: ["ro", "lowerdir=" + $d + "/upper:" + $d + "/lower"]}]'
  sees "mkdir -p $DIR/upper $DIR/lower; echo own >$DIR/upper/file"
  ok rt mounts add "$ID" "$DIR/mounts.json"
  sees 'cat /o/file'
  is "$out" host
  # By names without a slash as well: they begin where we are.
  sees 'mkdir -p /upper /lower; echo own >/upper/file'
  list '[{destination: "/short", type: "overlay", source: "overlay", options: ["ro", "lowerdir=upper:lower"]}]'
  ok rt mounts add "$ID" "$DIR/mounts.json"
  sees 'cat /short/file'
  is "$out" host
  # As long as mount(2) takes them, and longer than fsconfig(2) does.
  local long
  long=$DIR/$(printf 'u%.0s' {1..200})
  cp -r "$DIR/upper" "$long"
  list "[{destination: \"/long\", type: \"overlay\", source: \"overlay\", options: [\"ro\", \"nosuid\", \"lowerdir=$long:$DIR/lower:$DIR/upper\"]}]"
  ok rt mounts add "$ID" "$DIR/mounts.json"
  sees 'cat /long/file; grep " /long " /proc/mounts'
  has "$out" '^host$'
  has "$out" ' ro,nosuid,'
  is "$(sed -n 's/.* \([0-9]\)$/\1/p' <<<"$out" | wc -l)" 1
  lacks "$(cat /proc/self/mountinfo)" 'u{200}'
  # A device, too: what is found under the name is none.
  list '[{destination: "/e", type: "ext4", source: ($d + "/mounts.json")}]'
  change add
  has "$err" '/0 .*mounts\.json:2:3.*ENOTBLK'
}

@test "in a user namespace, too, the files are the host's, and its root makes the file system" {
  grep -q overlay /proc/filesystems || skip 'no overlayfs here'
  mkdir "$DIR/upper" "$DIR/lower"
  chmod 755 "$DIR/upper" "$DIR/lower"
  echo host >"$DIR/upper/file"
  live '[{destination: "/home/o", type: "overlay", source: "overlay", options: ["ro", "lowerdir=" + $d + "/upper:" + $d + "/lower"]}]' \
    '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
     | del(.linux.resources, .linux.devices) | .mounts |= map(select(.type != "cgroup"))'
  chown -R 100000:100000 "$BUNDLE/rootfs"
  ok rt mounts add "$ID" "$DIR/mounts.json"
  sees 'cat /home/o/file'
  is "$out" host
  ok rt mounts remove "$ID" "$DIR/mounts.json"
}

@test "the newest mount goes first" {
  live '[{destination: "/a", type: "tmpfs", source: "one"}, {destination: "/a", type: "tmpfs", source: "two"}]'
  ok rt mounts add "$ID" "$DIR/mounts.json"
  list '[{destination: "/a"}]'
  ok rt mounts remove "$ID" "$DIR/mounts.json"
  sees 'grep " /a " /proc/mounts | cut -d " " -f 1'
  is "$out" one
}

@test "all or none: where one is refused, those before it go" {
  mkdir "$DIR/folder"
  live '[{destination: "/a", type: "tmpfs", source: "t"}, {destination: "/b", type: "bind", source: ($d + "/folder")}, {destination: "/c", type: "nosuchfs", source: "t"}]'
  change add
  is "$status" 1
  has "$err" 'msg="/2 \(/.*/mounts\.json:12:3\): .*nosuchfs.*ENODEV'
  sees 'grep -cE " /[abc] " /proc/mounts || true'
  is "$out" 0
  list '[{destination: "/a", type: "tmpfs", source: "t"}, {destination: "/b", type: "bind", source: ($d + "/missing")}]'
  change add
  is "$status" 1
  has "$err" 'mounts\.json:10:15: /1/source: .*no such file or directory'
  sees 'grep -cE " /[ab] " /proc/mounts || true'
  is "$out" 0
}

@test "in a user namespace a file system belongs to its root" {
  mkdir "$DIR/folder"
  chmod 755 "$DIR/folder"
  live '[{destination: "/home/a", type: "tmpfs", source: "t"}, {destination: "/home/b", type: "bind", source: ($d + "/folder"), options: ["ro"]}]' \
    '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
     | del(.linux.resources, .linux.devices) | .mounts |= map(select(.type != "cgroup"))'
  chown -R 100000:100000 "$BUNDLE/rootfs" 2>/dev/null
  ok rt mounts add "$ID" "$DIR/mounts.json"
  sees 'stat -c %u /home/a; touch /home/b/x 2>/dev/null || echo ro'
  is "$(paste -sd ' ' <<<"$out")" '0 ro'
  ok rt mounts remove "$ID" "$DIR/mounts.json"
}

@test "no way out of the container, and nothing on /proc" {
  echo host >"$DIR/file"
  live '[{destination: "/link/file", source: ($d + "/file"), options: ["bind"]}]'
  sees 'ln -s /../../../../../../etc /link; ln -s /proc /toproc'
  ok rt mounts add "$ID" "$DIR/mounts.json"
  sees 'cat /etc/file'
  is "$out" host
  [[ ! -e /etc/file ]]
  list '[{destination: "/proc/sys", type: "tmpfs", source: "t"}]'
  change add
  isnt "$status" 0
  has "$err" 'mounts\.json:3:20: /0/destination: /proc/sys cannot be mounted because it is inside /proc'
  list '[{destination: "/toproc/sys", type: "tmpfs", source: "t"}]'
  change add
  isnt "$status" 0
  has "$err" 'inside /proc'
  # what hides parts of /proc stays
  for path in /proc/sys /toproc/sys /toproc/kcore; do
    jq -n --arg p "$path" '[{destination: $p}]' >"$DIR/mounts.json"
    change remove
    isnt "$status" 0
  done
  list '[{destination: "/proc"}]'
  change remove
  has "$err" 'msg="/0 \(/.*/mounts\.json:2:3\): /proc leads to /proc, which stays as it is as long as the container lives"$'
}

@test "the container's processes do not meet who mounts" {
  bundle '.root.readonly = false'
  sh_c 'while :; do for p in /proc/[0-9]*; do case $(cat $p/comm 2>/dev/null) in csrunc*|[0-9]) echo met >>/tmp/met ;; esac; done; done'
  up
  list '[{destination: "/a", type: "tmpfs", source: "t"}]'
  local i
  for i in {1..10}; do
    ok rt mounts add "$ID" "$DIR/mounts.json"
    ok rt mounts remove "$ID" "$DIR/mounts.json"
  done
  sees 'cat /tmp/met 2>/dev/null || true'
  is "$out" ''
}

@test "below a read-only root only what is there can be a target" {
  live '[{destination: "/usr", type: "tmpfs", source: "t"}]' '.root.readonly = true'
  ok rt mounts add "$ID" "$DIR/mounts.json"
  list '[{destination: "/new", type: "tmpfs", source: "t"}]'
  change add
  is "$status" 1
  has "$err" '/0 \(/.*/mounts\.json:2:3\): open the target /new: .*read-only file system'
}

@test "what is wrong is said" {
  live '{destination: "/a"}'
  change add
  is "$status" 1
  has "$err" 'mounts.json.*must be an array'
  list '[{type: "tmpfs"}]'
  change add
  has "$err" 'mounts.json:[0-9]+:[0-9]+: /0.*destination'
  list '[{destination: "/x", type: "proc", source: "proc"}]'
  change add
  has "$err" 'mounts\.json:2:3: /0: a mount of type proc cannot be added to a container that lives'
  list '[{destination: "/nothing/there"}]'
  change remove
  has "$err" '/0 \(/.*/mounts\.json:2:3\): .*no such file or directory'
  list '[{destination: "/etc"}]'
  change remove
  has "$err" 'nothing is mounted there'
  try rt mounts replace "$ID" "$DIR/mounts.json"
  has "$output" 'neither add nor remove: replace'
  try rt mounts add no-such-container "$DIR/mounts.json"
  has "$err" 'does not exist'
  ok rt kill "$ID" KILL
  until_true 5 status_is stopped
  list '[{destination: "/a", type: "tmpfs", source: "t"}]'
  change add
  has "$err" 'container not running'
}

@test "the root stays" {
  live '[{destination: "/a/..", type: "tmpfs", source: "t"}]'
  change add
  is "$status" 1
  has "$err" 'mounts\.json:3:20: /0/destination is the root'
  change remove
  is "$status" 1
  sees 'echo here'
  is "$out" here
}
