#!/usr/bin/env bats
# containerd, by ctr: the runtime under its shim

load engine

setup_file() {
  engine_needs containerd ctr || return 0
  load engine
  engine_begin
  cat >"$ENGINE/config.toml" <<END
version = 2
root = "$ENGINE/root"
state = "$ENGINE/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "$ENGINE/containerd.sock"
END
  mkdir "$ENGINE/bin"
  printf '#!/bin/bash\necho "$*" >>%q\nexec -a runc %q "$@"\n' "$ENGINE/called" "$RUNTIME" >"$ENGINE/bin/runc"
  chmod +x "$ENGINE/bin/runc"
  PATH=$ENGINE/bin:$PATH containerd --config "$ENGINE/config.toml" >"$ENGINE/containerd.log" 2>&1 3>&- 4>&- </dev/null &
  echo $! >"$ENGINE/pid"
  until_true 20 ctr -a "$ENGINE/containerd.sock" version >/dev/null 2>&1
  ctr -n "$TAG-engine" -a "$ENGINE/containerd.sock" image import "$ENGINE/busy.tar" >/dev/null
}

teardown_file() {
  [[ ! -e $ENGINE/pid ]] || engine_end "$(<"$ENGINE/pid")"
}

IMAGE=docker.io/library/busy:latest
# The namespace is also the name of the containers' parent cgroup.
c() {
  local words=("$@")
  [[ $1 != run ]] || words=(run "${MANAGED[@]}" "${@:2}")
  ctr -n "$TAG-engine" -a "$ENGINE/containerd.sock" "${words[@]}" 3>&- 4>&-
}
# With systemd each container says where it belongs.
managed() { [[ $MANAGER != systemd ]] || MANAGED=(--runc-systemd-cgroup --cgroup "$PARENT:ctr:$1"); }
setup() { engine_setup; MANAGED=(); managed "$ID"; }
# ctr loses what a program says that ends before ctr has opened its pipes, now and then with runc too: so each lasts a while.
LASTS='sleep 0.5'
start() { ok c run -d --runc-binary "$RUNTIME" "$@"; }
engine_clean() {
  c task kill -a -s KILL "$ID"
  until_true 5 eval '! c task ls | grep -q "$ID.*RUNNING"'
  c task delete -f "$ID"
  c container delete "$ID"
} >/dev/null 2>&1
state_is() { [[ $(c task ls | awk -v id="$ID" '$1 == id { print $3 }') == "$1" ]]; }

@test "run: output and exit code" {
  ok c run --rm --runc-binary "$RUNTIME" "$IMAGE" "$ID" sh -c "echo hello; $LASTS"
  is "$out" hello
  try c run --rm --runc-binary "$RUNTIME" "$IMAGE" "$ID" sh -c 'exit 7'
  is "$status" 7
}

@test "run where containerd's PATH leads to it as runc, and nobody names a runtime" {
  # containerd's shim takes a default from config.toml for the CRI plugin alone: kubernetes.bats shows that.
  rm -f "$ENGINE/called"
  ok c run --rm "$IMAGE" "$ID" sh -c "echo hello; $LASTS"
  is "$out" hello
  has "$(<"$ENGINE/called")" "^--root .* create .*$ID"
}

@test "run on a terminal" {
  ok "$LIB/terminal.py" foreground -- ctr -n "$TAG-engine" -a "$ENGINE/containerd.sock" run "${MANAGED[@]}" --rm -t --runc-binary "$RUNTIME" "$IMAGE" "$ID" sh -c "tty; $LASTS"
  has "$(tr -d '\r' <<<"$out")" '^/dev/pts/0$'
  has "$out" '^status 0$'
}

@test "run with environment, directory, mounts and a read-only root" {
  mkdir "$DIR/data"
  echo content >"$DIR/data/file"
  ok c run --rm --runc-binary "$RUNTIME" --env A=b --cwd /tmp --read-only --mount "type=bind,src=$DIR/data,dst=/mnt,options=rbind:ro" "$IMAGE" "$ID" \
    sh -c 'echo $A; pwd; cat /mnt/file; touch /x 2>/dev/null || echo ro; '"$LASTS"
  is "$(paste -sd ' ' <<<"$out")" 'b /tmp content ro'
}

@test "run with limits" {
  start --memory-limit 67108864 --cpus 0.5 "$IMAGE" "$ID" sleep 1000
  local pid
  pid=$(c task ls | awk -v id="$ID" '$1 == id { print $2 }')
  if cgroup_is_unified; then
    is "$(cat "$(cgroup_of "$pid")/memory.max")" 67108864
    is "$(cat "$(cgroup_of "$pid")/cpu.max")" '50000 100000'
  else
    is "$(cat "$(cgroup_of "$pid" memory)/memory.limit_in_bytes")" 67108864
    is "$(cat "$(cgroup_of "$pid" cpu)/cpu.cfs_quota_us")" 50000
  fi
}

@test "run privileged, and with containerd's own seccomp profile" {
  ok c run --rm --runc-binary "$RUNTIME" --privileged "$IMAGE" "$ID" sh -c "grep CapEff /proc/self/status; $LASTS"
  has "$out" '000001f'
  ok c run --rm --runc-binary "$RUNTIME" --seccomp "$IMAGE" "$ID" sh -c "grep Seccomp: /proc/self/status; $LASTS"
  has "$out" '2$'
}

@test "a program that is missing is told by name" {
  fails c run --rm --runc-binary "$RUNTIME" "$IMAGE" "$ID" /nowhere
  has "$output" 'exec: "/nowhere": stat /nowhere: no such file or directory'
}

@test "tasks: ls, exec, ps" {
  start "$IMAGE" "$ID" sleep 1000
  until_true 5 state_is RUNNING
  ok c task exec --exec-id one "$ID" sh -c "echo inside; $LASTS; exit 3" || true
  is "$status" 3
  is "$out" inside
  ok "$LIB/terminal.py" foreground -- ctr -n "$TAG-engine" -a "$ENGINE/containerd.sock" task exec -t --exec-id two "$ID" sh -c "tty; $LASTS"
  has "$(tr -d '\r' <<<"$out")" '^/dev/pts/'
  ok c task ps "$ID"
  is "$(tail -n +2 <<<"$out" | wc -l)" 1
}

@test "tasks: pause and resume" {
  start "$IMAGE" "$ID" sleep 1000
  ok c task pause "$ID"
  until_true 5 state_is PAUSED
  ok c task resume "$ID"
  until_true 5 state_is RUNNING
}

# bats test_tags=vm
@test "tasks: metrics" {
  cgroup_is_unified || skip "no metrics on hybrid cgroups, with runc neither"
  start "$IMAGE" "$ID" sleep 1000
  ok c task metrics "$ID"
  has "$out" 'memory'
}

@test "tasks: kill and delete" {
  start "$IMAGE" "$ID" sh -c 'trap "exit 5" TERM; echo >/up; while :; do sleep 0.05; done'
  until_true 5 test -e "/proc/$(c task ls | awk -v id="$ID" '$1 == id { print $2 }')/root/up"
  ok c task kill -s TERM "$ID"
  until_true 5 state_is STOPPED
  ok c task delete "$ID"
  has "$output" 'exit code 5'
  ok c container delete "$ID"
  lacks "$(c container ls)" "$ID"
}

@test "twenty at once" {
  local i
  for i in {1..20}; do managed "$ID-$i"; spawn c run --rm --runc-binary "$RUNTIME" "$IMAGE" "$ID-$i" true; done
  for i in "${JOBS[@]}"; do end_of "$i"; is "$status" 0; done
}

# bats test_tags=vm
@test "containers: checkpoint with the task, and restore" {
  need_criu
  start "$IMAGE" "$ID" sh -c "$COUNTER"
  count() { c task exec --exec-id "n$RANDOM" "$1" cat /count; }
  until_true 20 eval '(($(count "$ID") > 1200))'
  local before
  until_true 5 eval 'before=$(count "$ID") && [[ $before ]]' # it goes on while it is saved, and behind that
  ok c container checkpoint --rw --image --task "$ID" "docker.io/library/saved:$ID"
  engine_clean
  ok c container restore --rw --live "$ID" "docker.io/library/saved:$ID"
  until_true 10 state_is RUNNING
  local after
  until_true 5 eval 'after=$(count "$ID") && [[ $after ]]'
  [[ $after -ge $before ]] # one that was started anew would be far below
}

# bats test_tags=vm
@test "nothing is left behind by containerd" {
  engine_leaves_nothing "$(<"$ENGINE/pid")"
}
