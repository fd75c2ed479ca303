#!/usr/bin/python3
"""Two ways to hold a container's terminal.

    terminal.py receive SOCKET [--send TEXT] [--slow S] [--close]
        The console socket of `create`: listens at SOCKET, takes one descriptor, prints "name N", "size ROWS COLS" and
        then what comes out of the terminal. With --close it hangs up instead of taking anything.

    terminal.py foreground [--size ROWSxCOLS] [--send TEXT] [--resize ROWSxCOLS] [--signal NAME] [--background] -- COMMAND...
        Runs COMMAND in the foreground of a new terminal and prints its output. Once it has printed "ready", the window is
        resized, TEXT is sent and COMMAND gets the signal. With --background it begins in the background, and is brought to
        the foreground when that stops it. At the end prints "status N", and "restored yes|no" (the terminal's modes as before?).
"""

import argparse
import array
import codecs
import fcntl
import os
import select
import signal
import socket
import struct
import sys
import termios
import time


def size_of(fd):
    return struct.unpack("HHHH", fcntl.ioctl(fd, termios.TIOCGWINSZ, b"\0" * 8))[:2]


def set_size(fd, text):
    rows, columns = map(int, text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


class Lines:
    """What is read from a terminal, with line feeds as line ends: a line's end, or a character, may come in two reads."""

    def __init__(self):
        self.decoder, self.held = codecs.getincrementaldecoder("utf-8")(errors="replace"), ""

    def of(self, data):
        text = self.held + self.decoder.decode(data)
        self.held = "\r" if text.endswith("\r") else ""
        return text.removesuffix("\r").replace("\r\n", "\n")


def copy(fd, limit=90.0, on_output=lambda seen: None):
    """Prints what comes out of the terminal until the other side is closed. Gives back all of it."""
    seen, lines, end = "", Lines(), time.monotonic() + limit
    while time.monotonic() < end:
        if not select.select([fd], [], [], 0.1)[0]:
            continue
        try:
            data = os.read(fd, 65536)
        except OSError:  # EIO: the last descriptor of the other side is closed
            break
        if not data:
            break
        text = lines.of(data)
        say(text)
        seen += text
        on_output(seen)
    say(lines.held)
    return seen


def receive(words):
    parser = argparse.ArgumentParser()
    parser.add_argument("socket")
    parser.add_argument("--send")
    parser.add_argument("--slow", type=float, default=0)
    parser.add_argument("--close", action="store_true")
    args = parser.parse_args(words)
    # A long path does not fit an address: go there, and use the name.
    os.chdir(os.path.dirname(os.path.abspath(args.socket)))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        name = os.path.basename(args.socket)
        listener.bind(name + ".new")
        listener.listen(1)
        os.rename(name + ".new", name)  # who sees it may connect
        connection, _ = listener.accept()
    with connection:
        if args.close:
            return
        time.sleep(args.slow)
        name, ancillary, _, _ = connection.recvmsg(4096, 1024)
        fds = array.array("i")
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                fds.frombytes(data[: len(data) - len(data) % fds.itemsize])
        say(f"name {name.decode()}\ndescriptors {len(fds)}\nsize {size_of(fds[0])[0]} {size_of(fds[0])[1]}\n")
        if args.send:
            os.write(fds[0], args.send.encode().decode("unicode_escape").encode())
        copy(fds[0])


def foreground(words):
    at = words.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", default="24x80")
    parser.add_argument("--send")
    parser.add_argument("--resize")
    parser.add_argument("--signal")
    parser.add_argument("--background", action="store_true")
    args, command = parser.parse_args(words[:at]), words[at + 1 :]
    master, slave = os.openpty()
    set_size(master, args.size)
    before = termios.tcgetattr(slave)
    if args.background:
        # A shell with job control: the session's leader, which holds the terminal while its job is in the background.
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    child = os.fork()
    if child == 0:
        if args.background:
            os.setpgid(0, 0)
        else:
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for fd in (0, 1, 2):
            os.dup2(slave, fd)
        os.closerange(3, 100)
        os.execvp(command[0], command)

    done = []

    def act(seen):
        if done or "ready" not in seen:
            return
        done.append(True)
        if args.resize:
            set_size(master, args.resize)
        if args.send:
            os.write(master, args.send.encode().decode("unicode_escape").encode())
        if args.signal:
            os.kill(child, getattr(signal, "SIG" + args.signal))

    # The slave stays open here, so the end shows in the child, not in the terminal.
    end, seen, lines, status = time.monotonic() + 90, "", Lines(), None
    while status is None and time.monotonic() < end:
        pid, code = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
        if pid and os.WIFSTOPPED(code):
            say(f"stopped by {signal.Signals(os.WSTOPSIG(code)).name}\n")
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            os.tcsetpgrp(slave, child)
            os.kill(child, signal.SIGCONT)
            continue
        status = code if pid else None
        while select.select([master], [], [], 0.02)[0]:
            text = lines.of(os.read(master, 65536))
            say(text)
            seen += text
            act(seen)
    if status is None:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    say(f"{lines.held}\nstatus {code if code >= 0 else 128 - code}\nrestored {'yes' if termios.tcgetattr(slave) == before else 'no'}\n")


{"receive": receive, "foreground": foreground}[sys.argv[1]](sys.argv[2:])
