#!/usr/bin/env bats
# root and mounts: config.md#root, config.md#mounts

load ../lib/suite

@test "a read-only root cannot be written, a writable one can" {
  bundle
  inside 'touch /x 2>&1 || true; mkdir /tmp/y 2>&1 || true'
  is "$(grep -c 'Read-only file system' <<<"$out")" 2
  edit '.root.readonly = false'
  inside 'echo written >/x'
  is "$(<"$BUNDLE/rootfs/x")" written
}

@test "nothing of the host's tree is reachable" {
  bundle
  inside 'cat /proc/self/mountinfo; ls -a /'
  lacks "$out" "$BUNDLE"
  lacks "$out" "^[0-9 ]+:[0-9]+ .* /(old_root|\.pivot|put_old)"
  is "$(awk '$5 == "/"' <<<"$out" | wc -l)" 1
}

@test "root.path may be relative, absolute, or end in a slash" {
  bundle
  local path
  for path in rootfs ./rootfs rootfs/ "$BUNDLE/rootfs"; do
    edit --arg p "$path" '.root.path = $p'
    inside 'echo in'
    is "$out" in
  done
}

@test "root.path may be a symbolic link" {
  skip_on runc '1.1.5 refuses'
  bundle '.root.path = "link"'
  ln -s rootfs "$BUNDLE/link"
  inside 'echo in'
  is "$out" in
}

@test "a missing rootfs, or one that is a file, is an error" {
  bundle '.root.path = "nowhere"'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" nowhere
  edit '.root.path = "config.json"'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "mounts are made in the order of the list" {
  bundle '.mounts += [{destination: "/tmp", type: "tmpfs", source: "first"}, {destination: "/tmp/in", type: "tmpfs", source: "second"},
    {destination: "/tmp", type: "tmpfs", source: "third"}]'
  inside 'awk "/ .tmp/ { print \$1 }" /proc/mounts | tr "\n" " "; ls /tmp'
  is "$out" 'first second third '
}

@test "missing destinations are made, folders for trees and files for files" {
  bundle '.root.readonly = false'
  echo content >"$DIR/file"
  mkdir "$DIR/folder"
  echo inner >"$DIR/folder/inner"
  mount_of "{\"destination\": \"/a/b/file\", \"type\": \"bind\", \"source\": \"$DIR/file\", \"options\": [\"bind\"]}"
  mount_of "{\"destination\": \"/c/d\", \"source\": \"$DIR/folder\", \"options\": [\"rbind\"]}"
  inside 'cat /a/b/file /c/d/inner'
  is "$out" $'content\ninner'
  # What was made for the mount is no more than needed.
  [[ -f $BUNDLE/rootfs/a/b/file && ! -s $BUNDLE/rootfs/a/b/file && -d $BUNDLE/rootfs/c/d ]]
}

@test "a bind is one file system, an rbind the whole tree" {
  bundle
  mkdir -p "$DIR/tree/sub"
  mount -t tmpfs below "$DIR/tree/sub"
  touch "$DIR/tree/sub/deep"
  mount_of "{\"destination\": \"/tmp\", \"source\": \"$DIR/tree\", \"options\": [\"bind\"]}"
  inside 'ls /tmp/sub'
  is "$out" ''
  edit '.mounts[-1].options = ["rbind"]'
  inside 'ls /tmp/sub'
  is "$out" deep
  umount "$DIR/tree/sub"
}

@test "the source of a bind may be relative to the bundle" {
  bundle
  echo here >"$BUNDLE/file"
  mount_of '{"destination": "/tmp/f", "type": "bind", "source": "file", "options": ["bind"]}'
  edit '.root.readonly = false'
  inside 'cat /tmp/f'
  is "$out" here
}

@test "a bind whose source is missing is an error that names it" {
  bundle
  mount_of '{"destination": "/tmp", "type": "bind", "source": "/no/such/source", "options": ["bind"]}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" /no/such/source
  nothing_left
}

@test "proc, sysfs, tmpfs, devpts, mqueue and cgroup are of their types" {
  bundle
  inside 'awk "{ print \$2, \$3 }" /proc/mounts'
  local line
  for line in '/proc proc' '/sys sysfs' '/dev tmpfs' '/dev/shm tmpfs' '/dev/pts devpts' '/dev/mqueue mqueue'; do has "$out" "^$line$"; done
  has "$out" '^/sys/fs/cgroup(/[a-z,]+)? (cgroup|cgroup2|tmpfs)$'
}

@test "several options in one text are as good as each in its own" {
  bundle
  mount_of '{"destination": "/new", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=751,size=64k", "nr_inodes=20"]}'
  inside 'stat -c %a /new; grep " /new " /proc/self/mounts'
  has "$out" '^751$'
  has "$out" 'size=64k.*nr_inodes=20'
}

@test "options of a file system reach it" {
  bundle '(.mounts[] | select(.destination == "/dev/shm")).options = ["size=1m", "mode=1700", "uid=7", "gid=8", "nr_inodes=99"]'
  inside 'stat -c "%a %u %g" /dev/shm; grep " /dev/shm " /proc/mounts'
  has "$out" '^1700 7 8$'
  has "$out" 'size=1024k'
  has "$out" 'nr_inodes=99'
}

@test "an option that the file system does not know is an error" {
  bundle '(.mounts[] | select(.destination == "/dev/shm")).options += ["no-such-option=1"]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "tmpcopyup fills a tmpfs with what it covers" {
  skip_on crun '1.8.1 loses the mode of the folder'
  bundle '.mounts += [{destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"]}]'
  mkdir -m 750 "$BUNDLE/rootfs/etc/sub"
  echo deep >"$BUNDLE/rootfs/etc/sub/file"
  ln -s passwd "$BUNDLE/rootfs/etc/link"
  chown 5:6 "$BUNDLE/rootfs/etc/sub/file"
  inside 'cat /etc/sub/file; readlink /etc/link; stat -c "%a" /etc/sub; stat -c "%u:%g" /etc/sub/file; head -n 1 /etc/link; echo x >/etc/new && echo writable'
  is "$out" $'deep\npasswd\n750\n5:6\nroot:x:0:0:root:/root:/bin/sh\nwritable'
  [[ ! -e $BUNDLE/rootfs/etc/new ]]
}

@test "a tmpfs keeps the mode of the folder that it covers" {
  bundle '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"}, {destination: "/root", type: "tmpfs", source: "tmpfs"}]'
  inside 'stat -c %a /tmp'
  is "$out" 1777
}

@test "an unknown file system type is an error that names it" {
  bundle '.mounts += [{destination: "/tmp", type: "nosuchfs", source: "x"}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a symbolic link in the root is followed inside it, not outside" {
  bundle '.root.readonly = false | .mounts += [{destination: "/link/here", type: "tmpfs", source: "tmpfs"}]'
  ln -s /target "$BUNDLE/rootfs/link"
  mkdir "$BUNDLE/rootfs/target"
  inside 'grep -c " /target/here tmpfs" /proc/mounts'
  is "$out" 1
  [[ -d $BUNDLE/rootfs/target/here && ! -e /target ]]
}

@test "a destination with .. stays inside" {
  bundle '.root.readonly = false | .mounts += [{destination: "/../../tmp/../tmp/x", type: "tmpfs", source: "tmpfs"}]'
  inside 'grep -c " /tmp/x tmpfs" /proc/mounts'
  is "$out" 1
}

@test "mounts do not show on the host" {
  bundle
  args sleep 100
  up
  lacks "$(cat /proc/self/mountinfo)" "$BUNDLE"
}

# The optional fields of the mount at $1 in the container's mountinfo: shared:N, master:N, unbindable.
propagation_of() { awk -v at="$1" '$5 == at { for (i = 7; $i != "-"; i++) printf "%s ", $i }' "/proc/$PID/mountinfo"; }

@test "rootfsPropagation is the root's: shared, unbindable" {
  skip_on runc '1.1.5 sets it on the old root only'
  local kind
  for kind in shared unbindable; do
    bundle ".linux.rootfsPropagation = \"$kind\""
    args sleep 100
    up
    has "$(propagation_of /)" "$kind"
    ok rt delete --force "$ID"
  done
}

@test "rootfsPropagation private and slave, and its absence, share nothing with the host" {
  local kind
  for kind in '"private"' '"slave"' '"rprivate"' '"rslave"' null; do
    bundle ".linux.rootfsPropagation = $kind"
    args sleep 100
    up
    lacks "$(propagation_of /)$(propagation_of /dev)$(propagation_of /proc)" shared
    ok rt delete --force "$ID"
  done
}

@test "an unknown rootfsPropagation is an error" {
  skip_on crun '1.8.1 ignores it'
  bundle '.linux.rootfsPropagation = "sideways"'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "the propagation of a mount is as its options say, seen by mounts made later" {
  skip_on crun '1.8.1 has cut the ties before it makes a slave'
  mkdir "$DIR/volume"
  mount -t tmpfs volume "$DIR/volume"
  mount --make-shared "$DIR/volume"
  mkdir "$DIR/volume/late"
  local option expected kind
  while read -r option expected; do
    bundle --arg o "$option" --arg s "$DIR/volume" '.mounts += [{destination: "/tmp", source: $s, options: ["rbind", $o]}]'
    args sleep 100
    up
    mount -t tmpfs late "$DIR/volume/late"
    kind=$(propagation_of /tmp | tr -d '0-9: ')
    is "$option $(grep -c ' /tmp/late ' "/proc/$PID/mountinfo") ${kind:-none}" "$option $expected"
    umount "$DIR/volume/late"
    ok rt delete --force "$ID"
  done <<'END'
slave 1 master
rslave 1 master
private 0 none
rprivate 0 none
unbindable 0 unbindable
runbindable 0 unbindable
END
  umount "$DIR/volume"
}

@test "a shared volume shows the container's mounts to the host" {
  mkdir "$DIR/volume"
  mount -t tmpfs volume "$DIR/volume"
  mount --make-shared "$DIR/volume"
  mkdir "$DIR/volume/late"
  bundle --arg s "$DIR/volume" '.mounts += [{destination: "/tmp", source: $s, options: ["rbind", "rshared"]}]
    | .linux.rootfsPropagation = "shared" | .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
  sh_c 'mount -t tmpfs late /tmp/late; exec sleep 100'
  up
  until_true 5 grep -q " $DIR/volume/late " /proc/self/mountinfo
  ok rt delete --force "$ID"
  umount -R "$DIR/volume"
}

@test "a hundred mounts" {
  bundle '.mounts += [range(100) | {destination: "/tmp/m\(.)", type: "tmpfs", source: "tmpfs"}] | .root.readonly = false'
  inside 'grep -c " /tmp/m" /proc/mounts'
  is "$out" 100
}
