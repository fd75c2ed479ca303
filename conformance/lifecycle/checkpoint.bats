#!/usr/bin/env bats
# checkpoint and restore, by CRIU: runc's own verbs. Where `criu check` fails (a kernel newer than CRIU), what needs it is skipped.
# Also found in the folder systemd, as a link: there the cgroup is a scope, which CRIU's tree comes back into.

load ../lib/suite

# CRIU asks the loopback device for its own check, and the container's streams must not be files of the host: pipes are connected anew.
setup() {
  suite_setup
  if [[ $BATS_TEST_DIRNAME == */systemd ]]; then
    [[ -d /run/systemd/system ]] || skip "no systemd here"
    printf '#!/bin/sh\nexec %q --systemd-cgroup "$@"\n' "$RUNTIME" >"$DIR/runtime"
    chmod +x "$DIR/runtime"
    RUNTIME=$DIR/runtime
  fi
  ip link set lo up
  awk '$2 == "/sys/fs/cgroup" && $3 == "cgroup2" { print $4 }' /proc/self/mounts >"$DIR/v2-options"
  local pipe
  exec {pipe}<> <(:)
  exec {IN_R}<"/proc/self/fd/$pipe" {IN_W}>"/proc/self/fd/$pipe" {pipe}>&-
  exec {pipe}<> <(:)
  exec {OUT_R}<"/proc/self/fd/$pipe" {OUT_W}>"/proc/self/fd/$pipe" {pipe}>&-
}

# CRIU mounts the v2 hierarchy anew, without the options that the machine has given it: with runc too these are lost to all.
v2_options() { [[ ! -s $DIR/v2-options ]] || mount -o "remount,$(<"$DIR/v2-options")" /sys/fs/cgroup; }
teardown() { v2_options && suite_teardown; }

works() {
  command -v criu >/dev/null || skip "no criu here"
  local said
  said=$(criu check 2>&1) || skip "criu check: $(grep -m 1 Error <<<"$said")"
}

# piped WORDS...: the runtime with pipes as streams; what it says itself is in $output.
piped() {
  status=0 output=''
  : >"$DIR/log"
  timeout -k 2 "${LIMIT:-60}" "$RUNTIME" --root "$STATE" --log "$DIR/log" "$@" <&"$IN_R" >&"$OUT_W" 2>&"$OUT_W" 3>&- 4>&- || status=$?
  output=$(<"$DIR/log")
}
well() { piped "$@"; [[ $status == 0 ]] || complain "failed: $*"; }

# A container that counts in a file, and tells in another that it began.
counter() {
  bundle '.root.readonly = false'
  edit "$@"
  sh_c 'i=1000; echo >>/began; trap "echo ended; exit 7" TERM; while :; do i=$((i + 1)); echo $i >/count; usleep 50000; done'
}
count() {
  local number
  number=$(cat "$BUNDLE/rootfs/count" 2>/dev/null) || true
  echo "${number:-0}"
}
counts_beyond() { [[ $(count) -gt $1 ]]; }
afresh() { rm -f "$BUNDLE/rootfs/count" "$BUNDLE/rootfs/began"; }
start() {
  afresh
  well run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID" && PID=$(<"$DIR/pid") && until_true 10 counts_beyond 1000
}
save() {
  well checkpoint --image-path "$DIR/images" --work-path "$DIR/work" "$@" "$ID" ||
    complain "$(grep Error "$DIR/work/dump.log")"
}
# The number grows, and nothing began a second time. The file stays as it is meanwhile: the program may have been saved
# with it open, and CRIU wants it back.
goes_on() { until_true 20 counts_beyond "$1" && is "$(wc -l <"$BUNDLE/rootfs/began")" 1; }
revive() {
  BEFORE=$(count)
  well restore -d --image-path "$DIR/images" --work-path "$DIR/work" --pid-file "$DIR/pid" -b "$BUNDLE" "$ID" ||
    complain "$(grep Error "$DIR/work/restore.log")" || return 1
  PID=$(<"$DIR/pid")
  goes_on "$BEFORE" || return 1
  [[ $BATS_TEST_DIRNAME == */systemd ]] || return 0
  # The processes are in a scope that systemd knows, and that goes when they go.
  local path
  path=$(sed -n 's/^0:://p' "/proc/$PID/cgroup")
  has "$path" "^/system\.slice/[a-z]+-$ID\.scope$"
  is "$(systemctl show -P ActiveState "${path##*/}") $(systemctl show -P ControlGroup "${path##*/}")" "active $path"
}

@test "without criu in the path, checkpoint and restore say so in runc's words" {
  counter && start
  mkdir "$DIR/nowhere" "$DIR/images" && echo '[]' >"$DIR/images/descriptors.json"
  for verb in "checkpoint $ID" "restore -d -b $BUNDLE $ID-2"; do
    # shellcheck disable=SC2086 # words
    fails env PATH="$DIR/nowhere" "$RUNTIME" --root "$STATE" ${verb/ / --image-path "$DIR/images" }
    has "$output" 'exec: \\?"criu\\?": executable file not found in \$PATH'
    # shellcheck disable=SC2086 # words
    fails rt --criu "$DIR/another" ${verb/ / --image-path "$DIR/images" }
    has "$output" 'another: '
  done
  is "$(status_of)" running
  is "$(ls "$STATE")" "$ID"
}

@test "only what runs can be saved" {
  counter
  create
  fails rt checkpoint --image-path "$DIR/images" "$ID"
  has "$output" '[Cc]ontainer cannot be checkpointed in created state'
  ok rt delete --force "$ID"
  args true
  up
  until_true 5 gone "$PID"
  fails rt checkpoint --image-path "$DIR/images" "$ID"
  has "$output" '[Cc]ontainer cannot be checkpointed in stopped state'
  fails rt checkpoint "$ID-2"
  has "$output" 'container does not exist'
}

@test "words that make no sense are refused, and the container goes on" {
  works
  counter && start
  fails rt checkpoint --image-path "$DIR/images" --parent-path "$DIR/other" "$ID"
  has "$output" '--parent-path must be relative'
  fails rt checkpoint --image-path "$DIR/images" --parent-path ../other "$ID"
  has "$output" 'invalid --parent-path'
  fails rt checkpoint --image-path "$DIR/images" --page-server 127.0.0.1 "$ID"
  has "$output" '[Uu]se --page-server ADDRESS:PORT to specify page server'
  fails rt checkpoint --image-path "$DIR/images" --page-server 127.0.0.1:x "$ID"
  has "$output" '[Ii]nvalid port number'
  fails rt checkpoint --image-path "$DIR/images" --manage-cgroups-mode some "$ID"
  has "$output" 'manage.cgroups.mode'
  fails rt checkpoint --image-path "$DIR/images" --empty-ns mount "$ID"
  has "$output" 'namespace \\?"mount\\?" is not supported'
  is "$(status_of)" running
}

@test "with --leave-running the images are made and the container goes on" {
  works
  counter && start
  save --leave-running
  [[ -s $DIR/images/inventory.img && -s $DIR/work/dump.log ]]
  has "$(jq -c . "$DIR/images/descriptors.json")" '^\["pipe:\[[0-9]+\]","pipe:\[[0-9]+\]","pipe:\[[0-9]+\]"\]$'
  is "$(status_of)" running
  until_true 10 counts_beyond "$(count)"
}

# bats test_tags=vm
@test "a saved container is gone; restored it goes on where it stood" {
  works
  counter && start
  save
  fails rt state "$ID"
  has "$output" 'container does not exist'
  until_true 10 gone "$PID"
  revive
  is "$(status_of)" running
  is "$(rt state "$ID" | jq .pid)" "$PID"
  ok rt exec "$ID" sh -c 'cat /count >/dev/null && echo inside'
  has "$out" '^inside$'
  # And once more: what was restored is a container like others.
  save && revive
  ok rt kill "$ID" TERM
  local line
  read -r -t 60 line <&"$OUT_R"
  is "$line" ended
  until_true 10 gone "$PID"
  ok rt delete "$ID"
  nothing_left
}

@test "restore in the foreground gives back the program's exit code and cleans up" {
  works
  skip_on runc "a container's streams are pipes of its own there, and are not given back"
  counter && start
  save
  BEFORE=$(count)
  # One dash, as containerd writes it.
  spawn piped restore -no-subreaper --image-path "$DIR/images" -b "$BUNDLE" "$ID"
  goes_on "$BEFORE"
  ok rt kill "$ID" TERM
  until_true 10 eval '! rt state "$ID" >/dev/null 2>&1'
  nothing_left
}

@test "limits, masked paths and bind mounts one in the other come back, and their places are made" {
  works
  counter '.linux.resources.pids.limit = 33'
  mkdir -p "$DIR/one" "$DIR/two" "$BUNDLE/rootfs/real/conf"
  ln -s /real/conf "$BUNDLE/rootfs/conf"
  echo file >"$DIR/file"
  mount_of "{\"destination\": \"/test\", \"type\": \"bind\", \"source\": \"$DIR/one\", \"options\": [\"bind\"]}"
  mount_of "{\"destination\": \"/test/for/nested\", \"type\": \"bind\", \"source\": \"$DIR/two\", \"options\": [\"bind\"]}"
  mount_of "{\"destination\": \"/conf\", \"type\": \"bind\", \"source\": \"$DIR/two\", \"options\": [\"bind\"]}"
  mount_of "{\"destination\": \"/etc/a-file\", \"type\": \"bind\", \"source\": \"$DIR/file\", \"options\": [\"bind\", \"ro\"]}"
  start
  save
  rm -r "$DIR/one/for" "$BUNDLE/rootfs/etc/a-file"
  echo two >"$DIR/two/name"
  revive
  is "$(cat "$(cgroup_of "$PID" pids)/pids.max")" 33
  ok rt exec "$ID" sh -c 'cat /test/for/nested/name /conf/name /etc/a-file; wc -c </proc/timer_list'
  is "$(tr '\n' ' ' <<<"$out")" 'two two file 0 '
  ok rt delete --force "$ID"
  nothing_left
}

@test "a network namespace that was given by path is entered again" {
  works
  counter
  touch "$DIR/net"
  unshare --net="$DIR/net" true
  edit --arg p "$DIR/net" '.linux.namespaces |= map(select(.type != "network")) + [{type: "network", path: $p}]'
  start
  save
  revive
  is "$(stat -Lc %i "/proc/$PID/ns/net")" "$(stat -c %i "$DIR/net")"
  ok rt delete --force "$ID"
  umount "$DIR/net"
}

@test "a terminal's master side is sent to the console socket again" {
  works
  bundle '.process.terminal = true' '.root.readonly = false'
  sh_c 'stty -echo; while read -r line; do echo "got $line"; done'
  spawn "$LIB/terminal.py" receive "$DIR/console" >"$DIR/terminal"
  until_true 5 test -S "$DIR/console"
  ok rt run -d --console-socket "$DIR/console" -b "$BUNDLE" "$ID"
  save
  spawn "$LIB/terminal.py" receive "$DIR/console2" --send 'hello\n' >"$DIR/terminal2"
  until_true 5 test -S "$DIR/console2"
  ok rt restore -d --image-path "$DIR/images" --console-socket "$DIR/console2" -b "$BUNDLE" "$ID"
  until_true 10 grep -q '^got hello' "$DIR/terminal2"
}

@test "a pre-dump lets the container go on, and its memory is built upon" {
  works
  criu check --feature mem_dirty_track >/dev/null 2>&1 || skip "no tracking of memory here"
  counter && start
  well checkpoint --pre-dump --image-path "$DIR/first" "$ID"
  is "$(status_of)" running
  save --parent-path ../first
  [[ -e $DIR/images/parent ]]
  revive
}

@test "of the hooks those that make namespaces run again" {
  works
  counter --arg s 'cat >>"$0"; echo >>"$0"' --arg d "$DIR" '.hooks = ([("prestart", "createRuntime", "poststart", "poststop") as $n
    | {key: $n, value: [{path: "/bin/sh", args: ["sh", "-c", $s, ($d + "/" + $n)]}]}] | from_entries)'
  start
  save
  for name in prestart createRuntime poststart poststop; do mv "$DIR/$name" "$DIR/$name.old"; done
  revive
  is "$(jq -r .pid "$DIR/createRuntime")" "$PID"
  is "$(jq -r .id "$DIR/prestart")" "$ID"
  [[ ! -e $DIR/poststart ]]
}

@test "a container with /dev/null as its streams is saved, and goes on where it stood" {
  works
  counter
  afresh
  ok bash -c 'exec "$@" </dev/null >/dev/null 2>&1' - "$RUNTIME" --root "$STATE" run -d --pid-file "$DIR/pid" -b "$BUNDLE" "$ID"
  PID=$(<"$DIR/pid")
  until_true 10 counts_beyond 1000
  save
  revive
}

@test "a container that CRIU cannot save goes on, and the error names the reason and the log" {
  works
  skip_on runc "1.1.5 names the log only"
  counter
  # A stream that is a file of the host.
  afresh
  ok rt run -d -b "$BUNDLE" "$ID"
  fails rt checkpoint --image-path "$DIR/images" --work-path "$DIR/work" "$ID"
  has "$output" 'criu failed: type (DUMP|NOTIFY) errno [0-9]+: Can.t lookup mount'
  has "$output" "log file: $DIR/work/dump.log"
  is "$(status_of)" running
  is "$(ls -A "$DIR/images")" ''
  # What was there before stays, and so does the log.
  touch "$DIR/images/of-others"
  fails rt checkpoint --image-path "$DIR/images" "$ID"
  is "$(ls -A "$DIR/images" | paste -sd ' ')" 'dump.log of-others'
}

@test "images that are none restore nothing and leave nothing" {
  works
  counter
  fails rt restore -d --image-path "$DIR/images" -b "$BUNDLE" "$ID"
  mkdir -p "$DIR/images" && echo '[]' >"$DIR/images/descriptors.json"
  fails rt restore -d --image-path "$DIR/images" -b "$BUNDLE" "$ID"
  has "$output" 'criu failed: type [A-Z]+ errno'
  nothing_left
}

@test "an id that is taken is not restored into" {
  works
  counter && start
  save --leave-running
  fails rt restore -d --image-path "$DIR/images" -b "$BUNDLE" "$ID"
  has "$output" 'container with given ID already exists'
  is "$(status_of)" running
}

@test "settings of CRIU come from the file that an annotation names" {
  works
  counter --arg f "$DIR/criu.conf" '.annotations = {"org.criu.config": $f}'
  printf '# of this container\nlog-file saved.log\n' >"$DIR/criu.conf"
  start
  save
  [[ -s $DIR/work/saved.log && ! -e $DIR/work/dump.log ]]
  echo 'log-file revived.log' >"$DIR/criu.conf"
  revive
  [[ -s $DIR/work/revived.log ]]
}

@test "a container in a user namespace is saved and restored with its owners" {
  works
  # On v2 CRIU may not mount the cgroups anew in the user namespace, with runc neither.
  counter '.linux.namespaces += [{"type": "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 2000}] |
    .linux.gidMappings = [{containerID: 0, hostID: 200000, size: 3000}] | .mounts |= map(select(.type != "cgroup"))'
  chown -R 100000:200000 "$BUNDLE/rootfs"
  start
  save
  # CRIU also reads them as the container's root, who is nobody to the machine: with runc too they must be made readable.
  chmod -R a+rX "$DIR/images"
  revive
  is "$(sed -n 's/^[UG]id:\t\([0-9]*\).*/\1/p' "/proc/$PID/status" | paste -sd ' ')" '100000 200000'
  is "$(tr -s ' ' <"/proc/$PID/uid_map")" ' 0 100000 2000'
  ok rt exec "$ID" id -u
  is "$out" 0
  ok rt delete --force "$ID"
  v2_options
  nothing_left
}

@test "memory goes to a page server, and is restored from there" {
  works
  counter && start
  mkdir "$DIR/pages"
  spawn criu page-server --images-dir "$DIR/pages" --address 127.0.0.1 --port 27277 >"$DIR/server" 2>&1
  until_true 5 eval 'grep -q :6A8D /proc/net/tcp'
  save --page-server 127.0.0.1:27277
  end_of "$JOB"
  is "$status" 0
  # The images have all but the memory.
  is "$(find "$DIR/images" -name 'pages*')" ''
  mv "$DIR/pages"/pages* "$DIR/pages"/pagemap* "$DIR/images"
  revive
}

@test "with lazy pages memory comes when it is touched" {
  works
  criu check --feature uffd-noncoop >/dev/null 2>&1 || skip "no userfaultfd here"
  skip_on runc "1.1.5 waits for a descriptor that CRIU writes no more to"
  counter && start
  mkfifo "$DIR/status"
  exec {ready}<>"$DIR/status"
  checkpoint() { "$RUNTIME" --root "$STATE" --log "$DIR/log" checkpoint --lazy-pages --page-server 127.0.0.1:27278 --status-fd 3 --image-path "$DIR/images" --work-path "$DIR/work" "$ID" 3>"$DIR/status" 4>&-; }
  spawn checkpoint
  local saving=$JOB byte
  IFS= read -r -d '' -t "$((60 * ${SLOW:-1}))" -n 1 -u "$ready" byte || complain "not ready: $(<"$DIR/log")"
  exec {ready}>&-
  # The saved one waits for the last page; the other has another name meanwhile.
  mkdir "$DIR/work2"
  spawn criu lazy-pages --page-server --address 127.0.0.1 --port 27278 --images-dir "$DIR/images" --work-dir "$DIR/work2" -o lazy.log
  local fetching=$JOB
  until_true 10 test -S "$DIR/work2/lazy-pages.socket"
  BEFORE=$(count)
  well restore -d --lazy-pages --image-path "$DIR/images" --work-path "$DIR/work2" --pid-file "$DIR/pid" -b "$BUNDLE" "$ID-2" || complain "$(grep Error "$DIR/work2/restore.log")"
  goes_on "$BEFORE"
  end_of "$saving"
  is "$status" 0
  end_of "$fetching"
  is "$status" 0
  fails rt state "$ID"
  is "$(rt state "$ID-2" | jq -r .status)" running
  ok rt delete --force "$ID-2"
  nothing_left
}

@test "what mounts add has mounted since: a file system is saved, a bind mount is refused by name" {
  works
  skip_on runc "has no such verb"
  counter && start
  ok rt mounts add "$ID" - <<<'[{"destination": "/scratch", "type": "tmpfs", "source": "t"}]'
  ok rt exec "$ID" sh -c 'echo kept >/scratch/file'
  save
  revive
  ok rt exec "$ID" cat /scratch/file
  is "$out" kept
  mkdir "$DIR/folder"
  ok rt mounts add "$ID" - <<<"[{\"destination\": \"/bound\", \"type\": \"bind\", \"source\": \"$DIR/folder\", \"options\": [\"bind\"]}]"
  fails rt checkpoint --image-path "$DIR/images2" "$ID"
  has "$output" '/bound'
  is "$(status_of)" running
  is "$(ls "$DIR/images2")" dump.log
}
