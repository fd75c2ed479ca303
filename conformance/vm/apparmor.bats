#!/usr/bin/env bats
# process.apparmorProfile: config.md#linux-process. Needs a machine with AppArmor, as the VM is.

load ../lib/suite

setup_file() {
  [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] || return 0
  apparmor_parser --replace --skip-cache <<'PROFILES'
profile confined flags=(attach_disconnected,mediate_deleted) {
  file, capability, network, mount, umount, signal, ptrace, unix, pivot_root,
  deny /forbidden rwklx,
}
profile complaining flags=(complain,attach_disconnected) {
  file,
}
PROFILES
}
teardown_file() {
  [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] || return 0
  for name in confined complaining; do echo -n "$name" >/sys/kernel/security/apparmor/.remove; done
}
setup() {
  suite_setup
  [[ $(cat /sys/module/apparmor/parameters/enabled 2>/dev/null) == Y ]] || skip "no AppArmor here"
  [[ $RUNTIME_NAME != csrunc || $(rt features | jq .linux.apparmor.enabled) == true ]] || skip "csrunc: AppArmor is not built yet"
}

profile() {
  bundle --arg p "$1" '.process.apparmorProfile = $p | .root.readonly = false'
  echo text >"$BUNDLE/rootfs/forbidden"
  echo text >"$BUNDLE/rootfs/allowed"
}

@test "the program runs under the profile" {
  profile confined
  inside 'cat /proc/self/attr/current; cat /allowed; cat /forbidden 2>&1 | grep -o "ermission denied"'
  is "$out" $'confined (enforce)\ntext\nermission denied'
}

@test "root is bound by it with all capabilities, and with noNewPrivileges as without" {
  profile confined
  edit '.process.noNewPrivileges = false | .process.capabilities |= map_values(["CAP_DAC_OVERRIDE", "CAP_MAC_ADMIN", "CAP_SYS_ADMIN"])'
  inside 'cat /proc/self/attr/current; cat /forbidden 2>&1 | grep -o "ermission denied"'
  is "$out" $'confined (enforce)\nermission denied'
  edit '.process.noNewPrivileges = true'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" $'confined (enforce)\nermission denied'
}

@test "the profile's mode is the profile's affair" {
  profile complaining
  inside 'cat /proc/self/attr/current; cat /forbidden'
  is "$out" $'complaining (complain)\ntext'
}

@test "unconfined is a profile" {
  profile unconfined
  inside 'cat /proc/self/attr/current; cat /forbidden'
  is "$out" $'unconfined\ntext'
}

@test "without a profile the program is as confined as its caller" {
  profile ''
  inside 'cat /proc/self/attr/current'
  is "$out" unconfined
}

@test "a profile that is not loaded is an error that names it, and nothing is left" {
  profile no-such-profile
  fails rt run -b "$BUNDLE" "$ID"
  has "$output" 'apparmor'
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" 'no-such-profile: write: ENOENT.*; hint: no such profile is loaded'
  nothing_left
}

@test "a hostile name is an error, and no other command to the kernel" {
  profile $'confined\nexec unconfined'
  fails rt run -b "$BUNDLE" "$ID"
  nothing_left
  profile 'confined//&unconfined-not-there'
  fails rt run -b "$BUNDLE" "$ID"
  nothing_left
}

@test "create and start: the waiting init is the runtime's, the program the profile's" {
  profile confined
  args sleep 100
  create
  ok rt start "$ID"
  until_true 5 eval '[[ $(cat /proc/$PID/attr/current) == "confined (enforce)" ]]'
}

@test "exec runs under the container's profile, or another" {
  profile confined
  args sleep 100
  up
  until_true 5 eval '[[ $(cat /proc/$PID/attr/current) == "confined (enforce)" ]]'
  ok rt exec "$ID" cat /proc/self/attr/current
  is "$out" 'confined (enforce)'
  ok rt exec --apparmor complaining "$ID" cat /proc/self/attr/current
  is "$out" 'complaining (complain)'
}

@test "the profile holds in a user namespace" {
  profile confined
  chown -R 100000:100000 "$BUNDLE/rootfs"
  edit '.linux.namespaces += [{type: "user"}]
    | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 65536}] | .linux.gidMappings = .linux.uidMappings'
  chmod 711 "$DIR" "$BUNDLE"
  inside 'cat /proc/self/attr/current; cat /forbidden 2>&1 | grep -o "ermission denied"'
  is "$out" $'confined (enforce)\nermission denied'
  # Where it can make no /proc of its own.
  edit '.linux.namespaces |= map(select(.type != "pid"))
    | (.mounts[] | select(.destination == "/proc")) = {destination: "/proc", type: "bind", source: "/proc", options: ["rbind"]}'
  ok rt run -b "$BUNDLE" "$ID"
  is "$out" $'confined (enforce)\nermission denied'
}

@test "the profile holds where the machine's /sys/kernel is not in sight, as with podman run --uidmap" {
  profile confined
  sh_c 'cat /proc/self/attr/current'
  ok unshare --mount --propagation private sh -c 'umount -l /sys/kernel/security && exec "$@"' sh "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$out" 'confined (enforce)'
}

@test "features says that AppArmor is there" {
  skip_on runc '1.1.5 says so only where it was built in'
  skip_on crun '1.8.1 has no features'
  ok rt features
  is "$(jq .linux.apparmor.enabled <<<"$out")" true
}
