#!/usr/bin/env bats
# root and mounts: config.md#root, config.md#mounts

load ../lib/suite

teardown() {
  if [[ ${PLACE:-} ]]; then
    umount -q "$PLACE/late" || true
    mount --make-private /
    rmdir "$PLACE/late" "$PLACE"
  fi
  suite_teardown
}

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

@test "a mount of type cgroup2 is the v2 hierarchy, whether controllers are in it or in v1's" {
  grep -q ' - cgroup2 ' /proc/self/mountinfo || skip 'no cgroup v2 here'
  local namespace options
  for namespace in '' '.linux.namespaces += [{type: "cgroup"}]' \
    '.linux.namespaces += [{type: "cgroup"}, {type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 70000}] | .linux.gidMappings = .linux.uidMappings'; do
    bundle '.root.readonly = false | .mounts += [{destination: "/cg", type: "cgroup2", source: "cgroup2", options: ["ro", "nosuid"]}]' "${namespace:-.}"
    inside "grep ' /cg' /proc/self/mounts; grep -x 1 /cg/cgroup.procs || true"
    is "$(awk '/^c/ { print $2, $3 }' <<<"$out")" '/cg cgroup2'
    options=,$(awk '/^c/ { print $4 }' <<<"$out"),
    has "$options" ,ro,
    has "$options" ,nosuid,
    # Without a namespace runc and crun show the whole tree, and on v2 csrunc too.
    [[ -z $namespace && ($RUNTIME_NAME != csrunc || -e /sys/fs/cgroup/cgroup.controllers) ]] || has "$out" '^1$'
  done
}

@test "a mount of type cgroup2 is refused where there is no such hierarchy" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'the others make one'
  [[ -e /sys/fs/cgroup/unified/cgroup.procs ]] || on_v1
  bundle '.root.readonly = false | .mounts += [{destination: "/cg", type: "cgroup2", source: "cgroup2"}]'
  # shellcheck disable=SC2016 # the inner shell's
  fails unshare -m sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec "$@"' sh "$RUNTIME" --root "$STATE" create -b "$BUNDLE" "$ID"
  has "$output" 'config.json:[0-9]+:[0-9]+: /mounts/[0-9]+/type: a mount of type cgroup2 needs a cgroup v2 hierarchy'
  nothing_left
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

@test "a file system on a device that cannot be written, or is mounted already, can be mounted read-only" {
  skip_on crun '1.8.1 makes it writable first'
  truncate -s 1M "$DIR/image"
  mkfs.ext2 -q "$DIR/image"
  local kind loop
  for kind in fixed ro rw; do
    [[ $kind != rw || $RUNTIME_NAME != runc ]] || continue # 1.1.5: EBUSY
    [[ $kind == fixed ]] && loop=$(losetup -r -f --show "$DIR/image") || loop=$(losetup -f --show "$DIR/image") || skip 'no loop device here'
    bundle --arg l "$loop" '.root.readonly = false | .linux.resources.devices += [{allow: true, type: "b", major: 7, access: "rwm"}] | .mounts += [{destination: "/data", type: "ext2", source: $l, options: ["ro", "nosuid"]}]'
    sh_c 'ls /data; grep " /data " /proc/mounts | cut -d, -f1; touch /data/x 2>/dev/null || echo kept'
    mkdir -p "$DIR/elsewhere"
    [[ $kind == fixed ]] || mount -o "$kind" "$loop" "$DIR/elsewhere"
    run_it
    [[ $kind == fixed ]] || umount "$DIR/elsewhere"
    losetup -d "$loop"
    is "$kind: $output" "$kind: lost+found"$'\n'"$loop /data ext2 ro"$'\nkept'
  done
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

@test "a tmpfs keeps the mode of the folder that it covers, but for a mode of its own" {
  skip_on crun '1.8.1 makes them all 1777'
  skip_on runc '1.1.5 takes the mode of the folder over its own'
  bundle '.root.readonly = false | .mounts += ["tmp", "root", "srv", "copied", "asked", "made", "ro" | {destination: "/\(.)", type: "tmpfs", source: "tmpfs"}]
    | (.mounts[] | select(.destination == "/copied")).options = ["tmpcopyup"]
    | (.mounts[] | select(.destination == "/asked")).options = ["mode=711"]
    | (.mounts[] | select(.destination == "/ro")).options = ["ro"]'
  mkdir -p "$BUNDLE/rootfs/srv"
  mkdir -m 751 "$BUNDLE/rootfs/copied" "$BUNDLE/rootfs/ro" "$BUNDLE/rootfs/asked"
  chmod 700 "$BUNDLE/rootfs/root"
  chown 5:6 "$BUNDLE/rootfs/srv"
  chmod 2750 "$BUNDLE/rootfs/srv"
  inside 'stat -c "%n %a %u:%g" /tmp /root /srv /copied /asked /made /ro'
  is "$out" $'/tmp 1777 0:0\n/root 700 0:0\n/srv 2750 0:0\n/copied 751 0:0\n/asked 711 0:0\n/made 1777 0:0\n/ro 751 0:0'
}

@test "a read-only tmpfs is filled first: by mounts below it, by its copy, by the devices" {
  bundle --arg b "$BUNDLE" '.root.readonly = false | (.mounts[] | select(.destination == "/dev")).options += ["ro"] | .mounts += [
    {destination: "/w", type: "tmpfs", source: "tmpfs", options: ["ro"]},
    {destination: "/w/file", type: "bind", source: "\($b)/config.json", options: ["bind"]},
    {destination: "/link/folder", type: "tmpfs", source: "tmpfs"},
    {destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["ro", "tmpcopyup"]}]'
  ln -s w "$BUNDLE/rootfs/link"
  inside 'ls /w; head -c 1 /w/file; ls -d /dev/null /dev/pts/ptmx /dev/fd /dev/ptmx; head -n 1 /etc/passwd
    for at in /w /etc /dev; do grep -c " $at tmpfs ro[, ]" /proc/mounts; touch "$at/x" 2>/dev/null || echo kept; done; touch /w/folder/x && echo writable'
  is "$out" $'file\nfolder\n{/dev/fd\n/dev/null\n/dev/ptmx\n/dev/pts/ptmx\nroot:x:0:0:root:/root:/bin/sh\n1\nkept\n1\nkept\n1\nkept\nwritable'
}

@test "a read-only /dev takes the terminal" {
  bundle '(.mounts[] | select(.destination == "/dev")).options += ["ro"] | .process.terminal = true'
  sh_c 'test -c /dev/console && touch /dev/x'
  ok "$LIB/terminal.py" foreground -- "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  has "$output" 'Read-only file system'
}

@test "more read-only tmpfs than a plan has places for" {
  bundle '.mounts += [range(100) | {destination: "/tmp/m\(.)", type: "tmpfs", source: "tmpfs", options: ["ro"]}] | .root.readonly = false'
  inside 'grep -c " /tmp/m[0-9]* tmpfs ro[, ]" /proc/mounts'
  is "$out" 100
}

@test "a source inside the root shows what was mounted there before" {
  bundle --arg b "$BUNDLE" '.root.readonly = false | .mounts += [
    {destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]},
    {destination: "/root", type: "bind", source: "\($b)/rootfs/w", options: ["bind"]},
    {destination: "/mnt", type: "bind", source: "rootfs/w", options: ["bind", "ro"]},
    {destination: "/srv", type: "bind", source: "\($b)/alias/w", options: ["rbind"]}]'
  mkdir "$BUNDLE/volume"
  echo here >"$BUNDLE/volume/file"
  ln -s rootfs "$BUNDLE/alias"
  inside 'cat /root/file /mnt/file /srv/file'
  is "$out" $'here\nhere\nhere'
  [[ ! -e $BUNDLE/rootfs/w/file ]]
}

@test "a source that holds the root shows the host, and the container's root where it lies" {
  bundle --arg b "$BUNDLE" '.root.readonly = false | .mounts += [
    {destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]},
    {destination: "/host", type: "bind", source: "/", options: ["rbind"]}]'
  mkdir "$BUNDLE/volume"
  echo here >"$BUNDLE/volume/file"
  inside "cat /host$BUNDLE/rootfs/w/file; ls /host$BUNDLE"
  is "$out" $'here\nconfig.json\nrootfs\nvolume'
}

@test "until the container is entered its root lies in its place, with all mounts" {
  bundle --arg b "$BUNDLE" --arg d "$DIR" '.root.readonly = false
    | .mounts += [{destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]}]
    | .hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat \($b)/rootfs/w/file >\($d)/seen"]}]
    | .hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "exec nsenter -m -t $(jq .pid) cat \($b)/rootfs/w/file >\($d)/entered"], env: ["PATH=\(env.PATH)"]}]'
  mkdir "$BUNDLE/volume"
  echo here >"$BUNDLE/volume/file"
  inside 'cat /w/file'
  is "$out $(<"$DIR/seen") $(<"$DIR/entered")" 'here here here'
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

@test "in a shared root too a source that holds the root shows the host" {
  bundle --arg b "$BUNDLE" '.linux.rootfsPropagation = "shared" | .root.readonly = false | .mounts += [
    {destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]},
    {destination: "/root", type: "bind", source: "\($b)/rootfs/w", options: ["bind"]},
    {destination: "/host", type: "bind", source: "/", options: ["rbind", "rslave"]}]'
  mkdir "$BUNDLE/volume"
  echo here >"$BUNDLE/volume/file"
  mount --bind "$BUNDLE/rootfs" "$BUNDLE/rootfs"
  mount --make-shared "$BUNDLE/rootfs"
  args sleep 100
  up
  is "$(cat "/proc/$PID/root/root/file"; ls "/proc/$PID/root/host$BUNDLE")" $'here\nconfig.json\nrootfs\nvolume'
  is "$(grep -c "$BUNDLE" /proc/self/mountinfo)" 1
  ok rt delete --force "$ID"
  umount "$BUNDLE/rootfs"
}

@test "in a shared root too the root lies in its place, and not on the host: below a shared mount, over a link, without pivot_root" {
  mkdir "$DIR/host"
  mount -t tmpfs host "$DIR/host"
  mount --make-shared "$DIR/host"
  mkdir "$DIR/host/far"
  ln -s host/far "$DIR/near"
  BUNDLE=$DIR/near/bundle
  [[ $RUNTIME_NAME != runc ]] || BUNDLE=$DIR/host/far/bundle # 1.1.5 looks for the mount by the path as it is written
  local option
  for option in '' --no-pivot; do
    [[ -z $option || $RUNTIME_NAME == csrunc ]] || continue # the others mount the moved root into the copy of the host as well
    bundle --arg b "$BUNDLE" --arg d "$DIR" '.linux.rootfsPropagation = "rshared" | .root.readonly = false | .mounts += [
      {destination: "/w", type: "bind", source: "\($b)/volume", options: ["bind"]},
      {destination: "/root", type: "bind", source: "\($b)/rootfs/w", options: ["bind"]},
      {destination: "/host", type: "bind", source: "/", options: ["rbind", "rslave"]}]
      | .hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "cat \($b)/rootfs/w/file >\($d)/seen"]}]'
    mkdir "$BUNDLE/volume"
    echo here >"$BUNDLE/volume/file"
    args sleep 100
    up ${option:+"$option"}
    is "$(cat "$DIR/seen" "/proc/$PID/root/root/file" "/proc/$PID/root/host$DIR/host/far/bundle/rootfs/w/file"; ls "/proc/$PID/root/host$BUNDLE")" $'here\nhere\nhere\nconfig.json\nrootfs\nvolume'
    is "$(awk '$5 == "/" { print $4 }' "/proc/$PID/mountinfo")" /far/bundle/rootfs
    is "$(grep -c "$DIR/host" /proc/self/mountinfo)" 1
    ok rt delete --force "$ID"
  done
  umount "$DIR/host"
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

@test "volumes that lie on the machine's own shared root are tied to it: rslave gets its mounts, rshared gives it the container's" {
  skip_on crun '1.8.1 has cut the ties before it makes a slave'
  PLACE=/var/tmp/$ID
  mkdir -p "$PLACE/late"
  mount --make-shared /
  local kind option
  for option in '' --no-pivot; do
    [[ -z $option || $RUNTIME_NAME == csrunc ]] || continue # runc 1.1.5 shows the moved root to the machine
    for kind in null '"rslave"' '"rshared"'; do
      bundle --arg s "$PLACE" --argjson k "$kind" '.mounts += [{destination: "/tmp", source: $s, options: ["rbind", "rslave"]}] | .linux.rootfsPropagation = $k'
      args sleep 100
      up ${option:+"$option"}
      mount -t tmpfs late "$PLACE/late"
      is "$kind $(grep -c ' /tmp/late ' "/proc/$PID/mountinfo")" "$kind 1"
      umount "$PLACE/late"
      ok rt delete --force "$ID"
    done
    bundle --arg s "$PLACE" '.mounts += [{destination: "/tmp", source: $s, options: ["rbind", "rshared"]}]
      | .linux.rootfsPropagation = "shared" | .process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
    sh_c 'mount -t tmpfs late /tmp/late; exec sleep 100'
    up ${option:+"$option"}
    until_true 5 grep -q " $PLACE/late " /proc/self/mountinfo
    ok rt delete --force "$ID"
    umount "$PLACE/late"
  done
}

@test "a hundred mounts" {
  bundle '.mounts += [range(100) | {destination: "/tmp/m\(.)", type: "tmpfs", source: "tmpfs"}] | .root.readonly = false'
  inside 'grep -c " /tmp/m" /proc/mounts'
  is "$out" 100
}

# options_of PATH: the options of the mount there, from what the container printed of its table.
options_of() { awk -v p="$1" '$2 == p { o = $4 } END { print "," o "," }' <<<"$out"; }

@test "each mount of type cgroup has its own options" {
  skip_on runc '1.1.5 leaves the tmpfs on top writable'
  on_v1
  local namespace at
  for namespace in '.' '.linux.namespaces += [{type: "cgroup"}]'; do
    bundle --argjson n '["nosuid", "noexec", "nodev"]' '.root.readonly = false | .mounts |= map(if .type == "cgroup" then .options = ["ro", $n[]] else . end)' \
      '.mounts += [{destination: "/cg", type: "cgroup", source: "cgroup", options: ["rw", "noatime", $n[]]}, {destination: "/cg3", type: "cgroup", source: "cgroup", options: ["ro", $n[]]}]' "$namespace"
    inside 'cat /proc/mounts; mkdir /cg/memory/below && echo made; rmdir /cg/memory/below; mkdir /sys/fs/cgroup/memory/below /cg3/memory/below 2>/dev/null; touch /cg/x && echo touched; touch /cg3/x || echo sealed'
    for at in /sys/fs/cgroup /sys/fs/cgroup/memory /cg3 /cg3/memory; do has "$at: $(options_of $at)" ',ro,'; done
    for at in /cg /cg/memory; do
      has "$at: $(options_of $at)" ',rw,'
      has "$at: $(options_of $at)" ',noatime,'
    done
    for at in /sys/fs/cgroup /cg/memory /cg3; do has "$at: $(options_of $at)" ',nosuid,nodev,noexec,'; done
    has "$out" '^made$'
    has "$out" '^touched$'
    has "$out" '^sealed$'
  done
}
