# shellcheck shell=bash
# The frame of the engine tests, on top of lib/suite.bash: each file starts one engine of its own, below $ENGINE and a /run of
# its own, and ends it. Images are made from the suite's root file system; nothing is fetched.

load ../lib/suite
# shellcheck source=../lib/cgroups.bash
. "$LIB/cgroups.bash"

# Who manages cgroups: as the engines' own defaults are, systemd where it runs and the hierarchy is unified. MANAGER=cgroupfs: not so.
if [[ ! ${MANAGER:-} ]]; then
  MANAGER=cgroupfs
  [[ ! -d /run/systemd/system ]] || ! cgroup_is_unified || MANAGER=systemd
fi
export MANAGER
# An engine's client is a large program: where the processor is emulated, to look is what takes the time.
[[ ${SLOW:-1} == 1 ]] || PAUSE=0.5
# The cgroup above the containers, where an engine lets it be chosen, by its path and as an engine wants it.
if [[ $MANAGER == systemd ]]; then PARENT=${TAG}engine.slice PARENT_WORD=$PARENT; else PARENT=$TAG-engine PARENT_WORD=/$PARENT; fi

# need_tools NAME...: an engine that is not installed is no failure of the runtime.
need_tools() {
  local tool
  for tool; do command -v "$tool" >/dev/null || skip "$tool is not installed (make engines)"; done
}

# engine_needs NAME...: in setup_file, which cannot skip: each test of the file is skipped then, with the reason.
engine_needs() {
  local tool
  for tool; do
    command -v "$tool" >/dev/null || { export ENGINE_LACKS="$tool is not installed${ENGINE_HINT- (make engines)}"; return 1; }
  done
}

# image_make FILE [NAME CMD]: a docker-archive with one image, busy:latest, or of that name and with that command as JSON.
image_make() {
  local folder=$ENGINE/image layer config cmd=${3:-}
  mkdir -p "$folder"
  tar -C "$SUITE_DIR/rootfs" -cf "$folder/layer.tar" .
  layer=$(sha256sum "$folder/layer.tar" | cut -d ' ' -f 1)
  jq -n --arg layer "sha256:$layer" --argjson cmd "${cmd:-[\"sh\"]}" '{architecture: "amd64", os: "linux", created: "2020-01-01T00:00:00Z",
    config: {Cmd: $cmd, Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]},
    rootfs: {type: "layers", diff_ids: [$layer]}, history: [{created: "2020-01-01T00:00:00Z", created_by: "make"}]}' >"$folder/config.json"
  config=$(sha256sum "$folder/config.json" | cut -d ' ' -f 1)
  mkdir -p "$folder/$layer"
  mv "$folder/layer.tar" "$folder/$layer/layer.tar"
  mv "$folder/config.json" "$folder/$config.json"
  jq -n --arg config "$config.json" --arg layer "$layer/layer.tar" --arg tag "${2:-busy}:latest" '[{Config: $config, RepoTags: [$tag], Layers: [$layer]}]' >"$folder/manifest.json"
  tar -C "$folder" -cf "$1" manifest.json "$config.json" "$layer"
  rm -r "$folder"
}

# What counts, and where it goes on from: a program that is saved and restored.
COUNTER='i=1000; while :; do i=$((i + 1)); echo $i >/count; sleep 0.1; done'
need_criu() { need_tools criu; criu check >/dev/null 2>&1 || skip "criu check fails here"; }

# root_has BIT: whether this machine's root has the capability; inside another container it lacks some.
root_has() { (((0x$(awk '/CapPrm/ { print $2 }' /proc/self/status) >> $1) & 1)); }
# runc fails, and csrunc warns, where the machine's own root lacks a capability that --privileged asks for.
full_root() { local bit; for ((bit = 0; bit <= $(</proc/sys/kernel/cap_last_cap); bit++)); do root_has $bit || skip "root has not all capabilities here"; done; }

# The cgroups that engines make above their containers' and leave there; with a word, and all below these. ENGINE_GROUPS: further words of
# find, for engines that do not let the names be chosen.
engine_cgroups() {
  local points
  points=$(cgroup_hierarchies | cut -d ' ' -f 1)
  # shellcheck disable=SC2086 # mount points of cgroups have no blanks
  # shellcheck disable=SC2086
  find $points -maxdepth 1 -type d '(' -name "$PARENT" ${ENGINE_GROUPS:-} ')' | while read -r point; do
    if [[ ${1:-} ]]; then find "$point" -type d; else echo "$point"; fi
  done | sort
}

# What an engine and its runtime could leave: cgroups, mounts, network devices and namespaces, folders of the system, states of containers.
engine_facts() {
  engine_cgroups below | sed 's/^/cgroup /'
  awk -v e="$SUITE_DIR/" '$5 != "/run" && $5 != "/var/cache" && $5 != "/var/lib/containers" && index($5, e) != 1 { print "mount", $5, $9 }' /proc/self/mountinfo
  awk 'NR > 2 { sub(/:.*/, "", $1); print "network device", $1 }' /proc/net/dev
  find /etc /opt /root /srv /var/lib /var/log /var/spool -maxdepth 1 -mindepth 1 ! -path /opt/containerd | sed 's/^/file /' # containerd makes one for further programs
  # States of containers: of shims, of Docker, and below the default root of the runtimes.
  local state
  for state in /run/containerd/runc/*/* /run/docker/runtime-*/*/* /run/csrunc/* /run/runc/*; do [[ ! -e $state ]] || echo "state $state"; done
}

# What still runs: containers' processes are in cgroups of the engine, shims in that of the suite.
engine_processes() {
  local pid
  engine_cgroups below | while read -r point; do sed 's/^/in a cgroup: /' "$point/cgroup.procs"; done 2>/dev/null
  for pid in /proc/[0-9]*; do
    [[ $(tr '\0' ' ' <"$pid/cmdline") == *@(containerd-shim|conmon)*"$ENGINE"* ]] && tr '\0' ' ' <"$pid/cmdline"
  done 2>/dev/null
}
engine_left_more() { engine_parents_remove; engine_facts | sort >"$ENGINE/after"; [[ $(comm -13 "$ENGINE/before" "$ENGINE/after") ]]; }

# The last test of each file: the daemons end when they are told, and what they and the runtime leave is told.
engine_leaves_nothing() {
  local pid
  for pid; do
    kill "$pid"
    until_true 20 gone "$pid"
  done
  # A shim ends a moment after what it was for, and the kernel takes away a network's devices in its own time.
  until_true 10 eval '[[ ! $(engine_processes) ]]' || complain "$(engine_processes)"
  # Its own mounts, of which a lazy end may take a moment; then of what it made above the containers nothing may hold anything.
  until_true 5 eval '! grep -E " (overlay|nsfs|shm) " /proc/self/mountinfo | grep -E "$ENGINE|/run/" | grep -v "/netns/default"'
  until_true 10 eval '! engine_left_more' || complain "$(comm -13 "$ENGINE/before" "$ENGINE/after")"
}

# The engines' own cgroups, which they leave with every runtime; only where nothing is below.
engine_parents_remove() {
  local point
  engine_cgroups | comm -13 "$ENGINE/cgroups" - | while read -r point; do
    # Podman's: of its conmons and of its pods. CRI-O's: of conmons whose container could not be made.
    [[ $point != */libpod* ]] || rmdir "$point"/conmon "$point"/[0-9a-f]* 2>/dev/null || true
    rmdir "$point"/crio-conmon-* 2>/dev/null || true
    # A slice is systemd's, which does not end it when it is empty.
    if [[ $point == *.slice ]]; then systemctl stop "${point##*/}"; else rmdir "$point" 2>/dev/null || true; fi
  done
}

# engine_begin: room for an engine. Its /run is not the machine's, unless systemd's sockets are needed from there, or the suite lies there.
engine_begin() {
  ENGINE=$SUITE_DIR/engine
  export ENGINE
  mkdir "$ENGINE"
  [[ $MANAGER == systemd || $LIB == /run/* ]] || { mount -t tmpfs -o mode=755 run /run && : >"$ENGINE/run-made"; }
  # Where Podman remembers what it has seen, wherever its images are.
  [[ -d /var/lib/containers ]] || { mkdir /var/lib/containers && : >"$ENGINE/made"; }
  mount -t tmpfs containers /var/lib/containers
  mount -t tmpfs -o mode=755 cache /var/cache
  ip link set lo up
  image_make "$ENGINE/busy.tar"
  engine_cgroups >"$ENGINE/cgroups"
  engine_facts | sort >"$ENGINE/before"
}

# engine_end PID...: the daemons, asked first.
engine_end() {
  local pid
  for pid; do
    kill "$pid" 2>/dev/null || continue
    for _ in {1..100}; do gone "$pid" && break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null
  done
  # Shims and what they hold end with their tasks; what is left was started from here.
  for pid in $(pgrep -f "$ENGINE" || true); do [[ $pid == "$$" || $pid == "$PPID" ]] || kill -KILL "$pid" 2>/dev/null; done
  while read -r point; do umount -l "$point"; done < <(awk -v e="$ENGINE/" 'index($5, e) == 1 { print $5 }' /proc/self/mountinfo | tac)
  # What a failed test left.
  engine_cgroups | comm -13 "$ENGINE/cgroups" - | while read -r point; do find "$point" -depth -type d -exec rmdir {} + 2>/dev/null; done
  umount -l /var/cache /var/lib/containers
  [[ ! -e $ENGINE/run-made ]] || umount -l /run
  [[ ! -e $ENGINE/made ]] || rmdir /var/lib/containers
  until_true 10 rm -r --one-file-system "$ENGINE" # who was killed may still write
}

# Engine tests make no bundles: only the job list and a folder.
setup() { engine_setup; }
engine_setup() {
  attempts_begin
  DIR=$SUITE_DIR/$BATS_SUITE_TEST_NUMBER
  mkdir "$DIR"
  ID=$TAG-$BATS_SUITE_TEST_NUMBER
  JOBS=()
  exec </dev/null
  [[ ! ${ENGINE_LACKS:-} ]] || skip "$ENGINE_LACKS"
}

teardown() {
  local pid point
  [[ ${BATS_TEST_COMPLETED:-} ]] || attempt_failed
  for pid in "${JOBS[@]}"; do kill -KILL "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  engine_clean || true
  while read -r point; do umount -l "$point"; done < <(awk -v d="$DIR/" 'index($5, d) == 1 { print $5 }' /proc/self/mountinfo | tac)
  until_true 10 rm -r --one-file-system "$DIR"
  attempts_end
}
