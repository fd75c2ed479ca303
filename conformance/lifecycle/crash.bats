#!/usr/bin/env bats
# Crash-only: whoever is killed, before whichever of its system calls, delete --force removes what is left. And a call that fails
# is told, and everything before it taken back. CRASH_STEP=1 tries each call, otherwise one of a few.

load ../lib/suite

STEP=${CRASH_STEP:-5}

# Only what containers do is swept, not the start of the program: FILE from the first line on that names PATH.
# points FILE PATH: each STEP-th call, but ten at least, as "name n": the n-th of that name.
points() {
  awk -v path="$2" -v step="$STEP" '
    match($0, /^[a-z0-9_]+\(/) {
      name = substr($0, 1, RLENGTH - 1)
      count[name]++
      if (index($0, path)) begun = 1
      if (begun && name != "exit_group") point[all++] = name " " count[name]
    }
    END {
      if (all / step < 10) step = int(all / 10)
      if (step < 1) step = 1
      for (at = 0; at < all; at += step) print point[at]
    }' "$1"
}

# hit SPEC VERB...: the verb with strace's injection SPEC.
hit() {
  local spec=$1
  shift
  status=0
  # In braces: bash tells the end of a killed job.
  {
    timeout -s KILL 60 strace "${FOLLOW[@]}" -qq -o "$DIR/hit" -e "inject=$spec" "$RUNTIME" --root "$STATE" "$@" >"$DIR/.out" 2>"$DIR/.err" </dev/null 3>&- 4>&- || status=$?
  } 2>/dev/null
  output=$(<"$DIR/.err")
}

cleaned_up() {
  try rt delete --force "$ID"
  [[ $status == 0 ]] || complain "delete --force fails after $1" || return 1
  [[ ! -e $STATE/$ID ]] || complain "after $1 state is left: $(ls -R "$STATE")" || return 1
  "$LEAKS" check "$DIR/before" || complain "after $1"
}

setup() {
  FOLLOW=()
  suite_setup
  strace -qq -o /dev/null true || skip 'no ptrace here'
  bundle
  args sleep 100
}

# killed MAKE VERB...: the verb, killed at each point, after MAKE has made what it needs.
killed() {
  local make=$1 name n at=0
  shift
  $make
  timeout -s KILL 60 strace -qq -o "$DIR/calls" "$RUNTIME" --root "$STATE" "$@" >/dev/null 2>&1 </dev/null 3>&- 4>&-
  cleaned_up 'its own end' || return 1
  while read -r name n; do
    $make
    hit "$name:signal=KILL:when=$n" "$@"
    # What the verb does depends a little on how far others are: a call may not come.
    [[ $status == 137 || $status == 0 ]] || complain "$name $n" || return 1
    [[ $status != 137 ]] || at=$((at + 1))
    cleaned_up "$name $n" || return 1
  done < <(points "$DIR/calls" "$STATE")
  ((at > 5)) || complain "only $at points"
}
nothing() { :; }
created() { ok rt create -b "$BUNDLE" "$ID"; }
running() { ok rt run -d -b "$BUNDLE" "$ID"; }
stopped() {
  ok rt create -b "$BUNDLE" "$ID"
  ok rt kill "$ID" KILL
  until_true 5 status_is stopped
}

@test "create killed before any of its calls" {
  skip_on runc '1.1.5 loses cgroup and init when killed before its state is written'
  skip_on crun '1.8.1 loses cgroups when killed early'
  killed nothing create -b "$BUNDLE" "$ID"
}

@test "run -d killed before any of its calls" {
  skip_on runc '1.1.5 loses cgroup and init when killed before its state is written'
  skip_on crun '1.8.1 loses cgroups when killed early'
  killed nothing run -d -b "$BUNDLE" "$ID"
}

@test "create of a container with hooks, namespaces and limits, killed before any of its calls" {
  skip_on runc '1.1.5 loses cgroup and init when killed before its state is written'
  skip_on crun '1.8.1 loses cgroups when killed early'
  edit '.hooks = {prestart: [{path: "/bin/true"}], createRuntime: [{path: "/bin/true"}], createContainer: [{path: "/bin/true"}]}' \
    '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1000}] | .linux.gidMappings = .linux.uidMappings' \
    '.linux.resources.pids = {limit: 50}' 'del(.mounts[] | select(.type == "mqueue"))'
  STEP=$((STEP * 2)) killed nothing create -b "$BUNDLE" "$ID"
}

@test "start killed before any of its calls" {
  skip_on runc '1.1.5 reads its state in other ways'
  killed created start "$ID"
}

@test "kill killed before any of its calls" {
  skip_on runc '1.1.5 reads its state in other ways'
  killed running kill "$ID" KILL
}

@test "delete of a stopped one, and delete --force of a running one, killed before any of their calls" {
  skip_on runc '1.1.5 loses a cgroup'
  killed stopped delete "$ID"
  killed running delete --force "$ID"
}

# As the host is traced so are its children here: a point is the n-th call of whichever process comes first.
@test "the container's init killed before any of its calls: the runtime tells, and takes everything back" {
  skip_on runc '1.1.5 in Go is another program inside'
  skip_on crun '1.8.1 leaves its cgroup'
  args true
  timeout -s KILL 60 strace -f -qq -o "$DIR/calls" "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID" >/dev/null 2>&1 </dev/null 3>&- 4>&-
  nothing_left
  local name n at=0
  while read -r name n; do
    FOLLOW=(-f) hit "$name:signal=KILL:when=$n" run -b "$BUNDLE" "$ID"
    # As above: a call of the host's other thread may not come.
    [[ $status != 0 ]] || ! grep -q 'killed by SIGKILL' "$DIR/hit" || complain "$name $n: succeeded" || return 1
    [[ $status != 0 ]] || continue
    if [[ $status == 137 ]]; then
      cleaned_up "$name $n" || return 1
    else
      is "$name $n: $status $(grep -c . "$DIR/.err")" "$name $n: 1 1" || complain "$(<"$DIR/.err")" || return 1
      "$LEAKS" check "$DIR/before" || complain "after $name $n" || return 1
      is "$(ls -A "$STATE")" '' || return 1
    fi
    at=$((at + 1))
  done < <(awk -v step="$STEP" '
    NR == 1 { host = $1 }
    match($2, /^[a-z0-9_]+\(/) {
      name = substr($2, 1, RLENGTH - 1)
      n = ++count[$1, name]
      if ($1 == host) { hosts[name]++; next }
      if (!((name, n) in seen)) { seen[name, n] = 1; order[++all] = name " " n }
    }
    END { for (i = 1; i <= all; i += step) { split(order[i], w, " "); if (w[2] > hosts[w[1]] && w[1] != "exit_group" && w[1] != "exit") print order[i] } }' "$DIR/calls")
  ((at > 5)) || complain "only $at points"
}

# A call that fails once, of those that are about the container and not about the program's own memory.
@test "create with an error in any of its calls: told in one sentence, and everything taken back" {
  skip_on runc '1.1.5 leaves what it made'
  skip_on crun '1.8.1 leaves what it made'
  timeout -s KILL 60 strace -qq -o "$DIR/calls" "$RUNTIME" --root "$STATE" create -b "$BUNDLE" "$ID" >/dev/null 2>&1 </dev/null 3>&- 4>&-
  cleaned_up 'its own end'
  local name n error at=0
  while read -r name n; do
    case $name in
      openat | openat2 | mkdirat | write | pwrite64 | read | statx | newfstatat | fstat | statfs | fstatfs | socketpair | socket | bind | listen | sendmsg | recvmsg) ;;
      memfd_create | pidfd_open | open_tree | renameat | renameat2 | fsync | flock | fcntl | unlinkat | getdents64 | clone | clone3 | capget | fchmod | fchown | prctl | waitid) ;;
      *) continue ;;
    esac
    error=ENOMEM
    ((at % 2)) || error=EIO
    hit "$name:error=$error:when=$n" create -b "$BUNDLE" "$ID"
    if [[ $status == 0 ]]; then
      cleaned_up "$error in $name $n, which does not matter" || return 1
    else
      is "$error in $name $n: $status $(grep -c . "$DIR/.err")" "$error in $name $n: 1 1" || return 1
      "$LEAKS" check "$DIR/before" || complain "after $error in $name $n" || return 1
      is "$error in $name $n: $(ls -A "$STATE")" "$error in $name $n: " || return 1
    fi
    at=$((at + 1))
  done < <(points "$DIR/calls" "$STATE")
  ((at > 5)) || complain "only $at points"
}

@test "64 parallel creates of one id, killed at random: one winner at most, and delete --force cleans up" {
  skip_on runc '1.1.5 looks before it makes'
  skip_on crun '1.8.1 leaves cgroups'
  local i pids=()
  for i in {1..32}; do
    rt create -b "$BUNDLE" "$ID" >"$DIR/out$i" 2>&1 </dev/null &
    pids+=($!)
  done
  for i in "${pids[@]}"; do
    ((RANDOM % 4)) || kill -KILL "$i" 2>/dev/null || true
  done
  local winners=0
  for i in "${pids[@]}"; do if wait "$i"; then winners=$((winners + 1)); fi; done 2>/dev/null
  ((winners <= 1)) || complain "$winners winners"
  cleaned_up 'the race'
}
