#!/usr/bin/env bats
# a cgroup that was killed once: Linux from 6.14 on kills what clone3 puts into it, unless the parent's was killed as often

load ../lib/suite

@test "a container goes into an existing v2 cgroup that was killed before" {
  killed_cgroup
  bundle ".linux.cgroupsPath = \"/$ID\""
  sh_c 'exit 6'
  try rt run -b "$BUNDLE" "$ID"
  rmdir "$KILLED" 2>/dev/null || true
  is "$status" 6
  nothing_left
}
