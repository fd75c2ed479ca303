#!/usr/bin/env bats
# exec -t: in the foreground, and detached over --console-socket

load ../lib/suite
SLOWLY=()

sleeping() { bundle "$@"; args sleep 1000; up; }

foreground() { # OPTION... -- EXEC WORDS...: exec on a terminal of its own
  local options=()
  while [[ $1 != -- ]]; do options+=("$1"); shift; done
  shift
  local words=("$LIB/terminal.py" foreground "${options[@]}" -- "${SLOWLY[@]}" "$RUNTIME" --root "$STATE" exec -t "$@")
  # With others the program may begin before its terminal is relayed: what it says has a carriage return more.
  if [[ $RUNTIME_NAME == csrunc ]]; then "${words[@]}"; else "${words[@]}" | tr -d '\r'; fi
}

@test "the program begins when its terminal is relayed, and has its size" {
  skip_on runc 'it begins meanwhile'
  skip_on crun 'it begins meanwhile'
  strace -qq -o /dev/null true || skip 'no ptrace here'
  sleeping
  local SLOWLY=(strace -qq -o /dev/null -e trace=ioctl -e inject=ioctl:delay_enter=100000)
  ok foreground --size 33x77 -- "$ID" sh -c 'stty size; echo said'
  has "$out" '^33 77$'
  has "$out" '^said$'
}

@test "in the foreground the program has a terminal as its streams and its controlling terminal" {
  sleeping
  ok foreground -- "$ID" sh -c 'tty; test -t 0 && test -t 1 && test -t 2 && echo all; echo via-tty >/dev/tty; exit 3'
  has "$out" '^/dev/pts/0$'
  has "$out" '^all$'
  has "$out" '^via-tty$'
  has "$out" '^status 3$'
  has "$out" '^restored yes$'
}

@test "what is typed arrives, control characters too" {
  sleeping
  ok foreground --send 'hello\n' -- "$ID" sh -c 'stty -echo; echo ready; read -r line; echo "got $line"'
  is "$(grep -c hello <<<"$out")" 1
  has "$out" '^got hello$'
  ok foreground --send '\x03' -- "$ID" sh -c 'trap "echo interrupted; exit 4" INT; echo ready; while :; do sleep 0.05; done'
  has "$out" 'interrupted$'
  has "$out" '^status 4$'
}

@test "the window's size goes in, and follows" {
  skip_on crun "1.8.1 leaves it 0 x 0"
  sleeping
  # Others set it when the program has begun.
  ok foreground --size 33x77 -- "$ID" sh -c 'i=0; until s=$(stty size); [ "$s" = "33 77" ] || [ $((i += 1)) = 300 ]; do sleep 0.1; done; echo "size $s"'
  has "$out" '^size 33 77$'
  # The first signal may still be of the size that it started with.
  ok foreground --resize 11x22 -- "$ID" sh -c 'trap "now=\$(stty size); echo resized \$now; [ \"\$now\" = \"24 80\" ] || exit" WINCH; echo ready; while :; do sleep 0.05; done'
  has "$out" '^resized 11 22$'
}

@test "the terminal is restored when exec fails" {
  sleeping
  ok foreground -- "$ID" /nowhere
  has "$out" '^status 255$'
  has "$out" '^restored yes$'
}

@test "the terminal belongs to the user" {
  sleeping
  ok foreground -- -u 1000:1000 "$ID" sh -c 'ls -ln $(tty); echo x >/dev/tty && echo written'
  has "$out" '^crw.* 1000 .*/dev/pts/0$'
  has "$out" '^written$'
}

@test "a process file may ask for a terminal and for its size" {
  sleeping
  jq -n '{terminal: true, consoleSize: {height: 44, width: 55}, cwd: "/", args: ["sh", "-c", "stty size; tty"], env: ["PATH=/bin"]}' >"$DIR/process.json"
  spawn "$LIB/terminal.py" receive "$DIR/console" >"$DIR/out"
  until_true 5 test -S "$DIR/console"
  ok rt exec -d --console-socket "$DIR/console" --pid-file "$DIR/exec.pid" --process "$DIR/process.json" "$ID"
  end_of "$JOB"
  has "$(<"$DIR/out")" '^descriptors 1$'
  has "$(<"$DIR/out")" '^44 55$'
  has "$(<"$DIR/out")" '^/dev/pts/0$'
}

@test "detached, the console socket gets the terminal" {
  sleeping
  spawn "$LIB/terminal.py" receive "$DIR/console" --send 'typed\n' >"$DIR/out"
  until_true 5 test -S "$DIR/console"
  ok rt exec -t -d --console-socket "$DIR/console" "$ID" sh -c 'tty; read -r line; echo "got $line"'
  end_of "$JOB"
  has "$(<"$DIR/out")" '^descriptors 1$'
  has "$(<"$DIR/out")" '^got typed$'
}

@test "a terminal needs a console socket where exec does not stay, and only there" {
  skip_on crun '1.8.1 goes on without'
  sleeping
  try rt exec -t -d "$ID" true
  is "$status" 255
  says 'cannot allocate tty if runc will detach without setting console socket'
  try rt exec --console-socket "$DIR/console" "$ID" true
  is "$status" 255
  says 'cannot use console socket if runc will not detach or allocate tty'
}

@test "a container's own /dev/pts/ptmx in another's place is not taken" {
  skip_on runc '1.1.5 opens what stands there'
  skip_on crun '1.8.1 opens what stands there'
  sleeping '.root.readonly = false' '.mounts |= map(select(.destination | startswith("/dev/") | not))' '.process.capabilities.bounding += ["CAP_MKNOD"]'
  ok rt exec "$ID" sh -c 'mkdir /dev/pts && echo nothing >/dev/pts/ptmx'
  ok foreground -- "$ID" true
  has "$out" '^status 255$'
  ok rt exec "$ID" cat /dev/pts/ptmx
  is "$out" nothing
}
