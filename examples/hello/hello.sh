#!/bin/sh
# What the example container runs: it looks around, and tells what it sees.
line() { printf '%-14s %s\n' "$1" "$2"; }

echo "Hello from a container."
echo
line 'host name' "$(hostname)"
line 'I am' "pid $$, uid $(id -u), $(readlink /proc/self/exe) $0"
line 'processes' "$(ps -o pid= -o comm= | tr -s ' \n' ' ')"
line 'root' "$(touch /here 2>/dev/null && echo writable || echo read-only), with $(ls / | tr '\n' ' ')"
line 'mounts' "$(cut -d' ' -f2 /proc/mounts | sort -u | wc -l): $(awk '$2 ~ /^\/(proc|dev|sys)/ { print $2 }' /proc/mounts | head -n 6 | tr '\n' ' ')..."
line 'devices' "$(find /dev -type c | sort | tr '\n' ' ')"
line 'network' "$(ip -o -4 address | awk '{ print $2, $4 }' | tr '\n' ' ')"
line 'cgroup' "$(sed -n 's/^[0-9]*:\(memory\|\):/\1 /p' /proc/self/cgroup | head -n 1)"
line 'memory limit' "$(cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null) bytes"
line 'capabilities' "$(sed -n 's/^CapEff:\t//p' /proc/self/status)"
line 'new privileges' "$(sed -n 's/^NoNewPrivs:\t//p' /proc/self/status | sed 's/0/possible/; s/1/never/')"
line 'host kernel' "$(uname -sr)"
