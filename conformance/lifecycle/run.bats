#!/usr/bin/env bats
# run in the foreground and detached: exit codes, standard streams, signals, orphans

load ../lib/suite

@test "run exits as the container does" {
  bundle
  local code
  for code in 0 1 3 127 255; do
    sh_c "exit $code"
    try rt run -b "$BUNDLE" "$ID"
    is "$status" "$code"
  done
  nothing_left
}

@test "run exits with 128 + the signal that ended the container" {
  bundle
  sh_c 'echo ready; exec sleep 100'
  spawn rt run --pid-file "$DIR/pid" -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  is "$(status_of)" running
  ok rt kill "$ID" KILL
  end_of "$JOB"
  is "$status" 137
  nothing_left
}

@test "without a pid namespace, the container's own deadly signal shows in the exit code" {
  bundle '.linux.namespaces |= map(select(.type != "pid"))'
  sh_c 'kill -SEGV $$'
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 139
  sh_c 'kill -TERM $$'
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 143
}

@test "init may be faster than the process that cloned it" {
  skip_on runc 'its clones stand elsewhere'
  skip_on crun 'its clones stand elsewhere'
  bundle
  sh_c 'exit 5'
  try strace -f -o "$DIR/trace" -e trace=clone3 -e inject=clone3:delay_exit=200000 "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$status" 5
  has "$(<"$DIR/trace")" 'clone3.*DELAYED'
  args /no/such/program
  try strace -f -o "$DIR/trace" -e trace=clone3 -e inject=clone3:delay_exit=200000 "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$status" 1
  has "$output" 'no such file'
  nothing_left
}

@test "run removes the container when it ends" {
  bundle
  ok rt run -b "$BUNDLE" "$ID"
  nothing_left
}

@test "run --keep keeps it, stopped" {
  skip_on crun '1.8.1 has no --keep'
  bundle
  sh_c 'exit 7'
  try rt run --keep -b "$BUNDLE" "$ID"
  is "$status" 7
  is "$(status_of)" stopped
  ok rt delete "$ID"
  nothing_left
}

@test "run that fails exits with 1 and leaves nothing" {
  bundle
  args /no/such/program
  fails rt run -b "$BUNDLE" "$ID"
  is "$status" 1
  has "$output" 'o such file'
  nothing_left
  args nosuchprogram
  fails rt run -b "$BUNDLE" "$ID"
  says 'exec: \\?"nosuchprogram\\?": executable file not found in \$PATH'
  nothing_left
}

@test "standard input, output and error pass through untouched" {
  bundle
  sh_c 'cat; echo to-err >&2'
  head -c 300000 /dev/urandom >"$DIR/in"
  rt run -b "$BUNDLE" "$ID" <"$DIR/in" >"$DIR/out" 2>"$DIR/err"
  cmp "$DIR/in" "$DIR/out"
  is "$(<"$DIR/err")" to-err
}

@test "pipes as standard streams" {
  bundle
  args tr a-z A-Z
  is "$(echo hello | rt run -b "$BUNDLE" "$ID")" HELLO
}

@test "closed standard streams do not confuse anything" {
  skip_on crun '1.8.1 fails'
  bundle
  sh_c 'echo x; exit 4'
  status=0
  rt run -b "$BUNDLE" "$ID" <&- >&- 2>&- || status=$?
  # echo fails on a closed output; a runtime may also give /dev/null.
  is "$status" 4
  nothing_left
}

@test "run --detach returns while the container runs" {
  bundle
  args sleep 1000
  ok rt run --detach --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  is "$(status_of)" running
  ok rt kill "$ID" KILL
  until_true 5 status_is stopped
  ok rt delete "$ID"
  nothing_left
}

@test "signals to run in the foreground reach the container" {
  bundle
  sh_c 'for s in HUP INT USR1 USR2 QUIT WINCH; do trap "echo $s" $s; done; trap "echo TERM; exit 5" TERM
        echo ready; while :; do sleep 0.02; done'
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  local signal
  for signal in HUP USR1 USR2 TERM; do
    kill -"$signal" "$JOB"
    until_true 5 grep -q "$signal" "$DIR/out"
  done
  end_of "$JOB"
  is "$status" 5
  nothing_left
}

@test "run reaps what the container leaves to it when there is no pid namespace" {
  bundle '.linux.namespaces |= map(select(.type != "pid"))'
  sh_c '(sleep 0.1; exit 9) & (sleep 0.2; exit 8) & sleep 0.5; exit 6'
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 6
  nothing_left
}

@test "the container's exit ends run though a process of it lives on and holds the output" {
  skip_on crun 'without a pid namespace it leaves the process behind'
  bundle '.linux.namespaces |= map(select(.type != "pid"))'
  sh_c 'sleep 1000 & exit 2'
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 2
  nothing_left
}

@test "flags that engines pass are taken: --no-pivot, --no-new-keyring, --no-subreaper" {
  bundle
  ok rt run --no-new-keyring --no-subreaper -b "$BUNDLE" "$ID"
  ok rt run --no-pivot -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a session keyring of its own, unless --no-new-keyring" {
  bundle 'del(.linux.maskedPaths)'
  inside 'cat /proc/keys'
  has "$out" "keyring +(_ses.)?$ID"
  # By another name: the first one's may take its time to go.
  sh_c 'cat /proc/keys'
  ok rt run --no-new-keyring -b "$BUNDLE" "$ID-none"
  has "$out" keyring
  lacks "$out" "$ID-none"
}

@test "run killed by KILL leaves a container that delete --force removes" {
  bundle
  args sleep 1000
  spawn rt run --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  until_true 5 test -s "$DIR/pid"
  until_true 5 status_is running
  kill -KILL "$JOB"
  end_of "$JOB"
  ok rt delete --force "$ID"
  nothing_left
}

@test "while run waits, other commands change its container" {
  skip_on crun '1.8.1 reads its state while run removes it'
  bundle
  sh_c 'echo ready; exec sleep 100'
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  ok rt pause "$ID"
  is "$(status_of)" paused
  ok rt resume "$ID"
  ok rt update --pids-limit 77 "$ID"
  ok rt delete --force "$ID"
  end_of "$JOB"
  is "$status" 137
  nothing_left
}

@test "while run -d waits for the program to be ready, its container can be deleted" {
  skip_on runc '1.1.5 goes on waiting'
  bundle
  args sleep 100
  python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); time.sleep(100)' "$DIR/notify" &
  JOBS+=($!)
  until_true 5 test -S "$DIR/notify"
  spawn env NOTIFY_SOCKET="$DIR/notify" "$RUNTIME" --root "$STATE" run -d -b "$BUNDLE" "$ID"
  until_true 5 status_is running
  ok rt delete --force "$ID"
  end_of "$JOB"
  nothing_left
}
