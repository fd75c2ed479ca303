# shellcheck shell=bash
# The frame of every test file: `load ../lib/suite` brings setup, teardown and the words that the tests speak.
#
#   bundle EDIT...      a fresh bundle in $BUNDLE: the default config, changed by jq programs
#   args CMD... / sh_c  what the container runs
#   try CMD...          run it: $status, $out, $err (and $output: both); never hangs
#   ok / fails CMD...   the same, and it must (not) succeed
#   is, has, lacks      compare
#   up [OPTION...]      a running container of the bundle; its init is $PID
#   inside SCRIPT       run the script as the container; what it prints is $out
# Each test ends with the leak oracle (leaks.c).

bats_require_minimum_version 1.7.0
# What is the same for all tests is in the environment, from ../run: LIB, RUNTIME, RUNTIME_NAME, LEAKS, TAG, SUITE_DIR. And what each
# test does is done with few processes: there are a thousand tests, and where the processor is emulated a start costs 20 ms.

# RETRIES=N: a test that failed may try again, and what it said at first is told. Chance is for who reads the log to judge.
attempts_begin() {
  BATS_TEST_RETRIES=${RETRIES:-0}
  FIRST=$SUITE_DIR/.attempt-$BATS_SUITE_TEST_NUMBER
  [[ $BATS_TEST_TRY_NUMBER -gt 1 ]] || return 0
  { printf '# failed before: %s\n' "$BATS_TEST_DESCRIPTION"; [[ ! -e $FIRST ]] || sed 's/^/#   /' "$FIRST"; } >&3
}
# What failed and would then be skipped has failed.
attempts_end() { [[ $BATS_TEST_TRY_NUMBER -eq 1 || ! ${BATS_TEST_SKIPPED:-} ]] || complain "skipped, when it had failed: $BATS_TEST_SKIPPED"; }
attempt_failed() {
  [[ ${RETRIES:-0} != 0 && $BATS_TEST_TRY_NUMBER -le ${RETRIES:-0} ]] || return 0
  local trace
  bats_get_failure_stack_trace trace
  { bats_print_stack_trace "${trace[@]}"; bats_print_failed_command "${trace[@]}"; cat "$BATS_OUT"; } >>"$FIRST" 2>&1 || true
}

suite_setup() {
  attempts_begin
  ID=$TAG-$BATS_SUITE_TEST_NUMBER
  DIR=$SUITE_DIR/$BATS_SUITE_TEST_NUMBER
  STATE=$DIR/state BUNDLE=$DIR/bundle
  mkdir -m 711 "$DIR"
  mkdir -m 700 "$STATE"
  cd "$DIR" || return 1
  exec </dev/null
  JOBS=()
  # bats' trap before each command, half a millisecond long, is for the lines of the test alone and not of all functions that it calls:
  # it took most of a test's time. What fails, fails all the same, and the line of the test is told.
  set +T
  "$LEAKS" snapshot >"$DIR/before"
}

suite_teardown() {
  local id pid
  [[ ${BATS_TEST_COMPLETED:-} ]] || attempt_failed
  for pid in "${JOBS[@]}"; do kill -KILL "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  for id in "$STATE"/*; do
    [[ ! -d $id ]] || timeout -k 1 $((30 * ${SLOW:-1})) "$RUNTIME" --root "$STATE" delete --force "${id##*/}" >/dev/null 2>&1 3>&- || true
  done
  local leaked=0
  "$LEAKS" check "$DIR/before" || leaked=1
  [[ $leaked == 0 ]] || { "$LEAKS" clear "$DIR/before" "$DIR"; attempt_failed; }
  cd /
  rm -r --one-file-system "$DIR" 2>/dev/null || {
    chattr -R -i "$DIR" 2>/dev/null
    rm -r --one-file-system "$DIR" || return 1
  }
  attempts_end && return "$leaked"
}

setup() { suite_setup; }
teardown() { suite_teardown; }

# skip_on NAME REASON: the named runtime (an old version: runc 1.1.5, crun 1.8.1) is known to do otherwise.
# With UNSKIPPED set the test runs all the same: so it was seen red there.
skip_on() { [[ $RUNTIME_NAME != "$1" || ${UNSKIPPED:-} ]] || skip "$1: $2"; }

bundle() {
  [[ ! -d $BUNDLE ]] || rm -r --one-file-system "$BUNDLE"
  mkdir "$BUNDLE"
  cp -a "$SUITE_DIR/rootfs" "$BUNDLE/rootfs"
  cp "$LIB/default.json" "$BUNDLE/config.json"
  edit "$@"
}

# edit [JQ OPTION...] PROGRAM...: changes the bundle's config.
edit() {
  local options=() programs config
  while [[ ${1:-} == --* ]]; do
    case $1 in
      --arg | --argjson) options+=("$1" "$2" "$3"); shift 3 ;;
      *) options+=("$1"); shift ;;
    esac
  done
  [[ $# -gt 0 ]] || return 0
  printf -v programs '(%s) | ' "$@"
  config=$(jq "${options[@]}" "${programs% | }" "$BUNDLE/config.json") || return 1
  printf '%s\n' "$config" >"$BUNDLE/config.json"
}

args() {
  local joined
  printf -v joined '%s\x1f' "$@"
  edit --arg a "${joined%?}" '.process.args = ($a | split("\u001f"))'
}
sh_c() { args sh -c "$1"; }
mount_of() { edit --argjson m "$1" '.mounts += [$m]'; }

# The runtime under test, without bats' own descriptors.
rt() { "$RUNTIME" --root "$STATE" "$@" 3>&- 4>&-; }

# Output goes to files: a pipe would stay open as long as a detached container holds it.
try() {
  local words=("$@")
  [[ $1 != rt ]] || words=("$RUNTIME" --root "$STATE" "${@:2}")
  if [[ $1 != rt && $(type -t "$1") == function ]]; then
    status=0
    "${words[@]}" >"$DIR/.out" 2>"$DIR/.err" 3>&- 4>&- || status=$?
  else
    status=0
    timeout -k 2 "${LIMIT:-60}" "${words[@]}" >"$DIR/.out" 2>"$DIR/.err" 3>&- 4>&- || status=$?
  fi
  content out "$DIR/.out"
  content err "$DIR/.err"
  output=$out${out:+${err:+$'\n'}}$err
}

# content NAME FILE: the variable becomes $(<FILE), without NUL bytes, and without a process.
content() {
  local parts
  mapfile -td '' parts <"$2"
  printf -v parts %s "${parts[@]}"
  printf -v "$1" %s "${parts%"${parts##*[!$'\n']}"}"
}

complain() {
  printf '%s\n' "$@" >&2
  printf '  status %s\n' "${status:-}" >&2
  [[ -z ${output:-} ]] || printf '%.2000s\n' "$output" | sed 's/^/  | /' >&2
  return 1
}

ok() { try "$@"; [[ $status == 0 ]] || complain "failed: $*"; }
fails() {
  try "$@"
  [[ $status != 0 ]] || complain "succeeded, but should not have: $*" || return 1
  [[ $status != 124 && $status != 137 ]] || complain "hung: $*"
}
is() { [[ $1 == "$2" ]] || complain "is:        '$1'" "should be: '$2'"; }
isnt() { [[ $1 != "$2" ]] || complain "is '$1', and should not be"; }
has() { grep -Eq -- "$2" <<<"$1" || complain "no match of: $2" "in: $1"; }
# The texts that engines parse are runc's; crun words its own.
says() { [[ $RUNTIME_NAME == crun ]] || has "$output" "$1"; }
lacks() { ! grep -Eq -- "$2" <<<"$1" || complain "unwanted match of: $2" "in: $1"; }

run_it() { try rt run "$@" -b "$BUNDLE" "$ID"; }
inside() { sh_c "$1"; ok rt run -b "$BUNDLE" "$ID"; }
up() {
  ok rt run -d "$@" --pid-file "$DIR/pid" -b "$BUNDLE" "$ID" || return 1
  PID=$(<"$DIR/pid")
}
create() {
  ok rt create "$@" --pid-file "$DIR/pid" -b "$BUNDLE" "$ID" || return 1
  PID=$(<"$DIR/pid")
}
status_of() { rt state "$ID" | jq -r .status; }

# until_true SECONDS CMD...: waits for it; SLOW times as long where the machine is so much slower, and a minute at least: others may
# have its processors. PAUSE: how long between two looks.
until_true() {
  local seconds=$(($1 * ${SLOW:-1}))
  local end=$((${EPOCHREALTIME/./} + (seconds < 60 ? 60 : seconds) * 1000000))
  shift
  until "$@"; do
    ((${EPOCHREALTIME/./} < end)) || complain "never came true: $*" || return 1
    sleep "${PAUSE:-0.02}"
  done
}
# left PID KIND: it is in another namespace of that kind than we are, and says so.
left() { local theirs; theirs=$(readlink "/proc/$1/ns/$2") && [[ $theirs != $(readlink "/proc/self/ns/$2") ]]; }
status_is() { [[ $(status_of) == "$1" ]]; }

# Dead; whether its parent, perhaps a slow init of the machine, has noticed or not.
gone() { local state; state=$(sed -n 's/^State:\t\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null || true); [[ ${state:-Z} == [ZX] ]]; }

# spawn CMD...: in the background, ended at the end of the test. Its pid is $JOB.
spawn() {
  local words=("$@")
  [[ $1 != rt ]] || words=("$RUNTIME" --root "$STATE" "${@:2}")
  if [[ $1 != rt && $(type -t "$1") == function ]]; then
    "${words[@]}" 3>&- 4>&- &
  else
    # The job is the program itself, so that a signal to it is a signal to the program.
    start_it() { exec "${words[@]}" 3>&- 4>&-; }
    start_it &
  fi
  JOB=$!
  JOBS+=("$JOB")
}
# end_of PID: its exit code, as $status.
end_of() { status=0; wait "$1" || status=$?; }

# with_fds LAST WORDS...: the runtime with descriptors 3 to LAST open on files fd3, fd4, ... that tell their number.
with_fds() {
  local last=$1 fd
  shift
  for ((fd = 3; fd <= last; fd++)); do echo "content $fd" >"$DIR/fd$fd"; done
  python3 -c 'import os, sys
last, folder, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
for fd in range(3, last + 1):
    source = os.open(f"{folder}/fd{fd}", os.O_RDONLY)
    os.dup2(source, fd) if source != fd else os.set_inheritable(fd, True)
os.closerange(last + 1, 100)
if os.environ.get("LISTEN_PID") == "self":
    os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(words[0], words)' "$last" "$DIR" "$RUNTIME" --root "$STATE" "$@"
}

# pidfd_of SOCKET: waits there for a pidfd, and writes its name and its pid to SOCKET.out. Its pid is $JOB.
pidfd_of() {
  spawn python3 -c 'import array, os, socket, sys
with socket.socket(socket.AF_UNIX) as listener:
    listener.bind(sys.argv[1] + ".new")
    listener.listen(1)
    os.rename(sys.argv[1] + ".new", sys.argv[1])  # who sees it may connect
    peer, _ = listener.accept()
name, controls, _, _ = peer.recvmsg(64, 64)
fd = array.array("i", controls[0][2])[0]
print(name.decode(), [line.split()[1] for line in open(f"/proc/self/fdinfo/{fd}") if line.startswith("Pid")][0])' "$1" >"$1.out"
  until_true 5 test -S "$1"
}

# killed_cgroup: $KILLED is the v2 cgroup /$ID, in which all was killed once.
killed_cgroup() {
  local unified=/sys/fs/cgroup
  [[ -e $unified/cgroup.controllers ]] || unified=/sys/fs/cgroup/unified
  [[ -e $unified/cgroup.controllers ]] || skip 'no cgroup v2 here'
  mkdir "$unified/$ID"
  [[ -e $unified/$ID/cgroup.kill ]] || { rmdir "$unified/$ID"; skip 'no cgroup.kill here'; }
  KILLED=$unified/$ID
  echo 1 >"$KILLED/cgroup.kill"
}

# The cgroup directory of process $1 in the hierarchy of controller $2 (v2: the one hierarchy).
cgroup_of() {
  local names path point type options wanted=,$2,
  [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || wanted=,,
  while IFS=: read -r _ names path; do
    [[ ,$names, != *"$wanted"* ]] || break
  done <"/proc/$1/cgroup" || true
  if [[ $wanted == ,, ]]; then
    echo "/sys/fs/cgroup$path"
    return
  fi
  while read -r _ point type options _; do
    [[ $type != cgroup || ,$options, != *"$wanted"* ]] || break
  done </proc/self/mounts
  echo "$point$path"
}
# groups_remove WORDS...: the cgroups above the container's that find finds by these. Other programs' may go while it looks; whether ours
# are gone the leak oracle tells.
groups_remove() { find /sys/fs/cgroup -depth -type d "$@" -exec rmdir {} + 2>/dev/null || true; }
on_v1() { [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || skip "no cgroup v1 here"; }
on_v2() { [[ -e /sys/fs/cgroup/cgroup.controllers ]] || skip "no unified cgroup v2 here"; }

# A failed verb leaves nothing: no state, no process, no mount, no cgroup.
nothing_left() {
  "$LEAKS" check "$DIR/before" || return 1
  # crun keeps compiled filters in .cache.
  is "$(find "$STATE" -mindepth 1 -maxdepth 1 ! -name .cache)" ''
}
