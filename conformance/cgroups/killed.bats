#!/usr/bin/env bats
# a cgroup that was killed once: Linux from 6.14 on kills what clone3 puts into it, unless the parent's was killed as often

load ../lib/suite

@test "a container goes into an existing v2 cgroup that was killed before" {
  local unified=/sys/fs/cgroup
  [[ -e $unified/cgroup.controllers ]] || unified=/sys/fs/cgroup/unified
  [[ -e $unified/cgroup.controllers ]] || skip 'no cgroup v2 here'
  mkdir "$unified/$ID"
  [[ -e $unified/$ID/cgroup.kill ]] || { rmdir "$unified/$ID"; skip 'no cgroup.kill here'; }
  echo 1 >"$unified/$ID/cgroup.kill"
  bundle ".linux.cgroupsPath = \"/$ID\""
  sh_c 'exit 6'
  try rt run -b "$BUNDLE" "$ID"
  rmdir "$unified/$ID" 2>/dev/null || true
  is "$status" 6
  nothing_left
}
