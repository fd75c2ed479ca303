#!/usr/bin/env bats
# Names in a document that become words of a path or of a control file: nothing is written outside the container's own cgroup.

load ../cgroups/matrix

# A neighbour of the container's cgroup to be, with a limit that must stay.
neighbour() {
  local own
  own=$(cgroup_of $$ pids)
  [[ $VERSION == v1 ]] || own=${own%/*}
  NEIGHBOUR=$own/$ID-neighbour
  mkdir "$NEIGHBOUR"
  "$LEAKS" snapshot >"$DIR/before"
  [[ ! -e $NEIGHBOUR/pids.max ]] || echo 7 >"$NEIGHBOUR/pids.max"
}
teardown() {
  local status=0
  if [[ ${NEIGHBOUR:-} ]]; then
    [[ ! -e $NEIGHBOUR/pids.max || $(<"$NEIGHBOUR/pids.max") == 7 ]] || { echo "the neighbour's limit was changed" >&2; status=1; }
    rmdir "$NEIGHBOUR"
  fi
  suite_teardown && return "$status"
}

@test "unified: keys that are paths, commands or no names" {
  neighbour
  local key
  for key in "../$ID-neighbour/pids.max" "pids/../../$ID-neighbour/pids.max" "$NEIGHBOUR/pids.max" ".." "." "" "pids" ".max" \
    'pids.max\n' 'pids.max\u0000x' "cgroup.procs" "cgroup.kill" "cgroup.freeze"; do
    refused ".unified = {\"$key\": \"3\"}" unified
  done
}

@test "hugepageLimits: sizes that are paths" {
  neighbour
  local size
  for size in "../../$ID-neighbour/x" "2MB/../../$ID-neighbour/pids" '2MB\n' '2MB\u0000' "0MB" "MB" "-2MB" "2" "2TB" "" \
    "99999999999999999999999999MB"; do
    refused ".hugepageLimits = [{pageSize: \"$size\", limit: 3}]" hugepageLimits
  done
}

@test "rdma and network priorities: names that hold more than a name" {
  local name
  for name in "../x" "a b" 'a\nb hca_handle=1' 'a\u0000' "" "."; do
    refused ".rdma = {\"$name\": {hcaHandles: 1}}" rdma
    refused ".network.priorities = [{name: \"$name\", priority: 1}]" 'network|priorit'
  done
}

@test "cpus and mems that are no lists" {
  skip_on runc '1.1.5 takes what the kernel takes'
  skip_on crun '1.8.1 leaves the cgroups of a failed create'
  local list
  for list in '0\n1' 'x' '0-' '-1' '0,,1;' '../0'; do
    refused ".cpu.cpus = \"$list\"" 'cpu'
    refused ".cpu.mems = \"$list\"" 'mems|cpu'
  done
}

@test "cgroupsPath: names that no directory can have, or that end a line" {
  skip_on runc '1.1.5 fails later, and leaves cgroups'
  local path
  for path in 'a\nb' 'a\u0000b' "$(printf 'x%.0s' {1..300})"; do
    resources .
    edit ".linux.cgroupsPath = \"$path\""
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
}

@test "a cgroup whose name begins as the container's does stays when the container goes" {
  given .
  local own other
  own=$(cgroup_of "$PID" pids)
  other=${own}0
  mkdir "$other"
  ok rt delete --force "$ID"
  [[ ! -d $own ]]
  rmdir "$other"
}
