#!/usr/bin/env bats
# what a document asks of cgroups has its place in what is said: of systemd before anything is made (a machine without it shows that too), and by explain

load ../lib/suite

setup() {
  suite_setup
  [[ $RUNTIME_NAME == csrunc ]] || skip 'csrunc tells places'
}

# place OF: of the value of a property in config.json
place() { # its line is found by its text, which the tests give but once
  local line text
  IFS=: read -r line text < <(grep -nF -m 1 -- "$1" "$BUNDLE/config.json")
  echo "config.json:$line:"
}
refused() { # TEXT POINTER REASON
  jq . "$BUNDLE/config.json" >"$DIR/pretty"
  mv "$DIR/pretty" "$BUNDLE/config.json"
  fails rt --systemd-cgroup create -b "$BUNDLE" "$ID"
  has "$output" "$(place "$1")[0-9]+: $2: $3"
  [[ ! -e $STATE/$ID ]] || complain 'something was made'
}

@test "a cgroupsPath that names no unit is refused by line and column" {
  bundle '.linux.cgroupsPath = "/a/b"'
  refused '"/a/b"' /linux/cgroupsPath 'expected cgroupsPath to be of format'
  edit '.linux.cgroupsPath = "a--b.slice:p:n"'
  refused '"a--b.slice:p:n"' /linux/cgroupsPath 'invalid slice name: a--b.slice'
  edit '.linux.cgroupsPath = "a.slice:p:n/o"'
  refused '"a.slice:p:n/o"' /linux/cgroupsPath '.p-n/o.scope. is no name for a unit'
}

@test "an annotation that is no property of a unit is refused by line and column" {
  bundle '.annotations = {"org.systemd.property.TimeoutStopSec": "soon"} | .linux.cgroupsPath = "system.slice:p:n"'
  refused '"soon"' /annotations/org.systemd.property.TimeoutStopSec 'value parse error'
  edit '.annotations = {"org.systemd.property.X": "5"}'
  refused '"org.systemd.property.X"' /annotations/org.systemd.property.X 'annotation name incorrect'
}

@test "explain gives each device of a property its own place, and what a parent gets is not the document's" {
  bundle '.linux.resources.blockIO = {throttleReadBpsDevice: [{major: 8, minor: 0, rate: 1024}, {major: 8, minor: 16, rate: 2048}]}
    | .linux.resources.cpu = {cpus: "0"} | .linux.cgroupsPath = "/places/it"'
  ok rt explain -b "$BUNDLE"
  has "$out" '/blockIO/throttleReadBpsDevice/0[^ ]* +write 8:0 (rbps=)?1024 to'
  has "$out" '/blockIO/throttleReadBpsDevice/1[^ ]* +write 8:16 (rbps=)?2048 to'
  has "$out" '/linux/resources/cpu/cpus +write 0 to [^ ]*/it/cpuset\.cpus'
  lacks "$(grep '/places/cpuset' <<<"$out")" /linux/resources/cpu
}
