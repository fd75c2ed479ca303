#!/usr/bin/env bats
# What run does while the program runs: signals, orphans, and what passes through the terminal

load ../lib/suite

foreground() { # OPTION... -- : runs the bundle on a terminal of its own
  local options=()
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  "$LIB/terminal.py" foreground "${options[@]}" -- "$RUNTIME" --root "$STATE" run "$@" -b "$BUNDLE" "$ID"
}
without_pid_namespace='.linux.namespaces |= map(select(.type != "pid"))'

@test "every signal that a program may hold back goes on to the container" {
  bundle
  local signals='1 2 3 4 5 6 7 10 12 13 14 15 16 18 20 23 24 25 26 27 28 29 30 31 35 50 64' signal
  [[ $RUNTIME_NAME != runc ]] || signals=${signals/ 23 / } signals=${signals/ 27 / } # Go uses SIGURG and SIGPROF itself
  sh_c "for s in $signals; do trap \"echo got \$s.\" \$s; done; echo ready; while :; do sleep 0.02; done"
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  for signal in $signals; do
    [[ $RUNTIME_NAME == runc && $signal == 28 ]] && continue # takes it for its own terminal's
    kill -"$signal" "$JOB"
    until_true 5 grep -q "got $signal\\." "$DIR/out"
  done
  ok rt kill "$ID" KILL
  end_of "$JOB"
  is "$status" 137
  nothing_left
}

@test "a signal that comes before the program runs is its first" {
  bundle --arg d "$DIR" "$without_pid_namespace" '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "touch \($d)/hook; sleep 0.5"]}]'
  args sleep 1000
  spawn rt run -b "$BUNDLE" "$ID"
  until_true 5 test -e "$DIR/hook"
  kill -TERM "$JOB"
  end_of "$JOB"
  is "$status" 143
  nothing_left
}

@test "a second signal does not interrupt the cleaning up" {
  bundle --arg d "$DIR" '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "touch \($d)/hook; until [ -e \($d)/go ]; do sleep 0.02; done"]}]'
  sh_c 'trap "exit 5" TERM; echo ready; while :; do sleep 0.02; done'
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  kill -TERM "$JOB"
  until_true 5 test -e "$DIR/hook"
  kill -TERM "$JOB"
  kill -INT "$JOB"
  touch "$DIR/go"
  end_of "$JOB"
  is "$status" 5
  nothing_left
}

@test "no thread but the first takes signals" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc has two threads'
  bundle
  sh_c 'echo ready; exec sleep 1000'
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  is "$(sed -n 's/^SigBlk:\t//p' "/proc/$JOB/task/"*/status | sort -u)" $'fffffffc7fcbfa7f\nfffffffc7ffbfa7f'
  kill -TERM "$JOB"
  ok rt kill "$ID" KILL
  end_of "$JOB"
}

@test "an ignored SIGCHLD, as some parents leave it, confuses nothing" {
  skip_on crun '1.8.1 waits forever'
  bundle
  sh_c 'exit 6'
  try python3 -c 'import os, signal, sys
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
os.execv(sys.argv[1], sys.argv[1:])' "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$status" 6
  nothing_left
}

@test "the container begins with no signal blocked or ignored, whatever the caller's are" {
  skip_on runc '1.1.5 leaves them ignored'
  bundle
  args grep -E '^Sig(Blk|Ign)' /proc/self/status
  ok python3 -c 'import os, signal, sys
for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE, signal.SIGUSR1):
    signal.signal(number, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR2, signal.SIGTERM, signal.SIGWINCH])
os.execv(sys.argv[1], sys.argv[1:])' "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$out" $'SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000'
}

@test "the terminal is restored when run itself gets SIGTERM" {
  bundle '.process.terminal = true'
  sh_c 'trap "exit 9" TERM; echo ready; while :; do sleep 0.02; done'
  ok foreground --signal TERM --
  has "$out" '^status 9$'
  has "$out" '^restored yes$'
  nothing_left
}

@test "the terminal is restored when a poststart hook fails" {
  skip_on crun '1.8.1 leaves it raw'
  bundle '.process.terminal = true | .hooks.poststart = [{path: "/bin/false"}]'
  args sleep 1000
  ok foreground --
  has "$out" '^restored yes$'
  has "$out" '^status [1-9]'
}

@test "in the background run stops before it touches the terminal, and goes on in the foreground" {
  skip_on crun '1.8.1 does not stop'
  skip_on runc '1.1.5 does not stop'
  bundle '.process.terminal = true'
  sh_c 'echo ready; read -r line; echo "got $line"; exit 4'
  ok foreground --background --send 'hello\n' --
  has "$out" '^stopped by SIGTTOU$'
  has "$out" '^got hello$'
  has "$out" '^status 4$'
  has "$out" '^restored yes$'
}

@test "a large output passes the terminal without loss, to the last byte before the end" {
  skip_on crun '1.8.1 wants a terminal outside too'
  skip_on runc '1.1.5 wants a terminal outside too'
  bundle '.process.terminal = true'
  args seq 1 200000
  local round
  for round in 1 2 3; do
    rt run -b "$BUNDLE" "$ID" </dev/null >"$DIR/out"
    cmp "$DIR/out" <(seq 1 200000)
  done
  rt run -b "$BUNDLE" "$ID" </dev/null | (sleep 1; cat) >"$DIR/out"
  cmp "$DIR/out" <(seq 1 200000)
}

@test "a reader that does not read stops the program, but no signal" {
  skip_on crun '1.8.1 wants a terminal outside too'
  skip_on runc '1.1.5 wants a terminal outside too'
  bundle '.process.terminal = true' '.root.readonly = false'
  sh_c 'trap "touch /tmp/term; exit 7" TERM; echo waits; touch /tmp/ready; yes & wait'
  mkfifo "$DIR/fifo"
  exec 5<>"$DIR/fifo"
  dd if=/dev/zero of="$DIR/fifo" bs=4096 count=10000 oflag=nonblock 2>/dev/null || true # full from the beginning
  spawn rt run --pid-file "$DIR/pid" -b "$BUNDLE" "$ID" </dev/null >"$DIR/fifo"
  until_true 5 test -e "$BUNDLE/rootfs/tmp/ready"
  kill -TERM "$JOB"
  until_true 5 eval '[[ -e $BUNDLE/rootfs/tmp/term && ! -e /proc/$(<"$DIR/pid") ]]'
  # What the container has written is waited for; an end that is asked for twice is given.
  sleep 0.2
  kill -0 "$JOB"
  kill -TERM "$JOB"
  end_of "$JOB"
  exec 5>&-
  is "$status" 7
  nothing_left
}

@test "where nobody reads any more the container's terminal is hung up" {
  skip_on crun '1.8.1 wants a terminal outside too'
  skip_on runc '1.1.5 wants a terminal outside too'
  bundle '.process.terminal = true'
  args yes
  head_of_it() { rt run -b "$BUNDLE" "$ID" </dev/null | head -n 2; }
  ok timeout 50 bash -c "$(declare -f rt head_of_it); RUNTIME=$RUNTIME STATE=$STATE BUNDLE=$BUNDLE ID=$ID; head_of_it"
  is "$out" $'y\ny'
  nothing_left
}

@test "the end of a piped input is the end of the terminal's" {
  skip_on crun '1.8.1 wants a terminal outside too'
  skip_on runc '1.1.5 wants a terminal outside too'
  bundle '.process.terminal = true'
  sh_c 'stty -echo; echo ready; cat; echo; echo done'
  (until_true 20 grep -qs ready "$DIR/out"; printf 'one\ntwo') | rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  is "$(<"$DIR/out")" $'ready\none\ntwo\ndone'
}

@test "a program may close its terminal and open it again" {
  skip_on runc '1.1.5 wants a terminal outside too'
  skip_on crun '1.8.1 wants a terminal outside too'
  bundle '.process.terminal = true'
  sh_c 'exec </dev/null >/dev/null 2>&1; sleep 0.5; echo again >/dev/console'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" again
}

@test "the orphans of a container without a pid namespace are not left as zombies" {
  bundle "$without_pid_namespace"
  sh_c 'for i in 1 2 3; do (sh -c "sleep 0.1" & ); done; sleep 0.5; echo ready; exec sleep 1000'
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  # Of its children the container alone is left.
  until_true 5 eval '[[ $(cat "/proc/$JOB/task/"*/children | wc -w) == 1 ]]'
  ok rt kill "$ID" KILL
  end_of "$JOB"
  is "$status" 137
}
