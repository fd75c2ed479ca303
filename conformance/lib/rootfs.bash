# shellcheck shell=bash
# A root file system out of the host's static busybox: the applets, and the few files that programs look for.

# rootfs_make FOLDER SYS, with SYS a static build of sys.c
rootfs_make() {
  local root=$1 busybox applet
  busybox=$(command -v busybox)
  mkdir -p "$root"/{bin,dev,etc,home/user,proc,root,run,sys,tmp,usr,var}
  ln -s bin "$root/sbin"
  ln -s ../bin "$root/usr/bin"
  chmod 1777 "$root/tmp"
  chmod 700 "$root/root"
  cp "$busybox" "$root/bin/busybox"
  cp "$2" "$root/bin/sys"
  for applet in $("$busybox" --list); do
    [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
  done
  printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'user:x:1000:1000:user:/home/user:/bin/sh' \
    'nobody:x:65534:65534:nobody:/:/bin/false' >"$root/etc/passwd"
  printf '%s\n' root:x:0: tty:x:5: user:x:1000: nogroup:x:65534: >"$root/etc/group"
  chown 1000:1000 "$root/home/user"
}
