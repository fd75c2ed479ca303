#!/usr/bin/env bats
# process.terminal, in the foreground and over --console-socket: config.md#process, runc's console protocol

load ../lib/suite

foreground() { # OPTION... -- : runs the bundle on a terminal of its own
  local options=()
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  "$LIB/terminal.py" foreground "${options[@]}" -- "$RUNTIME" --root "$STATE" run "$@" -b "$BUNDLE" "$ID"
}

@test "in the foreground the container has a terminal as its streams and its controlling terminal" {
  bundle '.process.terminal = true'
  sh_c 'tty; test -t 0 && test -t 1 && test -t 2 && echo all; ls -l /dev/console; echo via-tty >/dev/tty'
  ok foreground --
  has "$out" '^/dev/(pts/0|console)$'
  has "$out" '^all$'
  has "$out" '^crw.* 136, +[0-9]+ .*/dev/console$'
  has "$out" '^via-tty$'
  has "$out" '^status 0$'
}

@test "the caller's terminal is raw meanwhile and restored afterwards" {
  bundle '.process.terminal = true'
  sh_c 'stty -echo; echo ready; read -r line; echo "got $line"; exit 3'
  ok foreground --send 'hello\n' --
  # Raw outside and no echo inside: what was typed shows once, in the answer.
  is "$(grep -c hello <<<"$out")" 1
  has "$out" '^got hello$'
  has "$out" '^status 3$'
  has "$out" '^restored yes$'
}

@test "the terminal is restored when the container is killed" {
  bundle '.process.terminal = true'
  sh_c 'echo ready; exec sleep 100'
  spawn foreground -- --pid-file "$DIR/pid" >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  ok rt kill "$ID" KILL
  end_of "$JOB"
  has "$(<"$DIR/out")" '^status 137$'
  has "$(<"$DIR/out")" '^restored yes$'
}

@test "the terminal is restored when run fails" {
  bundle '.process.terminal = true'
  args /nowhere
  ok foreground --
  has "$out" '^status 1$'
  has "$out" '^restored yes$'
  nothing_left
}

@test "control characters are the container's, not run's" {
  bundle '.process.terminal = true'
  sh_c 'trap "echo interrupted; exit 4" INT; echo ready; while :; do sleep 0.05; done'
  ok foreground --send '\x03' --
  has "$out" '^(\^C)?interrupted$'
  has "$out" '^status 4$'
}

@test "the window's size goes in at the start" {
  skip_on crun "1.8.1 leaves it 0 x 0"
  bundle '.process.terminal = true'
  sh_c 'i=0; until s=$(stty size); [ "$s" = "33 77" ] || [ $((i += 1)) = 300 ]; do sleep 0.1; done; echo "size $s"'
  ok foreground --size 33x77 --
  has "$out" '^size 33 77$'
}

@test "the window's size follows the caller's" {
  skip_on crun "1.8.1 leaves it 0 x 0"
  bundle '.process.terminal = true'
  # The first signal may still be of the size that it started with.
  sh_c 'trap "now=\$(stty size); echo resized \$now; [ \"\$now\" = \"24 80\" ] || exit" WINCH; echo ready; while :; do sleep 0.05; done'
  ok foreground --resize 11x22 --
  has "$out" '^resized 11 22$'
}

@test "consoleSize sets the size of a terminal that nobody holds yet" {
  bundle '.process.terminal = true | .process.consoleSize = {height: 44, width: 55}'
  sh_c 'stty size'
  spawn "$LIB/terminal.py" receive "$DIR/console" >"$DIR/out"
  until_true 5 test -S "$DIR/console"
  ok rt run -d --console-socket "$DIR/console" -b "$BUNDLE" "$ID"
  end_of "$JOB"
  has "$(<"$DIR/out")" '^size 44 55$'
  has "$(<"$DIR/out")" '^44 55$'
}

@test "create with --console-socket sends one descriptor, with its name" {
  bundle '.process.terminal = true'
  sh_c 'tty; echo out; echo err >&2; read -r line; echo "got $line"'
  spawn "$LIB/terminal.py" receive "$DIR/console" --send 'typed\n' >"$DIR/out"
  until_true 5 test -S "$DIR/console"
  create --console-socket "$DIR/console"
  until_true 5 grep -q descriptors "$DIR/out"
  [[ $RUNTIME_NAME == crun ]] || has "$(<"$DIR/out")" '^name .*(/dev/(pts/)?[0-9]+|ptmx)$'
  has "$(<"$DIR/out")" '^descriptors 1$'
  ok rt start "$ID"
  end_of "$JOB"
  has "$(<"$DIR/out")" '^err$'
  has "$(<"$DIR/out")" '^got typed$'
}

@test "a detached terminal without a console socket is an error" {
  skip_on crun '1.8.1 goes on without'
  bundle '.process.terminal = true'
  fails rt run -d -b "$BUNDLE" "$ID"
  says 'cannot allocate tty if runc will detach without setting console socket'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a console socket without a detached terminal is an error" {
  skip_on crun '1.8.1 ignores it'
  bundle
  fails rt run --console-socket "$DIR/console" -b "$BUNDLE" "$ID"
  says 'cannot use console socket if runc will not detach or allocate tty'
  nothing_left
}

@test "a console socket that is missing or hangs up is an error, and nothing is left" {
  bundle '.process.terminal = true'
  fails rt create --console-socket "$DIR/missing" -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a slow console socket is waited for" {
  bundle '.process.terminal = true'
  args echo patience
  spawn "$LIB/terminal.py" receive "$DIR/console" --slow 0.5 >"$DIR/out"
  until_true 5 test -S "$DIR/console"
  ok rt run -d --console-socket "$DIR/console" -b "$BUNDLE" "$ID"
  end_of "$JOB"
  has "$(<"$DIR/out")" '^patience$'
}

@test "the terminal belongs to the container's user" {
  bundle '.process.terminal = true | .process.user = {uid: 1000, gid: 1000}'
  sh_c 'stat -c %u "$(tty)"; echo ok >/dev/tty; stat -c "%u %a" /proc/self/fd/0'
  ok foreground --
  has "$out" '^1000$'
  has "$out" '^ok$'
}

@test "a terminal works though the caller's stdin is none" {
  skip_on crun '1.8.1 wants a terminal outside too'
  skip_on runc '1.1.5 wants a terminal outside too'
  bundle '.process.terminal = true'
  args echo works
  ok rt run -b "$BUNDLE" "$ID"
  has "$out" works
}

@test "without process.terminal there is neither terminal nor /dev/console" {
  bundle
  inside 'test -t 1 || echo none; ls /dev/console 2>&1; echo x 2>/dev/null >/dev/tty || echo no-tty'
  has "$out" '^none$'
  has "$out" 'No such file'
  has "$out" '^no-tty$'
}
