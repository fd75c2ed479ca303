#!/usr/bin/env bats
# The root file system and volumes are hostile: names in them lead where the attacker likes. Each test names the flaw it is for.

load ../lib/suite
load hostile

# CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867. Red on: crun 1.8.1 (it mounts behind the link).
@test "/proc and /sys of the image are symbolic links" {
  skip_on crun '1.8.1 follows them inside the root'
  local name target
  for name in proc sys; do
    for target in /x . nowhere "$CANARY/dir" ../../canary/dir ../../../canary /tmp; do
      rm -rf "${R:?}/$name"
      mkdir -p "$R/x"
      ln -s "$target" "$R/$name"
      args true
      refused_run 'must be mounted on ordinary directory'
      rm "$R/$name"
      mkdir "$R/$name"
    done
  done
}

# CVE-2019-16884, CVE-2015-3631: what is mounted over /proc decides where labels and settings are written.
@test "mounts over /proc, by whatever name, are refused" {
  skip_on crun '1.8.1 mounts them (red there)'
  skip_on runc '1.1.5 allows files of it (red there)'
  local destination
  for destination in /proc/self /proc/1/attr /proc/sys /proc/sysrq-trigger /proc/../proc/sys //proc//sys /proc/self/attr/exec /proc/kcore /proc/1/../sys; do
    bundle --arg d "$destination" '.mounts += [{destination: $d, type: "bind", source: "/etc/hostname", options: ["bind"]}]'
    refused_run '/proc'
    bundle --arg d "$destination" '.mounts += [{destination: $d, type: "tmpfs", source: "tmpfs"}]'
    refused_run '/proc'
  done
  bundle '.mounts |= map(if .type == "proc" then {destination: "/proc", type: "tmpfs", source: "tmpfs"} else . end)'
  refused_run '/proc'
  mkdir "$DIR/fake"
  bundle --arg s "$DIR/fake" '.mounts |= map(if .type == "proc" then {destination: "/proc", type: "bind", source: $s, options: ["bind"]} else . end)'
  refused_run '/proc'
}

@test "mounts over /proc through a link of the image" {
  skip_on crun '1.8.1 mounts them (red there)'
  skip_on runc '1.1.5 allows /proc/self behind a link (red there)'
  ln -s proc "$R/p"
  mkdir -p "$R/a" && ln -s ../proc/sys "$R/a/s"
  local destination
  for destination in /p/sys /a/s /p/self; do
    edit --arg d "$destination" '.mounts |= map(select(.source != "evil")) | .mounts += [{destination: $d, type: "tmpfs", source: "evil"}]'
    refused_run '/proc'
  done
}

@test "what lxcfs puts over files of /proc is allowed" {
  echo 'fake 1' >"$DIR/fake"
  local name
  for name in cpuinfo diskstats meminfo stat swaps uptime loadavg; do
    bundle --arg d "/proc/$name" --arg s "$DIR/fake" '.mounts += [{destination: $d, type: "bind", source: $s, options: ["bind", "ro"]}]'
    inside "cat /proc/$name"
    is "$out" 'fake 1'
  done
}

# Static forms of CVE-2021-30465, CVE-2024-45310, CVE-2019-18837: where a link leads out, only its likeness inside the root counts.
@test "mount destinations through links that lead out" {
  mkdir "$R/volume"
  ln -s "$CANARY" "$R/volume/absolute"
  ln -s ../../../canary "$R/volume/relative"
  ln -s ../../../../../../../../.. "$R/volume/up"
  ln -s "$CANARY/new" "$R/volume/dangling"
  local destination
  for destination in /volume/absolute /volume/absolute/dir /volume/absolute/new/deep /volume/relative /volume/relative/new "/volume/up$CANARY" \
    "/volume/up$CANARY/new" /volume/dangling /volume/dangling/deep "/../../..$CANARY/dir" /volume/absolute/file /volume/absolute/link /volume/absolute/fifo; do
    bundle '.root.readonly = false'
    R=$BUNDLE/rootfs
    mkdir "$R/volume"
    ln -s "$CANARY" "$R/volume/absolute"
    ln -s ../../../canary "$R/volume/relative"
    ln -s ../../../../../../../../.. "$R/volume/up"
    ln -s "$CANARY/new" "$R/volume/dangling"
    edit --arg d "$destination" '.mounts += [{destination: $d, type: "tmpfs", source: "evil"}]'
    args true
    either
    edit --arg d "$destination" '.mounts |= map(select(.source != "evil")) | .mounts += [{destination: $d, type: "bind", source: "/etc/passwd", options: ["bind"]}]'
    either
  done
}

@test "a link that dangles inside the root is followed there, as runc does" {
  skip_on crun '1.8.1 refuses'
  ln -s /made/here "$R/link"
  edit '.mounts += [{destination: "/link", type: "tmpfs", source: "tmpfs"}]'
  inside 'grep -c " /made/here " /proc/mounts'
  is "$out" 1
  unharmed
}

# CVE-2024-45310, CVE-2021-30465 as a race. Neither control fell in as few tries: it shows that we survive as many as fit.
@test "a directory of a volume that is exchanged for a link while it is mounted into" {
  mkdir -p "$DIR/volume/a"
  ln -s "$CANARY" "$DIR/volume/b"
  edit --arg v "$DIR/volume" '.mounts += [{destination: "/v", type: "bind", source: $v, options: ["bind"]},
    {destination: "/v/a/x/y", type: "tmpfs", source: "evil"}, {destination: "/v/a/new", type: "bind", source: "/etc/passwd", options: ["bind"]}]'
  # A hook of the container's, before the root is left, sees what was mounted where: on the host's file system, not on the root's?
  cat >"$DIR/look" <<END
#!/bin/sh
exec awk -v suite="$SUITE_DIR" -v canary="$CANARY" '
  \$5 == suite { host = \$1 }
  index(\$5, canary) && \$2 == host { system("touch $DIR/escaped") }' /proc/self/mountinfo
END
  chmod +x "$DIR/look"
  edit --arg h "$DIR/look" '.hooks.createContainer = [{path: $h}]'
  args true
  spawn swap "$DIR/volume/a" "$DIR/volume/b"
  local i
  for i in {1..60}; do
    try rt run -b "$BUNDLE" "$ID"
    [[ ! -e $DIR/escaped ]] || complain "try $i: mounted on the canary"
    unharmed
  done
  kill -KILL "$JOB"
  end_of "$JOB"
  nothing_left
}

# CVE-2025-31133, CVE-2025-62161, CVE-2026-88265: masked files are made with what the image calls /dev/null.
# Red on runc 1.1.5: the mask is the file behind the link.
@test "the image's /dev/null is something else" {
  skip_on runc '1.1.5 masks with the file behind the link (red there)'
  skip_on crun '1.8.1 masks with it'
  local kind
  for kind in 'ln -s /proc/sys/kernel/ostype' 'ln -s /secret' 'cp /etc/hostname' 'mkfifo' 'mknod_1_5' 'missing'; do
    rm -rf "${DIR:?}/dev"
    mkdir "$DIR/dev"
    case $kind in
      mknod_1_5) mknod -m 666 "$DIR/dev/null" c 1 5 ;;
      missing) ;;
      *) $kind "$DIR/dev/null" ;;
    esac
    bundle --arg s "$DIR/dev" '.mounts |= map(select(.destination | startswith("/dev") | not)) | .mounts += [{destination: "/dev", type: "bind", source: $s, options: ["bind"]}]' \
      '.linux.maskedPaths = ["/secret", "/proc/version"] | .linux.readonlyPaths = []'
    echo secret >"$BUNDLE/rootfs/secret"
    sh_c 'for f in /secret /proc/version; do stat -c %t:%T $f; done; head -c 20 /secret'
    either
    [[ $status != 0 ]] || is "$kind $out" "$kind 1:3"$'\n1:3'
  done
}

@test "the image's /dev/null is exchanged by a hook after the mounts" {
  printf '#!/bin/sh\nrm -f %s/dev/null; ln -s /proc/sys/kernel/ostype %s/dev/null\n' "$R" "$R" >"$DIR/hook"
  chmod +x "$DIR/hook"
  edit --arg h "$DIR/hook" '.mounts |= map(select(.destination | startswith("/dev") | not))' \
    '.linux.maskedPaths = ["/secret"] | .hooks.createContainer = [{path: $h}]'
  echo secret >"$R/secret"
  sh_c 'stat -c %t:%T /secret'
  either
  [[ $status != 0 ]] || is "$out" 1:3
}

@test "masked and read-only paths: missing, twice, through links, file, directory, fifo" {
  mkdir "$R/directory" && echo x >"$R/directory/file"
  echo x >"$R/file"
  mkfifo "$R/fifo"
  ln -s directory "$R/link"
  ln -s "$CANARY" "$R/out"
  edit '.linux.maskedPaths = ["/file", "/file", "/link", "/missing", "/fifo", "/out"]'
  inside 'stat -c %t:%T /file; ls /directory | wc -l; stat -c %t:%T /fifo; grep -c " /file " /proc/mounts'
  has "$(tr '\n' ' ' <<<"$out")" '^1:3 0 1:3 [12] $'
  unharmed
  edit '.linux.maskedPaths = [] | .linux.readonlyPaths = ["/file", "/directory", "/directory", "/missing", "/fifo", "/out"]'
  inside 'echo y 2>&1 >/file; touch /directory/x 2>&1; touch /free && echo free'
  has "$out" 'Read-only file system'
  is "$(grep -c 'Read-only' <<<"$out") $(tail -n 1 <<<"$out")" '2 free'
  unharmed
}

# CVE-2026-41579, CVE-2026-47766: what is made in /dev is made behind the link. Red on: runc 1.1.5 without a /dev mount.
@test "/dev of the image is a link out" {
  skip_on runc '1.1.5 makes its devices behind it'
  skip_on crun '1.8.1 makes its devices behind it'
  local target
  for target in "$CANARY/dir" ../../canary/dir ../../../canary "$CANARY/new"; do
    bundle '.root.readonly = false'
    rm -r "$BUNDLE/rootfs/dev"
    ln -s "$target" "$BUNDLE/rootfs/dev"
    args true
    either
    edit '.mounts |= map(select(.destination | startswith("/dev") | not))'
    either
  done
}

@test "names in /dev of the image are links out" {
  local name
  edit '.mounts |= map(select(.destination | startswith("/dev") | not))'
  for name in null zero full random urandom tty ptmx fd stdin stdout stderr console pts shm; do
    rm -rf "${R:?}/dev"
    mkdir "$R/dev"
    ln -s "$CANARY/file" "$R/dev/$name"
    args true
    either
    rm "$R/dev/$name"
    ln -s "$CANARY/new" "$R/dev/$name"
    either
  done
}

# CVE-2026-115521
@test "a read-only root stays so where /proc is the image's own" {
  skip_on runc '1.1.5 refuses'
  mkdir -p "$R/proc/self/fd" "$R/vol"
  local i
  for i in {0..64}; do ln -s /vol "$R/proc/self/fd/$i"; done
  edit '.root.readonly = true | .mounts |= map(select(.type != "proc" and .type != "cgroup" and .type != "sysfs")) | .linux.maskedPaths = [] | .linux.readonlyPaths = []'
  sh_c 'for d in / /bin /vol /etc /proc; do touch $d/x 2>&1; done'
  either
  [[ $status == 1 ]]
  [[ $RUNTIME_NAME == crun ]] || is "$(grep -c 'Read-only file system' <<<"$out")" 5
  is "$(find "$R" -name x)" ''
}

# runc 1.5.3: no mount namespace of its own, so what is said of propagation would be said of the host's root.
@test "without a mount namespace the host's mounts are as before" {
  skip_on crun '1.8.1 mounts on the host (red there)'
  skip_on runc '1.1.5 makes / shared and mounts on the host (red there)'
  edit '.linux.namespaces |= map(select(.type != "mount")) | .linux.rootfsPropagation = "shared"' 'del(.linux.maskedPaths, .linux.readonlyPaths)'
  args true
  either
  edit 'del(.linux.rootfsPropagation) | .mounts = [] | .root.readonly = false'
  either
}

# CVE-2024-21626, and its other way: a program, not a working directory, through a descriptor that the caller let slip.
# Red on crun 1.8.1; the second way was red here.
@test "a working directory or program through leaked descriptors" {
  skip_on crun '1.8.1 lets the container into a directory of the caller (red there)'
  local n
  exec 15<"$CANARY" 16</ 17</sys/fs/cgroup
  for n in {0..20}; do
    bundle --arg d "/proc/self/fd/$n" '.process.cwd = $d'
    sh_c 'echo reached; ls'
    try rt run -b "$BUNDLE" "$ID"
    lacks "$out" 'reached|inner|secret'
    isnt "$status" 0
  done
  for n in /proc/1/fd/15 /proc/thread-self/fd/16 /link /link/dir; do
    bundle --arg d "$n" '.process.cwd = $d'
    ln -s /proc/self/fd/15 "$BUNDLE/rootfs/link"
    sh_c 'echo reached; ls'
    try rt run -b "$BUNDLE" "$ID"
    lacks "$out" 'reached|inner|secret'
    isnt "$status" 0
  done
  # Descriptors of the runtime's own may lead into the container's root; none leads to the host's, which alone has this one.
  cp "$R/bin/busybox" "$CANARY/busybox"
  canary_manifest >"$DIR/canary.before"
  for n in {3..20}; do
    bundle
    args "/proc/self/fd/$n/busybox" echo reached
    fails rt run -b "$BUNDLE" "$ID"
    args "/proc/self/fd/$n$CANARY/busybox" echo reached
    fails rt run -b "$BUNDLE" "$ID"
  done
  exec 15<&- 16<&- 17<&-
  unharmed
  nothing_left
}

# Whoever reads the image's /etc/passwd must not be held up by it.
@test "/etc/passwd of the image: fifo, endless, huge, directory, link out" {
  skip_on crun '1.8.1 waits for a fifo for ever (red there)'
  skip_on runc '1.1.5 waits for a fifo for ever (red there)'
  edit '.process.env = ["PATH=/bin"]'
  local kind
  for kind in mkfifo 'ln -s /dev/zero' 'truncate -s 1G' mkdir "ln -s $CANARY/file" 'ln -s passwd' true; do
    rm -rf "$R/etc/passwd"
    $kind "$R/etc/passwd"
    sh_c 'echo "$HOME"'
    try rt run -b "$BUNDLE" "$ID"
    [[ $status != 124 && $status != 137 ]] || complain "$kind: hung"
    [[ $status != 0 ]] || is "$kind $out" "$kind /"
    [[ $RUNTIME_NAME != csrunc ]] || is "$status" 0
  done
  unharmed
}
