# shellcheck shell=bash
# What an engine's container sees with the runtime under test, beside runc: all of it, and not only what somebody thought of.

# Run in the container.
# shellcheck disable=SC2034
LOOK='
cut -d " " -f 4- /proc/self/mountinfo
grep -E "^(Umask|Uid|Gid|Groups|Cap|NoNew|Seccomp|Sig[PBC]|ShdPnd|Cpus_allowed_list|Mems_allowed_list)" /proc/self/status
grep -v "pending signals" /proc/self/limits
id; pwd; env | sort; ls /; ls -ln /dev /dev/pts /dev/shm /dev/net 2>&1
for file in oom_score_adj uid_map gid_map setgroups coredump_filter personality cgroup; do echo "$file: $(cat /proc/self/$file)"; done
for kind in mnt pid net ipc uts user cgroup; do [ "$(readlink /proc/self/ns/$kind)" = "$(readlink /proc/1/ns/$kind)" ] && echo "$kind of init"; done
for fd in /proc/$$/fd/*; do echo "fd ${fd##*/} $(readlink $fd)"; done
for path in /proc/kcore /proc/keys /proc/timer_list /proc/scsi /proc/acpi /proc/sysrq-trigger /proc/bus /proc/irq /sys/firmware; do
  [ ! -e $path ] || echo "$path $(stat -c "%t %T %a %F" $path) $( (echo x >$path) 2>&1 | sed "s/.*: //")"
done
for file in $(find /sys/fs/cgroup -follow -maxdepth 2 -name "*.max" -o -maxdepth 2 -name "*limit_in_bytes" -o -maxdepth 2 -name "*.cfs_*_us" -o -maxdepth 2 -name "*shares" \
  -o -maxdepth 2 -name "*.weight" -o -maxdepth 2 -name cpuset.cpus -o -maxdepth 2 -name devices.list | sort); do echo "$file $(sort $file | tr "\n" " ")"; done
cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/shmmax'

# alike FILE: without what is another in each container; and without what runc 1.1.5 does in its own way: the order of v1's cgroup mounts and the options of the
# folder above them, the name of v2's, the file systems behind masks and /sys, whose mqueue it is in a user namespace, the mode in which /dev/null is open, and whether a root is shared that
# is a mount of its own and is to be. (Of processor shares it makes other weights on v2: they are not asked for.)
alike() {
  sed -E "s/\r//g; s/[0-9a-f]{64}/ID/g; s/\b[0-9a-f]{12}\b/SHORT/g; /error waiting for container/d; s/(shared|master):[0-9]+/\1/; s/ - cgroup2 cgroup2? / - cgroup2 /; s/^(\/ \/ .*) shared -/\1 -/; s/(pipe|socket):.*/\1/; s/overlay[^ ]*=[^ ]*|,?(lower|upper|work)dir=[^ ]*//g
    s/[A-Z][a-z]{2} +[0-9]+ +[0-9:]+ //; s/(merge|overlay)\/?[0-9]+/\1/g; /^\/ \/sys r[ow],/s/ r[ow]\$//; /\/sys\/fs\/cgroup [^-]* - tmpfs/d; / (\/proc|\/sys)\/[^ ]* [^-]*- tmpfs/d; /mqueue\$/s/^[^m]*//" "$1" | sort
}

# looks_same RUN COMMAND WORD...: RUN takes a runtime's name, and runs what follows.
looks_same() {
  local runtime
  for runtime in runc tested; do
    "$1" "$runtime" "${@:2}" >"$DIR/$runtime.seen" 2>&1 || echo "exit code $?" >>"$DIR/$runtime.seen"
    alike "$DIR/$runtime.seen" >"$DIR/$runtime.alike"
  done
  grep -q ^CapEff "$DIR/tested.alike" || complain "nothing was seen: ${*:2}" "$(head -n 5 "$DIR/tested.seen")" || return 1
  diff "$DIR/runc.alike" "$DIR/tested.alike" >"$DIR/differs" || complain "not the same with runc (<) as with the runtime under test (>): ${*:2}" "$(head -n 40 "$DIR/differs")"
}
beside_runc() {
  [[ $RUNTIME_NAME != runc ]] || skip "it is runc"
  need_tools runc
}
