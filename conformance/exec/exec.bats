#!/usr/bin/env bats
# exec: another program in a container that runs

load ../lib/suite

sleeping() { bundle "$@"; args sleep 1000; up; }

@test "exec runs a program in the container and passes its exit code on" {
  sleeping
  ok rt exec "$ID" true
  try rt exec "$ID" sh -c 'exit 42'
  is "$status" 42
  try rt exec "$ID" sh -c 'kill -KILL $$'
  is "$status" 137
}

@test "the caller's standard streams are the program's" {
  sleeping
  ok rt exec "$ID" sh -c 'cat; echo err >&2' <<<'from outside'
  is "$out" 'from outside'
  is "$err" err
}

@test "the program sees the container's files, processes, names and network only" {
  sleeping '.hostname = "inside"'
  ok rt exec "$ID" sh -c 'hostname; ls /proc | grep -c "^[0-9]"; tr "\0" " " </proc/1/cmdline; echo; ls /sys/class/net; readlink /proc/self/root'
  is "$(sed -n 1p <<<"$out")" inside
  is "$(sed -n 3p <<<"$out")" 'sleep 1000 '
  is "$(sed -n 4p <<<"$out")" lo
  is "$(sed -n 5p <<<"$out")" /
  ok rt exec "$ID" sh -c 'for n in cgroup ipc mnt net pid user uts; do [ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] && echo same; done | sort | uniq -c | tr -s " "'
  is "$out" " 7 same"
}

@test "environment, directory, user and rights are those of the container's process" {
  bundle '.process.env += ["COLOUR=green"] | .process.cwd = "/usr" | .process.user = {uid: 1000, gid: 1001, additionalGids: [5]}'
  args sleep 1000
  up
  ok rt exec "$ID" sh -c 'echo $COLOUR; pwd; id -u; id -g; id -G; grep -E "^(Cap|NoNewPrivs)" /proc/self/status'
  is "$(head -n 5 <<<"$out" | paste -sd ' ')" 'green /usr 1000 1001 1001 5'
  is "$(grep ^Cap <<<"$out" | sort)" "$(rt exec "$ID" grep ^Cap /proc/1/status | sort)"
  has "$out" '^NoNewPrivs:[[:space:]]*1$'
}

@test "options change directory, variables, user and groups" {
  sleeping '.process.env += ["COLOUR=green"]'
  ok rt exec --cwd /tmp -e COLOUR=red -e SHAPE=round -u 1000:1001 -g 5 -g 65534 "$ID" sh -c 'pwd; echo $COLOUR $SHAPE; id -u; id -g; id -G'
  is "$(paste -sd ' ' <<<"$out")" '/tmp red round 1000 1001 1001 5 65534'
}

@test "each option by its long name, with its value apart and joined" {
  skip_on crun 'has no --additional-gids'
  sleeping
  ok rt exec --cwd=/tmp --env COLOUR=red --env=SHAPE=round --user=1000:1001 --additional-gids 5 --additional-gids=65534 "$ID" sh -c 'pwd; echo $COLOUR $SHAPE; id -u; id -g; id -G'
  is "$(paste -sd ' ' <<<"$out")" '/tmp red round 1000 1001 1001 5 65534'
  # What asks for an LSM that is not there is an error, never left out.
  [[ -e /sys/fs/selinux/enforce || $RUNTIME_NAME == runc ]] || { try rt exec --process-label system_u:system_r:container_t:s0 "$ID" true; is "$status" 255; has "$output" '[sS][eE][lL]inux'; }
  [[ -e /sys/kernel/security/apparmor ]] || { try rt exec --apparmor some-profile "$ID" true; is "$status" 255; has "$output" 'apparmor'; }
}

@test "HOME is the user's where nobody says otherwise" {
  sleeping
  ok rt exec -u 1000 "$ID" sh -c 'echo $HOME'
  is "$out" /home/user
  ok rt exec -e HOME=/tmp -u 1000 "$ID" sh -c 'echo $HOME'
  is "$out" /tmp
}

@test "the words behind the id are the program's, dashes and all" {
  sleeping
  ok rt exec "$ID" echo -e --cwd -t --help -- x
  is "$out" '--cwd -t --help -- x'
}

@test "exec's own errors are 255" {
  try rt exec no-such-container true
  is "$status" 255
  says 'does not exist'
  sleeping
  try rt exec "$ID"
  isnt "$status" 0
  try rt exec "$ID" no-such-program
  is "$status" 255
  has "$output" 'exec failed: .*exec: \\?"no-such-program\\?": executable file not found in \$PATH'
  try rt exec "$ID" /etc/passwd
  is "$status" 255
  has "$output" 'permission denied'
  try rt exec "$ID" /tmp
  is "$status" 255
  has "$output" 'is a directory|permission denied'
  try rt exec --cwd /no/such/directory "$ID" true
  is "$status" 255
  has "$output" 'no such file or directory'
}

@test "a stopped container runs nothing" {
  bundle
  args true
  up
  until_true 5 status_is stopped
  try rt exec "$ID" true
  is "$status" 255
  says 'cannot exec in a stopped container'
}

@test "a container that waits for its start can be entered" {
  bundle
  args sleep 1000
  create
  ok rt exec "$ID" sh -c 'hostname; tr "\0" " " </proc/1/cmdline'
  is "$(head -n 1 <<<"$out")" runc
}

@test "--detach leaves the process to the caller's reaper, and --pid-file names it" {
  sleeping
  ok rt exec -d --pid-file "$DIR/exec.pid" "$ID" sleep 1001
  local pid
  pid=$(<"$DIR/exec.pid")
  is "$(wc -l <"$DIR/exec.pid")" 0
  is "$(tr '\0' ' ' <"/proc/$pid/cmdline")" 'sleep 1001 '
  is "$(cat "/proc/$pid/cgroup")" "$(cat "/proc/$PID/cgroup")"
}

@test "--process FILE says all of the process" {
  sleeping
  jq -n '{cwd: "/tmp", args: ["sh", "-c", "pwd; id -u; echo $X; grep NoNewPrivs /proc/self/status"], env: ["PATH=/bin", "X=y"], user: {uid: 1000, gid: 1000}}' >"$DIR/process.json"
  ok rt exec --process "$DIR/process.json" "$ID"
  is "$(head -n 3 <<<"$out" | paste -sd ' ')" '/tmp 1000 y'
  has "$out" 'NoNewPrivs:[[:space:]]*0'
  ok rt exec --pid-file "$DIR/exec.pid" --process "$DIR/process.json" --detach "$ID"
}

@test "a process file that is wrong is an error" {
  sleeping
  for wrong in '{' '{"args": ["true"]}' '{"cwd": "relative", "args": ["true"]}' '{"cwd": "/", "args": []}' '[]'; do
    echo "$wrong" >"$DIR/process.json"
    try rt exec --process "$DIR/process.json" "$ID"
    is "$status" 255
  done
  try rt exec --process "$DIR/nothing.json" "$ID"
  is "$status" 255
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" "--process $DIR/nothing\\.json: openat: ENOENT"
  if [[ $RUNTIME_NAME == csrunc ]]; then
    printf '{"cwd": "/", "args": ["true"],\n  "selinuxLabel": "l"}' >"$DIR/process.json"
    fails rt exec --process "$DIR/process.json" "$ID"
    has "$err" "failed: $DIR/process\\.json:2:19: /selinuxLabel (cannot be used|is not supported)"
  fi
}

@test "capabilities of a process file are its own; inheritable ones only where asked" {
  sleeping
  jq -n '{cwd: "/", args: ["grep", "^Cap", "/proc/self/status"], env: ["PATH=/bin"],
    capabilities: {bounding: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"]}}' >"$DIR/process.json"
  ok rt exec --process "$DIR/process.json" "$ID"
  has "$out" '^CapInh:[[:space:]]*0000000000000000$'
  has "$out" '^CapBnd:[[:space:]]*0000000000000021$'
  jq '.user = {uid: 1000, gid: 1000} | .capabilities = {bounding: ["CAP_KILL", "CAP_CHOWN"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"], inheritable: ["CAP_KILL"], ambient: ["CAP_KILL"]}' \
    "$DIR/process.json" >"$DIR/user.json"
  ok rt exec --process "$DIR/user.json" "$ID"
  is "$(awk '{ print $2 }' <<<"$out" | paste -sd ' ')" '0000000000000020 0000000000000020 0000000000000020 0000000000000021 0000000000000020'
}

@test "--cap adds to bounding, effective and permitted, never to inheritable" {
  sleeping
  ok rt exec --cap CAP_NET_RAW "$ID" grep ^Cap /proc/self/status
  has "$out" '^CapInh:[[:space:]]*0000000000000000$'
  has "$out" '^CapEff:[[:space:]]*0000000020002420$'
  has "$out" '^CapBnd:[[:space:]]*0000000020002420$'
}

@test "--no-new-privs" {
  sleeping '.process.noNewPrivileges = false'
  ok rt exec "$ID" grep NoNewPrivs /proc/self/status
  has "$out" '0$'
  ok rt exec --no-new-privs "$ID" grep NoNewPrivs /proc/self/status
  has "$out" '1$'
}

@test "limits are the process file's, else the container's" {
  sleeping '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 500, hard: 600}]'
  ok rt exec "$ID" sh -c 'ulimit -Sn; ulimit -Hn'
  is "$(paste -sd ' ' <<<"$out")" '500 600'
  jq -n '{cwd: "/", args: ["sh", "-c", "ulimit -Sn; ulimit -Hn"], env: ["PATH=/bin"], rlimits: [{type: "RLIMIT_NOFILE", soft: 40, hard: 50}]}' >"$DIR/process.json"
  ok rt exec --process "$DIR/process.json" "$ID"
  # runc 1.1.5 raises the soft one: its language's runtime puts the own limit back.
  [[ $RUNTIME_NAME == runc ]] || is "$(head -n 1 <<<"$out")" 40
  is "$(tail -n 1 <<<"$out")" 50
}

@test "the container's seccomp filter holds for the program" {
  for nnp in true false; do
    bundle ".process.noNewPrivileges = $nnp" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"],
      syscalls: [{names: ["mkdirat", "mkdir"], action: "SCMP_ACT_ERRNO", errnoRet: 5}]}'
    args sleep 1000
    up
    ok rt exec "$ID" sh -c 'grep Seccomp: /proc/self/status; sys mkdirat -100 /tmp/x 0'
    has "$out" 'Seccomp:[[:space:]]*2'
    has "$out" '^EIO$'
    ok rt delete -f "$ID"
  done
}

@test "a filter that allows hardly anything is no obstacle to exec itself" {
  skip_on runc 'needs more calls of its own behind the filter'
  bundle '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO", architectures: ["SCMP_ARCH_X86_64"], syscalls: [{names: ["execve", "exit_group", "exit", "nanosleep",
    "clock_nanosleep", "brk", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64", "getrandom", "mprotect", "readlinkat", "readlink", "prctl", "getuid",
    "rt_sigaction", "rt_sigprocmask", "newuname", "uname", "mmap", "munmap", "write", "read", "close", "openat", "fstat", "newfstatat", "futex", "getdents64"], action: "SCMP_ACT_ALLOW"}]}'
  args sleep 1000
  up
  ok rt exec "$ID" true
}

@test "nothing but streams and preserved descriptors gets in" {
  sleeping
  ok with_fds 9 exec "$ID" ls /proc/self/fd
  # The last number is ls' own.
  is "$(paste -sd ' ' <<<"$out")" '0 1 2 3'
  ok with_fds 9 exec --preserve-fds 2 "$ID" sh -c 'cat <&3; cat <&4; ls /proc/self/fd | tr "\n" " "'
  is "$out" $'content 3\ncontent 4\n0 1 2 3 4 5 '
}

@test "a preserved descriptor that is not open is an error" {
  sleeping
  try with_fds 4 exec --preserve-fds 50 "$ID" true
  is "$status" 255
}

@test "no descriptor of the runtime's own passes for a preserved one" {
  skip_on runc '1.1.5 hands its own over: CVE-2024-21626'
  skip_on crun 'does not check'
  sleeping
  local count
  for count in 1 2 3 4 5 8; do
    try with_fds 2 --log "$DIR/log" exec --preserve-fds $count "$ID" ls -l /proc/self/fd
    is "$status" 255
    has "$output" "preserved-fd 1 \(of $count\)"
  done
}

@test "the container's personality is that of what joins it" {
  skip_on runc '1.1.5 has no personality'
  sleeping '.linux.personality = {domain: "LINUX32"}'
  ok rt exec "$ID" uname -m
  is "$out" i686
}

@test "a working directory below /proc/self/fd leads nowhere" {
  sleeping '.root.readonly = false'
  exec 7</
  for n in 3 4 5 6 7 8 9 10 11 12; do
    for path in "/proc/self/fd/$n" "/proc/thread-self/fd/$n" "/w$n"; do
      ln -sfn "/proc/self/fd/$n" "$BUNDLE/rootfs/w$n"
      try "$RUNTIME" --root "$STATE" exec --cwd "$path" "$ID" sh -c 'ls; cat ../../etc/hostname' 3>&- 4>&-
      isnt "$status" 0
      lacks "$out" .
    done
  done
  exec 7<&-
}

@test "signals are at their defaults and unblocked" {
  sleeping
  ok rt exec "$ID" grep -E '^Sig(Blk|Ign)' /proc/self/status
  is "$(awk '{ print $2 }' <<<"$out" | sort -u)" 0000000000000000
}

@test "a signal to a foreground exec reaches the program" {
  sleeping
  spawn rt exec "$ID" sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done' >"$DIR/out"
  until_true 5 grep -q ready "$DIR/out"
  kill -TERM "$JOB"
  end_of "$JOB"
  is "$status" 7
}

@test "the program ends with the container" {
  sleeping
  spawn rt exec "$ID" sleep 1000
  until_true 5 eval '[[ $(rt exec $ID ps | grep -c "sleep 1000") == 2 ]]'
  ok rt kill "$ID" KILL
  end_of "$JOB"
  is "$status" 137
}

@test "nothing is left of an exec that ended or failed" {
  sleeping
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    ok rt exec "$ID" sh -c '(true &)'
    try rt exec "$ID" nothing-of-that-name
  done
  is "$(find "/proc/$PID/fd" -type l | wc -l)" 3
  # Orphans are the container's init's to reap; the processes themselves are ours.
  ok rt exec "$ID" ps -o stat,args
  lacks "$out" 'csrunc|nothing'
}

@test "--pidfd-socket gets a descriptor of the process" {
  skip_on runc '1.1.5 has it not'
  skip_on crun '1.8.1 has it not'
  sleeping
  pidfd_of "$DIR/pidfd"
  ok rt exec -d --pidfd-socket "$DIR/pidfd" --pid-file "$DIR/exec.pid" "$ID" sleep 1000
  end_of "$JOB"
  is "$(<"$DIR/pidfd.out")" "setns $(<"$DIR/exec.pid")"
}

@test "a pid file that cannot be written is an error, and no process is left" {
  sleeping
  try rt exec -d --pid-file "$DIR/no/such/place" "$ID" sleep 1001
  is "$status" 255
  ok rt exec "$ID" ps -o args
  lacks "$out" 'sleep 1001'
}

@test "scheduling and input/output priority of a process file" {
  skip_on runc '1.1.5 does not know them'
  skip_on crun '1.8.1 does not know ioPriority'
  sleeping
  jq -n '{cwd: "/", args: ["sh", "-c", "cut -d \" \" -f 19,41 /proc/self/stat; ionice -p $$; grep Cpus_allowed_list /proc/self/status"], env: ["PATH=/bin"],
    scheduler: {policy: "SCHED_BATCH", nice: 7}, ioPriority: {class: "IOPRIO_CLASS_BE", priority: 6}, execCPUAffinity: {initial: "0-1", final: "0"}}' >"$DIR/process.json"
  ok rt exec --process "$DIR/process.json" "$ID"
  # Fields 19 and 41 are niceness and policy: SCHED_BATCH is 3.
  is "$(sed -n 1p <<<"$out")" '7 3'
  has "$(sed -n 2p <<<"$out")" 'best-effort: prio 6'
  is "$(sed -n 3p <<<"$out" | tr -s '\t ' ' ')" 'Cpus_allowed_list: 0'
}

@test "a process of a user namespace is root there, and hidden on its way" {
  bundle '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings
    | .mounts |= map(select(.type != "cgroup" and .type != "sysfs"))' '.linux.maskedPaths = [] | .linux.readonlyPaths = []'
  chown 100000:100000 "$BUNDLE/rootfs"
  chmod 755 "$DIR" "$BUNDLE"
  args sleep 1000
  up
  ok rt exec "$ID" sh -c 'id -u; cat /proc/self/uid_map; grep CapEff /proc/self/status'
  is "$(sed -n 1p <<<"$out")" 0
  has "$out" '0 +100000 +65536'
  has "$out" '0000000020000420$'
  ok rt exec -u 1000:1000 "$ID" id -u
  is "$out" 1000
}

@test "the agent of a notifying filter gets a listener for the process" {
  skip_on runc '1.1.5 sends another state'
  skip_on crun '1.8.1 has it at run only'
  bundle
  args sleep 1000
  edit --arg s "$DIR/agent" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"], listenerPath: $s, listenerMetadata: "m",
    syscalls: [{names: ["mkdirat"], action: "SCMP_ACT_NOTIFY"}]}'
  spawn "$LIB/seccomp-agent.py" "$DIR/agent" >"$DIR/first"
  until_true 5 test -S "$DIR/agent"
  up
  rm "$DIR/agent"
  spawn "$LIB/seccomp-agent.py" "$DIR/agent" >"$DIR/second"
  until_true 5 test -S "$DIR/agent"
  ok rt exec --pid-file "$DIR/exec.pid" "$ID" sys mkdirat -100 /tmp/x 0
  is "$out" ENOMEDIUM
  local state
  state=$(sed -n 2p "$DIR/second")
  is "$(jq -r '.fds[0], .metadata, .state.id, .state.status' <<<"$state" | paste -sd ' ')" "seccompFd m $ID running"
  is "$(jq .pid <<<"$state")" "$(<"$DIR/exec.pid")"
  is "$(jq .state.pid <<<"$state")" "$PID"
}

@test "an agent that is missing is an error of exec" {
  skip_on crun '1.8.1 has it at run only'
  bundle
  args sleep 1000
  edit --arg s "$DIR/agent" '.linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_X86_64"], listenerPath: $s, syscalls: [{names: ["mkdirat"], action: "SCMP_ACT_NOTIFY"}]}'
  spawn "$LIB/seccomp-agent.py" "$DIR/agent" >"$DIR/first"
  until_true 5 test -S "$DIR/agent"
  up
  rm "$DIR/agent"
  try rt exec "$ID" true
  is "$status" 255
  says 'failed to connect with seccomp agent'
  is "$(rt exec "$ID" ps 2>/dev/null | grep -c true)" 0
}

@test "exec joins the time namespace" {
  skip_on runc '1.1.5 does not know the type'
  skip_on crun '1.8.1 breaks at the first one on Linux 6.18'
  sleeping '.linux.namespaces += [{"type": "time"}] | .linux.timeOffsets = {boottime: {secs: 1000000}}'
  ok rt exec "$ID" sh -c 'readlink /proc/self/ns/time; readlink /proc/1/ns/time; cut -d. -f1 /proc/uptime'
  is "$(sed -n 1p <<<"$out")" "$(readlink "/proc/$PID/ns/time")"
  is "$(sed -n 2p <<<"$out")" "$(readlink "/proc/$PID/ns/time")"
  (($(sed -n 3p <<<"$out") > 1000000)) || complain "the clock is the host's"
}

@test "what is wrong with the words of exec, and not in the words alone, ends with 255" {
  skip_on crun 'ends with 1'
  sleeping
  local words
  for words in "$ID" "$ID --" "-- $ID" "--user x $ID true" "--user 1: $ID true" "--user :1 $ID true" "--user 1:x $ID true" "--user 1:2:3 $ID true" "--user -1 $ID true" \
    "--user 4294967295 $ID true" "-d --user x $ID true" "-g -1 $ID true" "-g 4294967295 $ID true" "--preserve-fds=2000 $ID true" "--preserve-fds=99999999999 $ID true" \
    'nosuch true' nosuch '--user x nosuch true' '../x true' '--preserve-fds=-1 nosuch true'; do
    # shellcheck disable=SC2086 # words
    try rt exec $words
    is "$words: $status" "$words: 255"
    has "$err" 'msg="exec failed: '
  done
  # What the words alone tell.
  for words in '' "-g x $ID true" "-g 0x5 $ID true" "-g x $ID" "-g 99999999999999999999 $ID true" "--preserve-fds=x $ID true" "--nosuch $ID true" "--tty=x $ID true"; do
    # shellcheck disable=SC2086 # words
    try rt exec $words
    is "$words: $status" "$words: 1"
    lacks "$err" 'exec failed'
  done
  ok rt exec --user +1:+2 -g +5 -g 010 "$ID" id -G
  is "$out" '2 5 10'
}

@test "the count of --preserve-fds is written as Go writes numbers" {
  skip_on crun 'reads decimal digits'
  sleeping
  local count
  for count in 0x2 0X2 0b10 0o2 02 +2 0_2 0x_2; do
    ok with_fds 9 exec --preserve-fds=$count "$ID" sh -c 'ls /proc/self/fd | tr "\n" " "'
    is "$count: $out" "$count: 0 1 2 3 4 5 "
  done
  for count in 0 -1 -0x3 0x0; do
    ok with_fds 9 exec --preserve-fds=$count "$ID" sh -c 'ls /proc/self/fd | tr "\n" " "'
    is "$count: $out" "$count: 0 1 2 3 "
  done
  for count in _2 2_ 2__0 0x 0xg 08 0b2 1e1 x -- - + 9223372036854775808; do
    fails with_fds 9 exec --preserve-fds=$count "$ID" true
    is "$count: $status" "$count: 1"
    has "$err" "invalid value .*$count.* for flag -preserve-fds: "
  done
}
