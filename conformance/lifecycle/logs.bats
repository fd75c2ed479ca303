#!/usr/bin/env bats
# --log, --log-format, --debug, and where an error is told: containerd reads every line, Podman the whole file

load ../lib/suite

@test "an error goes to stderr, and stdout stays empty" {
  fails rt state nobody
  is "$out" ''
  says 'does not exist'
}

@test "--log-format json leaves exactly one JSON error object in the log" {
  bundle
  args /nowhere
  fails rt --log "$DIR/log" --log-format json create -b "$BUNDLE" "$ID"
  is "$(jq -s 'length' "$DIR/log")" 1
  is "$(jq -r .level "$DIR/log")" error
  has "$(jq -r .msg "$DIR/log")" 'o such file or directory'
  has "$(jq -r .time "$DIR/log")" '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]+)?(Z|[+-][0-9:]{5})$'
  has "$err" 'o such file or directory'
  date -d "$(jq -r .time "$DIR/log")" >/dev/null
}

@test "the text log has time, level and msg" {
  skip_on crun 'writes a form of its own'
  fails rt --log "$DIR/log" state nobody
  has "$(<"$DIR/log")" '^time="[^"]+" level=error msg=".*does not exist.*"$'
  is "$(wc -l <"$DIR/log")" 1
}

@test "without --log the error stands on stderr in the log's form" {
  skip_on crun 'writes a form of its own'
  fails rt --log-format json state nobody
  is "$(jq -r .level <<<"$err")" error
  fails rt state nobody
  has "$err" 'level=error msg=".*does not exist'
}

@test "success writes nothing to the log" {
  bundle
  ok rt --log "$DIR/log" --log-format json run -b "$BUNDLE" "$ID"
  [[ ! -s $DIR/log ]]
  is "$err" ''
}

@test "the log is appended to" {
  echo '{"level":"info","msg":"before","time":"2026-01-01T00:00:00Z"}' >"$DIR/log"
  fails rt --log "$DIR/log" --log-format json state nobody
  is "$(jq -s 'length' "$DIR/log")" 2
  is "$(head -n 1 "$DIR/log" | jq -r .msg)" before
}

@test "an unknown log format is an error" {
  fails rt --log-format yaml list
  says 'invalid log-format'
}

@test "words that cannot be understood leave one JSON error object in the log too" {
  skip_on crun 'it words its own'
  local words
  for words in nosuchverb 'list --nosuchflag' 'list --quiet=maybe' 'delete --force=maybe x' 'kill --all= x' 'run --preserve-fds= x' state 'state a b' 'list -fq json'; do
    # shellcheck disable=SC2086 # words
    fails rt --log "$DIR/log" --log-format json $words
    is "$words: $(jq -s -c 'map(.level)' "$DIR/log")" "$words: [\"error\"]"
    has "$err" "$(jq -r .msg "$DIR/log" | sed 's/[^ a-zA-Z]/./g; q')"
    rm "$DIR/log"
  done
}

@test "a log behind other words before the verb that cannot be understood has the error as well" {
  skip_on crun 'it words its own'
  skip_on runc '1.1.5 has it on stderr alone'
  local words
  for words in --systemd-cgroup=maybe --debug=maybe --nosuchflag --rootless=maybe --cgroup-manager=none; do
    fails rt "$words" --log="$DIR/log" -log-format json list
    is "$words: $(jq -s -c 'map(.level)' "$DIR/log")" "$words: [\"error\"]"
    has "$(jq -r .msg "$DIR/log")" "(${words#-}|${words##*=})"
    rm "$DIR/log"
  done
  fails rt --log "$DIR/other" --log "$DIR/log" --log-format=json --systemd-cgroup=maybe list
  is "$(jq -s length "$DIR/log")" 1
  [[ ! -e $DIR/other ]]
}

@test "a log that cannot be opened is an error" {
  fails rt --log /no/such/dir/log list
}

@test "no secret of the environment reaches the log, even with --debug" {
  bundle '.process.env += ["TOKEN=canary-1"]'
  export SECRET=canary-2
  try rt --debug --log "$DIR/log" run -b "$BUNDLE" "$ID"
  lacks "$(cat "$DIR/log")$output" canary
  args /nowhere
  fails rt --debug --log "$DIR/log" run -b "$BUNDLE" "$ID"
  lacks "$(cat "$DIR/log")$output" canary
}

@test "the message of a failed create says what engines look for" {
  bundle
  args missingprogram
  fails rt create -b "$BUNDLE" "$ID"
  says 'exec: \\?"missingprogram\\?": executable file not found in \$PATH'
  args /etc/passwd
  fails rt create -b "$BUNDLE" "$ID"
  says 'permission denied'
  args /etc
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'ermission denied|s a directory|not permitted'
  nothing_left
}

@test "messages are one line of plain text" {
  skip_on crun 'writes what it is given'
  bundle
  args $'/no\nwhere\e[31m'
  fails rt --log "$DIR/log" create -b "$BUNDLE" "$ID"
  is "$(wc -l <"$DIR/log")" 1
  lacks "$(<"$DIR/log")" $'\e'
}

@test "--debug says what is done, on stderr or in the log alone" {
  skip_on crun '1.8.1 says nothing'
  bundle
  ok rt --debug run -b "$BUNDLE" "$ID"
  has "$err" '^time="[^"]+" level=debug msg="'
  ok rt --debug --log "$DIR/log" run -b "$BUNDLE" "$ID"
  has "$(<"$DIR/log")" '^time="[^"]+" level=debug msg="'
  is "$err" ''
  rm "$DIR/log"
  ok rt --debug --log "$DIR/log" --log-format json run -b "$BUNDLE" "$ID"
  is "$(jq -s -c 'map(.level) | unique' "$DIR/log")" '["debug"]'
}

# One strange thing of each kind: told by the reader, the planner, the cgroups.
strange='.process.capabilities.bounding += ["CAP_NOSUCH"] | .process.capabilities.effective += ["CAP_NOSUCH"]
  | .linux.resources.memory = {kernel: 1000000000} | .mounts += [{destination: "relative", type: "tmpfs", source: "tmpfs"}]'

@test "warnings stand on stderr in the log's form, each once, and do not fail anything" {
  skip_on crun '1.8.1 warns of other things'
  skip_on runc '1.1.5 warns of other things'
  bundle "$strange"
  ok rt run -b "$BUNDLE" "$ID"
  is "$(grep -c CAP_NOSUCH <<<"$err")" 1
  is "$(grep -c /linux/resources/memory/kernel <<<"$err")" 1
  is "$(grep -cE 'config.json:[0-9]+:[0-9]+: /mounts/[0-9]+/destination should be absolute' <<<"$err")" 1
  lacks "$(grep -vE '^time="[^"]+" level=warning msg="' <<<"$err")" .
}

@test "a JSON log gets warnings only where --debug or --log-level asks: Podman reads one object" {
  skip_on crun '1.8.1 warns of other things'
  skip_on runc '1.1.5 warns of other things'
  bundle "$strange"
  ok rt --log "$DIR/log" --log-format json run -b "$BUNDLE" "$ID"
  [[ ! -s $DIR/log ]]
  is "$err" ''
  args /nowhere
  fails rt --log "$DIR/log" --log-format json run -b "$BUNDLE" "$ID"
  is "$(jq -s -c 'map(.level)' "$DIR/log")" '["error"]'
  rm "$DIR/log"
  args true
  local words
  for words in --debug '--log-level warning'; do
    # shellcheck disable=SC2086 # words
    ok rt $words --log "$DIR/log" --log-format json run -b "$BUNDLE" "$ID"
    is "$(jq -s -c 'map(.level) | unique - ["debug"]' "$DIR/log")" '["warning"]'
    is "$(jq -s '[.[] | select(.msg | test("CAP_NOSUCH"))] | length' "$DIR/log")" 1
    rm "$DIR/log"
  done
  ok rt --log-level error run -b "$BUNDLE" "$ID"
  is "$err" ''
}

@test "explain tells the warnings too, beside the plan" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc has explain'
  bundle "$strange"
  ok rt explain -b "$BUNDLE"
  has "$err" 'should be absolute'
  lacks "$out" 'should be absolute'
}
