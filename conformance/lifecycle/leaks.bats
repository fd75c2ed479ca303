#!/usr/bin/env bats
# The oracle that each test ends with sees what it is there for.

load ../lib/suite

teardown() {
  [[ ! ${LEFT:-} ]] || kill -KILL "$LEFT"
  [[ ! ${GROUP:-} ]] || rmdir "$GROUP"
  [[ ! ${KEY:-} ]] || "$SUITE_DIR/rootfs/bin/sys" keyctl 9 "$KEY" -4 >/dev/null # KEYCTL_UNLINK, KEY_SPEC_USER_KEYRING
  rm -f "/run/$ID" "$SUITE_DIR/tmp/$ID"
  [[ ! ${HOST:-} ]] || { umount less more more more || true; exec {pty}>&-; hostname "$HOST"; }
  suite_teardown
}

@test "the leak oracle names a mount more, one twice, one less, a cgroup, a process, a pty, a file, a key, a sysctl and a node" {
  local sys=$SUITE_DIR/rootfs/bin/sys told
  HOST=$(hostname)
  mkdir more less
  mount -t tmpfs less less
  mount -t tmpfs "$ID" more
  mount --bind more more
  "$LEAKS" snapshot >now
  "$LEAKS" check now 0

  umount less
  mount --bind more more
  mount -t tmpfs "$ID-too" less
  . "$LIB/cgroups.bash"
  GROUP=$(cgroups_tagged "$TAG" | tail -n 1)/$ID
  mkdir "$GROUP"
  LEFT=$(setsid sh -c 'sleep 1000 >&- 2>&- 3>&- 4>&- & echo $!')
  exec {pty}<>/dev/ptmx
  touch "/run/$ID" "$SUITE_DIR/tmp/$ID"
  KEY=$("$sys" 248 user "$ID" x 1 -4) # add_key
  hostname "$ID"
  chmod 600 /dev/null

  ! "$LEAKS" check now 0 2>told || complain 'the oracle is silent'
  told=$(<told)
  has "$told" "^\+ mount .* $DIR/less .* $ID-too "
  has "$told" "^\+ one more mount .* $DIR/more .* $ID "
  has "$told" "^- mount .* $DIR/less .* less "
  has "$told" "^\+ cgroup $GROUP\$"
  has "$told" "^\+ process $LEFT S sleep: sleep 1000\$"
  has "$told" '^\+ pty /dev/pts/[0-9]+$'
  has "$told" "^\+ tmp $SUITE_DIR/tmp/$ID\$"
  has "$told" "^\+ file /run/$ID\$"
  has "$told" "^\+ key $ID: 1\$"
  has "$told" "^\+ sysctl hostname $ID\$"
  has "$told" "^- sysctl hostname $HOST\$"
  has "$told" '^\+ node null 20600 1:3 0:0$'
  has "$told" '^- node null 20666 1:3 0:0$'
  is "$(wc -l <<<"$told")" 14 # with the heading
  chmod 666 /dev/null
}

@test "what another program makes in its own cgroups is no leak, what is made beside them is" {
  local told theirs
  . "$LIB/cgroups.bash"
  theirs=$(cgroups_tagged "$TAG" | tail -n 1)
  strict() { TAG=$ID STRICT=1 STRANGERS=$STRANGERS:$theirs "$LEAKS" "$@"; }
  strict snapshot >now
  GROUP=$theirs/x-$RANDOM
  mkdir "$GROUP"
  strict check now 0
  rmdir "$GROUP"
  GROUP=${theirs%/*}/x-$RANDOM
  mkdir "$GROUP"
  ! strict check now 0 2>told || complain 'the oracle is silent'
  is "$(grep '^+' told)" "+ cgroup $GROUP"
}
