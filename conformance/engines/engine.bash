# shellcheck shell=bash
# The frame of the engine tests, on top of lib/suite.bash: each file starts one engine of its own, below $ENGINE and a /run of
# its own, and ends it. Images are made from the suite's root file system; nothing is fetched.

load ../lib/suite
# shellcheck source=../lib/cgroups.bash
. "$LIB/cgroups.bash"

# need_tools NAME...: an engine that is not installed is no failure of the runtime.
need_tools() {
  local tool
  for tool; do command -v "$tool" >/dev/null || skip "$tool is not installed (make engines)"; done
}

# image_make FILE: a docker-archive with one image, busy:latest.
image_make() {
  local folder=$ENGINE/image layer config
  mkdir -p "$folder"
  tar -C "$SUITE_DIR/rootfs" -cf "$folder/layer.tar" .
  layer=$(sha256sum "$folder/layer.tar" | cut -d ' ' -f 1)
  jq -n --arg layer "sha256:$layer" '{architecture: "amd64", os: "linux", created: "2020-01-01T00:00:00Z",
    config: {Cmd: ["sh"], Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]},
    rootfs: {type: "layers", diff_ids: [$layer]}, history: [{created: "2020-01-01T00:00:00Z", created_by: "make"}]}' >"$folder/config.json"
  config=$(sha256sum "$folder/config.json" | cut -d ' ' -f 1)
  mkdir -p "$folder/$layer"
  mv "$folder/layer.tar" "$folder/$layer/layer.tar"
  mv "$folder/config.json" "$folder/$config.json"
  jq -n --arg config "$config.json" --arg layer "$layer/layer.tar" '[{Config: $config, RepoTags: ["busy:latest"], Layers: [$layer]}]' >"$folder/manifest.json"
  tar -C "$folder" -cf "$1" manifest.json "$config.json" "$layer"
  rm -r "$folder"
}

# root_has BIT: whether this machine's root has the capability; inside another container it lacks some.
root_has() { (((0x$(awk '/CapPrm/ { print $2 }' /proc/self/status) >> $1) & 1)); }

# The cgroups that engines make above their containers' and leave there.
engine_cgroups() {
  local points
  points=$(cgroup_hierarchies | cut -d ' ' -f 1)
  # shellcheck disable=SC2086 # mount points of cgroups have no blanks
  find $points -maxdepth 1 -type d '(' -name default -o -name docker -o -name 'libpod*' -o -name 'buildah*' ')' | sort
}

# engine_begin: room for an engine. Its /run is not the machine's.
engine_begin() {
  ENGINE=$SUITE_DIR/engine
  export ENGINE
  mkdir "$ENGINE"
  mount -t tmpfs -o mode=755 run /run
  # Where Podman remembers what it has seen, wherever its images are.
  [[ -d /var/lib/containers ]] || { mkdir /var/lib/containers && : >"$ENGINE/made"; }
  mount -t tmpfs containers /var/lib/containers
  mount -t tmpfs -o mode=755 cache /var/cache
  image_make "$ENGINE/busy.tar"
  engine_cgroups >"$ENGINE/cgroups"
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
  engine_cgroups | comm -13 "$ENGINE/cgroups" - | while read -r point; do find "$point" -depth -type d -exec rmdir {} + 2>/dev/null; done
  umount -l /run /var/cache /var/lib/containers
  [[ ! -e $ENGINE/made ]] || rmdir /var/lib/containers
  rm -r --one-file-system "$ENGINE"
}

# Engine tests make no bundles: only the job list and a folder.
setup() {
  DIR=$SUITE_DIR/$BATS_SUITE_TEST_NUMBER
  mkdir "$DIR"
  ID=$TAG-$BATS_SUITE_TEST_NUMBER
  JOBS=()
  exec </dev/null
}

teardown() {
  local pid
  for pid in "${JOBS[@]}"; do kill -KILL "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  engine_clean || true
  rm -r --one-file-system "$DIR"
}
