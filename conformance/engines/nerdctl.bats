#!/usr/bin/env bats
# nerdctl: Docker's words, spoken to containerd, with hooks and log writers of its own

load engine

# There is no package of it in Debian: it runs where somebody put it.
setup_file() {
  ENGINE_HINT='' engine_needs nerdctl containerd ctr || return 0
  load engine
  engine_begin
  ln -s "$RUNTIME" "$ENGINE/runtime-under-test"
  cat >"$ENGINE/config.toml" <<END
version = 2
root = "$ENGINE/root"
state = "$ENGINE/state"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.internal.v1.opt"]
[grpc]
address = "$ENGINE/socket"
END
  containerd --config "$ENGINE/config.toml" >"$ENGINE/containerd.log" 2>&1 3>&- 4>&- </dev/null &
  echo $! >"$ENGINE/pid"
  until_true 20 ctr -a "$ENGINE/socket" version >/dev/null 2>&1
  ctr -n "$TAG-engine" -a "$ENGINE/socket" image import "$ENGINE/busy.tar" >/dev/null
  mkdir "$ENGINE/home"
  printf '%s = "%s"\n' address "$ENGINE/socket" namespace "$TAG-engine" data_root "$ENGINE/data" cgroup_manager "$MANAGER" \
    cni_path /usr/lib/cni cni_netconfpath "$ENGINE/cni" >"$ENGINE/nerdctl.toml"
}

teardown_file() {
  [[ ! -e $ENGINE/pid ]] || engine_end "$(<"$ENGINE/pid")"
}

# Its hooks and log writers find the same file: it hands its environment on to them, and they to nobody.
n() { HOME=$ENGINE/home NERDCTL_TOML=$ENGINE/nerdctl.toml nerdctl "$@" 3>&- 4>&-; }
tty_n() { HOME=$ENGINE/home NERDCTL_TOML=$ENGINE/nerdctl.toml ok "$LIB/terminal.py" foreground "${SEND[@]}" -- "$(command -v nerdctl)" "$@"; }
engine_clean() { n ps -aq | while read -r id; do n rm -f "$id"; done; } >/dev/null 2>&1
setup() {
  engine_setup
  RUN=(run --runtime "$ENGINE/runtime-under-test" --pull never --network none --cgroup-parent "$PARENT_WORD")
}
up_n() { ok n "${RUN[@]}" -d --name "$ID" "$@"; }
state_is() { [[ $(n inspect -f '{{.State.Status}}' "$ID") == "$1" ]]; }
pid_of() { n inspect -f '{{.State.Pid}}' "$ID"; }
log_has() { n logs "$ID" 2>&1 | grep -q "$1"; }

@test "run: output, exit codes, standard input" {
  ok n "${RUN[@]}" --rm busy echo hello
  is "$out" hello
  try n "${RUN[@]}" --rm busy sh -c 'exit 7'
  is "$status" 7
  ok n "${RUN[@]}" --rm -i busy cat <<<'from outside'
  is "$out" 'from outside'
}

@test "run -it" {
  SEND=(--send 'echo you said $((6 * 7))\nexit 3\n')
  tty_n "${RUN[@]}" --rm -it busy sh -c 'echo ready; exec sh'
  has "$out" 'you said 42'
  has "$out" '^status 3'
}

@test "run with user, groups, directory, variables, host name" {
  ok n "${RUN[@]}" --rm -u 1000:1001 --group-add 5 -w /tmp -e A=b -h named busy sh -c 'id -u; id -g; id -G; pwd; echo $A; hostname'
  is "$(paste -sd ' ' <<<"$out")" '1000 1001 1001 5 /tmp b named'
}

@test "run --read-only, --tmpfs, -v, --device" {
  mkdir "$DIR/data"
  ok n "${RUN[@]}" --rm --read-only --tmpfs /scratch:size=1m -v "$DIR/data:/data" -v "$DIR/data:/again:ro" --device /dev/null:/dev/nothing busy \
    sh -c 'touch /x 2>/dev/null || echo ro; touch /scratch/x && echo tmpfs; echo kept >/data/f; cat /again/f; touch /again/x 2>/dev/null || echo ro; test -c /dev/nothing && echo device'
  is "$(paste -sd ' ' <<<"$out")" 'ro tmpfs kept ro device'
  is "$(<"$DIR/data/f")" kept
}

@test "run --memory, --cpus, --pids-limit, and update" {
  up_n --memory 64m --cpus 0.5 --pids-limit 20 busy sleep 1000
  local group file=memory.max
  if cgroup_is_unified; then
    group=$(cgroup_of "$(pid_of)")
    is "$(<"$group/pids.max")" 20
    is "$(<"$group/cpu.max")" '50000 100000'
  else
    file=memory.limit_in_bytes
    group=$(cgroup_of "$(pid_of)" memory)
    is "$(cat "$(cgroup_of "$(pid_of)" pids)/pids.max")" 20
    is "$(cat "$(cgroup_of "$(pid_of)" cpu)/cpu.cfs_quota_us")" 50000
  fi
  is "$(<"$group/$file")" 67108864
  ok n update --memory 96m "$ID"
  is "$(<"$group/$file")" 100663296
}

@test "run --cap-drop, --cap-add, --security-opt" {
  ok n "${RUN[@]}" --rm --cap-drop ALL --cap-add CHOWN busy grep CapEff /proc/self/status
  has "$out" '0000000000000001$'
  ok n "${RUN[@]}" --rm busy grep -E '^(Seccomp:|NoNewPrivs)' /proc/self/status
  is "$(awk '{ print $2 }' <<<"$out" | paste -sd ' ')" '0 2'
  ok n "${RUN[@]}" --rm --security-opt seccomp=unconfined --security-opt no-new-privileges busy grep -E '^(Seccomp:|NoNewPrivs)' /proc/self/status
  is "$(awk '{ print $2 }' <<<"$out" | paste -sd ' ')" '1 0'
  echo '{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 123}]}' >"$DIR/profile.json"
  ok n "${RUN[@]}" --rm --security-opt "seccomp=$DIR/profile.json" busy sys mkdirat -100 /tmp/x 0
  is "$out" ENOMEDIUM
}

@test "run --privileged, exec --privileged" {
  full_root
  ok n "${RUN[@]}" --rm --privileged busy sh -c 'mount -t tmpfs t /tmp; echo mounted'
  is "$out" mounted
  up_n busy sleep 1000
  ok n exec --privileged "$ID" grep CapEff /proc/self/status
  has "$out" '000001ff'
}

@test "run --init" {
  need_tools tini-static
  ok n "${RUN[@]}" --rm --init --init-binary "$(command -v tini-static)" busy ps -o pid,args
  has "$out" '^ *1 /sbin/tini-static -- ps'
}

@test "run --ulimit, --sysctl, --shm-size, --oom-score-adj" {
  ok n "${RUN[@]}" --rm --ulimit nofile=100:200 --sysctl net.ipv4.ip_forward=1 --shm-size 1m --oom-score-adj 100 busy \
    sh -c 'ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward; df -k /dev/shm | tail -n 1 | tr -s " " | cut -d " " -f 2; cat /proc/self/oom_score_adj'
  is "$(paste -sd ' ' <<<"$out")" '100 200 1 1024 100'
}

@test "run on the node's network, with the names of the hosts" {
  RUN=("${RUN[@]/none/host}")
  ok n "${RUN[@]}" --rm --add-host there:10.1.2.3 busy sh -c 'readlink /proc/self/ns/net; grep there /etc/hosts'
  has "$out" "$(readlink /proc/self/ns/net | sed 's/[][]/\\&/g')"
  has "$out" '10\.1\.2\.3[[:space:]]+there'
}

@test "run -d, logs, top, inspect, rm -f" {
  up_n busy sh -c 'echo first; echo second >&2; exec sleep 1000'
  until_true 5 log_has second
  ok n top "$ID"
  has "$out" 'sleep 1000'
  ok n inspect -f '{{.State.Running}}' "$ID"
  is "$out" true
  ok n rm -f "$ID"
  is "$(n ps -aq)" ''
}

@test "stats" {
  cgroup_is_unified || skip "no metrics on hybrid cgroups, with runc neither"
  up_n busy sleep 1000
  # It counts beside, and shows noughts when it has not counted yet.
  until_true 10 eval '[[ $(n stats --no-stream --format "{{.Name}} {{.PIDs}}" "$ID") == "$ID 1" ]]'
}

@test "exec: output, codes, user, environment, directory, terminal, detached" {
  up_n busy sleep 1000
  ok n exec "$ID" echo inside
  is "$out" inside
  fails n exec "$ID" sh -c 'exit 4'
  has "$err" 'exec failed with exit code 4'
  ok n exec -i "$ID" cat <<<'typed'
  is "$out" typed
  ok n exec -u 1000 -w /tmp -e X=y "$ID" sh -c 'id -u; pwd; echo $X'
  is "$(paste -sd ' ' <<<"$out")" '1000 /tmp y'
  SEND=()
  tty_n exec -it "$ID" tty
  has "$out" '/dev/pts/'
  ok n exec -d "$ID" touch /tmp/mark
  until_true 5 n exec "$ID" test -e /tmp/mark
}

@test "mistakes are told by name" {
  fails n "${RUN[@]}" --rm busy nowhere
  has "${err//\\/}" 'exec: "nowhere": executable file not found in \$PATH'
  fails n "${RUN[@]}" --rm busy /etc/passwd
  has "${err//\\/}" 'exec: "/etc/passwd": permission denied'
  fails n "${RUN[@]}" --rm -w /etc/passwd busy true
  has "$err" '/etc/passwd.*not a directory'
  echo file >"$DIR/file"
  fails n "${RUN[@]}" --rm -v "$DIR/file:/bin" busy true
  has "$err" '/bin.*not a directory'
  up_n busy sleep 1000
  fails n exec "$ID" nowhere
  has "$output" 'executable file not found in \$PATH'
}

@test "stop, start, restart, kill, wait, rename" {
  up_n busy sh -c 'trap "exit 3" TERM; echo up; while :; do sleep 0.05; done'
  until_true 5 log_has up
  ok n stop -t 5 "$ID"
  is "$(n inspect -f '{{.State.ExitCode}}' "$ID")" 3
  ok n start "$ID"
  state_is running
  ok n restart -t 5 "$ID"
  state_is running
  ok n rename "$ID" "$ID-new"
  ok n kill "$ID-new"
  ok n wait "$ID-new"
  is "$out" 137
  ok n rm "$ID-new"
}

@test "pause and unpause" {
  up_n busy sleep 1000
  ok n pause "$ID"
  state_is paused
  fails n exec "$ID" true
  ok n unpause "$ID"
  ok n exec "$ID" true
}

@test "cp, diff, commit, export" {
  up_n busy sh -c 'echo made >/made; exec sleep 1000'
  until_true 5 n exec "$ID" test -e /made
  ok n cp "$ID:/made" "$DIR/made"
  is "$(<"$DIR/made")" made
  echo put >"$DIR/put"
  ok n cp "$DIR/put" "$ID:/put"
  ok n exec "$ID" cat /put
  is "$out" put
  ok n diff "$ID"
  has "$out" '^A /made$'
  ok n export -o "$DIR/exported.tar" "$ID"
  is "$(tar -xOf "$DIR/exported.tar" made)" made
  ok n commit "$ID" busy:made
  ok n "${RUN[@]}" --rm busy:made cat /made
  is "$out" made
}

@test "volumes, and a container's processes and network shared with another" {
  ok n volume create kept
  ok n "${RUN[@]}" --rm -v kept:/v busy sh -c 'echo x >/v/f'
  ok n "${RUN[@]}" --rm -v kept:/v busy cat /v/f
  is "$out" x
  ok n volume rm kept
  up_n busy sleep 1000
  RUN=("${RUN[@]/none/container:$ID}")
  ok n "${RUN[@]}" --rm --pid "container:$ID" busy sh -c 'ps -o args | grep -cx "sleep 1000"'
  is "$out" 1
}

@test "out of memory ends the container" {
  up_n --memory 16m --memory-swap 16m busy sh -c 'x=a; while :; do x=$x$x; done'
  until_true 20 state_is exited
  is "$(n inspect -f '{{.State.ExitCode}}' "$ID")" 137
}

@test "compose: two services" {
  need_tools /usr/lib/cni/bridge # of containernetworking-plugins: a network of the project is written down, whether a service uses it or not
  printf '%s\n' 'services:' '  web:' '    image: busy' '    network_mode: none' "    runtime: $ENGINE/runtime-under-test" '    command: sh -c "echo web is up; exec sleep 1000"' '    mem_limit: 64m' \
    '  reader:' '    image: busy' '    network_mode: none' "    runtime: $ENGINE/runtime-under-test" '    depends_on: [web]' '    environment: [A=b]' '    command: sh -c "echo $$A; exec sleep 1000"' >"$DIR/compose.yml"
  compose() { n compose -p "${ID//[^a-z0-9]/}" -f "$DIR/compose.yml" "$@"; }
  ok compose up -d
  is "$(compose ps -q | wc -l)" 2
  ok compose exec -T reader sh -c 'echo inside $A'
  has "$out" 'inside b'
  ok compose down
  is "$(n ps -aq)" ''
}

@test "nothing is left behind by nerdctl" {
  engine_clean
  engine_leaves_nothing "$(<"$ENGINE/pid")"
}
