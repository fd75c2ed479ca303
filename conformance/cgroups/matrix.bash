# shellcheck shell=bash
# The words of the resource matrix.
#
#   v1 / v2 WORD...        only on that version
#   needs FILE             skip the test where the kernel offers no such file in a cgroup
#   given PROGRAM          a running container whose linux.resources the jq program made
#   refused PROGRAM REGEX  create says no, in such words, and leaves nothing
#   reads FILE VALUE       the container's cgroup holds exactly that
#   lists FILE LINE        the same, of one line of the file
#   updated PROGRAM        `update` with such resources
#   disks_rewritten        systemd has written its own idea of the limits of disks again
#
# The matrix is also found in the folder systemd, as a link: there the cgroup is a scope, made and limited through systemd, and
# what was asked stands in the kernel's files all the same.

load ../lib/suite
MANAGER=fs
[[ $BATS_TEST_DIRNAME != */systemd ]] || MANAGER=systemd

setup() {
  suite_setup
  VERSION=v1
  [[ ! -e /sys/fs/cgroup/cgroup.controllers ]] || VERSION=v2
  [[ $MANAGER == systemd ]] || return 0
  [[ -d /run/systemd/system ]] || skip "no systemd here"
  printf '#!/bin/sh\nexec %q --systemd-cgroup "$@"\n' "$RUNTIME" >"$DIR/runtime"
  chmod +x "$DIR/runtime"
  RUNTIME=$DIR/runtime
}

# Controllers that the machine does not show. What no hierarchy has yet is taken only on a machine of one's own.
setup_file() {
  . "$LIB/cgroups.bash"
  hugetlb_mount
  [[ ! ${STRICT:-} ]] || hierarchies_mount net_cls net_prio
}

# What a test put into the machine goes with it.
teardown() {
  local status=0
  suite_teardown || status=1
  if [[ ${BFQ:-} ]]; then
    echo none >/sys/block/vda/queue/scheduler
    modprobe -r bfq
  fi
  return "$status"
}

v1() { [[ $VERSION == v2 ]] || "$@"; }
v2() { [[ $VERSION == v1 ]] || "$@"; }

# A child shows which files there are: the root has fewer.
needs() {
  local controller=${1%%.*} point probe found=''
  point=$(awk -v c="$controller" '$3 == "cgroup" && index("," $4 ",", "," c ",") || $3 == "cgroup2" && $2 == "/sys/fs/cgroup" { print $2; exit }' /proc/self/mounts)
  [[ $point ]] || skip "the $controller controller is not mounted"
  [[ $VERSION == v1 ]] || echo "+$controller" >"$point/cgroup.subtree_control" 2>/dev/null || skip "no $controller controller"
  probe=$point/$TAG-probe
  mkdir "$probe"
  [[ ! -e $probe/$1 ]] || found=1
  rmdir "$probe"
  [[ $found ]] || skip "this kernel has no $1"
}

resources() {
  local place=''
  [[ $MANAGER != systemd ]] || place=system.slice:csr:$ID
  # All in one go: where the processor is emulated, a start of jq takes a second.
  bundle --arg place "$place" ".linux.resources |= ($1)" '.process.args = ["sleep", "1000"]' 'if $place == "" then . else .linux.cgroupsPath = $place end'
}
given() {
  resources "$1"
  up
}
refused() {
  resources "$1"
  fails rt create -b "$BUNDLE" "$ID" || return 1
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" "$2" || return 1
  nothing_left
}
file_of() { echo "$(cgroup_of "$PID" "${1%%.*}")/$1"; }
reads() {
  local value
  value=$(<"$(file_of "$1")") || return 1
  [[ $value == "$2" ]] || complain "$1 is:    '$value'" "should be: '$2'"
}
lists() { grep -Fxq -- "$2" "$(file_of "$1")" || complain "no line '$2' in $1:" "$(cat "$(file_of "$1")")"; }
# systemd writes its own idea of a unit's disk limits again: it does when one of them changes.
disks_rewritten() {
  [[ $MANAGER == systemd ]] || return 0
  systemctl daemon-reload
  v1 systemctl set-property --runtime "csr-$ID.scope" BlockIOAccounting=yes
  v2 systemctl set-property --runtime "csr-$ID.scope" IOAccounting=yes
}
can_update() { "$RUNTIME" update --help >/dev/null 2>&1; }
updated() {
  can_update || skip "no verb update (what create set was right)"
  jq -n "{} | $1" >"$DIR/update.json"
  ok rt update --resources "$DIR/update.json" "$ID"
}

# Only the test VM (conformance/vm) has a disk and a kernel that one may do this to: with the BFQ scheduler come files of its own.
with_bfq() {
  [[ -d /run/vmrun ]] || return 0
  BFQ=1
  modprobe bfq
  echo bfq >/sys/block/vda/queue/scheduler
}
# An RDMA device. In the VM it is one of software, and stays in the first network namespace until the end: Linux 6.1 breaks where a
# device goes after a cgroup that limited it.
with_rdma() {
  if [[ -d /run/vmrun && ! $(rdma link) ]]; then
    modprobe -a dummy rdma_rxe
    nsenter -t 1 -n ip link add rdma-net type dummy
    nsenter -t 1 -n ip link set rdma-net up
    nsenter -t 1 -n rdma link add rxe0 type rxe netdev rdma-net
  fi
  RDMA=$(rdma link 2>/dev/null | awk '{ sub("/.*", "", $2); print $2; exit }')
  [[ $RDMA ]] || skip "no RDMA device"
}

# The number of a disk, whose rates can be limited.
disk() {
  local dir
  for dir in /sys/block/{vd,sd,nvme,xvd,loop}*; do
    [[ -e $dir/dev ]] && { cat "$dir/dev"; return; }
  done
  skip "no block device"
}
# One that the machine lets its root open at all.
readable_disk() {
  local dir
  for dir in /sys/block/*; do
    (exec 3<"/dev/${dir##*/}") 2>/dev/null && { cat "$dir/dev"; return; }
  done
  skip "no block device can be opened"
}
