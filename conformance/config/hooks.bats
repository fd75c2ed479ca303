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

@test "without env a hook has none" {
  skip_on crun '1.8.1 hands on its own environment'
  skip_on runc '1.1.5 hands on its own environment'
  bundle
  export OUTSIDE=1
  edit --arg t "$DIR/env" '.hooks.createRuntime = [{path: "/usr/bin/env", args: ["env", "sh", "-c", "tr \"\\\\0\" \"\\\\n\" </proc/$$/environ >\($t)"]}]'
  ok rt run -b "$BUNDLE" "$ID"
  lacks "$(<"$DIR/env")" OUTSIDE
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
    bundle --arg h "$hook" '.hooks[$h] = [{path: "/bin/sleep", args: ["sleep", "61"], timeout: 1}]'
    LIMIT=10 fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
  lacks "$(ps -eo args)" '^sleep 61$'
}

@test "a timeout reaches what the hook started" {
  skip_on runc '1.1.5 kills the hook alone'
  skip_on crun '1.8.1 kills the hook alone'
  bundle --arg t "$DIR/late" '.hooks.createRuntime = [{path: "/bin/sh", args: ["sh", "-c", "(sleep 3; touch \($t)) & sleep 62"], timeout: 1}]'
  LIMIT=10 fails rt create -b "$BUNDLE" "$ID"
  sleep 3.2
  [[ ! -e $DIR/late ]]
}

@test "a hook that does not read its standard input, and one that talks much, hang nothing" {
  bundle --arg m "$DIR/mark" '.annotations = {long: ("x" * 200000)} | .hooks.createRuntime = [{path: "/bin/true"},
    {path: "/bin/sh", args: ["sh", "-c", "head -c 3000000 /dev/zero; touch \($m)"]}]'
  LIMIT=15 ok rt run -b "$BUNDLE" "$ID"
  [[ -e $DIR/mark ]]
}

@test "a hook has no descriptor beside its three" {
  bundle
  exec 7<"$BUNDLE/config.json"
  edit --arg t "$DIR/fds" '.hooks.createRuntime = [{path: "/usr/bin/python3",
    args: ["python3", "-c", "import os; n = sorted(os.listdir(\"/proc/self/fd\")); open(\"\($t)\", \"w\").write(\" \".join(n))"]}]'
  ok rt run -b "$BUNDLE" "$ID"
  exec 7<&-
  is "$(<"$DIR/fds")" '0 1 2 3' # 3 is the listing itself
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
