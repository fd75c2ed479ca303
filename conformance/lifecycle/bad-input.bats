#!/usr/bin/env bats
# What cannot be run is refused: one sentence that names the place, status 1, and nothing left behind.

load ../lib/suite

# refused TEXT VERB [WORD...]: csrunc's sentence matches TEXT. Of other runtimes only the end counts.
refused() {
  local text=$1
  shift
  fails rt "$@" || return 1
  if [[ $RUNTIME_NAME == csrunc ]]; then
    is "$status" 1 || return 1
    is "$out" '' || return 1
    is "$(wc -l <"$DIR/.err")" 1 || return 1
    has "$err" "$text" || return 1
    lacks "$err" 'Exception|   at |[a-z]\.?"?\.$' || return 1
  fi
  nothing_left
}
# no TEXT: the bundle cannot be created.
no() { refused "$1" create -b "$BUNDLE" "$ID"; }

# broken TEXT [JQ OPTION...] PROGRAM...: a bundle with that config cannot be created.
broken() {
  local text=$1
  shift
  bundle
  edit "$@" || return 1
  no "$text"
}

@test "no bundle, no config.json, no directory" {
  refused 'nosuch: ENOENT' create -b "$DIR/nosuch" "$ID"
  bundle
  rm "$BUNDLE/config.json"
  no 'config\.json: ENOENT'
  touch "$DIR/file"
  refused 'file: ENOTDIR' create -b "$DIR/file" "$ID"
}

@test "a config.json that is elsewhere is named by its own path" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc takes a path for --config'
  bundle
  refused "failed: openat $DIR/nosuch\\.json: ENOENT" create --config "$DIR/nosuch.json" -b "$BUNDLE" "$ID"
  refused "failed: openat $BUNDLE/nosuch\\.json: ENOENT" create --config nosuch.json -b "$BUNDLE" "$ID"
}

@test "a config.json that is no file" {
  skip_on runc '1.1.5 reads what never ends'
  skip_on crun '1.8.1 reads what never ends'
  local kind
  for kind in 'mkfifo' 'mkdir' 'ln -s /dev/zero'; do
    bundle
    rm "$BUNDLE/config.json"
    $kind "$BUNDLE/config.json"
    no 'config\.json.*not a regular file'
  done
  bundle
  ln -sf config.json "$BUNDLE/config.json"
  no 'ELOOP'
}

@test "a config.json of 1 GiB" {
  skip_on runc '1.1.5 reads it all'
  skip_on crun '1.8.1 reads it all'
  bundle
  truncate -s 1G "$BUNDLE/config.json"
  no 'larger than [0-9]+ bytes'
}

@test "a config.json that ends too early, at any byte" {
  skip_on crun '1.8.1 takes {} for a config'
  bundle
  local whole=$BUNDLE/.whole at
  cp "$BUNDLE/config.json" "$whole"
  for at in 0 1 2 3 10 100 500 1000 2000 $(($(stat -c %s "$whole") - 2)); do
    head -c "$at" "$whole" >"$BUNDLE/config.json"
    no 'config\.json:[0-9]+:[0-9]+:'
  done
}

@test "what is no JSON object" {
  local text
  for text in null true 1 '"x"' '[]' '{]' '{"a" 1}' "{'a': 1}" '{"ociVersion": 01}' '{} {}' $'\xff\xfe' $'\xef\xbb\xbf{}' '// x' '{"a": 1,}' NaN; do
    bundle
    printf %s "$text" >"$BUNDLE/config.json"
    no 'config\.json:1:[0-9]+:'
  done
}

@test "100,000 levels of nesting" {
  bundle
  python3 -c 'print("[" * 100000 + "]" * 100000)' >"$BUNDLE/config.json"
  no 'nested deeper'
  python3 -c 'print("{\"a\":" * 100000 + "1" + "}" * 100000)' >"$BUNDLE/config.json"
  no 'nested deeper'
  # Where nobody looks at the value, too.
  bundle
  jq . "$BUNDLE/config.json" | python3 -c 'import sys; t = sys.stdin.read(); print(t[:-2], ",\"x\":" + "[" * 100000 + "]" * 100000, "}")' >"$BUNDLE/.c"
  mv "$BUNDLE/.c" "$BUNDLE/config.json"
  [[ $RUNTIME_NAME != csrunc ]] || no 'nested deeper'
}

@test "a key twice, and a key in other capitals" {
  skip_on runc '1.1.5 takes the last one, in any capitals'
  skip_on crun '1.8.1 takes the last one'
  bundle
  sed -i 's|"cwd"|"cwd": "/", "cwd"|' "$BUNDLE/config.json"
  no 'config\.json:[0-9]+:[0-9]+: /process/cwd is given twice'
  bundle
  sed -i 's|"cwd"|"Cwd": "/", "cwd"|' "$BUNDLE/config.json"
  no "/process/Cwd must be spelled 'cwd'"
  broken "/linux/seccomP must be spelled 'seccomp'" '.linux.seccomP = {defaultAction: "SCMP_ACT_ALLOW"}'
  broken "/linux/mAskedPaths must be spelled" 'del(.linux.maskedPaths) | .linux.mAskedPaths = []'
}

@test "values of another type" {
  skip_on crun '1.8.1 takes a text for a list'
  broken '/process/args must be an array, is a string' '.process.args = "sh"'
  broken '/process/user/uid must be an integer' '.process.user.uid = "0"'
  broken '/process/terminal must be' '.process.terminal = 1'
  broken '/root/path must be a string' '.root.path = ["rootfs"]'
  broken '/mounts must be an array' '.mounts = {}'
  broken '/mounts/0 must be an object' '.mounts = ["/proc"]'
  broken '/linux/namespaces' '.linux.namespaces = "pid"'
  broken '/process/user/uid' '.process.user.uid = 1.5'
  broken '/process/user/uid' '.process.user.uid = -1'
  broken '/process/rlimits/0/soft' '.process.rlimits = [{type: "RLIMIT_NOFILE", hard: 1, soft: {}}]'
}

@test "numbers that do not fit" {
  broken '/process/user/uid' '.process.user.uid = 4294967296'
  bundle
  sed -i 's/"uid": 0/"uid": 99999999999999999999/' "$BUNDLE/config.json"
  no '/process/user/uid'
  bundle
  sed -i 's/"uid": 0/"uid": 1e99/' "$BUNDLE/config.json"
  no '/process/user/uid'
}

@test "what the plan, the cgroups or the kernel refuse is told with its line" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc tells lines'
  local at='config\.json:[0-9]+:[0-9]+'
  broken "$at: /linux/resources/unified(/a)?: " '.linux.resources.unified = {a: "b"}'
  broken "$at: /linux/cgroupsPath: must name a cgroup" '.linux.cgroupsPath = "/"'
  broken "$at: /linux/resources/cpu/mems: write .1234. to .*/cpuset\\.mems: " '.linux.resources.cpu.mems = "1234"'
  broken "/mounts/[0-9]+ \\($at\\): open the source /nosuch: open_tree: ENOENT" '.mounts += [{destination: "/x", type: "bind", source: "/nosuch", options: ["bind"]}]'
  broken "$at: /linux/namespaces/[0-9]+/path: the ipc namespace /nosuch: .*ENOENT" '.linux.namespaces |= map(if .type == "ipc" then .path = "/nosuch" else . end)'
  broken "/mounts/[0-9]+ \\($at\\): .*nosuchfs" '.mounts += [{destination: "/x", type: "nosuchfs", source: "none"}]'
  is "$(sed -n "$(sed -n 's/.*(config.json:\([0-9]*\):.*/\1/p' "$DIR/.err")"'{n;n;p}' "$BUNDLE/config.json" | tr -d ' ,')" '"type":"nosuchfs"'
}

@test "a section for another platform is passed over with a warning, one for a virtual machine is refused" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'other runtimes pass over all of them in silence'
  broken 'config\.json:[0-9]+:[0-9]+: /vm asks for a virtual machine, which is not supported' '.vm = {kernel: {path: "/vmlinuz"}}'
  local name
  for name in windows solaris zos freebsd; do
    bundle --arg n "$name" '.[$n] = {x: [1, {}]}'
    inside 'echo here'
    is "$out" here
    is "$(grep -c "config.json:[0-9]*:[0-9]*: /$name is passed over: it is for another platform" "$DIR/.err")" 1
  done
}

@test "a user id that the kernel takes for 'unchanged'" {
  skip_on runc '1.1.5 runs the program as root'
  skip_on crun '1.8.1 runs the program as root'
  broken '/process/user/uid' '.process.user.uid = 4294967295'
  broken '/process/user/gid' '.process.user.gid = 4294967295'
}

@test "a NUL character in a text" {
  skip_on runc '1.1.5 takes it in paths that it does not use (red there)'
  skip_on crun '1.8.1 stops reading at it'
  local place
  for place in .process.args[0] .process.cwd .process.env[0] .hostname .root.path .mounts[0].destination .linux.maskedPaths[0] \
    .mounts[0].options[0] .linux.cgroupsPath; do
    broken 'NUL character' "$place = \"a\\u0000b\""
  done
}

@test "all that is wrong is told at once" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'one fault at a time'
  broken '/process/cwd.*; .*/process/rlimits/0/type' '.process.cwd = "relative" | .process.rlimits = [{type: "RLIMIT_NONE", hard: 1, soft: 1}]'
}

@test "no root file system, or one that is no directory" {
  bundle
  rm -r "$BUNDLE/rootfs"
  no '/root/path.*ENOENT'
  touch "$BUNDLE/rootfs"
  no '/root/path.*ENOTDIR'
  rm "$BUNDLE/rootfs"
  ln -s rootfs "$BUNDLE/rootfs"
  no '/root/path.*ELOOP'
  broken '/root' 'del(.root)'
  broken '/root/path' '.root.path = ""'
}

@test "a program that is not there is told at create" {
  bundle
  args nosuchprogram
  no 'exec: \\"nosuchprogram\\": executable file not found in \$PATH'
  args /bin/nosuchprogram
  no 'exec: \\"/bin/nosuchprogram\\": (stat /bin/nosuchprogram: )?no such file or directory'
  args /etc
  no 'exec: \\"/etc\\": (is a directory|permission denied)'
  args /etc/passwd
  no 'exec: \\"/etc/passwd\\": permission denied'
  broken '/process/args' '.process.args = []'
  broken 'exec: \\"\\": executable file not found' '.process.args = [""]'
}

@test "what is refused late is told as well: no process to run, no program, a limit beyond all, a hook that fails" {
  [[ $RUNTIME_NAME == csrunc ]] || skip 'they word their own'
  bundle 'del(.process)'
  refused 'error during container init: /process is missing from the document' run -b "$BUNDLE" "$ID"
  bundle '.process.args = ["/bin/garbage"]'
  printf 'no program' >"$BUNDLE/rootfs/bin/garbage"
  chmod 755 "$BUNDLE/rootfs/bin/garbage"
  refused 'exec format error; hint: it is no program for this machine' run -b "$BUNDLE" "$ID"
  broken '/process/rlimits/0 .*config\.json:[0-9]+:.*: prlimit64: EPERM .*; hint: .*nr_open' '.process.rlimits = [{type: "RLIMIT_NOFILE", soft: 9999999999, hard: 9999999999}]'
  broken 'error running prestart hook #0: exit status 1, stdout: , stderr: ' '.hooks.prestart = [{path: "/bin/false"}]'
  broken 'error running createContainer hook #0: exit status 1, stdout: , stderr: ' '.hooks.createContainer = [{path: "/bin/false"}]'
}

@test "a working directory that is a file" {
  bundle '.process.cwd = "/etc/passwd"'
  no '/process/cwd.*ENOTDIR'
}

@test "a mount source, a namespace, a hook, a device that is not there" {
  broken '/mounts/[0-9]+/source.*ENOENT|/mounts/[0-9]+.*nosuch.*ENOENT' '.mounts += [{destination: "/x", type: "bind", source: "/nosuch", options: ["bind"]}]'
  broken 'namespace /nosuch.*ENOENT' '.linux.namespaces |= map(if .type == "ipc" then .path = "/nosuch" else . end)'
  broken 'is not a namespace of this type' '.linux.namespaces |= map(if .type == "ipc" then .path = "/proc/self/ns/net" else . end)'
  broken 'is not a namespace of this type' '.linux.namespaces |= map(if .type == "ipc" then .path = "/etc/passwd" else . end)'
  local hook
  for hook in prestart createRuntime createContainer; do
    broken "$hook hook #0.*/nosuch" --arg h "$hook" '.hooks[$h] = [{path: "/nosuch"}]'
  done
  broken '/hooks/prestart/0/path' '.hooks.prestart = [{path: "bin/true"}]'
  broken '/mounts/[0-9]+' '.mounts += [{destination: "/x", type: "nosuchfs", source: "none"}]'
}

@test "ids that are none" {
  bundle
  local id
  for id in '' . .. a/b /a ../a $'a\nb' 'a b' é 'a%' $'a\tb' "$(printf 'a%.0s' {1..1025})"; do
    [[ $RUNTIME_NAME == crun ]] || refused 'container ID|ID' create -b "$BUNDLE" -- "$id"
    [[ $RUNTIME_NAME == crun || $RUNTIME_NAME == runc ]] || refused 'invalid container ID format' start -- "$id"
    [[ $RUNTIME_NAME == crun || $RUNTIME_NAME == runc ]] || refused 'invalid container ID format' delete --force -- "$id"
  done
  is "$(find "$DIR" -maxdepth 1 -newer "$DIR/before" ! -name '.out' ! -name '.err' ! -name bundle ! -name state -mindepth 1)" ''
}

@test "an id that exists, and its owner does not suffer" {
  bundle
  args sleep 100
  up
  fails rt create -b "$BUNDLE" "$ID"
  says 'container with given ID already exists|already exists'
  fails rt run -b "$BUNDLE" "$ID"
  is "$(status_of)" running
  kill -0 "$PID"
  [[ $(cgroup_of "$PID" pids) == *"$ID"* && -d $(cgroup_of "$PID" pids) ]]
}

@test "verbs at the wrong time: start twice, kill what has stopped, delete what runs" {
  bundle
  args sleep 100
  create
  fails rt delete "$ID.no"
  ok rt start "$ID"
  fails rt start "$ID"
  says 'cannot start an already running container'
  fails rt delete "$ID"
  says 'cannot delete container .* that is not stopped'
  is "$(status_of)" running
  ok rt kill "$ID" KILL
  until_true 5 status_is stopped
  fails rt start "$ID"
  says 'cannot start a container that has stopped'
  fails rt kill "$ID" TERM
  says 'container not running'
  is "$(status_of)" stopped
  ok rt delete "$ID"
  fails rt delete "$ID"
  says 'does not exist'
  nothing_left
}

@test "every verb says that a container does not exist" {
  local verb
  for verb in start state kill delete; do
    refused 'container does not exist' "$verb" "$ID"
  done
}

@test "an unknown verb or flag leaves nothing" {
  bundle
  fails rt nosuchverb
  is "$status" 3
  has "$output" "No help topic for '?nosuchverb"
  refused 'flag provided but not defined: --?nosuchflag' create --nosuchflag -b "$BUNDLE" "$ID"
  refused 'flag provided but not defined: --?nosuchflag' --nosuchflag list
  refused 'flag provided but not defined: --?nosuchflag' --nosuchflag
}

@test "a truth value is one of Go's words, and another is told" {
  skip_on crun 'reads no value'
  bundle
  refused 'invalid (boolean )?value \\?"x\\?" for ' run --detach=x -b "$BUNDLE" "$ID"
  args true
  ok rt --debug=0 run --detach=F -b "$BUNDLE" "$ID"
}

@test "a pid file, console socket or log that cannot be" {
  bundle
  mkdir "$DIR/full" "$DIR/locked" "$DIR/folder"
  touch "$DIR/plain"
  mount -t tmpfs -o size=4k tmpfs "$DIR/full"
  head -c 4096 /dev/zero >"$DIR/full/zeroes"
  "$LEAKS" snapshot >"$DIR/before"
  chattr +i "$DIR/locked"
  local verb
  for verb in create 'run -d'; do
    # shellcheck disable=SC2086 # words
    refused "--pid-file $DIR/nosuch/pid: openat: ENOENT .*its directory must exist" $verb -b "$BUNDLE" --pid-file "$DIR/nosuch/pid" "$ID"
    # shellcheck disable=SC2086
    refused "--pid-file $DIR/locked/pid: openat: (EPERM|EACCES)" $verb -b "$BUNDLE" --pid-file "$DIR/locked/pid" "$ID"
    # shellcheck disable=SC2086
    refused "--pid-file $DIR/plain/pid: openat: ENOTDIR" $verb -b "$BUNDLE" --pid-file "$DIR/plain/pid" "$ID"
    # shellcheck disable=SC2086
    refused "--pid-file $DIR/folder: renameat2?: EISDIR" $verb -b "$BUNDLE" --pid-file "$DIR/folder" "$ID"
    # shellcheck disable=SC2086
    [[ $RUNTIME_NAME == crun ]] || refused "--pid-file $DIR/full/pid: write: ENOSPC" $verb -b "$BUNDLE" --pid-file "$DIR/full/pid" "$ID"
  done
  is "$(find "$DIR" -maxdepth 1 -name '.folder*')" ''
  is "$(ls -A "$DIR/full")" zeroes
  refused "--log $DIR/nosuch/log: openat: ENOENT .*its directory must exist" --log "$DIR/nosuch/log" create -b "$BUNDLE" "$ID"
  refused "--log $DIR/locked: openat: EISDIR" --log "$DIR/locked" create -b "$BUNDLE" "$ID"
  refused "--log $DIR/locked/log: openat: (EPERM|EACCES)" --log "$DIR/locked/log" create -b "$BUNDLE" "$ID"
  if [[ $RUNTIME_NAME == csrunc ]]; then
    refused "failed: .*ENOENT .*; and --log $DIR/full/log: write: ENOSPC" --log "$DIR/full/log" create -b "$DIR/nosuch" "$ID"
  fi
  umount "$DIR/full"
  "$LEAKS" snapshot >"$DIR/before"
  bundle '.process.terminal = true'
  refused "--console-socket $DIR/nosuch: connect: ENOENT" create -b "$BUNDLE" --console-socket "$DIR/nosuch" "$ID"
  refused "--console-socket $DIR/plain: connect: ECONNREFUSED" create -b "$BUNDLE" --console-socket "$DIR/plain" "$ID"
  refused 'detach|console' create -b "$BUNDLE" "$ID"
}

# As an ordinary user, who may read the bundle: the program is where he may run it.
@test "no permission" {
  bundle
  args sleep 100
  cp "$RUNTIME" "$DIR/program"
  mkdir "$DIR/own"
  chown 65534 "$DIR/own"
  local words
  for words in "create -b $BUNDLE $ID" "run -b $BUNDLE $ID" list "state $ID" "delete --force $ID"; do
    # shellcheck disable=SC2086 # words
    fails setpriv --reuid 65534 --regid 65534 --clear-groups "$DIR/program" --root "$STATE" $words
    is "$status" 1
    [[ $RUNTIME_NAME != csrunc ]] || has "$err" 'EACCES|EPERM|permission'
    [[ $RUNTIME_NAME != csrunc ]] || is "$(wc -l <"$DIR/.err")" 1
  done
  fails setpriv --reuid 65534 --regid 65534 --clear-groups "$DIR/program" --root "$DIR/own" create -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" 'EACCES|EPERM|permission|root'
  [[ $RUNTIME_NAME != csrunc ]] || is "$(wc -l <"$DIR/.err")" 1
  is "$(find "$DIR/own" -mindepth 1)" ''
  nothing_left
}

@test "a state root that is read-only, full, or no directory" {
  bundle
  mount -t tmpfs -o ro,mode=700 tmpfs "$STATE"
  fails rt create -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" EROFS
  umount "$STATE"
  nothing_left
  touch "$DIR/plain"
  fails "$RUNTIME" --root "$DIR/plain" create -b "$BUNDLE" "$ID"
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" 'ENOTDIR|not a directory'
  fails "$RUNTIME" --root "$DIR/plain" list
  nothing_left
}

@test "a create that fails takes back the parents of its cgroup that it made" {
  skip_on runc '1.1.5 leaves them'
  skip_on crun '1.8.1 leaves them'
  local verb
  bundle --arg p "/$TAG-top/of/$ID" '.linux.cgroupsPath = $p'
  args nosuchprogram
  for verb in create run; do
    fails rt "$verb" -b "$BUNDLE" "$ID"
    has "$err" 'executable file not found'
    is "$(find /sys/fs/cgroup -type d -name "$TAG-top")" ''
  done
  # One that somebody else uses stays; and behind a delete they stay, as runc leaves them.
  args sleep 100
  create
  edit --arg p "/$TAG-top/of/$ID-2" '.linux.cgroupsPath = $p'
  args nosuchprogram
  fails rt create -b "$BUNDLE" "$ID-2"
  [[ -d $(cgroup_of "$PID" pids) ]]
  is "$(find /sys/fs/cgroup -type d -name "$ID-2")" ''
  ok rt delete --force "$ID"
  isnt "$(find /sys/fs/cgroup -type d -path "*/$TAG-top/of")" ''
  groups_remove -path "*/$TAG-top*"
}

@test "a full state root: what was begun is taken back" {
  skip_on runc '1.1.5 leaves its directory'
  skip_on crun '1.8.1 leaves its directory'
  bundle
  # Room for the directory, then for the directory and one file, and so on, until it is enough.
  local room enough=0
  for room in nr_inodes=1 nr_inodes=2 nr_inodes=3 nr_inodes=4 nr_inodes=5 size=4k size=8k size=12k size=64k; do
    mount -t tmpfs -o "mode=700,$room" tmpfs "$STATE"
    try rt create -b "$BUNDLE" "$ID"
    if [[ $status == 0 ]]; then
      enough=1
      ok rt delete --force "$ID"
    else
      has "$err" "the state directory $STATE/$ID cannot be written: [a-z0-9]+: ENOSPC .*; hint: free space or inodes there, or name another place by --root" || complain "$room"
      is "$status" 1
    fi
    is "$(find "$STATE" -mindepth 1)" ''
    umount "$STATE"
    nothing_left
  done
  is "$enough" 1
}

@test "no words, in whatever order, end it otherwise than by its own code" {
  skip_on runc 'its codes are its own'
  skip_on crun 'its codes are its own'
  cd "$DIR"
  ok python3 "$BATS_TEST_DIRNAME/../lib/words.py" "$RUNTIME" 400
  nothing_left
}
