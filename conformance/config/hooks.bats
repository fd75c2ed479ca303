#!/usr/bin/env bats
# hooks: config.md#posix-platform-hooks, runtime.md#lifecycle

load ../lib/suite

HOOKS='prestart createRuntime createContainer startContainer poststart poststop'

# each_hook SCRIPT HOOK...: each runs the script; in it %h is its name, and %d a folder that those inside find bound at /trace.
each_hook() {
  local script=$1 hook
  shift
  mkdir -p "$DIR/trace"
  chmod 777 "$DIR/trace"
  mount_of "{\"destination\": \"/trace\", \"type\": \"bind\", \"source\": \"$DIR/trace\", \"options\": [\"bind\"]}"
  for hook; do
    local where=$DIR/trace own=${script//%h/$hook}
    [[ $hook != startContainer ]] || where=/trace
    edit --arg h "$hook" --arg s "${own//%d/$where}" '.hooks[$h] += [{path: "/bin/sh", args: ["sh", "-c", $s]}]'
  done
}
# trace HOOK...: each appends its name to the trace.
trace() { each_hook 'echo %h >>%d/trace' "$@"; }
# keep_state HOOK...: each leaves the state that it got in a file of its name.
keep_state() { each_hook 'cat >%d/%h' "$@"; }

@test "each of the six hooks runs, in the order of the life" {
  skip_on runc '1.1.5 runs poststart before the program, as all did'
  bundle '.root.readonly = false'
  trace $HOOKS
  sh_c 'echo program >>/trace/trace; sleep 0.3'
  ok rt run -b "$BUNDLE" "$ID"
  local order
  order=$(tr '\n' ' ' <"$DIR/trace/trace")
  # poststart runs after the program was started: which of the two is faster is nobody's promise.
  has "$order" '^prestart createRuntime createContainer startContainer (program poststart|poststart program) poststop $'
}

@test "create runs prestart, createRuntime and createContainer; start the next two; delete poststop" {
  skip_on runc '1.1.5 runs poststart at create'
  skip_on crun '1.8.1 runs startContainer at create'
  bundle '.root.readonly = false'
  trace $HOOKS
  create
  is "$(tr '\n' ' ' <"$DIR/trace/trace")" 'prestart createRuntime createContainer '
  ok rt start "$ID"
  until_true 5 status_is stopped
  until_true 5 grep -q poststart "$DIR/trace/trace"
  lacks "$(<"$DIR/trace/trace")" poststop
  ok rt delete "$ID"
  is "$(tail -n 1 "$DIR/trace/trace")" poststop
}

@test "several hooks of a kind run in their order" {
  bundle '.root.readonly = false'
  trace createRuntime
  edit --arg w "$DIR/trace" '.hooks.createRuntime = [range(5) | {path: "/bin/sh", args: ["sh", "-c", "echo \(.) >>\($w)/trace"]}]'
  ok rt run -b "$BUNDLE" "$ID"
  is "$(tr '\n' ' ' <"$DIR/trace/trace")" '0 1 2 3 4 '
}

@test "each hook gets the state on its standard input, with the status and pid of the moment" {
  skip_on crun '1.8.1 says created while it creates'
  bundle '.annotations = {"org.example.key": "value"}'
  keep_state $HOOKS
  create
  local hook
  for hook in prestart createRuntime createContainer; do
    is "$(jq -r '.id, .status, .bundle, .annotations["org.example.key"]' "$DIR/trace/$hook")" "$ID"$'\n'"creating"$'\n'"$BUNDLE"$'\nvalue'
    has "$(jq -r .ociVersion "$DIR/trace/$hook")" '^1\.'
  done
  is "$(jq .pid "$DIR/trace/prestart")" "$PID"
  is "$(jq .pid "$DIR/trace/createRuntime")" "$PID"
  ok rt start "$ID"
  until_true 5 test -s "$DIR/trace/poststart"
  is "$(jq -r '.status' "$DIR/trace/startContainer")" created
  # runc 1.1.5 runs it at create
  is "$(jq -r '.status' "$DIR/trace/poststart")" "$([[ $RUNTIME_NAME == runc ]] && echo created || echo running)"
  is "$(jq .pid "$DIR/trace/poststart")" "$PID"
  until_true 5 status_is stopped
  ok rt delete "$ID"
  is "$(jq -r '.id, .status' "$DIR/trace/poststop")" "$ID"$'\nstopped'
}

@test "prestart, createRuntime, poststart and poststop run in the runtime's namespaces, createContainer and startContainer in the container's" {
  bundle '.root.readonly = false'
  local hook
  mkdir -m 777 "$DIR/trace"
  mount_of "{\"destination\": \"/trace\", \"type\": \"bind\", \"source\": \"$DIR/trace\", \"options\": [\"bind\"]}"
  for hook in $HOOKS; do
    local where=$DIR/trace
    [[ $hook != startContainer ]] || where=/trace
    edit --arg h "$hook" --arg w "$where" '.hooks[$h] = [{path: "/bin/sh", args: ["sh", "-c", "for n in mnt uts net; do readlink /proc/self/ns/$n; done >\($w)/\($h)"]}]'
  done
  sh_c 'for n in mnt uts net; do readlink /proc/self/ns/$n; done >/trace/program'
  ok rt run -b "$BUNDLE" "$ID"
  local own
  own=$(readlink /proc/self/ns/mnt /proc/self/ns/uts /proc/self/ns/net)
  for hook in prestart createRuntime poststart poststop; do is "$(<"$DIR/trace/$hook")" "$own"; done
  is "$(<"$DIR/trace/createContainer")" "$(<"$DIR/trace/program")"
  is "$(<"$DIR/trace/startContainer")" "$(<"$DIR/trace/program")"
  isnt "$(<"$DIR/trace/program")" "$own"
}

@test "createContainer sees the host's root, startContainer the container's" {
  bundle '.root.readonly = false'
  touch "$BUNDLE/rootfs/inside-mark"
  trace createContainer startContainer
  edit --arg w "$DIR/trace" '.hooks.createContainer[0].args[2] = "ls / >\($w)/create; cat /proc/self/mountinfo >\($w)/mounts"' \
    '.hooks.startContainer[0].args[2] = "ls / >/trace/start"'
  ok rt run -b "$BUNDLE" "$ID"
  lacks "$(<"$DIR/trace/create")" inside-mark
  has "$(<"$DIR/trace/start")" inside-mark
}

@test "hooks run and can refuse the container whatever namespaces it has" {
  local namespaces
  spawn unshare --mount sleep 100
  until_true 5 left "$JOB" mnt
  # In a mount namespace of our own: runc mounts there what it should not.
  rt_apart() { unshare --mount --propagation private -- "$RUNTIME" --root "$STATE" "$@"; }
  for namespaces in 'map(select(.type != "mount"))' '[]' '[{type: "user"}, {type: "pid"}]' 'map(if .type == "mount" then .path = $p else . end)'; do
    [[ $namespaces != *user* || $RUNTIME_NAME == csrunc ]] || continue # they mount all the same, and may not
    bundle --arg p "/proc/$JOB/ns/mnt" --arg t "$DIR/trace" ".linux.namespaces |= ($namespaces)" '.mounts = [] | .root.readonly = false' \
      'del(.hostname, .linux.maskedPaths, .linux.readonlyPaths)' \
      'if any(.linux.namespaces[]; .type == "user") then .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1000}] | .linux.gidMappings = .linux.uidMappings else . end' \
      '.hooks = ([{key: ("prestart", "createRuntime", "createContainer"), value: [{path: "/bin/sh", args: ["sh", "-c"]}]}] | from_entries)' \
      '.hooks |= with_entries(.value[0].args += ["echo \(.key) >>\($t); test \(.key) != createContainer"])'
    : >"$DIR/trace"
    fails rt_apart create -b "$BUNDLE" "$ID"
    says 'hook #0: '
    is "$(tr '\n' ' ' <"$DIR/trace")" 'prestart createRuntime createContainer '
    nothing_left
  done
}

@test "a hook has its own arguments, and its own environment alone" {
  bundle
  mkdir "$DIR/trace"
  cat >"$DIR/hook" <<'END'
#!/bin/sh
printf '[%s]' "$0" "$@" >"$1"
tr '\0' '\n' </proc/self/environ >>"$1.env"
END
  chmod 755 "$DIR/hook"
  edit --arg h "$DIR/hook" --arg t "$DIR/trace/it" '.hooks.createRuntime = [{path: $h, args: ["zero", $t, "a b", ""], env: ["ONLY=this", "X="]}]'
  export OUTSIDE=1
  ok rt run -b "$BUNDLE" "$ID"
  is "$(<"$DIR/trace/it")" "[$DIR/hook][$DIR/trace/it][a b][]"
  lacks "$(<"$DIR/trace/it.env")" OUTSIDE
  has "$(<"$DIR/trace/it.env")" '^ONLY=this$'
}

@test "without env the runtime's hooks have its own variables, createContainer none, and startContainer the program's" {
  skip_on crun '1.8.1 hands on its own environment everywhere'
  bundle '.process.env += ["PROGRAM=1"]'
  each_hook 'env >%d/%h' $HOOKS
  export OUTSIDE=1
  ok rt run -b "$BUNDLE" "$ID"
  local hook
  for hook in prestart createRuntime poststart poststop; do
    has "$(<"$DIR/trace/$hook")" '^OUTSIDE=1$'
    lacks "$(<"$DIR/trace/$hook")" PROGRAM
  done
  has "$(<"$DIR/trace/startContainer")" '^PROGRAM=1$'
  has "$(<"$DIR/trace/startContainer")" '^HOME='
  lacks "$(<"$DIR/trace/startContainer")" OUTSIDE
  lacks "$(<"$DIR/trace/createContainer")" OUTSIDE
  # The way of CVE-2025-23266: the image's LD_PRELOAD in a program of the host. Red on runc 1.1.5.
  [[ $RUNTIME_NAME == runc ]] || lacks "$(<"$DIR/trace/createContainer")" PROGRAM
}

@test "hooks run in the bundle, createContainer in the root, startContainer in the program's directory; with the caller's file mode mask" {
  skip_on crun '1.8.1 runs createContainer in the bundle'
  bundle '.process.cwd = "/tmp"'
  touch "$BUNDLE/rootfs/inside-mark"
  each_hook 'pwd -P >%d/%h; umask >>%d/%h' prestart createRuntime poststart poststop startContainer
  each_hook 'ls >%d/%h; umask >%d/%h.mask' createContainer
  umask 037
  ok rt run -b "$BUNDLE" "$ID"
  local hook
  for hook in prestart createRuntime poststart poststop; do
    # runc runs poststop where it was called
    [[ $hook == poststop && $RUNTIME_NAME == runc ]] || is "$(<"$DIR/trace/$hook")" "$BUNDLE"$'\n0037'
  done
  is "$(<"$DIR/trace/startContainer")" $'/tmp\n0022'
  has "$(<"$DIR/trace/createContainer")" '^inside-mark$'
  is "$(<"$DIR/trace/createContainer.mask")" 0037
}

@test "what a hook said that fails is in the error and in the log, and nowhere else" {
  skip_on crun '1.8.1 throws it away'
  local hook
  for hook in prestart createRuntime createContainer startContainer poststart; do
    bundle --arg h "$hook" '.hooks[$h] = [{path: "/bin/sh", args: ["sh", "-c", "echo to-out; echo nvidia-container-cli: no device >&2; exit 3"]}]'
    args sleep 100
    fails rt --log "$DIR/log" --log-format json run -b "$BUNDLE" "$ID"
    is "$out" ''
    has "$(tr '\n' ' ' <<<"$err")" 'hook #0: .*exit status 3, stdout: to-out.*, stderr: nvidia-container-cli: no device'
    # 1.1.5 does not log what goes wrong behind the start
    [[ $RUNTIME_NAME == runc && $hook == startContainer ]] || has "$(jq -r .msg "$DIR/log" | tr '\n' ' ')" 'stdout: to-out.*, stderr: nvidia-container-cli: no device'
    rm -f "$DIR/log"
    nothing_left
  done
  bundle '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "echo to-out; echo nvidia-container-cli: no device >&2; exit 3"]}]'
  try rt run -b "$BUNDLE" "$ID"
  is "$out" ''
  has "$(tr '\n' ' ' <<<"$err")" 'hook #0: .*exit status 3, stdout: to-out.*, stderr: nvidia-container-cli: no device'
}

@test "what a hook said that succeeds is nowhere" {
  skip_on crun '1.8.1 logs that nobody read its state'
  bundle
  each_hook 'echo silence; echo silence >&2' $HOOKS
  ok rt --log "$DIR/log" run -b "$BUNDLE" "$ID"
  is "$output" ''
  is "$(cat "$DIR/log")" ''
}

@test "of a hook that said much the last words are told" {
  skip_on crun '1.8.1 throws it away'
  local hook
  for hook in createRuntime createContainer; do
    bundle --arg h "$hook" '.hooks[$h] = [{path: "/bin/sh", args: ["sh", "-c", "for n in 1 2; do head -c 300000 /dev/zero | tr \"\\\\000\" $n >&$n; done; echo the end >&2; exit 1"]}]'
    fails rt create -b "$BUNDLE" "$ID"
    has "$err" 'the end'
    [[ $RUNTIME_NAME == runc || ${#err} -lt 9000 ]] || complain "${#err} bytes"
    nothing_left
  done
}

@test "what a hook leaves running, its output open, holds nothing up" {
  skip_on crun '1.8.1 hangs'
  skip_on runc '1.1.5 waits for it'
  bundle --arg p "$DIR/left" '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "sleep 1063 & echo $! >\($p)"]}]' \
    '.hooks.createContainer = [{path: "/bin/sh", args: ["sh", "-c", "sleep 1064 &"]}]'
  ok rt run -b "$BUNDLE" "$ID"
  kill "$(<"$DIR/left")"
  edit '.hooks.createRuntime[0].args[2] += "; echo said >&2; exit 1"'
  fails rt run -b "$BUNDLE" "$ID"
  kill "$(<"$DIR/left")"
  says 'stderr: said'
}

@test "a hook that fails ends the container, undoes all, and is named" {
  local hook
  for hook in prestart createRuntime createContainer; do
    bundle --arg h "$hook" '.hooks[$h] = [{path: "/bin/true"}, {path: "/bin/sh", args: ["sh", "-c", "exit 7"]}]'
    fails rt create -b "$BUNDLE" "$ID"
    says 'hook #1'
    says 'exit status 7'
    nothing_left
  done
}

@test "startContainer failing keeps the program from running" {
  skip_on runc '1.1.5 warns of it'
  skip_on crun '1.8.1 runs it at create'
  bundle '.root.readonly = false | .hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "exit 3"]}]'
  sh_c 'echo ran >/ran'
  create
  fails rt start "$ID"
  [[ ! -e $BUNDLE/rootfs/ran ]]
  ok rt delete --force "$ID"
  nothing_left
}

@test "poststop failing is warned of and the container is deleted" {
  bundle --arg m "$DIR/mark" '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "touch \($m); exit 1"]}]'
  ok rt run -b "$BUNDLE" "$ID"
  [[ -e $DIR/mark ]]
  nothing_left
}

@test "each poststop hook runs, and they run too where another hook or the start fails" {
  skip_on crun '1.8.1 runs none where create fails'
  local hook
  for hook in prestart createRuntime createContainer startContainer poststart none; do
    bundle --arg h "$hook" --arg t "$DIR/trace" '.hooks[$h] = [{path: "/bin/false"}]' \
      '.hooks.poststop = [{path: "/bin/sh", args: ["sh", "-c", "echo one >>\($t)"]}, {path: "/bin/sh", args: ["sh", "-c", "echo two >>\($t); exit 1"]}]' \
      '.hooks.poststop += [{path: "/bin/sh", args: ["sh", "-c", "echo three >>\($t)"]}]'
    args sleep 100
    [[ $hook != none ]] || args /no/such/program
    fails rt run -b "$BUNDLE" "$ID"
    # runc 1.1.5 ends with the first that fails
    is "$(tr '\n' ' ' <"$DIR/trace")" "$([[ $RUNTIME_NAME == runc ]] && echo 'one two ' || echo 'one two three ')"
    rm "$DIR/trace"
    nothing_left
  done
}

@test "poststart failing at start stops the container" {
  skip_on crun '1.8.1 only tells it'
  skip_on runc '1.1.5 runs it at create'
  bundle '.hooks.poststart = [{path: "/bin/false"}]'
  args sleep 100
  create
  fails rt start "$ID"
  says 'poststart hook #0'
  is "$(status_of)" stopped
  ok rt delete "$ID"
  nothing_left
}

@test "a hook that a signal ends, one that is missing, and one that cannot be executed are errors" {
  skip_on crun '1.8.1 takes one that cannot be executed for one that ran'
  bundle '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "kill -TERM $$"]}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
  edit '.hooks.createRuntime = [{path: "/no/such/hook"}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
  edit '.hooks.createRuntime = [{path: "/etc/passwd"}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a relative path of a hook is an error" {
  skip_on crun '1.8.1 takes it'
  skip_on runc '1.1.5 takes it'
  bundle '.hooks.createRuntime = [{path: "true"}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a timeout ends a hook and the container" {
  local hook
  for hook in createRuntime createContainer; do
    bundle --arg h "$hook" '.hooks[$h] = [{path: "/bin/sleep", args: ["sleep", "1061"], timeout: 1}]'
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
  until_true 5 eval '! ps -eo args | grep -qx "sleep 1061"'
}

@test "a timeout reaches what the hook started" {
  skip_on runc '1.1.5 kills the hook alone'
  skip_on crun '1.8.1 kills the hook alone'
  bundle '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "sleep 1065 & sleep 1062"], timeout: 1}]'
  fails rt create -b "$BUNDLE" "$ID"
  until_true 5 eval '! ps -eo args | grep -qxE "sleep 106[25]"'
}

@test "a hook that does not read its standard input, and one that talks much, hang nothing" {
  bundle --arg m "$DIR/mark" '.annotations = {long: ("x" * 200000)} | .hooks.createRuntime = [{path: "/bin/true"},
    {path: "/bin/sh", args: ["sh", "-c", "head -c 3000000 /dev/zero; touch \($m)"]}]'
  ok rt run -b "$BUNDLE" "$ID"
  [[ -e $DIR/mark ]]
}

@test "a hook has no descriptor beside its three" {
  bundle
  each_hook 'ls /proc/self/fd >%d/%h' $HOOKS
  ok with_fds 8 run --preserve-fds 2 -b "$BUNDLE" "$ID"
  local hook
  for hook in $HOOKS; do
    # runc 1.1.5 hands these two what it has itself
    [[ $hook == *Container && $RUNTIME_NAME == runc ]] || is "$hook $(tr '\n' ' ' <"$DIR/trace/$hook")" "$hook 0 1 2 3 " # 3 is the listing itself
  done
}

@test "createRuntime can give the container a network device" {
  ip link add name vh0 type veth peer name vh1 2>/dev/null || skip "no veth devices here"
  bundle
  cat >"$DIR/hook" <<'END'
#!/bin/sh
pid=$(jq .pid)
ip link set vh0 netns "$pid"
END
  chmod 755 "$DIR/hook"
  edit --arg h "$DIR/hook" --arg p "$PATH" '.hooks.createRuntime = [{path: $h, env: ["PATH=\($p)"]}]'
  inside 'ls /sys/class/net'
  has "$out" vh0
  ip link del vh1 2>/dev/null || true
}
