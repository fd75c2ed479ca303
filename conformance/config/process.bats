#!/usr/bin/env bats
# process: config.md#process

load ../lib/suite

@test "args are passed on byte by byte" {
  bundle
  args printf '[%s]' '' 'a b' $'tab\tnew\nline' '"quotes"' "it's" '$HOME' 'é☃' '\' '*'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" "[][a b][$(printf 'tab\tnew\nline')][\"quotes\"][it's][\$HOME][é☃][\\][*]"
}

@test "the program is looked up in the PATH of env" {
  bundle '.process.env = ["PATH=/elsewhere:/tmp/x:/bin"]'
  mkdir "$BUNDLE/rootfs/elsewhere"
  printf '#!/bin/sh\necho elsewhere\n' >"$BUNDLE/rootfs/elsewhere/prog"
  chmod 755 "$BUNDLE/rootfs/elsewhere/prog"
  args prog
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" elsewhere
}

@test "a program with a slash is relative to cwd" {
  bundle '.process.cwd = "/bin"'
  args ./echo relative
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" relative
}

@test "a program that is not executable is skipped in PATH" {
  bundle '.process.env = ["PATH=/elsewhere:/bin"]'
  mkdir "$BUNDLE/rootfs/elsewhere"
  echo text >"$BUNDLE/rootfs/elsewhere/echo"
  args echo found
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" found
}

@test "args that are empty or missing are an error" {
  skip_on crun '1.8.1 fails at start only'
  bundle '.process.args = []'
  fails rt create -b "$BUNDLE" "$ID"
  bundle 'del(.process.args)'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a missing program is told at create" {
  bundle
  args /no/such/program
  fails rt create -b "$BUNDLE" "$ID"
  says 'exec: \\?"/no/such/program\\?": stat /no/such/program: no such file or directory'
  nothing_left
}

@test "cwd is the working directory, and made when missing" {
  bundle '.process.cwd = "/usr/bin"'
  inside pwd
  has "$out" '^(/usr)?/bin$'
  bundle '.process.cwd = "/tmp/a/b" | .root.readonly = false'
  inside pwd
  is "$out" /tmp/a/b
}

@test "a relative cwd is an error" {
  skip_on crun '1.8.1 takes it'
  bundle '.process.cwd = "tmp"'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" '[cC]wd'
  bundle '.process.cwd = ""'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a cwd that is a file is an error" {
  bundle '.process.cwd = "/etc/passwd"'
  fails rt run -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a cwd that only the container's user may enter" {
  bundle '.process.cwd = "/home/user" | .process.user = {uid: 1000, gid: 1000} | .process.capabilities = {}'
  chmod 700 "$BUNDLE/rootfs/home/user"
  inside pwd
  is "$out" /home/user
}

@test "env is all there is, but for HOME" {
  bundle '.process.env = ["PATH=/bin", "A=1", "EMPTY=", "SPACED=a b=c"]'
  export OUTSIDE=1
  args env
  ok rt run -b "$BUNDLE" "$ID"
  is "$(sort <<<"$out")" $'A=1\nEMPTY=\nHOME=/root\nPATH=/bin\nSPACED=a b=c'
}

@test "HOME comes from the container's passwd, unless env has it" {
  bundle '.process.user = {uid: 1000, gid: 1000}'
  inside 'echo $HOME'
  is "$out" /home/user
  edit '.process.env += ["HOME=/elsewhere"]'
  inside 'echo $HOME'
  is "$out" /elsewhere
  skip_on crun '1.8.1 leaves it empty for a user that passwd does not have'
  bundle '.process.user = {uid: 4242, gid: 4242}'
  inside 'echo $HOME'
  is "$out" /
}

@test "of a variable given twice the last counts" {
  skip_on crun '1.8.1 passes both on'
  bundle '.process.env += ["A=1", "B=2", "A=3"]'
  args env
  ok rt run -b "$BUNDLE" "$ID"
  is "$(grep -c ^A= <<<"$out")" 1
  has "$out" '^A=3$'
}

@test "user and group are numbers, whatever the container's passwd says" {
  bundle '.process.user = {uid: 1000, gid: 5}'
  echo '1000:x:0:0::/:/bin/sh' >>"$BUNDLE/rootfs/etc/passwd"
  inside 'id -u; id -g; id -G'
  is "$out" $'1000\n5\n5'
}

@test "additional groups are set, and no others kept" {
  bundle '.process.user = {uid: 1000, gid: 1000, additionalGids: [5, 100, 65534]}'
  inside 'grep Groups /proc/self/status'
  is "$(tr -s '\t ' ' ' <<<"$out")" 'Groups: 5 100 65534 '
  bundle
  inside 'grep Groups /proc/self/status'
  has "$(tr -s '\t ' ' ' <<<"$out")" '^Groups: (0 )?$'
}

@test "the umask is 022, or as said" {
  bundle
  (umask 077; rt run -b "$BUNDLE" "$ID") >"$DIR/out" || true
  sh_c umask
  umask 077
  ok rt run -b "$BUNDLE" "$ID"
  umask 022
  is "$out" 0022
  edit '.process.user.umask = 63'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" 0077
  edit '.process.user.umask = 0'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" 0000
}

@test "rlimits: each type of config.md is set" {
  local kind value name
  while read -r kind value name; do
    bundle --arg k "RLIMIT_$kind" --argjson v "$value" '.process.rlimits = [{type: $k, soft: $v, hard: ($v * 2)}]'
    sh_c 'cat /proc/self/limits'
    ok rt run -b "$BUNDLE" "$ID"
    has "$out" "^$name +$value +$((value * 2)) "
  done <<'END'
AS 99999744 Max address space
CORE 12345 Max core file size
CPU 123 Max cpu time
DATA 99999744 Max data size
FSIZE 99999744 Max file size
LOCKS 123 Max file locks
MEMLOCK 12288 Max locked memory
NOFILE 123 Max open files
NPROC 123 Max processes
RSS 99999744 Max resident set
SIGPENDING 123 Max pending signals
STACK 999424 Max stack size
MSGQUEUE 12345 Max msgqueue size
NICE 0 Max nice priority
RTPRIO 0 Max realtime priority
RTTIME 123 Max realtime timeout
END
}

@test "rlimits that are not listed are the caller's" {
  bundle '.process.rlimits = []'
  sh_c 'ulimit -n; ulimit -c; ulimit -Hn'
  ulimit -Sn 321
  ulimit -Sc 0
  ok rt run -b "$BUNDLE" "$ID"
  skip_on runc '1.1.5, in Go, may raise the soft limit of open files'
  is "$(head -n 2 <<<"$out")" $'321\n0'
}

@test "an unknown rlimit, a duplicate, and soft above hard are errors" {
  bundle '.process.rlimits = [{type: "RLIMIT_NONE", soft: 1, hard: 1}]'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" RLIMIT_NONE
  bundle '.process.rlimits = [{type: "RLIMIT_CORE", soft: 2, hard: 1}]'
  fails rt create -b "$BUNDLE" "$ID"
  nothing_left
}

@test "a duplicate rlimit is an error" {
  skip_on runc 'takes it'
  skip_on crun 'takes it'
  bundle '.process.rlimits = [{type: "RLIMIT_CORE", soft: 1, hard: 1}, {type: "RLIMIT_CORE", soft: 2, hard: 2}]'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" RLIMIT_CORE
  nothing_left
}

@test "noNewPrivileges is set, or is not" {
  bundle '.process.noNewPrivileges = true'
  inside 'grep NoNewPrivs /proc/self/status | tr -d "\t"'
  is "$out" NoNewPrivs:1
  bundle '.process.noNewPrivileges = false'
  inside 'grep NoNewPrivs /proc/self/status | tr -d "\t"'
  is "$out" NoNewPrivs:0
}

@test "oomScoreAdj is set, or the caller's" {
  bundle '.process.oomScoreAdj = 500'
  inside 'cat /proc/self/oom_score_adj'
  is "$out" 500
  bundle
  echo 300 >/proc/self/oom_score_adj
  inside 'cat /proc/self/oom_score_adj'
  is "$out" 300
}

@test "no signal is ignored or blocked in the container, whatever the caller does" {
  bundle
  trap '' USR1
  inside 'grep -E "^Sig(Blk|Ign)" /proc/1/status | tr -d "\t"; grep -E "^Sig(Ign)" /proc/self/status | tr -d "\t"'
  trap - USR1
  lacks "$out" 'SigBlk:.*[1-9a-f]'
  # PIPE is what a runtime of another language might leave ignored; USR1 was our own doing.
  lacks "$out" 'SigIgn:.*[1357bdf]...$'
}

@test "the process leads a session of its own" {
  bundle
  inside 'cut -d" " -f5,6 /proc/self/stat; cut -d" " -f1,5,6 /proc/1/stat'
  has "$out" '^1 1 1$'
}

@test "a NUL in a string is refused: the kernel would see less than the config says" {
  skip_on runc '1.1.5 cuts some of them short'
  skip_on crun '1.8.1 cuts them short'
  local place
  for place in '.process.args[0]' '.process.env[0]' '.process.cwd' '.hostname' '.root.path' '.mounts[0].destination'; do
    bundle "$place |= . + \"\\u0000x\""
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
}

@test "a script whose interpreter is missing is an error that says so" {
  bundle '.root.readonly = false'
  printf '#!/no/such/interpreter\n' >"$BUNDLE/rootfs/script"
  chmod +x "$BUNDLE/rootfs/script"
  args /script
  fails rt run -b "$BUNDLE" "$ID"
  has "$output" 'no such file or directory'
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" 'hint: .*interpreter'
  nothing_left
}
