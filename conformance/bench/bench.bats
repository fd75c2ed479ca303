#!/usr/bin/env bats
# The bench's driver: every row, every counter, and nothing left. No time is judged here.
load ../lib/suite
# shellcheck source=../lib/cgroups.bash
. "$LIB/cgroups.bash"

@test "the bench prints each row for csrunc and the floor, and leaves no cgroup and no mount" {
  [[ $RUNTIME_NAME == csrunc ]] || skip "it measures csrunc"
  command -v gcc >/dev/null || skip "needs gcc"
  BENCH_RUNS=1 LIMIT=120 ok "$BATS_TEST_DIRNAME/bench" --no-instructions
  local row cell='[0-9]+\.[0-9]{2} \([0-9]+\.[0-9]{2}\)'
  for row in '`run`, `runc spec`' '`create` \+ `start` \+ `delete`, `runc spec`' '`run`, Docker' '`create` \+ `start` \+ `delete`, Docker' \
    '`--version`' '`state` of a running container' '`exec` of true'; do
    has "$out" "^\| $row.* \| $cell \|"
  done
  has "$out" '`run`.*: against floor'
  for row in run create start state list exec kill delete --version; do
    has "$out" "^\| \`$row\` \| [0-9]+ \|"
  done
  has "$out" '^\| RSS .* \| [0-9]+ \|'
  is "$(cgroups_tagged 'bench[0-9]*')" ""
}

@test "the bench names a peer that is missing, and goes on without it" {
  [[ $RUNTIME_NAME == csrunc ]] || skip "it measures csrunc"
  command -v gcc >/dev/null || skip "needs gcc"
  BENCH_PEERS='nosuchpeer' BENCH_RUNS=1 LIMIT=120 ok "$BATS_TEST_DIRNAME/bench" --no-instructions
  has "$out" '^nosuchpeer is missing: left out$'
  lacks "$out" 'against crun'
  has "$out" '`run`.*: against floor'
}

@test "the storm counts its probes, none of which fails, and leaves no cgroup" {
  [[ $RUNTIME_NAME == csrunc ]] || skip "it measures csrunc"
  BENCH_PEERS='' LIMIT=120 ok "$BATS_TEST_DIRNAME/storm" 3 2
  has "$out" '^3 containers, .* 2 seconds: 6 probes'
  has "$out" '^\| csrunc \| [0-9.]+ \| 1\.00 \| [0-9]+ \| [0-9.]+ \| [0-9.]+ \| 0 \|$'
  is "$(cgroups_tagged 'storm[0-9]*')" ""
}
