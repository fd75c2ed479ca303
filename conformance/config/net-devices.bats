#!/usr/bin/env bats
# linux.netDevices: config-linux.md#network-devices

load ../lib/suite

setup() {
  suite_setup
  skip_on runc '1.1.5 does not know them'
  skip_on crun '1.8.1 does not know them'
  ip link add name nd0 type veth peer name nd1 2>/dev/null || skip 'no veth devices here'
}
teardown() {
  ip link del nd1 2>/dev/null
  suite_teardown
}

@test "a device of the host becomes the container's, up" {
  bundle '.linux.netDevices = {nd0: {}}'
  inside 'ip -o link show nd0'
  has "$out" 'nd0.*[<,]UP[,>]'
}

@test "while the container lives the host has it no more" {
  bundle '.linux.netDevices = {nd0: {}}'
  args sleep 100
  up
  [[ ! -e /sys/class/net/nd0 ]]
  fails ip link show nd0
  has "$(nsenter --target "$PID" --net ip -o link show nd0)" nd0
}

@test "under a new name" {
  bundle '.linux.netDevices = {nd0: {name: "eth0"}}'
  inside 'ip -o link'
  has "$out" ' eth0[@:]'
  lacks "$out" ' nd0[@:]'
}

@test "its addresses of the world come along, those of the link do not" {
  ip addr add 10.11.12.13/24 dev nd0
  ip addr add fd00:1234::5/64 dev nd0 nodad
  ip addr add 169.254.7.7/16 scope link dev nd0
  ip link set nd0 up
  bundle '.linux.netDevices = {nd0: {name: "eth0"}}'
  inside 'ip -o addr show eth0'
  has "$out" 'inet 10.11.12.13/24'
  has "$out" 'inet6 fd00:1234::5/64'
  lacks "$out" '169.254.7.7'
}

@test "hardware address and size of packets stay" {
  ip link set nd0 address 02:11:22:33:44:55 mtu 1333
  bundle '.linux.netDevices = {nd0: {}}'
  inside 'cat /sys/class/net/nd0/address /sys/class/net/nd0/mtu'
  is "$out" $'02:11:22:33:44:55\n1333'
}

@test "a device that is missing, and a name that is taken, are errors, and the host keeps its device" {
  bundle '.linux.netDevices = {nosuch0: {}}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" nosuch0
  bundle '.linux.netDevices = {nd0: {name: "lo"}}'
  fails rt create -b "$BUNDLE" "$ID"
  has "$output" 'netDevices'
  ok ip link show nd0
  nothing_left
}

@test "without a network namespace it is an error" {
  bundle '.linux.netDevices = {nd0: {}} | .linux.namespaces |= map(select(.type != "network")) | .mounts |= map(select(.type != "sysfs"))'
  fails rt create -b "$BUNDLE" "$ID"
  ok ip link show nd0
  nothing_left
}

@test "with a user namespace" {
  bundle '.linux.netDevices = {nd0: {name: "eth7"}} | .linux.namespaces += [{"type": "user"}]
    | .linux.uidMappings = [{containerID: 0, hostID: 100000, size: 10}] | .linux.gidMappings = [{containerID: 0, hostID: 100000, size: 10}]'
  chown -R 100000:100000 "$BUNDLE/rootfs"
  inside 'ip -o link show eth7'
  has "$out" 'eth7.*[<,]UP[,>]'
}
