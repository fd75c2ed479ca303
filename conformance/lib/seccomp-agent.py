#!/usr/bin/python3
"""A seccomp agent: seccomp-agent.py SOCKET [--die] [--count N]

Listens at SOCKET for what linux.seccomp.listenerPath promises: the container process state as JSON with the notify
descriptor. Prints the number of descriptors and the state, then answers N notifications (default 1): getpriority returns 4242,
everything else fails with ENOMEDIUM. With --die it hangs up without reading.
"""

import argparse
import array
import errno
import fcntl
import json
import os
import socket
import struct
import sys

RECEIVE, SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV, _SEND: linux/seccomp.h
GETPRIORITY = {"x86_64": 140}.get(os.uname().machine, 141)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("--die", action="store_true")
    parser.add_argument("--count", type=int, default=1)
    args = parser.parse_args()
    os.chdir(os.path.dirname(os.path.abspath(args.socket)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        name = os.path.basename(args.socket)
        listener.bind(name + ".new")
        listener.listen(1)
        os.rename(name + ".new", name)  # who sees it may connect
        connection, _ = listener.accept()
    if args.die:
        return
    fds, text, state = array.array("i"), b"", None
    while state is None:  # the runtime may keep the connection open: the state is all there when it is JSON
        data, ancillary, _, _ = connection.recvmsg(65536, 1024)
        for level, kind, body in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(body[: len(body) - len(body) % fds.itemsize])
        text += data
        try:
            state = json.loads(text)
        except ValueError:
            if not data:
                raise
    print("descriptors", len(fds))
    print(json.dumps(state), flush=True)
    notify = fds[state["fds"].index("seccompFd")]
    for _ in range(args.count):
        request = bytearray(80)
        fcntl.ioctl(notify, RECEIVE, request)
        number, pid, _, call = struct.unpack_from("QIIi", request)
        print("call", call, "pid", pid, flush=True)
        answer = (4242, 0) if call == GETPRIORITY else (0, -errno.ENOMEDIUM)
        fcntl.ioctl(notify, SEND, struct.pack("QqiI", number, *answer, 0))


sys.exit(main())
