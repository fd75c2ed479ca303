#!/usr/bin/env bats
# What a program may do: capabilities, ids, what a cgroup's name may be.

load ../lib/suite
load hostile

sets() { inside 'grep ^Cap /proc/self/status | tr "\t\n" "  "'; }

# CVE-2022-29162, CVE-2022-27650, CVE-2025-27612
@test "inheritable and ambient capabilities are those of the document, and none by themselves" {
  edit '.process.capabilities = {bounding: ["CAP_KILL", "CAP_NET_RAW"], effective: ["CAP_KILL"], permitted: ["CAP_KILL"]}'
  sets
  is "$out" 'CapInh: 0000000000000000 CapPrm: 0000000000000020 CapEff: 0000000000000020 CapBnd: 0000000000002020 CapAmb: 0000000000000000 ' ||
    # A program started as root regains what its bounding set allows: execve of uid 0.
    is "$out" 'CapInh: 0000000000000000 CapPrm: 0000000000002020 CapEff: 0000000000002020 CapBnd: 0000000000002020 CapAmb: 0000000000000000 '
  edit '.process.user = {uid: 1000, gid: 1000}'
  sets
  is "$out" 'CapInh: 0000000000000000 CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000002020 CapAmb: 0000000000000000 '
}

# youki #3434: absent is empty.
@test "a process without capabilities in its document has none, as root and as a user" {
  local uid
  for uid in 0 1000; do
    edit --argjson u "$uid" 'del(.process.capabilities) | .process.user = {uid: $u, gid: 0}'
    sets
    is "$out" 'CapInh: 0000000000000000 CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 CapAmb: 0000000000000000 '
    edit '.process.capabilities = {bounding: [], effective: [], permitted: [], inheritable: [], ambient: []}'
    sets
    is "$out" 'CapInh: 0000000000000000 CapPrm: 0000000000000000 CapEff: 0000000000000000 CapBnd: 0000000000000000 CapAmb: 0000000000000000 '
  done
}

# CVE-2016-3697: the image says what the names mean, not what the numbers do.
@test "numbers of users are not looked up as names" {
  printf '%s\n' 1000:x:0:0:evil:/evil:/bin/sh 1:x:0:0:evil:/evil:/bin/sh root:x:1000:1000::/:/bin/sh >"$R/etc/passwd"
  printf '%s\n' 1000:x:0:1000 wheel:x:10:1000,root >"$R/etc/group"
  edit '.process.user = {uid: 1000, gid: 1000}'
  inside 'grep -E "^(Uid|Gid|Groups)" /proc/self/status | tr "\t\n" "  "'
  has "$out" '^Uid: 1000 1000 1000 1000 Gid: 1000 1000 1000 1000 Groups: +$'
}

# GHSA-5g49-rx9x-qfc6 and its kin: a name of the document's becomes the name of a file.
@test "names of cgroups and of their files cannot lead away" {
  skip_on crun '1.8.1 leaves cgroups'
  local program
  for program in '.linux.cgroupsPath = "a\nb"' '.linux.resources.hugepageLimits = [{pageSize: "../../../x", limit: 1}]' \
    '.linux.resources.hugepageLimits = [{pageSize: "2MB/../../x", limit: 1}]' '.linux.resources.unified = {"../x": "1"}' \
    '.linux.resources.unified = {"a/b": "1"}' '.linux.resources.unified = {"": "1"}' '.linux.intelRdt = {closID: "../x"}'; do
    bundle '.root.readonly = false'
    edit "$program"
    args true
    try rt run -b "$BUNDLE" "$ID"
    [[ $RUNTIME_NAME != csrunc ]] || isnt "$program $status" "$program 0"
    unharmed
    nothing_left
  done
}

@test "a cgroup path full of dots ends below the hierarchies' roots" {
  skip_on crun '1.8.1 makes directories in the root of the host (red there)'
  local path dir
  for path in "../../../../$ID-esc" "/../../../$ID-esc" "a/../../../$ID-esc" "/a/./..//../$ID-esc/."; do
    bundle
    edit --arg p "$path" '.linux.cgroupsPath = $p'
    args sleep 100
    try rt run -d -b "$BUNDLE" "$ID"
    [[ $status != 0 ]] || has "$(cat "/proc/$(rt state "$ID" | jq .pid)/cgroup")" "$ID-esc"
    dir=$(find / -xdev -name "$ID-esc*" -not -path '/proc/*' 2>/dev/null || true) # others' files may go meanwhile
    is "$dir" ''
    ok rt delete --force "$ID"
    nothing_left
  done
}

# CVE-2026-84042: helpers and hooks are the host's, by absolute paths; the container's PATH finds none.
@test "nothing of the container's PATH runs outside" {
  mkdir "$R/evil"
  local name
  for name in newuidmap newgidmap criu systemd-run sh true mount; do
    printf '#!/bin/sh\ntouch %s/pwned\n' "$DIR" >"$R/evil/$name"
    chmod +x "$R/evil/$name"
  done
  edit '.process.env = ["PATH=/evil:/bin"] | .hooks = {prestart: [{path: "/bin/true"}], poststop: [{path: "/bin/true"}]}'
  args /bin/true
  try rt run -b "$BUNDLE" "$ID"
  is "$status" 0
  [[ ! -e $DIR/pwned ]] || complain 'a file of the image ran outside'
  edit '.hooks = {prestart: [{path: "evil/true"}]}'
  fails rt run -b "$BUNDLE" "$ID"
  [[ ! -e $DIR/pwned ]] || complain 'a relative hook ran'
  unharmed
  nothing_left
}

@test "sysctls outside the container's namespaces are refused" {
  local key
  for key in kernel.core_pattern kernel.sysrq vm.overcommit_memory fs.file-max kernel/core_pattern net.../kernel.core_pattern 'net/../kernel/core_pattern' \
    'kernel.shm_rmid_forced/../core_pattern' 'net.ipv4/../../kernel/core_pattern'; do
    bundle --arg k "$key" '.linux.sysctl = {($k): "evil"}'
    args true
    refused_run '/linux/sysctl'
  done
  lacks "$(cat /proc/sys/kernel/core_pattern)" '^evil$'
}
