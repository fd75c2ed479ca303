#!/usr/bin/env bats
# linux.maskedPaths, linux.readonlyPaths: config-linux.md#masked-paths, #readonly-paths

load ../lib/suite

@test "a masked file is empty, a masked folder too, and neither can be written" {
  bundle '.root.readonly = false | .linux.maskedPaths = ["/etc/passwd", "/home"]'
  inside 'wc -c </etc/passwd; ls -A /home | wc -l; (touch /home/x) 2>&1; echo more >>/etc/passwd; wc -c </etc/passwd'
  is "$(grep -c '^0$' <<<"$out")" 3
  has "$out" 'Read-only file system'
  [[ -s $BUNDLE/rootfs/etc/passwd && -d $BUNDLE/rootfs/home/user ]]
}

@test "a masked file is the null device, a masked folder a read-only tmpfs" {
  bundle '.linux.maskedPaths = ["/etc/passwd", "/proc/keys", "/sys/firmware", "/home"]'
  inside 'stat -c "%n %t:%T" /etc/passwd /proc/keys; awk "\$5 ~ \"^/(sys/firmware|home)\$\" { print \$5, \$6 }" /proc/self/mountinfo'
  has "$out" '^/etc/passwd 1:3$'
  has "$out" '^/proc/keys 1:3$'
  has "$out" '^/sys/firmware ro[,a-z]*$'
  has "$out" '^/home ro[,a-z]*$'
}

@test "a read-only path can be read and not written, with what is in it" {
  bundle '.root.readonly = false | .linux.readonlyPaths = ["/etc", "/home/user"]'
  echo kept >"$BUNDLE/rootfs/home/user/file"
  chmod 777 "$BUNDLE/rootfs/home/user"
  inside 'head -c 4 /etc/passwd; echo; cat /home/user/file; (echo x >>/etc/passwd) 2>&1; (rm /home/user/file) 2>&1; echo x >/tmp/x && echo beside'
  has "$out" '^root$'
  has "$out" '^kept$'
  has "$out" '^beside$'
  is "$(grep -c 'Read-only file system' <<<"$out")" 2
}

@test "a read-only file" {
  bundle '.root.readonly = false | .linux.readonlyPaths = ["/etc/passwd"]'
  inside '(echo x >>/etc/passwd) 2>&1; echo x >/etc/new && echo beside'
  has "$out" 'Read-only file system'
  has "$out" '^beside$'
}

@test "what is read-only below /proc cannot be written through, seen from the host" {
  bundle '.process.capabilities |= map_values(. + ["CAP_SYS_ADMIN"])'
  args sleep 100
  up
  local line
  line=$(awk '$5 == "/proc/sys" { print $6 }' "/proc/$PID/mountinfo")
  has "$line" '(^|,)ro(,|$)'
  fails nsenter --target "$PID" --mount --pid sh -c 'echo x >/proc/sys/kernel/domainname'
}

@test "a path that is missing is passed over, in both lists" {
  bundle '.linux.maskedPaths = ["/no/such", "/etc/none", "/home"] | .linux.readonlyPaths = ["/no/such", "/etc"]'
  inside 'ls -A /home | wc -l; (echo x >/etc/y) 2>&1; true'
  has "$out" '^0$'
  has "$out" 'Read-only'
  [[ ! -e $BUNDLE/rootfs/no ]]
}

@test "a path below a file is an error or passed over, never something else" {
  bundle '.linux.maskedPaths = ["/etc/passwd/below"]'
  try rt run -b "$BUNDLE" "$ID"
  [[ $status == 0 ]] || has "$output" 'passwd/below'
}

@test "a path through a link means what it leads to inside the root" {
  bundle '.root.readonly = false | .linux.readonlyPaths = ["/link"] | .linux.maskedPaths = ["/abs/passwd"]'
  ln -s home "$BUNDLE/rootfs/link"
  ln -s /etc "$BUNDLE/rootfs/abs"
  inside '(touch /home/x) 2>&1; wc -c </etc/passwd; echo x >/tmp/x && echo beside'
  has "$out" 'Read-only'
  has "$out" '^0$'
  has "$out" '^beside$'
  [[ -s /etc/passwd ]]
}

@test "the same path twice, and a path in both lists" {
  bundle '.linux.maskedPaths = ["/home", "/home", "/etc"] | .linux.readonlyPaths = ["/etc", "/etc"]'
  inside 'ls -A /home /etc | grep -c passwd || true'
  is "$out" 0
}

@test "a path that is asked twice is masked once, however it is written" {
  skip_on runc '1.1.5 masks it again'
  skip_on crun '1.8.1 masks it again'
  bundle '.linux.maskedPaths = ["/home", "/home/", "/etc/passwd", "//home/../etc/passwd", "/home"]'
  inside 'grep -cE " /(home|etc/passwd) " /proc/self/mountinfo'
  is "$out" 2
}

@test "a relative path is an error" {
  skip_on runc '1.1.5 takes it'
  skip_on crun '1.8.1 takes it'
  local list
  for list in maskedPaths readonlyPaths; do
    bundle ".linux.$list = [\"etc\"]"
    fails rt create -b "$BUNDLE" "$ID"
    nothing_left
  done
}

@test "a hundred masked folders are one empty file system or a hundred, but all empty" {
  bundle '.linux.maskedPaths = [range(100) | "/var/m\(.)"] | .root.readonly = false'
  mkdir "$BUNDLE"/rootfs/var/m{0..99}
  touch "$BUNDLE"/rootfs/var/m{0..99}/secret
  inside 'ls -A /var/m*/secret 2>/dev/null | wc -l'
  is "$out" 0
}

@test "masked and read-only paths hold after unshare of what the container may unshare" {
  bundle '.linux.maskedPaths = ["/etc/passwd"] | .linux.readonlyPaths = ["/home"]'
  inside 'sys mount none /etc/passwd 0 0x1000 0; sys 166 /etc/passwd 0; wc -c </etc/passwd'
  has "$out" 'EPERM'
  has "$out" '^0$'
}
