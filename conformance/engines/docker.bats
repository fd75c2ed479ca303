#!/usr/bin/env bats
# Docker: what a beginner's course teaches, on the runtime

load engine
load same

setup_file() {
  engine_needs dockerd containerd || return 0
  load engine
  engine_begin
  ln -s "$RUNTIME" "$ENGINE/runtime-under-test"
  echo '{"experimental": true}' >"$ENGINE/none.json" # for checkpoints
  dockerd -H "unix://$ENGINE/docker.sock" --data-root "$ENGINE/data" --exec-root "$ENGINE/exec" --pidfile "$ENGINE/docker.pid" --config-file "$ENGINE/none.json" \
    --iptables=false --ip6tables=false --bridge=none --cgroup-parent "$PARENT_WORD" --exec-opt "native.cgroupdriver=$MANAGER" --add-runtime "tested=$ENGINE/runtime-under-test" --default-runtime tested \
    >"$ENGINE/docker.log" 2>&1 3>&- 4>&- </dev/null &
  echo $! >"$ENGINE/pid"
  until_true 30 /usr/bin/docker -H "unix://$ENGINE/docker.sock" version >/dev/null 2>&1 || { tail -n 20 "$ENGINE/docker.log"; return 1; }
  /usr/bin/docker -H "unix://$ENGINE/docker.sock" load -q -i "$ENGINE/busy.tar" >/dev/null
}

teardown_file() {
  [[ ! -e $ENGINE/pid ]] || engine_end "$(<"$ENGINE/pid")"
}

d() { HOME=$ENGINE /usr/bin/docker -H "unix://$ENGINE/docker.sock" "$@" 3>&- 4>&-; }
tty_d() { ok "$LIB/terminal.py" foreground "${SEND[@]}" -- /usr/bin/docker -H "unix://$ENGINE/docker.sock" "$@"; }
engine_clean() { d ps -aq | xargs -r /usr/bin/docker -H "unix://$ENGINE/docker.sock" rm -f; } >/dev/null 2>&1
up_d() { ok d run -d --name "$ID" --network none "$@"; }
state_is() { [[ $(d inspect -f '{{.State.Status}}' "$ID") == "$1" ]]; }

@test "info names the runtime, and run takes it by name" {
  ok d info
  has "$out" 'Default Runtime: tested'
  ok d version
  ok d run --rm --network none --runtime tested busy echo hello
  is "$out" hello
  ok d create --name "$ID" --runtime tested busy true
  is "$(d inspect -f '{{.HostConfig.Runtime}}' "$ID")" tested
}

@test "run: output, exit codes, standard input" {
  ok d run --rm --network none busy echo hello
  is "$out" hello
  try d run --rm --network none busy sh -c 'exit 7'
  is "$status" 7
  ok d run --rm -i --network none busy cat <<<'from outside'
  is "$out" 'from outside'
}

@test "run -it" {
  SEND=(--send 'echo you said $((6 * 7))\nexit 3\n')
  tty_d run --rm -it --network none busy sh -c 'echo ready; exec sh'
  has "$out" 'you said 42'
  has "$out" '^status 3'
}

@test "run with user, groups, directory, variables, host name" {
  ok d run --rm --network none -u 1000:1001 --group-add 5 -w /tmp -e A=b -h named busy sh -c 'id -u; id -g; id -G; pwd; echo $A; hostname'
  is "$(paste -sd ' ' <<<"$out")" '1000 1001 1001 5 /tmp b named'
}

@test "run --read-only, --tmpfs, -v, --device" {
  mkdir "$DIR/data"
  ok d run --rm --network none --read-only --tmpfs /scratch:size=1m -v "$DIR/data:/data" -v "$DIR/data:/again:ro" --device /dev/null:/dev/nothing busy \
    sh -c 'touch /x 2>/dev/null || echo ro; touch /scratch/x && echo tmpfs; echo kept >/data/f; cat /again/f; touch /again/x 2>/dev/null || echo ro; test -c /dev/nothing && echo device'
  is "$(paste -sd ' ' <<<"$out")" 'ro tmpfs kept ro device'
  is "$(<"$DIR/data/f")" kept
}

@test "run --memory, --cpus, --pids-limit" {
  up_d --memory 64m --cpus 0.5 --pids-limit 20 busy sleep 1000
  local pid
  pid=$(d inspect -f '{{.State.Pid}}' "$ID")
  if cgroup_is_unified; then
    is "$(cat "$(cgroup_of "$pid")/memory.max")" 67108864
    is "$(cat "$(cgroup_of "$pid")/pids.max")" 20
  else
    is "$(cat "$(cgroup_of "$pid" memory)/memory.limit_in_bytes")" 67108864
    is "$(cat "$(cgroup_of "$pid" cpu)/cpu.cfs_quota_us")" 50000
    is "$(cat "$(cgroup_of "$pid" pids)/pids.max")" 20
  fi
}

@test "run --cap-drop, --cap-add, --security-opt" {
  ok d run --rm --network none --cap-drop ALL --cap-add CHOWN busy grep CapEff /proc/self/status
  has "$out" '0000000000000001$'
  ok d run --rm --network none busy grep Seccomp: /proc/self/status
  has "$out" '2$'
  ok d run --rm --network none --security-opt seccomp=unconfined --security-opt no-new-privileges busy grep -E '^(Seccomp:|NoNewPrivs)' /proc/self/status
  is "$(awk '{ print $2 }' <<<"$out" | paste -sd ' ')" '1 0'
}

@test "run --privileged, exec --privileged" {
  full_root
  ok d run --rm --network none --privileged busy sh -c 'mount -t tmpfs t /mnt 2>/dev/null || mount -t tmpfs t /tmp; echo mounted'
  is "$out" mounted
  up_d busy sleep 1000
  ok d exec --privileged "$ID" grep CapEff /proc/self/status
  has "$out" '000001f|0000003fffffffff' # Docker 20.10 knows 38 capabilities
}

@test "run --init" {
  ok d run --rm --init --network none busy ps -o pid,args
  has "$out" '^ *1 /sbin/docker-init -- ps'
  try d run --rm --init --network none busy sh -c 'kill -TERM $$'
  is "$status" 143
}

@test "run --security-opt seccomp=PROFILE" {
  echo '{"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 123}]}' >"$DIR/profile.json"
  ok d run --rm --network none --security-opt "seccomp=$DIR/profile.json" busy sys mkdirat -100 /tmp/x 0
  is "$out" ENOMEDIUM
}

@test "run --ulimit, --sysctl, --shm-size, --oom-score-adj" {
  ok d run --rm --network none --ulimit nofile=100:200 --sysctl net.ipv4.ip_forward=1 --shm-size 1m --oom-score-adj 100 busy \
    sh -c 'ulimit -Sn; ulimit -Hn; cat /proc/sys/net/ipv4/ip_forward; df -k /dev/shm | tail -n 1 | tr -s " " | cut -d " " -f 2; cat /proc/self/oom_score_adj'
  is "$(paste -sd ' ' <<<"$out")" '100 200 1 1024 100'
}

@test "run -d, logs, top, inspect, port, rm -f" {
  up_d busy sh -c 'echo first; echo second >&2; exec sleep 1000'
  until_true 5 eval 'd logs "$ID" 2>&1 | grep -q second'
  ok d top "$ID"
  has "$out" 'sleep 1000'
  ok d inspect -f '{{.HostConfig.Runtime}} {{.State.Running}}' "$ID"
  is "$out" 'tested true'
  ok d rm -f "$ID"
  is "$(d ps -aq)" ''
}

@test "exec: output, codes, user, environment, directory, terminal, detached" {
  up_d busy sleep 1000
  ok d exec "$ID" echo inside
  is "$out" inside
  try d exec "$ID" sh -c 'exit 4'
  is "$status" 4
  ok d exec -i "$ID" cat <<<'typed'
  is "$out" typed
  ok d exec -u 1000 -w /tmp -e X=y "$ID" sh -c 'id -u; pwd; echo $X'
  is "$(paste -sd ' ' <<<"$out")" '1000 /tmp y'
  SEND=()
  tty_d exec -it "$ID" tty
  has "$out" '/dev/pts/'
  ok d exec -d "$ID" touch /tmp/mark
  until_true 5 d exec "$ID" test -e /tmp/mark
}

# exec_fails TEXT WORDS...: the code is always 126 with Docker before 28, then 127 where something is not there.
exec_fails() {
  local code=126 version
  version=$(d version -f '{{.Server.Version}}')
  try d exec "${@:2}"
  has "$output" "$1"
  [[ ${version%%.*} -lt 28 || ! $output =~ (not found|no such file|not a directory) ]] || code=127
  is "$status" "$code"
}

@test "exec and run say what is missing, and answer 126 and 127" {
  up_d busy sleep 1000
  exec_fails 'executable file not found in \$PATH' "$ID" nowhere
  try d run --rm --network none busy nowhere
  is "$status" 127
  has "$output" 'executable file not found in \$PATH'
  try d run --rm --network none busy /etc/passwd
  is "$status" 126
  has "$output" 'permission denied'
  try d run --rm --network none -w /etc/passwd busy true
  isnt "$status" 0
}

# mistake CODE TEXT WORDS...: what a user reads, and the code that scripts get. The codes are those with runc.
mistake() {
  try d run --rm --network none "${@:3}"
  is "$status" "$1"
  has "$err" "$2"
  lacks "$err" 'System\.|Exception'
}

@test "mistakes in the program, its directory and its user" {
  mistake 127 'exec: "nowhere": executable file not found in \$PATH' busy nowhere
  mistake 127 'exec: "/nowhere": stat /nowhere: no such file or directory' busy /nowhere
  mistake 126 'exec: "/etc/passwd": permission denied' busy /etc/passwd
  mistake 126 'exec: "/etc": .*permission denied' busy /etc
  mistake 125 'exec: "/etc/passwd/x": stat /etc/passwd/x: not a directory' busy /etc/passwd/x
  mistake 125 '/etc/passwd is not a directory' -w /etc/passwd busy true
  mistake 125 'unable to find user nosuch' -u nosuch busy true
  up_d busy sleep 1000
  exec_fails 'no such file or directory' -w /nowhere "$ID" true
  exec_fails 'not a directory' -w /etc/passwd "$ID" true
  exec_fails 'unable to find user' -u nosuch "$ID" true
}

@test "mistakes in mounts" {
  echo file >"$DIR/file"
  mkdir "$DIR/folder"
  mistake 125 'bind source path does not exist' --mount "type=bind,src=$DIR/missing,dst=/x" busy true
  mistake 125 '/sys/newfile.*read-only file system' -v "$DIR/file:/sys/newfile" busy true
  mistake 125 '/proc/newfile.*cannot be mounted because it is inside /proc' -v "$DIR/file:/proc/newfile" busy true
  # Docker knows advice for these words.
  mistake 125 '/bin.*not a directory.*Are you trying to mount a directory onto a file' -v "$DIR/file:/bin" busy true
  mistake 125 '/etc/passwd.*not a directory.*Are you trying to mount a directory onto a file' -v "$DIR/folder:/etc/passwd" busy true
}

@test "mistakes in limits and profiles" {
  mistake 125 'quota|cfs_quota_us' --cpus 0.001 busy true
  mistake 127 'net.ipv4.nosuch.*no such file or directory|net/ipv4/nosuch: no such file' --sysctl net.ipv4.nosuch=1 busy true
  root_has 24 || mistake 125 'operation not permitted' --ulimit nofile=99999999:99999999 busy true
  # A filter may name calls that this machine does not know, and the least memory that Docker takes is enough.
  echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["no_such_call"], "action": "SCMP_ACT_ERRNO"}]}' >"$DIR/profile.json"
  ok d run --rm --network none --security-opt "seccomp=$DIR/profile.json" busy true
  ok d run --rm --network none --memory 6m --memory-swap 6m busy true
}

@test "stop, start, restart, kill, wait, rename" {
  up_d busy sh -c 'trap "exit 3" TERM; echo up; while :; do sleep 0.05; done'
  until_true 5 eval 'd logs "$ID" | grep -q up'
  ok d stop -t 5 "$ID"
  is "$(d inspect -f '{{.State.ExitCode}}' "$ID")" 3
  ok d start "$ID"
  state_is running
  ok d restart -t 5 "$ID"
  state_is running
  ok d rename "$ID" "$ID-new"
  ok d kill "$ID-new"
  ok d wait "$ID-new"
  is "$out" 137
  ok d rm "$ID-new"
}

@test "pause and unpause" {
  up_d busy sleep 1000
  ok d pause "$ID"
  state_is paused
  fails d exec "$ID" true
  ok d unpause "$ID"
  ok d exec "$ID" true
}

@test "update" {
  up_d --memory 64m --memory-swap 64m busy sleep 1000
  ok d update --memory 128m --memory-swap 128m --pids-limit 50 "$ID"
  local pid
  pid=$(d inspect -f '{{.State.Pid}}' "$ID")
  if cgroup_is_unified; then
    is "$(cat "$(cgroup_of "$pid")/memory.max")" 134217728
  else
    is "$(cat "$(cgroup_of "$pid" memory)/memory.limit_in_bytes")" 134217728
    is "$(cat "$(cgroup_of "$pid" pids)/pids.max")" 50
  fi
}

@test "stats" {
  up_d busy sleep 1000
  ok d stats --no-stream --format '{{.Name}} {{.PIDs}}' "$ID"
  has "$out" "^$ID "
}

@test "cp, diff, commit, save, export" {
  up_d busy sh -c 'echo made >/made; exec sleep 1000'
  until_true 5 d exec "$ID" test -e /made
  ok d cp "$ID:/made" "$DIR/made"
  is "$(<"$DIR/made")" made
  echo put >"$DIR/put"
  ok d cp "$DIR/put" "$ID:/put"
  ok d exec "$ID" cat /put
  is "$out" put
  ok d diff "$ID"
  has "$out" '^A /made$'
  ok d commit "$ID" busy:made
  ok d run --rm --network none busy:made cat /made
  is "$out" made
  ok d save -o "$DIR/saved.tar" busy:made
  ok d rmi busy:made
  ok d load -q -i "$DIR/saved.tar"
  ok d run --rm --network none busy:made cat /made
  is "$out" made
  ok d export -o "$DIR/exported.tar" "$ID"
  is "$(tar -xOf "$DIR/exported.tar" made)" made
}

@test "build" {
  printf '%s\n' 'FROM busy' 'RUN echo built >/built && id -u >/who' 'USER 1000' 'WORKDIR /work' 'ENV A=b' 'CMD cat /built /who; echo $A; pwd; id -u' >"$DIR/Dockerfile"
  export DOCKER_BUILDKIT=0
  ok d build -q --network none -t busy:built "$DIR"
  ok d run --rm --network none busy:built
  is "$(paste -sd ' ' <<<"$out")" 'built 0 b /work 1000'
}

@test "health check" {
  up_d --health-cmd 'test -e /well' --health-interval 200ms --health-retries 1 busy sleep 1000
  until_true 10 eval '[[ $(d inspect -f "{{.State.Health.Status}}" "$ID") == unhealthy ]]'
  ok d exec "$ID" touch /well
  until_true 10 eval '[[ $(d inspect -f "{{.State.Health.Status}}" "$ID") == healthy ]]'
}

@test "restart policies" {
  up_d --restart on-failure:2 busy sh -c 'exit 1'
  until_true 15 eval '[[ $(d inspect -f "{{.RestartCount}} {{.State.Status}}" "$ID") == "2 exited" ]]'
  ok d run -d --name "$ID-always" --network none --restart always busy sh -c 'sleep 0.2'
  until_true 15 eval '(($(d inspect -f "{{.RestartCount}}" "$ID-always") >= 2))'
  ok d stop -t 1 "$ID-always"
  is "$(d inspect -f '{{.State.Status}}' "$ID-always")" exited
}

@test "logs -f, attach" {
  up_d -i busy sh -c 'echo one; read line; echo "got $line"; exit 4'
  spawn d logs -f "$ID" >"$DIR/logs"
  until_true 5 grep -q one "$DIR/logs"
  try d attach "$ID" <<<'typed later'
  is "$status" 4
  end_of "$JOB"
  has "$(<"$DIR/logs")" 'got typed later'
}

@test "run --network bridge: two containers and the host meet" {
  ok d network create --subnet 10.213.77.0/24 -o com.docker.network.bridge.enable_ip_masquerade=false "$ID-net"
  ok d run -d --name "$ID" --network "$ID-net" --ip 10.213.77.20 busy sh -c 'echo served >/tmp/index.html; exec httpd -f -p 8080 -h /tmp'
  until_true 10 d run --rm --network "$ID-net" busy wget -qO - http://10.213.77.20:8080/
  ok d run --rm --network "$ID-net" busy wget -qO - http://10.213.77.20:8080/
  is "$out" served
  ok d run --rm --network "$ID-net" busy cat /sys/class/net/eth0/operstate
  is "$out" up
  ok d rm -f "$ID"
  ok d network rm "$ID-net"
}

@test "compose: two services" {
  need_tools docker-compose
  # Debian's reads proxies and credentials below HOME; it knows one daemon.
  compose() { HOME=$ENGINE DOCKER_HOST=unix://$ENGINE/docker.sock docker-compose -p "${ID//[^a-z0-9]/}" -f "$DIR/compose.yml" "$@" 3>&- 4>&-; }
  printf '%s\n' 'version: "2.4"' 'services:' '  web:' '    image: busy' '    network_mode: none' '    command: sh -c "echo composed >/tmp/index.html; exec httpd -f -p 127.0.0.1:8080 -h /tmp"' \
    '    healthcheck: {test: wget -qO /dev/null http://127.0.0.1:8080/, interval: 300ms, retries: 20}' '    mem_limit: 64m' \
    '  reader:' '    image: busy' '    network_mode: "service:web"' '    depends_on: {web: {condition: service_healthy}}' '    environment: [A=b]' \
    '    command: sh -c "echo $$A; wget -qO - http://127.0.0.1:8080/; exec sleep 1000"' >"$DIR/compose.yml"
  ok compose up -d
  until_true 10 eval 'compose logs --no-color reader | grep -q composed'
  has "$(compose logs --no-color reader)" '[|] b$'
  is "$(compose ps -q | wc -l)" 2
  ok compose exec -T reader echo inside
  has "$out" inside
  ok compose restart -t 1 reader
  ok compose down -t 1
  is "$(d ps -aq)" ''
}

@test "push to and pull from a local registry" {
  need_tools docker-registry
  mkdir "$DIR/registry"
  printf '%s\n' 'version: 0.1' 'log: {level: warn}' "storage: {filesystem: {rootdirectory: $DIR/registry}}" 'http: {addr: "127.0.0.1:5077"}' >"$DIR/registry.yml"
  spawn docker-registry serve "$DIR/registry.yml" >"$DIR/registry.log" 2>&1
  until_true 10 eval 'exec 9<>/dev/tcp/127.0.0.1/5077' 2>/dev/null
  ok d tag busy 127.0.0.1:5077/busy:pushed
  ok d push -q 127.0.0.1:5077/busy:pushed
  ok d rmi 127.0.0.1:5077/busy:pushed
  ok d run --rm --network none 127.0.0.1:5077/busy:pushed echo pulled
  is "$(tail -n 1 <<<"$out")" pulled
  ok d rmi 127.0.0.1:5077/busy:pushed
}

@test "out of memory ends the container" {
  up_d --memory 16m --memory-swap 16m busy sh -c 'x=a; while :; do x=$x$x; done'
  until_true 20 state_is exited
  is "$(d inspect -f '{{.State.ExitCode}}' "$ID")" 137
  cgroup_is_unified || skip "not told on hybrid cgroups, with runc neither"
  until_true 5 eval '[[ $(d inspect -f "{{.State.OOMKilled}}" "$ID") == true ]]'
}

@test "volumes, and a container's network shared with another" {
  ok d volume create kept
  ok d run --rm --network none -v kept:/v busy sh -c 'echo x >/v/f'
  ok d run --rm --network none -v kept:/v busy cat /v/f
  is "$out" x
  ok d volume rm kept
  up_d busy sleep 1000
  ok d run --rm --network "container:$ID" --pid "container:$ID" --ipc none busy sh -c 'ps -o args | grep -cx "sleep 1000"'
  is "$out" 1
}

@test "checkpoint, and start from it" {
  need_criu
  up_d --security-opt seccomp=unconfined busy sh -c "$COUNTER"
  until_true 10 eval '(($(d exec "$ID" cat /count) > 1030))'
  ok d checkpoint create "$ID" one
  until_true 10 state_is exited
  ok d start --checkpoint one "$ID"
  state_is running
  local count
  until_true 5 eval 'count=$(d exec "$ID" cat /count) && [[ $count ]]' # it may be just being written
  until_true 10 eval '(($(d exec "$ID" cat /count) > count))'
  ((count > 1030))
}

seen_by() { local runtime=$1; shift; d run --rm --network none --runtime "$runtime" "$@" busy sh -c "$LOOK"; }
seen_in() { local runtime=$1; shift; d exec "$@" "$ID-$runtime" sh -c "$LOOK"; }

@test "whatever its options, a container sees what it sees with runc" {
  beside_runc
  mkdir "$DIR/volume"
  mount -t tmpfs volume "$DIR/volume"
  mount --make-shared "$DIR/volume"
  looks_same seen_by -h named
  looks_same seen_by -t
  looks_same seen_by -u 1000:1001 --group-add 7 --cap-drop ALL --cap-add NET_ADMIN --security-opt no-new-privileges --read-only --tmpfs /scratch:size=1m,mode=1770 -e A=b -w /new/place
  looks_same seen_by --cgroupns host --pid host --ipc host --uts host --security-opt seccomp=unconfined --security-opt systempaths=unconfined
  looks_same seen_by --cgroupns private --ipc shareable --init --domainname below.example --shm-size 8m --sysctl net.ipv4.ip_forward=1 --sysctl kernel.shmmax=100000
  looks_same seen_by -v "$DIR/volume:/a:ro" -v "$DIR/volume:/b:rslave" -v "$DIR/volume:/c:rshared" --mount "type=bind,src=$DIR/volume,dst=/d/e/f,readonly,bind-nonrecursive" -v /etc/passwd:/etc/passwd:ro -v /dev/null:/x/null
  looks_same seen_by -v /proc:/machine/proc -v /sys:/machine/sys -v /dev:/machine/dev --mount type=tmpfs,dst=/t,tmpfs-mode=0700 --mount type=volume,dst=/v
  looks_same seen_by --memory 64m --memory-reservation 32m --memory-swap -1 --cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0 --pids-limit 50 --ulimit nofile=100:200 --oom-score-adj 500
  looks_same seen_by --device /dev/null:/dev/nothing:r --device /dev/net/tun --device-cgroup-rule 'c 10:229 rwm'
  ! root_has 24 || looks_same seen_by --privileged
}

@test "and so does what is run in it by exec" {
  beside_runc
  local runtime
  for runtime in runc tested; do ok d run -d --name "$ID-$runtime" --network none -h named --runtime "$runtime" --memory 64m --cap-add NET_ADMIN -e A=b busy sleep 1000; done
  looks_same seen_in
  looks_same seen_in -u 1000:7 -w /tmp -e A=c -e D
  looks_same seen_in -u nobody -i
  ! root_has 24 || looks_same seen_in --privileged
  looks_same seen_in -t # the last: its terminal may be seen for a while
}

@test "nothing is left behind" {
  engine_clean
  engine_leaves_nothing "$(<"$ENGINE/pid")"
}
