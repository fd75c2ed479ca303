#!/usr/bin/env bats
# --pid-file, --preserve-fds, LISTEN_FDS: what engines read and hand over

load ../lib/suite

@test "the pid file holds the pid in digits, without a newline" {
  bundle
  ok rt create --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  is "$(od -An -c "$DIR/pid" | tr -d ' \n')" "$(rt state "$ID" | jq .pid)"
}

@test "a relative pid file belongs to the caller's directory, even with --bundle" {
  skip_on crun '1.8.1 resolves it in the bundle'
  bundle
  mkdir "$DIR/here"
  cd "$DIR/here"
  ok rt run --pid-file pid -b "$BUNDLE" "$ID"
  [[ -s $DIR/here/pid && ! -e $BUNDLE/pid ]]
}

@test "the pid file replaces what stood there, and leaves no temporary file" {
  bundle
  mkdir "$DIR/pids"
  echo 'old and longer than a pid' >"$DIR/pids/pid"
  ok rt create --pid-file "$DIR/pids/pid" -b "$BUNDLE" "$ID"
  is "$(<"$DIR/pids/pid")" "$(rt state "$ID" | jq .pid)"
  is "$(ls -A "$DIR/pids")" pid
}

@test "a symlink at the place of the pid file is replaced, not followed" {
  skip_on crun '1.8.1 follows it'
  bundle
  echo precious >"$DIR/precious"
  ln -s "$DIR/precious" "$DIR/pid"
  ok rt create --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  is "$(<"$DIR/precious")" precious
}

@test "a pid file that cannot be written is an error, and nothing is left" {
  bundle
  fails rt create --pid-file "$DIR/no/such/dir/pid" -b "$BUNDLE" "$ID"
  is "$status" 1
  nothing_left
  fails rt run --pid-file "$DIR/no/such/dir/pid" -b "$BUNDLE" "$ID"
  nothing_left
}

@test "no pid file when create fails" {
  bundle
  args /nowhere
  fails rt create --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  [[ ! -e $DIR/pid ]]
  nothing_left
}

@test "--preserve-fds N hands over 3 to 2 + N and nothing else" {
  bundle
  sh_c 'cat <&3; cat <&4; ls /proc/self/fd | tr "\n" " "'
  ok with_fds 6 run --preserve-fds 2 -b "$BUNDLE" "$ID"
  # The last number is ls' own.
  is "$out" $'content 3\ncontent 4\n0 1 2 3 4 5 '
}

@test "without --preserve-fds only the standard streams go in" {
  bundle
  sh_c 'ls /proc/self/fd | tr "\n" " "'
  ok with_fds 9 run -b "$BUNDLE" "$ID"
  is "$out" '0 1 2 3 '
}

@test "--preserve-fds beyond what is open is an error before anything is made" {
  skip_on crun 'does not check'
  bundle
  fails with_fds 4 run --preserve-fds 50 -b "$BUNDLE" "$ID"
  nothing_left
}

@test "no descriptor of the runtime's own passes for a preserved one" {
  skip_on runc '1.1.5 hands its own over: CVE-2024-21626'
  skip_on crun 'does not check'
  bundle
  sh_c 'ls -l /proc/self/fd'
  local count
  for count in 1 2 3 4 6; do
    fails with_fds 2 run --preserve-fds $count -b "$BUNDLE" "$ID"
    has "$output" "preserved-fd 1 \(of $count\)"
    fails with_fds 2 --log "$DIR/log" create --preserve-fds $count -b "$BUNDLE" "$ID"
    LISTEN_FDS=$count LISTEN_PID=self fails with_fds 2 run -b "$BUNDLE" "$ID"
    fails with_fds 3 run --preserve-fds $((count + 1)) -b "$BUNDLE" "$ID"
    has "$output" "preserved-fd 2 "
  done
  nothing_left
}

@test "preserved descriptors survive create and start" {
  bundle '.root.readonly = false'
  sh_c 'cat <&3 >/tmp/it'
  ok with_fds 3 create --preserve-fds 1 -b "$BUNDLE" "$ID"
  ok rt start "$ID"
  until_true 5 status_is stopped
  is "$(<"$BUNDLE/rootfs/tmp/it")" 'content 3'
}

@test "LISTEN_FDS meant for the runtime goes on to the container with LISTEN_PID 1" {
  skip_on crun '1.8.1 does not set LISTEN_FDS'
  bundle
  sh_c 'echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4; ls /proc/self/fd | tr "\n" " "'
  export LISTEN_FDS=2 LISTEN_PID=self
  ok with_fds 6 run -b "$BUNDLE" "$ID"
  is "$out" $'2 1\ncontent 3\ncontent 4\n0 1 2 3 4 5 '
}

@test "LISTEN_FDS meant for another process is ignored" {
  skip_on crun '1.8.1 does not look at LISTEN_PID'
  bundle
  sh_c 'echo "[$LISTEN_FDS$LISTEN_PID]"; ls /proc/self/fd | tr "\n" " "'
  export LISTEN_FDS=2 LISTEN_PID=1
  ok with_fds 6 run -b "$BUNDLE" "$ID"
  is "$out" $'[]\n0 1 2 3 '
}

@test "--pidfd-socket gets a descriptor of init" {
  skip_on runc '1.1.5 has it not'
  skip_on crun '1.8.1 has it not'
  bundle
  pidfd_of "$DIR/pidfd"
  ok rt create --pidfd-socket "$DIR/pidfd" --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  end_of "$JOB"
  is "$(<"$DIR/pidfd.out")" "standard $(<"$DIR/pid")"
}
