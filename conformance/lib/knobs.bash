# shellcheck shell=bash
# Words for tests of a container's limits: `load ../lib/knobs` behind `load ../lib/suite`.

cgroup_is_unified() { [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; }

# Where the cgroup of a container with the relative cgroupsPath $ID will be, of a controller.
place_of() {
  local own
  own=$(cgroup_of $$ "$1")
  if cgroup_is_unified; then own=${own%/*}; fi # a cgroup with processes cannot have children with controllers
  echo "$own/$ID"
}

# knob CONTROLLER V1FILE [V2FILE]: what the container's control file holds, on whichever version this machine has.
knob() {
  local directory file=$2
  directory=$(cgroup_of "$PID" "$1")
  if cgroup_is_unified; then file=${3:-$2}; fi
  cat "$directory/$file"
}

# one_processor: for the rest of the test. The kernel charges memory ahead, and by processor: where a program changes over, up to 252 KiB of its
# limit are lost to it.
one_processor() {
  local own=$BASHPID
  taskset -pc "$(taskset -pc "$own" | sed 's/.*[ ,-]//')" "$own" >/dev/null
}

# A container that sleeps, with the limits of the jq program.
limited() {
  bundle "$@"
  args sleep 1000
  up
}
