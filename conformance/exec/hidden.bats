#!/usr/bin/env bats
# What a container's processes can see of one that is on its way in: CVE-2016-9962, CVE-2019-5736, CVE-2024-21626

load ../lib/suite

setup_file() {
  # A build made elsewhere, where there is no compiler.
  [[ ! ${SPY:-} ]] || return 0
  export SPY=$SUITE_DIR/spy
  gcc -static -O1 -o "$SPY" "$BATS_TEST_DIRNAME/spy.c"
}

# watched EDIT...: a container that looks at everything in it, and many execs.
watched() {
  bundle "$@"
  cp "$SPY" "$BUNDLE/rootfs/bin/spy"
  args spy
  ok rt run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  spawn rt exec "$ID" spy >"$DIR/seen"
  until_true 5 grep -q watching "$DIR/seen"
  local i
  for i in {1..150}; do rt exec "$ID" true; done
  kill "$JOB"
}

@test "without CAP_SYS_PTRACE nothing is seen of it" {
  watched
  lacks "$(<"$DIR/seen")" '^(exe|mem|environ|writable|root|cwd|fd) '
}

@test "with every capability no way leads out of the container" {
  skip_on runc "1.1.5 shows descriptors of the machine"
  watched '.process.capabilities |= with_entries(.value += ["CAP_SYS_PTRACE", "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH"])' '.process.noNewPrivileges = false'
  lacks "$(<"$DIR/seen")" '^(writable|root|cwd|fd) '
  # The program of the one on its way is no file of the machine.
  lacks "$(grep '^exe ' "$DIR/seen")" '^exe /[^m]'
}
