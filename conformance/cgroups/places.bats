#!/usr/bin/env bats
# what a document asks of systemd and cannot have is told with its place, before anything is made; a machine without systemd shows it too

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
