#!/usr/bin/env bats
# Kubernetes: containerd's CRI plugin, spoken to as a kubelet does

load engine
# What is spoken to: containerd; by the file's other name, crio.bats, CRI-O.
CRI=containerd IMAGES=docker.io/library
[[ $BATS_TEST_FILENAME != */crio.bats ]] || CRI=crio IMAGES=localhost # the names under which each takes the archives in

setup_file() {
  case $CRI in
    containerd) engine_needs containerd ctr || return 0 ;;
    crio)
      ENGINE_HINT='' engine_needs crio pinns conmon podman || return 0
      # It gives the infrastructure container of each pod a score of -998 for when memory runs out: CAP_SYS_RESOURCE.
      root_has 24 || { export ENGINE_LACKS="root has not all capabilities here"; return 0; }
      ;;
  esac
  python3 -c 'import grpc' 2>/dev/null || { export ENGINE_LACKS="python3-grpcio is not installed (make engines)"; return 0; }
  load engine
  engine_begin
  # The infrastructure container of a pod sleeps until it is told to end: CRI-O waits a minute for one that does not listen.
  image_make "$ENGINE/pause.tar" pause '["sh", "-c", "trap \"exit 0\" TERM; sleep 1000000 & wait"]'
  ln -s "$RUNTIME" "$ENGINE/runtime-under-test"
  "${CRI}_begin"
}

containerd_begin() {
  local systemd=false
  [[ $MANAGER != systemd ]] || systemd=true
  cat >"$ENGINE/config.toml" <<END
version = 2
root = "$ENGINE/root"
state = "$ENGINE/state"
disabled_plugins = ["io.containerd.internal.v1.opt"]
[grpc]
address = "$ENGINE/socket"
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "$IMAGES/pause:latest"
restrict_oom_score_adj = true
tolerate_missing_hugetlb_controller = true
disable_apparmor = true
[plugins."io.containerd.grpc.v1.cri".cni]
conf_dir = "$ENGINE/cni"
[plugins."io.containerd.grpc.v1.cri".containerd]
default_runtime_name = "default"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.default]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.default.options]
BinaryName = "$ENGINE/runtime-under-test"
SystemdCgroup = $systemd
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.class]
runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.class.options]
BinaryName = "$ENGINE/runtime-under-test"
SystemdCgroup = $systemd
END
  daemon containerd --config "$ENGINE/config.toml"
  local image
  for image in busy pause; do ctr -n k8s.io -a "$ENGINE/socket" image import "$ENGINE/$image.tar" >/dev/null; done
}

# There is no package of it in Debian 12: it runs where somebody put it.
crio_begin() {
  mkdir "$ENGINE/cni"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$ENGINE/policy.json"
  local image
  for image in busy pause; do podman --root "$ENGINE/graph" --runroot "$ENGINE/run" --storage-driver overlay load --signature-policy "$ENGINE/policy.json" -q -i "$ENGINE/$image.tar" >/dev/null 3>&- 4>&-; done
  cat >"$ENGINE/crio.conf" <<END
[crio]
root = "$ENGINE/graph"
runroot = "$ENGINE/run"
storage_driver = "overlay"
log_dir = "$ENGINE/logs"
version_file = "$ENGINE/version"
version_file_persist = "$ENGINE/version-persist"
clean_shutdown_file = "$ENGINE/clean"
[crio.api]
listen = "$ENGINE/socket"
[crio.image]
pause_image = "$IMAGES/pause:latest"
pause_command = ""
signature_policy = "$ENGINE/policy.json"
signature_policy_dir = "$ENGINE/policies"
namespaced_auth_dir = "$ENGINE/auth"
[crio.network]
network_dir = "$ENGINE/cni"
plugin_dirs = ["$ENGINE/cni"]
[crio.runtime]
default_runtime = "default"
cgroup_manager = "$MANAGER"
conmon_cgroup = "$([[ $MANAGER == systemd ]] && echo system.slice || echo pod)"
container_exits_dir = "$ENGINE/exits"
container_attach_socket_dir = "$ENGINE/attach"
apparmor_profile = "unconfined"
$(for class in default class; do printf '%s\n' "[crio.runtime.runtimes.$class]" "runtime_path = \"$ENGINE/runtime-under-test\"" 'runtime_type = "oci"' "runtime_root = \"$ENGINE/states-$class\""; done)
END
  daemon crio --config "$ENGINE/crio.conf" --config-dir ''
}

# daemon WORD...: it answers when this has come back.
daemon() {
  "$@" >"$ENGINE/log" 2>&1 3>&- 4>&- </dev/null &
  echo $! >"$ENGINE/pid"
  until_true 20 cri Version >/dev/null 2>&1 || { tail -n 20 "$ENGINE/log"; return 1; }
}

teardown_file() {
  [[ ! -e $ENGINE/pid ]] || engine_end "$(<"$ENGINE/pid")"
}

cri() { "$BATS_TEST_DIRNAME/cri.py" "$ENGINE/socket" "$@" 3>&- 4>&-; }
# call METHOD JSON [FIELD]: the answer's field is $out.
call() {
  ok cri "$1" "$2" || return 1
  [[ -z ${3:-} ]] || out=$(jq -r "$3" <<<"$out")
}

# pod [HANDLER]: a sandbox on the node's network, since there is no CNI plugin here. $POD
pod() {
  CONFIG=$(jq -n --arg id "$ID" --arg logs "$DIR" --arg parent "$PARENT_WORD" '{metadata: {name: $id, uid: $id, namespace: "default"}, log_directory: $logs,
    linux: {cgroup_parent: $parent, security_context: {namespace_options: {network: 2, pid: 0, ipc: 0}}}}')
  call RunPodSandbox "$(jq -n --argjson config "$CONFIG" --arg handler "${1:-}" '{config: $config, runtime_handler: $handler}')" .pod_sandbox_id
  POD=$out
  echo "$POD" >>"$ENGINE/pods"
}

# request NAME JQ: for a container in the pod, the configuration changed by the program.
request() {
  local config
  config=$(jq -n --arg name "$1" --arg dir "$DIR" --arg image "$IMAGES/busy:latest" "{metadata: {name: \$name}, image: {image: \$image, user_specified_image: \$image}, log_path: (\$name + \".log\"),
    linux: {security_context: {namespace_options: {network: 2, pid: 1, ipc: 0}}}} | $2")
  jq -n --arg pod "$POD" --argjson config "$config" --argjson sandbox "$CONFIG" '{pod_sandbox_id: $pod, config: $config, sandbox_config: $sandbox}'
}
# container NAME JQ: it is made. $MADE
container() {
  call CreateContainer "$(request "$@")" .container_id
  MADE=$out
}
start() { call StartContainer "{\"container_id\": \"$MADE\"}"; }
status_of() { cri ContainerStatus "{\"container_id\": \"$MADE\"}" | jq -r ".status | \"\(.state // 0) \(.exit_code // 0) \(.reason)\""; }
has_state() { [[ $(status_of) == "$1"* ]]; }
log_has() { grep -q "$2" "$DIR/$1.log"; }
exec_sync() { call ExecSync "$(jq -n --arg id "$MADE" --args '{container_id: $id, cmd: $ARGS.positional, timeout: 60}' -- "$@")"; }

engine_clean() {
  [[ -e $ENGINE/pods ]] || return 0
  local id
  while read -r id; do
    cri StopPodSandbox "{\"pod_sandbox_id\": \"$id\"}"
    cri RemovePodSandbox "{\"pod_sandbox_id\": \"$id\"}"
  done <"$ENGINE/pods"
  rm "$ENGINE/pods"
} >/dev/null 2>&1

@test "the node knows the runtime as its default" {
  call Version '{}' .runtime_name
  is "${out/cri-o/crio}" "$CRI"
  call Status '{"verbose": true}'
  is "$(jq -r '.status.conditions[] | select(.type == "RuntimeReady").status' <<<"$out")" 1
  if [[ $CRI == crio ]]; then
    lacks "$(<"$ENGINE/log")" 'level=(warning|error).*runtime-under-test'
    pod
    has "$(ls "$ENGINE/states-default")" "$POD"
  else
    is "$(jq -r '.info.config | fromjson | .containerd.defaultRuntimeName' <<<"$out")" default
  fi
}

@test "a pod with a container: created, started, its log, its exit code" {
  pod
  container one '. + {command: ["sh", "-c", "echo $A from $(pwd); exit 7"], envs: [{key: "A", value: "b"}], working_dir: "/tmp"}'
  has_state 0
  start
  until_true 10 has_state '2 7'
  until_true 5 log_has one 'stdout F b from /tmp$'
}

@test "RuntimeClass: a pod with the handler of a class" {
  pod class
  if [[ $CRI == crio ]]; then # which does not tell the handler, but keeps states apart
    has "$(ls "$ENGINE/states-class")" "$POD"
  else
    call PodSandboxStatus "{\"pod_sandbox_id\": \"$POD\", \"verbose\": true}"
    is "$(jq -r '.status.runtime_handler' <<<"$out")" class
    has "$(jq -r '.info.info' <<<"$out")" 'runtime-under-test'
  fi
  container one '. + {command: ["sleep", "1000"]}'
  start
  has_state 1
}

@test "exec: probes with their output and exit codes" {
  pod
  container one '. + {command: ["sleep", "1000"]}'
  start
  exec_sync sh -c 'echo alive; echo not well >&2; exit 3'
  is "$(jq -r '"\(.stdout)\(.stderr)\(.exit_code)"' <<<"$out" | paste -sd ' ')" 'alive not well 3'
  exec_sync true
  is "$(jq -r '.exit_code // 0' <<<"$out")" 0
  fails cri ExecSync "{\"container_id\": \"$MADE\", \"cmd\": [\"nowhere\"]}"
  has "$output" 'exec: .*nowhere.*executable file not found in \$PATH'
}

@test "security context: user, groups, capabilities, read-only root, no_new_privs, seccomp" {
  pod
  container one '. + {command: ["sh", "-c", "id -u; id -g; id -G; touch /x 2>/dev/null || echo ro; grep -E \"^(CapEff|NoNewPrivs|Seccomp):\" /proc/self/status | cut -f 2; exec sleep 1000"]}
    | .linux.security_context += {run_as_user: {value: 1000}, run_as_group: {value: 1001}, supplemental_groups: [5], readonly_rootfs: true, no_new_privs: true,
      capabilities: {drop_capabilities: ["ALL"]}, seccomp: {profile_type: 0}}'
  start
  until_true 5 eval '[[ $(wc -l <"$DIR/one.log") == 7 ]]'
  is "$(cut -d ' ' -f 4- "$DIR/one.log" | paste -sd ' ')" '1000 1001 1001 5 ro 0000000000000000 1 2'
}

@test "mounts, and two containers of one pod that share its IPC and process namespaces" {
  mkdir "$DIR/data"
  echo content >"$DIR/data/file"
  pod
  container one '. + {command: ["sh", "-c", "cat /data/file; touch /data/x 2>/dev/null || echo ro; exec sleep 1234"], mounts: [{container_path: "/data", host_path: ($dir + "/data"), readonly: true}]}
    | .linux.security_context.namespace_options.pid = 0'
  start
  until_true 5 log_has one ' ro$'
  log_has one ' content$'
  container two '. + {command: ["sh", "-c", "ps -o args; readlink /proc/self/ns/ipc; exec sleep 1000"]} | .linux.security_context.namespace_options.pid = 0'
  start
  until_true 5 log_has two 'ipc:'
  log_has two ' sleep 1234$'
  local two=$MADE
  exec_sync readlink /proc/self/ns/ipc
  has "$(grep -o 'ipc:.*' "$DIR/two.log")" "$(jq -r .stdout <<<"$out" | sed 's/[][]/\\&/g')"
  call StopContainer "{\"container_id\": \"$two\", \"timeout\": 0}"
}

@test "limits, and their update while the container runs" {
  pod
  container one '. + {command: ["sleep", "1000"]} | .linux.resources = {memory_limit_in_bytes: 67108864, cpu_period: 100000, cpu_quota: 50000}'
  start
  # The name that containerd gives a scope, and CRI-O every cgroup.
  local file=memory.limit_in_bytes name=cri-containerd-$MADE.scope
  [[ $CRI == containerd ]] || name=crio-$MADE.scope
  [[ $MANAGER == systemd ]] || name=${name%.scope} name=${name#cri-containerd-}
  local group=/sys/fs/cgroup/memory/$PARENT/$name
  ! cgroup_is_unified || { file=memory.max; group=/sys/fs/cgroup/$PARENT/$name; }
  is "$(<"$group/$file")" 67108864
  call UpdateContainerResources "{\"container_id\": \"$MADE\", \"linux\": {\"memory_limit_in_bytes\": 134217728}}"
  is "$(<"$group/$file")" 134217728
}

@test "stop with a grace period, remove, and the same pod again" {
  pod
  container one '. + {command: ["sh", "-c", "trap \"exit 5\" TERM; echo up; while :; do sleep 0.05; done"]}'
  start
  until_true 5 log_has one up
  call StopContainer "{\"container_id\": \"$MADE\", \"timeout\": 10}"
  has_state '2 5'
  call RemoveContainer "{\"container_id\": \"$MADE\"}"
  container one '. + {command: ["sh", "-c", "trap : TERM; echo deaf; while :; do sleep 0.05; done"]}'
  start
  until_true 5 log_has one deaf
  call StopContainer "{\"container_id\": \"$MADE\", \"timeout\": 1}"
  has_state '2 137'
}

@test "a missing program is told by name" {
  pod
  # With CRI-O the runtime's create is CreateContainer, with containerd StartContainer.
  if [[ $CRI == crio ]]; then
    fails cri CreateContainer "$(request one '. + {command: ["/nowhere"]}')"
  else
    container one '. + {command: ["/nowhere"]}'
    fails cri StartContainer "{\"container_id\": \"$MADE\"}"
  fi
  has "$output" 'exec: .*/nowhere.*: stat /nowhere: no such file or directory'
}

@test "nothing is left behind by pods" {
  engine_leaves_nothing "$(<"$ENGINE/pid")"
}
