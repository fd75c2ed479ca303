#!/usr/bin/env bats
# Many at once, and ends at the wrong moment: crash-only means that delete --force always cleans up

load ../lib/suite

@test "of 64 parallel creates of one id exactly one wins" {
  skip_on runc '1.1.5 looks before it makes: now and then several win, and leave an init'
  bundle
  local i winners=0 pids=()
  for i in {1..64}; do
    rt create --pid-file "$DIR/pid$i" -b "$BUNDLE" "$ID" >"$DIR/out$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do if wait "$i"; then winners=$((winners + 1)); fi; done
  is "$winners" 1
  is "$(status_of)" created
  is "$(cat "$DIR"/out* | grep -c exist)" 63
  ok rt delete --force "$ID"
  nothing_left
}

@test "64 containers at once live and go" {
  bundle
  local i pids=()
  for i in {1..64}; do
    rt run -b "$BUNDLE" "$ID-$i" >"$DIR/out$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || complain "$(cat "$DIR"/out*)"; done
  nothing_left
}

@test "parallel starts of one container: one succeeds" {
  bundle
  args sleep 100
  create
  local i winners=0 pids=()
  for i in {1..8}; do
    timeout 60 "$RUNTIME" --root "$STATE" start "$ID" >"$DIR/out$i" 2>&1 3>&- &
    pids+=($!)
  done
  for i in "${pids[@]}"; do if wait "$i"; then winners=$((winners + 1)); fi; done
  is "$winners" 1
  is "$(status_of)" running
}

@test "parallel deletes by force all succeed" {
  skip_on crun '1.8.1 fails for the one that comes second'
  bundle
  args sleep 100
  up
  local i pids=()
  for i in {1..16}; do
    rt delete --force "$ID" >"$DIR/out$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || complain "$(cat "$DIR"/out*)"; done
  nothing_left
}

@test "state never shows a half-written record" {
  bundle
  args sleep 100
  local i end
  (for i in {1..15}; do
    rt run -d -b "$BUNDLE" "$ID" && rt delete --force "$ID"
  done >/dev/null 2>&1
  touch "$DIR/done") 3>&- &
  JOBS+=($!)
  while [[ ! -e $DIR/done ]]; do
    try rt state "$ID"
    if [[ $status == 0 ]]; then jq -e .status <<<"$out" >/dev/null; else lacks "$output" 'EOF|JSON|json|parse|invalid character'; fi
    try rt list -f json
    is "$status" 0
    jq -e 'type' <<<"$out" >/dev/null
  done
}

# kill_after MILLISECONDS VERB...: KILL hits the runtime at some instant of the verb.
kill_after() {
  local ms=$1
  shift
  spawn rt "$@"
  # The job's own end may come first.
  sleep "0.0$(printf %03d "$ms")"
  kill -KILL "$JOB" 2>/dev/null || true
  end_of "$JOB"
}

# A process of the container dies with an uncommitted parent; what is committed, delete --force ends.
cleaned_up() {
  ok rt delete --force "$ID"
  [[ ! -e $STATE/$ID ]] || complain "state is left: $(ls -R "$STATE")"
  "$LEAKS" check "$DIR/before"
}

@test "create killed at any instant leaves nothing that delete --force does not remove" {
  skip_on runc '1.1.5 loses cgroup and init when killed before its state is written'
  skip_on crun '1.8.1 loses cgroups when killed early'
  bundle
  local ms
  for ms in {0..15} 1 2 3 4 5 6 7 8; do
    kill_after "$ms" create -b "$BUNDLE" "$ID" >"$DIR/out" 2>&1
    cleaned_up
  done
}

@test "run killed at any instant leaves nothing that delete --force does not remove" {
  skip_on runc '1.1.5 loses cgroup and init when killed before its state is written'
  skip_on crun '1.8.1 loses cgroups when killed early'
  bundle
  args sleep 100
  local ms
  for ms in {0..15} 1 2 3 4 5 6 7 8; do
    kill_after "$ms" run -b "$BUNDLE" "$ID" >"$DIR/out" 2>&1
    cleaned_up
  done
}

@test "delete killed at any instant can be repeated" {
  bundle
  args sleep 100
  local ms
  for ms in {0..9}; do
    ok rt run -d -b "$BUNDLE" "$ID"
    kill_after "$ms" delete --force "$ID" >"$DIR/out" 2>&1
    cleaned_up
  done
}

@test "the same id can be made again at once after delete" {
  bundle
  local i
  for i in {1..10}; do
    ok rt create -b "$BUNDLE" "$ID"
    ok rt delete --force "$ID"
  done
  nothing_left
}

@test "a frozen or stopped init does not hang delete --force" {
  bundle
  args sleep 100
  up
  kill -STOP "$PID"
  ok rt delete --force "$ID"
  nothing_left
}
