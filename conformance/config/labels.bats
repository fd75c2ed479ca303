#!/usr/bin/env bats
# process.apparmorProfile, process.selinuxLabel, linux.mountLabel, linux.intelRdt: what the machine may lack

load ../lib/suite

@test "a profile without AppArmor is an error that says so" {
  skip_on crun '1.8.1 passes over it'
  skip_on runc '1.1.5 fails where it writes the profile'
  [[ ! -e /sys/module/apparmor/parameters/enabled || $(</sys/module/apparmor/parameters/enabled) == N ]] || skip 'AppArmor is enabled here'
  bundle '.process.apparmorProfile = "docker-default"'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" '[aA]pp[aA]rmor.*not enabled'
  nothing_left
}

@test "a label without SELinux is an error that says so" {
  skip_on crun '1.8.1 passes over it'
  [[ ! -e /sys/fs/selinux/enforce ]] || skip 'SELinux is enabled here'
  bundle '.process.selinuxLabel = "system_u:system_r:container_t:s0"'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" '[sS][eE][lL]inux'
  nothing_left
}

@test "empty labels ask for nothing" {
  skip_on crun '1.8.1 takes an empty one for a label'
  bundle '.process.apparmorProfile = "" | .process.selinuxLabel = "" | .linux.mountLabel = ""'
  ok rt run -b "$BUNDLE" "$ID"
}

@test "a label is one line, and what is none is refused before anything is made" {
  skip_on runc '1.1.5 asks first whether there is such a module'
  skip_on crun '1.8.1 passes over it'
  local place
  for place in .process.selinuxLabel .process.apparmorProfile .linux.mountLabel; do
    bundle "$place = \"u:r:t:s0\\nx\""
    fails rt create -b "$BUNDLE" "$ID"
    has "$output" "config\\.json:[0-9]+:[0-9]+: ${place//.//} must not hold a control character"
    is "$status" 1
    nothing_left
  done
  bundle
  args sleep 1000
  up
  fails rt exec --process-label $'a\nb' "$ID" true
  has "$output" 'selinuxLabel must not hold a control character'
}

@test "intelRdt without resctrl is an error that names it" {
  skip_on crun '1.8.1 does not know it'
  ! grep -q resctrl /proc/mounts || skip 'resctrl is mounted here'
  bundle '.linux.intelRdt = {closID: "it", l3CacheSchema: "L3:0=f"}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" '[iI]ntelRdt|resctrl'
  [[ $RUNTIME_NAME != csrunc ]] || has "$output" 'config\.json:[0-9]+:[0-9]+: /linux/intelRdt is not supported'
  nothing_left
}

@test "a program under the profile that was asked for, where there is AppArmor" {
  [[ -e /sys/module/apparmor/parameters/enabled && $(</sys/module/apparmor/parameters/enabled) == Y ]] || skip 'no AppArmor here'
  [[ $RUNTIME_NAME != csrunc || $(rt features | jq .linux.apparmor.enabled) == true ]] || skip 'csrunc: AppArmor is not built yet'
  bundle '.process.apparmorProfile = "unconfined"'
  inside 'cat /proc/self/attr/apparmor/current /proc/self/attr/current 2>/dev/null'
  has "$out" unconfined
  edit '.process.apparmorProfile = "no-such-profile"'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'no-such-profile'
  nothing_left
}
