#!/usr/bin/env bats
# Podman and Buildah as root: conmon calls the runtime

load engine
load same
ENGINE_GROUPS="-o -name libpod* -o -name buildah* -o -name machine.slice"

setup_file() {
  engine_needs podman conmon catatonit || return 0
  load engine
  engine_begin
  ln -s "$RUNTIME" "$ENGINE/runtime-under-test"
  # A name that Podman does not know is trusted to write JSON logs only where the configuration says so.
  # Podman raises two limits to the kernel's highest, which a root without CAP_SYS_RESOURCE may not.
  local limits='default_ulimits = ["nofile=2048:2048", "nproc=10000:10000"]'
  printf '%s\n' '[engine]' 'runtime_supports_json = ["runtime-under-test"]' 'events_logger = "file"' "cgroup_manager = \"$MANAGER\"" '[containers]' 'default_sysctls = []' "$limits" >"$ENGINE/containers.conf"
  printf '%s\n' '[storage]' 'driver = "overlay"' "graphroot = \"$ENGINE/graph\"" "runroot = \"$ENGINE/run\"" >"$ENGINE/storage.conf"
  echo '{"default": [{"type": "insecureAcceptAnything"}]}' >"$ENGINE/policy.json"
  export CONTAINERS_CONF=$ENGINE/containers.conf CONTAINERS_STORAGE_CONF=$ENGINE/storage.conf
  podman --root "$ENGINE/graph" --runroot "$ENGINE/run" load --signature-policy "$ENGINE/policy.json" -q -i "$ENGINE/busy.tar" >/dev/null 3>&- 4>&-
}

teardown_file() { [[ ! -d ${ENGINE:-/nowhere} ]] || { CONTAINERS_CONF=$ENGINE/containers.conf podman --root "$ENGINE/graph" --runroot "$ENGINE/run" rm -fa -t 0 >/dev/null 2>&1; engine_end; }; }

words() { WORDS=(podman --root "$ENGINE/graph" --runroot "$ENGINE/run" --tmpdir "$ENGINE/tmp" --runtime "${BY:-$ENGINE/runtime-under-test}" --cgroup-manager "$MANAGER" "$@"); }
p() { words "$@"; CONTAINERS_CONF=$ENGINE/containers.conf CONTAINERS_STORAGE_CONF=$ENGINE/storage.conf "${WORDS[@]}" 3>&- 4>&-; }
tty_p() { words "$@"; ok env CONTAINERS_CONF="$ENGINE/containers.conf" "$LIB/terminal.py" foreground "${SEND[@]}" -- "${WORDS[@]}"; }
engine_clean() { p pod rm -fa -t 0; p rm -fa -t 0; } >/dev/null 2>&1
up_p() { ok p run -d --name "$ID" --network none "$@"; }
state_is() { [[ $(p inspect -f '{{.State.Status}}' "$ID") == "$1" ]]; }
IMAGE=localhost/busy

@test "podman info names the runtime" {
  ok p info --format '{{.Host.OCIRuntime.Path}}'
  has "$out" 'runtime-under-test'
}

@test "podman run: output, exit codes, standard input, terminal" {
  ok p run --rm --network none $IMAGE echo hello
  is "$out" hello
  try p run --rm --network none $IMAGE sh -c 'exit 7'
  is "$status" 7
  ok p run --rm -i --network none $IMAGE cat <<<'from outside'
  is "$out" 'from outside'
  SEND=(--send 'echo you said $((6 * 7))\nexit 3\n')
  tty_p run --rm -it --network none $IMAGE sh -c 'echo ready; exec sh'
  has "$out" 'you said 42'
  has "$out" '^status 3'
}

@test "podman run with options" {
  mkdir "$DIR/data"
  ok p run --rm --network none -u 1000:1001 -w /tmp -e A=b -h named --read-only --tmpfs /scratch -v "$DIR/data:/data:ro" --cap-drop ALL --security-opt no-new-privileges $IMAGE \
    sh -c 'id -u; id -g; pwd; echo $A; hostname; touch /data/x 2>/dev/null || echo ro; grep -E "^(NoNewPrivs|Seccomp:|CapBnd)" /proc/self/status | cut -f 2'
  is "$(paste -sd ' ' <<<"$out")" '1000 1001 /tmp b named ro 0000000000000000 1 2'
}

@test "podman run with limits" {
  up_p --memory 64m --pids-limit 20 $IMAGE sleep 1000
  local pid
  pid=$(p inspect -f '{{.State.Pid}}' "$ID")
  if cgroup_is_unified; then
    is "$(cat "$(cgroup_of "$pid")/memory.max")" 67108864
  else
    is "$(cat "$(cgroup_of "$pid" memory)/memory.limit_in_bytes")" 67108864
    is "$(cat "$(cgroup_of "$pid" pids)/pids.max")" 20
  fi
}

# bats test_tags=vm
@test "podman run --privileged, exec --privileged" {
  full_root
  ok p run --rm --network none --privileged $IMAGE sh -c 'mount -t tmpfs t /tmp && echo mounted; grep CapEff /proc/self/status; test -c /dev/kmsg && echo devices'
  has "$out" '^mounted$'
  has "$out" '000001ff'
  has "$out" '^devices$'
  up_p $IMAGE sleep 1000
  ok p exec --privileged "$ID" grep CapEff /proc/self/status
  has "$out" '000001ff'
}

@test "conmon is told that memory ran out" {
  cd "$DIR" # an older one leaves a file named oom where it stands; Podman 4.3 looks for that elsewhere, with runc too
  up_p --memory 16m --memory-swap 16m $IMAGE sh -c 'x=a; while :; do x=$x$x; done'
  ok p wait "$ID"
  is "$out" 137
  until_true 5 eval '[[ -e $DIR/oom || $(p inspect -f "{{.State.OOMKilled}}" "$ID") == true ]]'
}

@test "podman exec" {
  up_p $IMAGE sleep 1000
  ok p exec "$ID" echo inside
  is "$out" inside
  try p exec "$ID" sh -c 'exit 4'
  is "$status" 4
  ok p exec -u 1000 -w /tmp -e X=y "$ID" sh -c 'id -u; pwd; echo $X'
  is "$(paste -sd ' ' <<<"$out")" '1000 /tmp y'
  SEND=()
  tty_p exec -it "$ID" tty
  has "$out" '/dev/pts/'
  ok p exec -d "$ID" touch /tmp/mark
  until_true 5 p exec "$ID" test -e /tmp/mark
}

@test "podman says what is missing, and answers 126 and 127" {
  up_p $IMAGE sleep 1000
  try p exec "$ID" nowhere
  is "$status" 127
  has "$output" 'executable file .*not found in \$PATH'
  try p run --rm --network none $IMAGE nowhere
  is "$status" 127
  try p run --rm --network none $IMAGE /etc/passwd
  is "$status" 126
  has "$output" '[Pp]ermission denied'
}

# mistake CODE TEXT WORDS...: as with Docker.
mistake() {
  try p run --rm --network none "${@:3}"
  is "$status" "$1"
  has "$err" "$2"
  lacks "$err" 'System\.|Exception'
}

@test "podman tells mistakes, with the exit codes that it has with runc" {
  echo file >"$DIR/file"
  mistake 127 'exec: "/nowhere": stat /nowhere: no such file or directory' $IMAGE /nowhere
  mistake 126 'exec: "/etc": .*permission denied' $IMAGE /etc
  mistake 126 'stat /etc/passwd/x: not a directory' $IMAGE /etc/passwd/x
  mistake 126 'does not exist on container' -w /nowhere $IMAGE true
  mistake 126 'unable to find user nosuch' -u nosuch $IMAGE true
  mistake 125 'no such file or directory' -v "$DIR/missing:/x" $IMAGE true
  mistake 126 '/sys/newfile.*read-only file system' -v "$DIR/file:/sys/newfile" $IMAGE true
  mistake 126 '/bin.*not a directory' -v "$DIR/file:/bin" $IMAGE true
  mistake 126 'memory limit|OOM' --memory 32k $IMAGE true
  mistake 127 'no such file or directory' --sysctl net.ipv4.nosuch=1 $IMAGE true
  # A filter may name calls that this machine does not know.
  echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}' >"$DIR/profile.json"
  ok p run --rm --network none --security-opt "seccomp=$DIR/profile.json" $IMAGE true
  up_p $IMAGE sleep 1000
  try p exec -u nosuch "$ID" true
  isnt "$status" 0
  has "$output" 'unable to find user nosuch'
  try p exec "$ID" /etc
  is "$status" 126
  try p exec -w /nowhere "$ID" true
  is "$status" 127
  try p exec -w /etc/passwd "$ID" true
  is "$status" 255
}

@test "podman logs, top, stop, start, kill, wait, rm" {
  up_p $IMAGE sh -c 'trap "exit 3" TERM; echo line; while :; do sleep 0.05; done'
  until_true 5 eval 'p logs "$ID" | grep -q line'
  ok p top "$ID"
  ok p stop -t 5 "$ID"
  is "$(p inspect -f '{{.State.ExitCode}}' "$ID")" 3
  ok p start "$ID"
  ok p kill "$ID"
  ok p wait "$ID"
  is "$out" 137
  ok p rm "$ID"
}

@test "podman pause and unpause" {
  up_p $IMAGE sleep 1000
  ok p pause "$ID"
  state_is paused
  ok p unpause "$ID"
  state_is running
}

@test "podman update" {
  up_p --memory 64m $IMAGE sleep 1000
  p update --help >/dev/null 2>&1 || skip "this podman has no update"
  ok p update --memory 128m "$ID"
}

@test "podman stats" {
  up_p $IMAGE sleep 1000
  try p stats --no-stream --format '{{.Name}}' "$ID"
  [[ $status == 0 ]] || { cgroup_is_unified && complain "no stats"; skip "this podman reads no stats of hybrid cgroups"; }
  has "$out" "$ID"
}

@test "podman pod: two containers share a network and their names" {
  ok p pod create --name "$ID-pod" --infra-image $IMAGE --infra-command 'sleep 1000' --network none
  ok p run -d --pod "$ID-pod" --name "$ID-a" $IMAGE sh -c 'echo served >/tmp/index.html; exec httpd -f -p 127.0.0.1:8080 -h /tmp'
  until_true 5 p run --rm --pod "$ID-pod" $IMAGE wget -qO - http://127.0.0.1:8080/
  ok p run --rm --pod "$ID-pod" $IMAGE wget -qO - http://127.0.0.1:8080/
  is "$out" served
}

@test "podman kube play" {
  printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata:' "  name: $ID-kube" 'spec:' '  restartPolicy: Never' '  containers:' '  - name: one' '    image: localhost/busy:latest' \
    '    imagePullPolicy: Never' '    command: [sh, -c, "echo from kube; exec sleep 1000"]' >"$DIR/pod.yaml"
  try p play kube --network none "$DIR/pod.yaml"
  # Podman 4.3 gives its infra container the soft limit as the hard one and the other way round: they must be equal.
  [[ $status == 0 ]] || complain "podman play kube" || return 1
  until_true 5 eval 'p logs "$ID-kube-one" | grep -q "from kube"'
}

@test "podman health check" {
  up_p --health-cmd 'test -e /well' --health-interval disable $IMAGE sleep 1000
  fails p healthcheck run "$ID"
  ok p exec "$ID" touch /well
  ok p healthcheck run "$ID"
}

@test "buildah bud with RUN steps" {
  need_tools buildah
  printf '%s\n' 'FROM localhost/busy' 'RUN echo built >/built && id -u >/who' 'USER 1000' 'RUN id -u >/tmp/user' 'CMD cat /built /who /tmp/user' >"$DIR/Dockerfile"
  local b=(buildah --root "$ENGINE/graph" --runroot "$ENGINE/run" --storage-driver overlay)
  ok env CONTAINERS_CONF="$ENGINE/containers.conf" "${b[@]}" bud --signature-policy "$ENGINE/policy.json" --runtime "$ENGINE/runtime-under-test" --isolation oci --network none -t built "$DIR"
  ok p run --rm --network none localhost/built
  is "$(paste -sd ' ' <<<"$out")" 'built 0 1000'
}

# bats test_tags=vm
@test "podman container checkpoint and restore" {
  need_criu
  up_p $IMAGE sh -c "$COUNTER"
  until_true 10 eval '(($(p exec "$ID" cat /count) > 1030))'
  ok p container checkpoint "$ID"
  state_is exited
  ok p container restore "$ID"
  state_is running
  local count
  until_true 5 eval 'count=$(p exec "$ID" cat /count) && [[ $count ]]' # it may be just being written
  until_true 10 eval '(($(p exec "$ID" cat /count) > count))'
  ((count > 1030))
}

seen_by() {
  local BY=''
  [[ $1 != runc ]] || BY=$(command -v runc)
  shift
  p run --rm --network none "$@" $IMAGE sh -c "$LOOK"
}

@test "whatever its options, a container of podman sees what it sees with runc" {
  beside_runc
  mkdir "$DIR/volume"
  looks_same seen_by -h named
  looks_same seen_by -t --init
  looks_same seen_by -u 1000:1001 --cap-drop ALL --cap-add NET_ADMIN --security-opt no-new-privileges --read-only --umask 0077 -w /tmp
  looks_same seen_by --security-opt unmask=ALL --security-opt mask=/proc/version:/proc/bus --cgroupns host --pid host --ipc host --uts host
  looks_same seen_by --mount type=image,src=$IMAGE,dst=/img --mount type=tmpfs,dst=/t,tmpfs-mode=0700,notmpcopyup --tmpfs /etc --mount "type=bind,src=$DIR/volume,dst=/a/b,ro=true"
  looks_same seen_by -v "$DIR/volume:/v:O" -v "$DIR/volume:/w:U,rslave" --volume kept:/kept --device /dev/net/tun --device /dev/null:/dev/nothing:r
  looks_same seen_by --uidmap 0:100000:65536 --device /dev/net/tun --tmpfs /t -v "$DIR/volume:/v:ro" --user 5:5
  looks_same seen_by --uidmap 0:100000:65536 --privileged
  looks_same seen_by --memory 64m --memory-swap -1 --cpus 0.5 --cpuset-cpus 0 --pids-limit 50 --oom-score-adj 500 --shm-size 8m --sysctl net.ipv4.ip_forward=1
  p volume rm -f kept
}

@test "nothing is left behind by Podman and Buildah" {
  engine_clean
  engine_leaves_nothing
}
