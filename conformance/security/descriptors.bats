#!/usr/bin/env bats
# Descriptors and memory of the runtime: what a container could take hold of.

load ../lib/suite
load hostile

# CVE-2024-21626, CVE-2016-9962
@test "the program has three descriptors, whatever the caller left open" {
  local n
  exec 20<"$CANARY" 21</ 22<"$CANARY/file" 23>"$DIR/out" 24<>"$CANARY/fifo" 25</sys/fs/cgroup 26</proc/self/ns/mnt
  sh_c 'for f in /proc/self/fd/*; do echo "${f##*/}"; done'
  ok rt run -b "$BUNDLE" "$ID"
  # The fourth is the shell's own look at the directory.
  is "$(grep -vx '[0123]' <<<"$out")" ''
  for n in {20..26}; do eval "exec $n<&-"; done
  unharmed
}

@test "a created container's init holds no way to the host's files" {
  skip_on crun '1.8.1 keeps what the caller left open (red there)'
  skip_on runc '1.1.5 holds exec.fifo of its state directory (red there)'
  exec 20<"$CANARY" 21</ 22<"$CANARY/file" 25</sys/fs/cgroup 26</proc/self/ns/mnt
  args sleep 100
  create
  exec 20<&- 21<&- 22<&- 25<&- 26<&-
  # Of the host's mounts: those that stand in our own mount table.
  local fd id link
  for fd in "/proc/$PID/fd/"*; do
    [[ ${fd##*/} -gt 2 ]] || continue
    link=$(readlink "$fd" || true)
    id=$(sed -n 's/^mnt_id:[[:space:]]*//p' "/proc/$PID/fdinfo/${fd##*/}")
    [[ $link == /* ]] || continue
    ! awk -v id="$id" '$1 == id { found = 1 } END { exit !found }' /proc/self/mountinfo || complain "descriptor ${fd##*/} -> $link is of the host's mount $id"
  done
}

# CVE-2019-5736. No control here falls: all of them copy or hide themselves. The second half is the attack.
@test "the runtime's binary is out of the container's reach" {
  skip_on crun '1.8.1 runs from its file here'
  skip_on runc '1.1.5 runs from a read-only mount of its file, which no test of an inode sees'
  local before
  before=$(sha256sum <"$RUNTIME")
  args sleep 100
  create
  isnt "$(stat -Lc %d:%i "/proc/$PID/exe")" "$(stat -Lc %d:%i "$RUNTIME")"
  # F_GET_SEALS: SEAL, SHRINK, GROW, WRITE.
  is "$(python3 -c 'import fcntl, sys; print(fcntl.fcntl(open(sys.argv[1], "rb"), 1034) & 15)' "/proc/$PID/exe")" 15
  ok rt delete --force "$ID"
  # The program is the runtime itself, and its files are written to as soon as that can be.
  args /proc/self/exe
  try rt run -b "$BUNDLE" "$ID"
  [[ $status != 124 && $status != 137 ]] || complain 'hung'
  printf '#!/proc/self/exe\n' >"$R/bin/evil"
  chmod +x "$R/bin/evil"
  args evil
  try rt run -b "$BUNDLE" "$ID"
  [[ $status != 124 && $status != 137 ]] || complain 'hung'
  sh_c 'for i in 1 2 3 4 5 6 7 8; do for e in /proc/[0-9]*/exe; do (exec 9<$e && echo evil >/proc/self/fd/9) 2>/dev/null; done; done; true'
  try rt run -b "$BUNDLE" "$ID"
  is "$(sha256sum <"$RUNTIME")" "$before"
  nothing_left
}

# CVE-2016-9962: before its execve init belongs to the host.
@test "init cannot be looked at from inside until it is the program" {
  skip_on crun '1.8.1 has an environment of its own'
  skip_on runc '1.1.5 has an environment of its own'
  edit '.process.capabilities |= map_values(. + ["CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"])'
  printf '#!/bin/sh\nexit 0\n' >"$R/bin/hook"
  args sleep 100
  create
  # Not dumpable: its /proc files are root's, and ptrace is refused to others.
  is "$(stat -c %u:%g "/proc/$PID/environ")" 0:0
  is "$(tr -d '\0' <"/proc/$PID/environ" | wc -c)" 0
}

# CVE-2025-52565, CVE-2026-88264.
@test "a terminal where /dev/console of the image is something else" {
  skip_on crun '1.8.1 makes the file behind the link (red there)'
  local kind
  edit '.process.terminal = true | .mounts |= map(select(.destination | startswith("/dev") | not))'
  args sh -c 'stat -Lc %t /dev/console'
  for kind in "ln -s $CANARY/new" "ln -s $CANARY/file" "ln -s ../../../canary/new" 'mkfifo' 'mkdir' 'ln -s /proc/sys/kernel/ostype' 'ln -s null'; do
    rm -rf "${R:?}/dev"
    mkdir "$R/dev"
    $kind "$R/dev/console"
    try "$LIB/terminal.py" foreground -- "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
    [[ $status != 124 && $status != 137 ]] || complain "$kind: hung"
    unharmed || complain "$kind"
    ! grep -q 'status 0' <<<"$out" || has "$(tr -d '\r' <<<"$out")" '^(88|5)$' || complain "$kind"
  done
  nothing_left
}

# in_container N...: these descriptors of init are its own /dev/null, by a mount that it has.
in_container() {
  local fd id
  for fd; do
    is "$(stat -Lc %d:%i "/proc/$PID/fd/$fd")" "$(stat -c %d:%i "/proc/$PID/root/dev/null")" || complain "descriptor $fd" || return 1
    id=$(sed -n 's/^mnt_id:[[:space:]]*//p' "/proc/$PID/fdinfo/$fd")
    grep -q "^$id " "/proc/$PID/mountinfo" || complain "descriptor $fd is of mount $id, which the container does not have" || return 1
  done
}

# CRIU dumps no descriptor of a mount that the container does not have.
@test "a standard stream that is the host's /dev/null is the container's" {
  skip_on crun '1.8.1 keeps the host file (red there)'
  args sleep 100
  up </dev/null
  in_container 0
  is "$(stat -Lc %d:%i "/proc/$PID/fd/1")" "$(stat -c %d:%i "$DIR/.out")"
  ok rt delete --force "$ID"
  edit '.process.user = {uid: 1000, gid: 1000}'
  ok bash -c 'exec "$@" </dev/null >/dev/null 2>&1' - "$RUNTIME" --root "$STATE" run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  in_container 0 1 2
  ok rt delete --force "$ID"
  create </dev/null
  ok rt start "$ID"
  in_container 0
  ok rt delete --force "$ID"
  edit '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
  up </dev/null
  in_container 0
}

@test "a standard stream that is the host's /dev/null stays what it is where the container has none, or something else" {
  skip_on runc '1.1.5 refuses a container without a /dev/null (red there)'
  local kind
  mkdir "$DIR/dev"
  edit --arg s "$DIR/dev" '.linux.maskedPaths = [] | .linux.readonlyPaths = []
    | .mounts = [.mounts[] | select(.destination | startswith("/dev") | not)] + [{destination: "/dev", type: "bind", source: $s, options: ["bind"]}]'
  args sleep 100
  for kind in true mkfifo mkdir touch "ln -s $CANARY/fifo" 'ln -s /proc/self/fd/1' 'ln -s zero' mknod; do
    case $kind in
      true) ;;
      mknod) mknod -m 666 "$DIR/dev/null" c 1 5 ;;
      *) $kind "$DIR/dev/null" ;;
    esac
    up </dev/null || complain "$kind"
    is "$(stat -Lc %d:%i:%t:%T "/proc/$PID/fd/0")" "$(stat -c %d:%i:%t:%T /dev/null)" || complain "$kind"
    ok rt delete --force "$ID"
    rm -rf "${DIR:?}/dev/null"
  done
  # It has one, and may not open it.
  edit '.mounts |= map(if .destination == "/dev" then {destination: "/dev", type: "tmpfs", source: "t", options: ["nodev"]} else . end)'
  up </dev/null
  is "$(stat -Lc %d:%i "/proc/$PID/fd/0")" "$(stat -c %d:%i /dev/null)"
  unharmed
}

# CVE-2026-88265: what is /dev/null in the image becomes a standard stream, or gets another owner.
@test "standard streams stay what the caller passed" {
  skip_on crun '1.8.1 gives the host file to the user (red there)'
  edit '.mounts |= map(select(.destination | startswith("/dev") | not)) | .process.user = {uid: 1000, gid: 1000}'
  mkdir "$R/h"
  ln -s /h/f "$R/dev/null"
  touch "$R/h/f"
  edit --arg s "$CANARY/file" '.mounts += [{destination: "/h/f", type: "bind", source: $s, options: ["bind"]}]'
  args true
  either
  try bash -c 'exec "$@" <&- >&-' - "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  unharmed
  is "$(stat -c %u:%g:%a:%t:%T /dev/null)" 0:0:666:1:3
  nothing_left
}

# S22: sizes. CVE-2021-43784 was a length of 16 bits.
@test "large values come through whole or are refused" {
  python3 - "$BUNDLE/config.json" <<'END'
import json, sys
path = sys.argv[1]
c = json.load(open(path))
c["process"]["env"] = ["PATH=/bin", "BIG=" + "x" * 100000] + [f"V{i}=y" for i in range(3000)]
c["process"]["args"] = ["sh", "-c", 'echo ${#BIG} $V2999 $#'] + ["a"] * 5000
c["mounts"] += [{"destination": f"/tmp/{i}", "type": "tmpfs", "source": "t"} for i in range(300)]
json.dump(c, open(path, "w"))
END
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" '100000 y 4999'
  edit '.process.env = ["PATH=/bin", ("BIG=" + ("x" * 200000))]'
  fails rt run -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" 'argument list too long'
  nothing_left
}
