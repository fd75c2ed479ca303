#!/usr/bin/env bats
# Every option name of config.md#linux-mount-options: what the kernel shows of it

load ../lib/suite

# on TYPE OPTIONS...: mounts a TYPE at /tmp (bind: of a folder) and leaves its mount options in $mounted, its file system's in $super.
on() {
  local type=$1 line
  shift
  bundle --arg t "$type" --argjson o "$(printf '"%s"\n' "$@" | jq -s .)" --arg s "$SOURCE" \
    '.mounts += [{destination: "/tmp", type: $t, source: (if $t == "bind" then $s else "tmpfs" end), options: $o}]'
  sh_c 'grep " /tmp " /proc/self/mountinfo | tail -n 1'
  try rt run -b "$BUNDLE" "$ID"
  [[ $status == 0 ]] || complain "$type with $*: failed" || return 1
  line=$out
  mounted=,$(cut -d' ' -f6 <<<"$line"),
  super=,$(sed 's/.* - [^ ]* [^ ]* //' <<<"$line"),
}
shows() { has "$1" ",$2,"; }
hides() { lacks "$1" ",$2,"; }

setup() {
  suite_setup
  SOURCE=$SUITE_DIR/source
  mkdir -p "$SOURCE"
  mount -t tmpfs source "$SOURCE"
}
teardown() {
  umount -R "$SOURCE" # none of what the oracle knows
  suite_teardown
}

@test "ro nosuid nodev noexec, on a new file system and on a bind" {
  local option
  for option in ro nosuid nodev noexec; do
    on tmpfs "$option"
    shows "$mounted" "$option"
    on bind bind "$option"
    shows "$mounted" "$option"
  done
}

@test "of an option and its opposite the later counts: rw suid dev exec atime diratime async" {
  skip_on crun '1.8.1 never takes a flag back'
  local pair
  for pair in 'ro rw' 'nosuid suid' 'nodev dev' 'noexec exec' 'noatime atime' 'nodiratime diratime'; do
    on tmpfs ${pair}
    hides "$mounted" "${pair% *}"
    on bind bind ${pair}
    hides "$mounted" "${pair% *}"
  done
  on tmpfs sync async
  hides "$super" sync
}

@test "noatime relatime strictatime nodiratime norelatime nostrictatime" {
  on tmpfs noatime
  shows "$mounted" noatime
  on tmpfs relatime
  shows "$mounted" relatime
  on tmpfs strictatime
  hides "$mounted" relatime
  hides "$mounted" noatime
  on tmpfs nodiratime
  shows "$mounted" nodiratime
  on tmpfs relatime norelatime
  on tmpfs strictatime nostrictatime
}

@test "sync dirsync nomand reach the file system" {
  on tmpfs sync
  shows "$super" sync
  on tmpfs dirsync
  shows "$super" dirsync
  on tmpfs nomand
}

@test "defaults asks for nothing" {
  skip_on runc '1.1.5 takes it for data'
  on tmpfs defaults
  shows "$mounted" rw
  on bind bind defaults
}

@test "loud silent iversion noiversion lazytime nolazytime" {
  skip_on crun '1.8.1 takes them for data'
  skip_on runc '1.1.5 takes lazytime for data'
  on tmpfs silent
  on tmpfs loud
  on tmpfs noiversion
  on tmpfs lazytime nolazytime
  hides "$super" lazytime
  on tmpfs lazytime
  shows "$super" lazytime
}

@test "silent, loud, iversion and noiversion on runc 1.1.5 too" {
  skip_on crun '1.8.1 takes them for data'
  on tmpfs silent
  on tmpfs loud
  on tmpfs noiversion
}

@test "nosymfollow and symfollow" {
  skip_on runc '1.1.5 does not know it'
  skip_on crun '1.8.1 does not know it'
  on tmpfs nosymfollow
  shows "$mounted" nosymfollow
  on bind bind nosymfollow
  shows "$mounted" nosymfollow
  on tmpfs nosymfollow symfollow
  hides "$mounted" nosymfollow
}

# below OPTION: the flags at /tmp/sub, where $SOURCE/sub is mounted, under an rbind with OPTION.
below() {
  bundle --arg o "$1" --arg s "$SOURCE" '.mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["rbind", $o]}]'
  sh_c 'awk "\$5 == \"/tmp/sub\" { print \",\" \$6 \",\" }" /proc/self/mountinfo'
  ok rt run -b "$BUNDLE" "$ID"
}

@test "the recursive names change every mount below: rro rnosuid rnodev rnoexec" {
  mkdir -p "$SOURCE/sub"
  mount -t tmpfs sub "$SOURCE/sub"
  local option
  for option in rro rnosuid rnodev rnoexec; do
    below "$option"
    shows "$out" "${option#r}"
  done
}

@test "the recursive opposites: rrw rsuid rdev rexec" {
  mkdir -p "$SOURCE/sub"
  mount -t tmpfs -o ro,nosuid,nodev,noexec,noatime sub "$SOURCE/sub"
  local pair
  for pair in 'rrw ro' 'rsuid nosuid' 'rdev nodev' 'rexec noexec'; do
    below "${pair% *}"
    hides "$out" "${pair#* }"
    shows "$out" noatime
  done
}

@test "the recursive names of atime: rnoatime rnodiratime rrelatime rstrictatime rnorelatime rdiratime" {
  skip_on crun '1.8.1 passes half of the bits'
  mkdir -p "$SOURCE/sub"
  mount -t tmpfs sub "$SOURCE/sub"
  below rnoatime
  shows "$out" noatime
  below rnodiratime
  shows "$out" nodiratime
  below rstrictatime
  hides "$out" relatime
  umount "$SOURCE/sub"
  mount -t tmpfs -o noatime,nodiratime sub "$SOURCE/sub"
  below rrelatime
  shows "$out" relatime
  below rdiratime
  hides "$out" nodiratime
  below rnorelatime
}

@test "ratime ends noatime below, rnostrictatime is taken" {
  skip_on crun '1.8.1 passes half of the bits'
  skip_on runc '1.1.5 passes half of the bits'
  mkdir -p "$SOURCE/sub"
  mount -t tmpfs -o noatime sub "$SOURCE/sub"
  below ratime
  hides "$out" noatime
  below rnostrictatime
}

@test "rnosymfollow and rsymfollow" {
  skip_on crun '1.8.1 does not know them'
  mkdir -p "$SOURCE/sub"
  mount -t tmpfs sub "$SOURCE/sub"
  below rnosymfollow
  shows "$out" nosymfollow
  umount "$SOURCE/sub"
  mount -t tmpfs -o nosymfollow sub "$SOURCE/sub"
  below rsymfollow
  hides "$out" nosymfollow
}

@test "a plain ro on an rbind changes the top alone" {
  mkdir -p "$SOURCE/sub"
  mount -t tmpfs sub "$SOURCE/sub"
  bundle --arg s "$SOURCE" '.mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["rbind", "ro"]}]'
  inside 'awk "\$5 ~ \"^/tmp\" { print \$5, \",\" \$6 \",\" }" /proc/self/mountinfo'
  has "$out" '^/tmp .*,ro,'
  has "$out" '^/tmp/sub .*,rw,'
}

@test "remount changes what is mounted already" {
  bundle '.mounts += [{destination: "/tmp", type: "tmpfs", source: "tmpfs"},
    {destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["remount", "ro", "size=65536"]}]'
  inside 'grep " /tmp " /proc/mounts'
  is "$(wc -l <<<"$out")" 1
  has "$out" ' ro,'
  has "$out" 'size=64k'
}

@test "a bind keeps the flags that it inherits, in a user namespace too" {
  skip_on runc '1.1.5 fails'
  skip_on crun '1.8.1 drops them'
  mount -o remount,nosuid,nodev,noexec,bind "$SOURCE"
  bundle --arg s "$SOURCE" '.mounts += [{destination: "/tmp", type: "bind", source: $s, options: ["bind", "ro"]}]
    | .linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}]
    | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 10}]'
  chown -R 100000:100000 "$BUNDLE/rootfs"
  exec <"$BUNDLE/config.json"
  sh_c 'grep " /tmp " /proc/self/mountinfo | cut -d" " -f6'
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 0
  local flag
  for flag in ro nosuid nodev noexec; do shows ",$out," "$flag"; done
}

@test "options beside flags are data: mode, size" {
  on tmpfs nosuid mode=711 ro size=128k
  shows "$mounted" nosuid
  shows "$mounted" ro
  shows "$super" mode=711
  shows "$super" size=128k
}

# layers LENGTH: in $LAYERS the paths of two folders, so many bytes together, the one above the other.
layers() {
  local name
  name=$(printf "%0$(($1 / 2 - ${#SOURCE} - 3))d" 0)
  LAYERS=$SOURCE/a$name:$SOURCE/b$name
  while [[ ${#LAYERS} -gt $1 ]]; do LAYERS=${LAYERS%?}; done
  mkdir -p "${LAYERS%:*}" "${LAYERS#*:}"
  echo above >"${LAYERS%:*}/f"
  echo below >"${LAYERS#*:}/f"
  echo only >"${LAYERS#*:}/g"
}

@test "an option of more than 255 bytes: the layers of an overlay, podman run --mount type=image" {
  layers 255
  bundle --arg l "$LAYERS" '.mounts += [{destination: "/tmp", type: "overlay", source: "overlay", options: ["nosuid", "lowerdir=" + $l]}]'
  inside 'cat /tmp/f /tmp/g'
  is "$out" $'above\nonly'
  layers 400
  local propagation user
  for propagation in private slave shared unbindable; do
    for user in '[]' '[{containerID: 0, hostID: 0, size: 65536}]'; do
      bundle --arg l "$LAYERS" --arg p "$propagation" '.linux.rootfsPropagation = $p
        | .mounts += [{destination: "/tmp", type: "overlay", source: "overlay", options: ["nosuid", "ro", "noatime", "lowerdir=" + $l, "index=off"]}]' \
        "$user as \$m | if \$m == [] then . else .linux.namespaces += [{type: \"user\"}] | .linux.uidMappings = \$m | .linux.gidMappings = \$m end"
      sh_c 'cat /tmp/f /tmp/g; pwd; grep -c " - overlay " /proc/self/mountinfo; grep " - overlay " /proc/self/mountinfo | cut -d" " -f5,6; ls -d /../tmp/g; sleep 100'
      : >"$DIR/out"
      spawn rt run -b "$BUNDLE" "$ID" >>"$DIR/out" 2>&1
      until_true 20 grep -q '^/../tmp' "$DIR/out"
      is "$(<"$DIR/out")" $'above\nonly\n/\n1\n/tmp ro,nosuid,noatime\n/../tmp/g'
      lacks "$(</proc/self/mountinfo)" "$SOURCE/a"
      ok rt delete --force "$ID"
    done
  done
}

@test "options of more than a page together are refused, where one of them needs mount(2)" {
  skip_on runc 'and 1.1.5 has the kernel cut them'
  skip_on crun 'and 1.8.1 has the kernel cut them'
  layers 400
  bundle --arg l "$LAYERS:$(printf 'x%.0s' {1..3700})" '.mounts += [{destination: "/tmp", type: "overlay", source: "overlay", options: ["lowerdir=" + $l]}]'
  args true
  fails rt run -b "$BUNDLE" "$ID"
  has "$err" 'config.json:[0-9]+:[0-9]+: /mounts/[0-9]+.* longer together than the page'
  is "$(ls -A "$STATE")" '' # and the oracle looks for the rest
}

@test "the modes of roots and mount points are as asked, whatever the umask" {
  bundle
  umask 077
  sh_c 'stat -c "%n %a" /dev /dev/shm /dev/pts /proc /sys'
  ok rt run -b "$BUNDLE" "$ID"
  umask 022
  is "$out" $'/dev 755\n/dev/shm 1777\n/dev/pts 755\n/proc 555\n/sys 555'
}

@test "flags of the default config are exact" {
  bundle
  inside 'awk "{ print \$5, \$6 }" /proc/self/mountinfo'
  local line
  for line in '/ ro,relatime' '/proc rw,relatime' '/dev rw,nosuid' '/dev/pts rw,nosuid,noexec,relatime' '/dev/shm rw,nosuid,nodev,noexec,relatime' \
    '/dev/mqueue rw,nosuid,nodev,noexec,relatime' '/sys ro,nosuid,nodev,noexec,relatime' '/proc/bus ro,relatime' '/proc/sys ro,relatime'; do
    has "$out" "^$line$"
  done
}
