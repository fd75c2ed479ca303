#!/usr/bin/env bats
# What is handed over to others: NOTIFY_SOCKET, --pidfd-socket, LISTEN_FDNAMES

load ../lib/suite

manager() { # a service manager: prints each message, closes what comes with BARRIER
  cat >"$DIR/manager.py" <<'END'
import os, socket, sys
os.chdir(os.path.dirname(sys.argv[1]))
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(os.path.basename(sys.argv[1]) if sys.argv[2] == "path" else "\0" + sys.argv[2])
print("listening", flush=True)
while True:
    data, fds, _, _ = socket.recv_fds(s, 4096, 4)
    for line in data.decode().split("\n"):
        if line:
            print(line, flush=True)
    for fd in fds:
        os.close(fd)
END
  spawn python3 "$DIR/manager.py" "$DIR/manager" "${1:-path}" >"$DIR/heard"
  MANAGER=$JOB
  until_true 5 grep -q listening "$DIR/heard"
}
# Sends to $NOTIFY_SOCKET, in the container. busybox has no Unix sockets: a small static program does it.
sender() {
  cat >"$DIR/send.c" <<'END'
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
int main(int count, char **words) {
  struct sockaddr_un a = {.sun_family = AF_UNIX};
  char *path = getenv("NOTIFY_SOCKET");
  if (!path) return 3;
  strcpy(a.sun_path, path);
  int s = socket(AF_UNIX, SOCK_DGRAM, 0);
  for (int i = 1; i < count; i++)
    if (sendto(s, words[i], strlen(words[i]), 0, (void *)&a, sizeof a) < 0) { perror(path); return 4; }
  return 0;
}
END
  gcc -static -O1 -o "$BUNDLE/rootfs/bin/send" "$DIR/send.c"
}

@test "run in the foreground tells the service manager that it is ready, and nothing else the container says" {
  skip_on crun '1.8.1 hands the socket itself to the container'
  bundle
  sender
  manager
  sh_c 'echo $NOTIFY_SOCKET && send STATUS=starting "MAINPID=1" "STATUS=x
READY=1" && exec sleep 1000'
  export NOTIFY_SOCKET=$DIR/manager
  spawn rt run -b "$BUNDLE" "$ID" >"$DIR/out"
  until_true 5 grep -q READY "$DIR/heard"
  ok rt kill "$ID" KILL
  end_of "$JOB"
  is "$status $(<"$DIR/out")" '137 /run/notify/notify.sock'
  is "$(grep -vE '^(listening|MAINPID=[0-9]+)$' "$DIR/heard" | grep -v BARRIER)" READY=1
  lacks "$(<"$DIR/heard")" '^MAINPID=1$'
}

@test "run --detach waits until the container is ready, and names its init" {
  skip_on crun '1.8.1 hands the socket itself to the container'
  bundle
  sender
  manager
  sh_c 'sleep 0.5; send READY=1; exec sleep 1000'
  export NOTIFY_SOCKET=$DIR/manager
  up
  is "$(<"$DIR/heard")" $'listening\nREADY=1\nMAINPID='"$PID"$'\nBARRIER=1'
}

@test "start waits until the container is ready, and no longer than it lives" {
  skip_on crun '1.8.1 hands the socket itself to the container'
  bundle
  sender
  manager
  export NOTIFY_SOCKET=$DIR/manager
  sh_c 'sleep 0.3; send READY=1; exec sleep 1000'
  create
  is "$(<"$DIR/heard")" listening
  ok rt start "$ID"
  is "$(<"$DIR/heard")" $'listening\nREADY=1\nMAINPID='"$PID"$'\nBARRIER=1'
  ok rt delete --force "$ID"
  sh_c 'sleep 0.3; exit 3'
  create
  ok rt start "$ID"
  is "$(grep -c READY "$DIR/heard")" 1
  ok rt delete --force "$ID"
}

@test "an abstract service manager's socket" {
  skip_on crun '1.8.1 hands the socket itself to the container'
  skip_on runc '1.1.5 waits for the foreground without its signals'
  bundle
  sender
  manager "abstract-$TAG"
  sh_c 'send READY=1; exec sleep 1000'
  export NOTIFY_SOCKET=@abstract-$TAG
  up
  has "$(<"$DIR/heard")" '^READY=1$'
}

@test "a service manager that does not answer stops no container" {
  bundle
  export NOTIFY_SOCKET=$DIR/nobody
  inside 'echo it runs'
  is "$out" 'it runs'
  [[ $RUNTIME_NAME != csrunc ]] || has "$err" 'nobody is told .*NOTIFY_SOCKET .*nobody: no such file'
  [[ $RUNTIME_NAME != runc ]] || return 0 # 1.1.5 says nothing of it, or fails at start
  create
  ok rt start "$ID"
  until_true 5 status_is stopped
  ok rt delete "$ID"
  nothing_left
}

@test "--pidfd-socket gives a pidfd of init" {
  skip_on crun '1.8.1 has none'
  skip_on runc '1.1.5 has none'
  bundle
  args sleep 1000
  cat >"$DIR/take.py" <<'END'
import os, signal, socket, sys, time
os.chdir(os.path.dirname(sys.argv[1]))
with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
    s.bind(os.path.basename(sys.argv[1]))
    s.listen(1)
    print("listening", flush=True)
    c, _ = s.accept()
data, fds, _, _ = socket.recv_fds(c, 100, 4)
print(data.decode(), len(fds), [l.split()[1] for l in open(f"/proc/self/fdinfo/{fds[0]}") if l.startswith("Pid:")][0], flush=True)
while not os.path.exists("made"):
    time.sleep(0.05)
signal.pidfd_send_signal(fds[0], signal.SIGKILL)
END
  spawn python3 "$DIR/take.py" "$DIR/pidfd" >"$DIR/out"
  local taker=$JOB
  until_true 5 grep -q listening "$DIR/out"
  create --pidfd-socket "$DIR/pidfd"
  touch "$DIR/made"
  end_of "$taker"
  is "$(tail -n 1 "$DIR/out")" "standard 1 $PID"
  until_true 5 status_is stopped
}

@test "a pidfd socket at which nobody listens is an error, and nothing is left" {
  skip_on crun '1.8.1 has none'
  skip_on runc '1.1.5 has none'
  bundle
  fails rt create --pidfd-socket "$DIR/nobody" -b "$BUNDLE" "$ID"
  fails rt run --pidfd-socket "$DIR/nobody" -b "$BUNDLE" "$ID"
  nothing_left
}

@test "LISTEN_FDNAMES goes with LISTEN_FDS" {
  skip_on crun '1.8.1 does not set LISTEN_FDS'
  skip_on runc '1.1.5 drops the names'
  bundle
  sh_c 'echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES'
  ok env LISTEN_FDS=1 LISTEN_FDNAMES=web:admin sh -c 'export LISTEN_PID=$$; exec "$@" 3</dev/null' sh "$RUNTIME" --root "$STATE" run -b "$BUNDLE" "$ID"
  is "$out" '1 1 web:admin'
}
