# shellcheck shell=bash
# A root file system out of the host's static busybox: the applets that some test names, and the few files that programs look for.

# rootfs_make FOLDER SYS, with SYS a static build of sys.c
rootfs_make() {
  local root=$1 busybox
  busybox=$(command -v busybox)
  mkdir -p "$root"/{bin,dev,etc,home/user,proc,root,run,sys,tmp,usr,var}
  ln -s bin "$root/sbin"
  ln -s ../bin "$root/usr/bin"
  chmod 1777 "$root/tmp"
  chmod 700 "$root/root"
  cp "$busybox" "$root/bin/busybox"
  cp "$2" "$root/bin/sys"
  # Not all 270 applets: each test copies them, and removes them. One process for all links: where the processor is emulated, each
  # costs a tenth of a second.
  grep -ohwFf <("$busybox" --list) "${BASH_SOURCE[0]%/*}"/../*/*.{bats,bash} | python3 -SIc 'import os, sys
for applet in {*sys.stdin.read().split()} - {"busybox"}:
    os.symlink("busybox", sys.argv[1] + "/bin/" + applet)' "$root"
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'user:x:1000:1000:user:/home/user:/bin/sh' \
    'nobody:x:65534:65534:nobody:/:/bin/false' >"$root/etc/passwd"
  printf '%s\n' root:x:0: tty:x:5: user:x:1000: nogroup:x:65534: >"$root/etc/group"
  chown 1000:1000 "$root/home/user"
}
