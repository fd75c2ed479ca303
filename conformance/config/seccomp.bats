#!/usr/bin/env bats
# linux.seccomp: config-linux.md#seccomp. `sys` makes one system call and prints its result or errno.

load ../lib/suite

ARCH='["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"]'
[[ $(uname -m) == x86_64 ]] || ARCH="[\"SCMP_ARCH_$(uname -m | tr a-z A-Z)\"]"

# profile DEFAULT RULE...: a bundle with that default action and these rules
profile() {
  local default=$1
  shift
  local rules
  rules=$(printf '%s\n' "$@" | jq -s 'map(select(. != null))')
  bundle --arg d "$default" --argjson r "$rules" --argjson a "$ARCH" \
    '.linux.seccomp = {defaultAction: $d, architectures: $a, syscalls: $r}'
}
rule() { # ACTION NAME [MORE]: more are members of the rule
  jq -cn --arg a "$1" --arg n "$2" "{names: [\$n], action: \$a} + ${3:-{\}}"
}

@test "the filter is on, and only in the container" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getpriority)"
  inside 'grep -E "^Seccomp:" /proc/self/status | tr -d "\t"'
  is "$out" Seccomp:2
  bundle
  inside 'grep -E "^Seccomp:" /proc/self/status | tr -d "\t"'
  is "$out" Seccomp:0
}

@test "SCMP_ACT_ERRNO fails with EPERM, or with errnoRet" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getpriority)" "$(rule SCMP_ACT_ERRNO getsid '{errnoRet: 38}')" \
    "$(rule SCMP_ACT_ERRNO umask '{errnoRet: 22}')"
  inside 'sys getpriority; sys getsid; sys umask; sys getpid'
  is "$(head -n 3 <<<"$out")" $'EPERM\nENOSYS\nEINVAL'
}

@test "errnoRet 0 makes the call a success that does nothing" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO mkdirat '{errnoRet: 0}')"
  edit '.root.readonly = false'
  inside 'sys mkdirat -100 /tmp/x 0700; ls /tmp'
  is "$out" 0
}

@test "a default of ERRNO with a list of what is allowed" {
  # What sh, sys and a static libc need.
  profile SCMP_ACT_ERRNO
  edit --argjson n "$(printf '%s\n' access arch_prctl brk capget capset chdir close close_range dup2 dup3 execve exit exit_group faccessat fchdir fchown \
    fcntl fork clone vfork fstat fstatfs futex getcwd getdents64 getegid geteuid getgid getpid getppid getrandom getuid ioctl lseek mmap mprotect munmap \
    nanosleep newfstatat openat open pipe pipe2 poll prctl pread64 prlimit64 read readlink readlinkat rseq rt_sigaction rt_sigprocmask rt_sigreturn \
    sched_yield set_robust_list set_tid_address setgid setgroups setsid setuid sigaltstack stat statx sendto tgkill getpgrp getpgid setpgid sysinfo \
    umask uname unlink wait4 waitid write writev epoll_ctl epoll_pwait epoll_create1 eventfd2 madvise gettid keyctl setresuid setresgid fchmod fchmodat \
    pidfd_open kill sched_getaffinity setrlimit getsockopt recvfrom recvmsg sendmsg socketpair timerfd_create eventfd lstat statfs umount2 mount pivot_root \
    unlinkat mkdirat mknodat openat2 execveat |
    jq -R . | jq -s .)" '.linux.seccomp.syscalls = [{names: $n, action: "SCMP_ACT_ALLOW"}]'
  inside 'echo alive; sys getpriority'
  is "$out" $'alive\nEPERM'
}

@test "defaultErrnoRet is the errno of the default" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getpriority)"
  edit '.linux.seccomp.defaultErrnoRet = 1' # means nothing for ALLOW
  try rt run -b "$BUNDLE" "$ID"
  profile SCMP_ACT_ERRNO
  edit --argjson n "$(sed -n 's/^#define __NR_\([a-z0-9_]*\).*/"\1"/p' /usr/include/x86_64-linux-gnu/asm/unistd_64.h | grep -v '"getpriority"' | jq -s .)" \
    '.linux.seccomp.defaultErrnoRet = 61 | .linux.seccomp.syscalls = [{names: $n, action: "SCMP_ACT_ALLOW"}]'
  inside 'sys getpriority'
  is "$out" ENODATA
}

# Each operator on argument 1 of getpriority, with 5: of 4, 5 and 6 these fail.
operator() { # OPERATOR EXPECTED [VALUE [VALUETWO]]
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getsid "{errnoRet: 61, args: [{index: 1, value: ${3:-5}, valueTwo: ${4:-0}, op: \"SCMP_CMP_$1\"}]}")"
  sh_c 'for v in 4 5 6; do [ "$(sys getsid 0 $v)" = ENODATA ] && printf "%s " $v; done; true'
  ok rt run -b "$BUNDLE" "$ID"
  is "$1: $out" "$1: $2"
}

@test "each operator on an argument: EQ NE LT LE GT GE MASKED_EQ" {
  operator EQ '5 '
  operator NE '4 6 '
  operator LT '4 '
  operator LE '4 5 '
  operator GT '6 '
  operator GE '5 6 '
  operator MASKED_EQ '4 5 6 ' 4 4
  operator MASKED_EQ '4 6 ' 1 0
}

@test "arguments are 64 bits wide" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getsid '{errnoRet: 61, args: [{index: 1, value: 4294967301, op: "SCMP_CMP_EQ"}]}')" \
    "$(rule SCMP_ACT_ERRNO getpriority '{errnoRet: 61, args: [{index: 2, value: 4294967296, op: "SCMP_CMP_GE"}]}')"
  inside 'sys getsid 0 5; sys getsid 0 4294967301; sys getsid 0 8589934597; sys getpriority 0 0 5; sys getpriority 0 0 4294967301'
  is "$(tr '\n' ' ' <<<"$out")" '1 ENODATA 1 20 ENODATA ' # session 1, niceness 0
}

@test "conditions on several arguments must all hold; rules of one call are alternatives" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getsid '{errnoRet: 61, args: [{index: 1, value: 5, op: "SCMP_CMP_EQ"}, {index: 2, value: 6, op: "SCMP_CMP_EQ"}]}')" \
    "$(rule SCMP_ACT_ERRNO getsid '{errnoRet: 61, args: [{index: 1, value: 9, op: "SCMP_CMP_EQ"}]}')"
  inside 'sys getsid 0 5 6; sys getsid 0 5 7; sys getsid 0 4 6; sys getsid 0 9 0'
  is "$(tr '\n' ' ' <<<"$out")" 'ENODATA 1 1 ENODATA '
}

@test "two conditions on the same argument are alternatives, as in runc" {
  skip_on crun '1.8.1 refuses'
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getsid '{errnoRet: 61, args: [{index: 1, value: 5, op: "SCMP_CMP_EQ"}, {index: 1, value: 6, op: "SCMP_CMP_EQ"}]}')"
  inside 'sys getsid 0 5; sys getsid 0 6; sys getsid 0 7'
  is "$(tr '\n' ' ' <<<"$out")" 'ENODATA ENODATA 1 '
}

@test "SCMP_ACT_KILL_PROCESS ends the process with SIGSYS" {
  local action
  for action in SCMP_ACT_KILL_PROCESS SCMP_ACT_KILL SCMP_ACT_KILL_THREAD; do
    profile SCMP_ACT_ALLOW "$(rule "$action" getpriority)"
    inside 'sys getpriority; echo "status $?"'
    has "$out" '^status 159$'
  done
}

@test "SCMP_ACT_TRAP, TRACE and LOG are taken" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_TRAP getpriority)" "$(rule SCMP_ACT_TRACE getsid)" "$(rule SCMP_ACT_LOG umask)"
  inside 'sys getpriority; echo "status $?"; sys getsid; sys umask 18 >/dev/null; echo end'
  # Nobody traces: the call does not exist.
  is "$out" $'status 159\nENOSYS\nend'
}

@test "calls newer than the profile do not exist instead of being forbidden, so that programs fall back" {
  skip_on crun '1.8.1 forbids them'
  profile SCMP_ACT_ERRNO
  edit --argjson n "$(sed -n 's/^#define __NR_\([a-z0-9_]*\) \([0-9]*\)$/\2 "\1"/p' /usr/include/x86_64-linux-gnu/asm/unistd_64.h | awk '$1 < 435 { print $2 }' | grep -v getpriority | jq -s .)" \
    '.linux.seccomp.syscalls = [{names: $n, action: "SCMP_ACT_ALLOW"}]'
  inside 'sys 9999; sys 447; sys getpriority'
  is "$(tr '\n' ' ' <<<"$out")" 'ENOSYS ENOSYS EPERM '
}

@test "names that the machine does not know are ignored" {
  profile SCMP_ACT_ALLOW "$(jq -cn '{names: ["no_such_call", "getpriority"], action: "SCMP_ACT_ERRNO"}')"
  inside 'sys getpriority'
  is "$out" EPERM
}

@test "an unknown action, operator or architecture is an error" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_WINK getpriority)"
  fails rt create -b "$BUNDLE" "$ID"
  profile SCMP_ACT_WINK
  fails rt create -b "$BUNDLE" "$ID"
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getpriority '{args: [{index: 0, value: 0, op: "SCMP_CMP_LIKE"}]}')"
  fails rt create -b "$BUNDLE" "$ID"
  profile SCMP_ACT_ALLOW
  edit '.linux.seccomp.architectures = ["SCMP_ARCH_ABACUS"]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "an errnoRet on an action that takes none is an error" {
  skip_on runc 'ignores it'
  profile SCMP_ACT_ERRNO "$(rule SCMP_ACT_ALLOW getpriority '{errnoRet: 5}')"
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "the filter is loaded before capabilities go when new privileges are allowed, last when they are not" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO prctl)" "$(rule SCMP_ACT_ERRNO setuid)"
  edit '.process.noNewPrivileges = true | .process.user = {uid: 1000, gid: 1000}'
  inside 'id -u'
  is "$out" 1000
  bundle '.process.noNewPrivileges = false | .process.user = {uid: 1000, gid: 1000} | .linux.seccomp = {defaultAction: "SCMP_ACT_ALLOW",
    syscalls: [{names: ["getpriority"], action: "SCMP_ACT_ERRNO"}]}'
  inside 'sys getpriority; grep NoNewPrivs /proc/self/status | tr -d "\t"'
  is "$out" $'EPERM\nNoNewPrivs:0'
}

@test "with noNewPrivileges a filter that forbids nearly all still lets the program start" {
  skip_on runc '1.1.5, in Go, makes further calls'
  skip_on crun '1.8.1 makes further calls'
  # What a static program of glibc cannot do without; mprotect, or it ends with 127 for want of its read-only relocations.
  profile SCMP_ACT_ERRNO "$(jq -cn '{names: ["execve", "exit_group", "exit", "write", "brk", "arch_prctl", "mprotect"], action: "SCMP_ACT_ALLOW"}')"
  edit '.process.noNewPrivileges = true'
  args sys getpriority
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 0
}

@test "flags: LOG, SPEC_ALLOW, TSYNC, WAIT_KILLABLE_RECV are taken, others are not" {
  skip_on runc '1.1.5 has no flags'
  skip_on crun '1.8.1 ignores what it does not know'
  local flag
  for flag in LOG SPEC_ALLOW TSYNC WAIT_KILLABLE_RECV; do
    profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getpriority)"
    edit --arg f "SECCOMP_FILTER_FLAG_$flag" '.linux.seccomp.flags = [$f]'
    inside 'sys getpriority'
    is "$flag $out" "$flag EPERM"
  done
  edit '.linux.seccomp.flags = ["SECCOMP_FILTER_FLAG_WAVE"]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "SCMP_ACT_NOTIFY: the agent gets one descriptor with the state, and answers" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_NOTIFY getpriority)"
  edit --arg s "$DIR/agent" '.linux.seccomp += {listenerPath: $s, listenerMetadata: "some data"}'
  spawn "$LIB/seccomp-agent.py" "$DIR/agent" >"$DIR/agent.out"
  until_true 5 test -S "$DIR/agent"
  inside 'sys getpriority'
  is "$out" 4242
  end_of "$JOB"
  has "$(<"$DIR/agent.out")" '^descriptors 1$'
  local state
  state=$(sed -n 2p "$DIR/agent.out")
  is "$(jq -c '[.fds, .metadata, .state.id, .state.bundle]' <<<"$state")" "[[\"seccompFd\"],\"some data\",\"$ID\",\"$BUNDLE\"]"
  has "$(jq -r .pid <<<"$state")" '^[1-9][0-9]*$'
  has "$(jq -r .state.status <<<"$state")" '^creating$'
}

@test "the agent gets its descriptor at create; start needs it no more" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_NOTIFY getpriority)"
  edit --arg s "$DIR/agent" '.linux.seccomp += {listenerPath: $s}'
  spawn "$LIB/seccomp-agent.py" "$DIR/agent" >"$DIR/agent.out"
  until_true 5 test -S "$DIR/agent"
  sh_c 'sys getpriority >/got; sleep 100'
  edit '.root.readonly = false'
  create
  until_true 5 grep -q '^descriptors 1$' "$DIR/agent.out"
  is "$(status_of)" created
  ok rt start "$ID"
  until_true 5 grep -q 4242 "$BUNDLE/rootfs/got"
}

@test "an agent that is missing is an error, and nothing is left" {
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_NOTIFY getpriority)"
  edit --arg s "$DIR/agent" '.linux.seccomp.listenerPath = $s'
  fails rt create -b "$BUNDLE" "$ID"
  says 'failed to connect with seccomp agent'
  nothing_left
}

@test "NOTIFY needs a listenerPath, and cannot be the default or watch write" {
  skip_on crun '1.8.1 does not check'
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_NOTIFY getpriority)"
  fails rt create -b "$BUNDLE" "$ID"
  profile SCMP_ACT_NOTIFY
  edit '.linux.seccomp.listenerPath = "/tmp/agent"'
  fails rt create -b "$BUNDLE" "$ID"
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_NOTIFY write)"
  edit '.linux.seccomp.listenerPath = "/tmp/agent"'
  fails rt create -b "$BUNDLE" "$ID"
  says 'SCMP_ACT_NOTIFY cannot be used for the write syscall'
  nothing_left
}

@test "a 32-bit program meets the filter of its architecture" {
  [[ $(uname -m) == x86_64 ]] || skip 'x86 only'
  # The numbers of the two tables differ: without the architecture a 32-bit call is another call, or kills.
  gcc -m32 -nostdlib -static -x c -o "$DIR/sys32" - 2>/dev/null <<'END' || skip 'no 32-bit compiler'
void _start(void) {
  int r;
  __asm__ volatile("int $0x80" : "=a"(r) : "0"(96), "b"(0), "c"(0)); /* getpriority */
  __asm__ volatile("int $0x80" : : "a"(1), "b"(r == -1 ? 11 : 22));
}
END
  profile SCMP_ACT_ALLOW "$(rule SCMP_ACT_ERRNO getpriority)"
  cp "$DIR/sys32" "$BUNDLE/rootfs/bin/"
  args sys32
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 11
}

@test "a filter that forbids even to end ends the program, and does not leave it spinning" {
  bundle '.linux.seccomp = {defaultAction: "SCMP_ACT_ERRNO"}'
  fails rt run -b "$BUNDLE" "$ID"
  try rt delete --force "$ID"
  nothing_left
}
