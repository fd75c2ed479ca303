# shellcheck shell=bash
# A cgroup of the suite's own in every hierarchy: what a runtime makes lands below it or bears its name, so that a leak is
# told from what other programs on the machine do.

# Lines "MOUNTPOINT OWNPATH KIND" for each mounted hierarchy; KIND is v1 or v2.
cgroup_hierarchies() {
  local point type options name own
  while read -r _ point type options _; do
    case $type in
      cgroup2) own=$(sed -n 's/^0:://p' /proc/self/cgroup); echo "$point $own v2" ;;
      cgroup)
        # A hierarchy is known in /proc/self/cgroup by its controllers, which stand among the mount's options.
        while IFS=: read -r _ name own; do
          [[ $name && ,$options, == *,${name%%,*},* ]] && { echo "$point $own v1"; break; }
        done </proc/self/cgroup ;;
    esac
  done </proc/self/mounts
}

# True where the unified hierarchy is the only one.
cgroup_is_unified() { [[ $(stat -fc %T /sys/fs/cgroup) == cgroup2fs ]]; }

cgroups_enter() {
  local tag=$1 point own kind dir
  while read -r point own kind; do
    if cgroup_is_unified; then
      # A group with processes cannot have children with controllers: stay in a leaf, so that the neighbours can.
      dir=$point/$tag/suite
    else
      dir=$point${own%/}/$tag
    fi
    mkdir -p "$dir"
    if [[ -e $dir/cpuset.cpus && $kind == v1 ]]; then
      cat "$dir/../cpuset.cpus" >"$dir/cpuset.cpus"
      cat "$dir/../cpuset.mems" >"$dir/cpuset.mems"
    fi
    echo 0 >"$dir/cgroup.procs"
  done < <(cgroup_hierarchies)
}

# Every cgroup directory, of any hierarchy, whose path bears the tag; deepest first. Those of other programs may go meanwhile.
cgroups_tagged() {
  local points
  points=$(awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts | sort -u)
  # shellcheck disable=SC2086 # mount points of cgroups have no blanks
  find $points -depth -type d -path "*$1*" 2>/dev/null || true
}

# The uppermost cgroups that do not bear the tag.
cgroups_others() {
  local point
  awk '$3 ~ /^cgroup2?$/ { print $2 }' /proc/self/mounts | sort -u | while read -r point; do
    find "$point" -mindepth 1 -maxdepth 1 -type d ! -name "*$1*" 2>/dev/null || true
  done
}

# Removes what bears the tag, after killing what still runs in it.
cgroups_remove() {
  local dir pid
  cgroups_tagged "$1" | while read -r dir; do
    for _ in {1..500}; do
      rmdir "$dir" 2>/dev/null && break
      [[ -e $dir ]] || break
      while read -r pid; do kill -KILL "$pid" 2>/dev/null; done <"$dir/cgroup.procs"
      sleep 0.02
    done
  done
  return 0
}

# hierarchies_mount CONTROLLER...: mounts v1 hierarchies that a machine leaves out. The directory that holds the hierarchies is
# every mount namespace's: to make one there would be seen, and could be removed, by all. So this namespace (it must be one of our
# own) gets a directory of its own.
hierarchies_mount() {
  local new point name missing=()
  cgroup_is_unified && return 0
  for name; do
    if grep -q "^$name\>.*1\$" /proc/cgroups && ! mountpoint -q "/sys/fs/cgroup/$name"; then missing+=("$name"); fi
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  new=$(mktemp -d /var/tmp/cgroup.XXXXXX)
  mount -t tmpfs -o mode=755 tmpfs "$new"
  for point in /sys/fs/cgroup/*; do
    if [[ -L $point ]]; then
      cp -a "$point" "$new/"
    elif mountpoint -q "$point"; then
      mkdir "$new/${point##*/}"
      mount --move "$point" "$new/${point##*/}"
    fi
  done
  for name in "${missing[@]}"; do
    mkdir "$new/$name"
    mount -t cgroup -o "$name" "$name" "$new/$name"
  done
  mount --move "$new" /sys/fs/cgroup
  rmdir "$new"
}
hugetlb_mount() { hierarchies_mount hugetlb; }
