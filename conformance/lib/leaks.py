#!/usr/bin/python3 -SI
"""The leak oracle: what a machine shows of containers, before and after each test.

    leaks.py snapshot            prints one line a fact
    leaks.py check SNAPSHOT      waits up to 10 s for the same facts to hold again; prints what is new or lost, and fails
    leaks.py clear SNAPSHOT DIR  ends and removes what check would report, and mounts below DIR

TAG (part of every id and of the suite's own cgroup) tells the suite's things from those of other programs on the machine;
with STRICT set, every cgroup counts. Processes that descend from SUITE_PID are the tests' own, and no leak.
"""

import os
import signal
import stat
import sys
import time

TAG = os.environ["TAG"]
SUITE_PID = int(os.environ["SUITE_PID"])
SUITE_DIR = os.environ["SUITE_DIR"]
STRICT = bool(os.environ.get("STRICT"))


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def mounts():
    # Without the ids: they name an instance, not a fact. The suite has a mount namespace of its own: the runtime's "host".
    return ["mount " + line.split(" ", 2)[2] for line in read("/proc/self/mountinfo").splitlines()]


def cgroups():
    points = {w[1] for w in map(str.split, read("/proc/self/mounts").splitlines()) if w[2] in ("cgroup", "cgroup2")}
    for point in sorted(points):
        for path, _, _ in os.walk(point):
            if STRICT or TAG in path:
                yield "cgroup " + path


def nodes():
    for name in ("null", "zero", "full", "random", "urandom", "tty", "ptmx", "console"):
        s = os.stat("/dev/" + name)
        yield f"node {name} {stat.filemode(s.st_mode)} {os.major(s.st_rdev)}:{os.minor(s.st_rdev)} {s.st_uid}:{s.st_gid}"


def files():
    for name in os.listdir("/dev/pts"):
        yield "pty " + name
    for name in os.listdir(SUITE_DIR + "/tmp"):
        if not name.startswith("bats-run-"):
            yield "tmp " + name
    for folder in ("/run", "/run/runc", "/run/crun", "/run/csrunc", "/tmp", "/dev/shm"):
        if os.path.isdir(folder):
            yield from ("file " + folder + "/" + name for name in os.listdir(folder) if TAG in name)


def facts():
    yield from mounts()
    yield from cgroups()
    yield from nodes()
    yield from files()
    yield from ("key " + line.split(None, 8)[8] for line in read("/proc/keys").splitlines() if TAG in line)
    for name in ("hostname", "domainname", "core_pattern", "shm_rmid_forced", "msgmax", "../vm/overcommit_memory"):
        yield "sysctl %s %s" % (name, read("/proc/sys/kernel/" + name).strip())


def status(pid, key):
    for line in read(f"/proc/{pid}/status").splitlines():
        if line.startswith(key + ":"):
            return line.split(":", 1)[1].strip()
    return ""


def is_own(pid):
    """Whether the process descends from the suite's script: bats, a test, or a helper of one.

    bats' own countdown of a test that was skipped at once may stay without a parent.
    """
    while pid > 1:
        if pid == SUITE_PID or "/bats-core/bats-exec-test" in read(f"/proc/{pid}/cmdline"):
            return True
        parent = status(pid, "PPid")
        pid = int(parent) if parent else 0
    return pid == 0  # gone meanwhile


def processes():
    """What a container or a runtime left behind: in a cgroup of the suite's, and nobody's child.

    A zombie is its parent's affair: either that one is reported, or it is the machine's init, which may be slow.
    """
    for pid in filter(str.isdigit, os.listdir("/proc")):
        if TAG in read(f"/proc/{pid}/cgroup") and not status(pid, "State").startswith("Z") and not is_own(int(pid)):
            yield int(pid)


def describe(pid):
    words = read(f"/proc/{pid}/cmdline").replace("\0", " ").strip()
    return f"+ process {pid} {status(pid, 'State')} {status(pid, 'Name')}: {words}"


def differences(before):
    before, now = list(before), list(facts())
    found = ["+ " + fact for fact in now if fact not in before]
    # What an earlier test left and has gone since is no loss.
    found += ["- " + fact for fact in before if fact not in now and fact.startswith(("mount ", "node ", "sysctl "))]
    for fact in set(now):
        if fact in before and now.count(fact) > before.count(fact):
            found.append("+ one more " + fact)
    return found + [describe(pid) for pid in processes()]


def check(before):
    # The kernel ends processes, keys and cgroups a moment after the call; on a loaded machine the moment is long.
    deadline = time.monotonic() + 10
    while found := differences(before):
        if time.monotonic() > deadline:
            print("left behind, or lost:", *found, sep="\n", file=sys.stderr)
            return 1
        time.sleep(0.02)
    return 0


def clear(before, folder):
    os.chown("/dev/null", 0, 0)
    for fact in before:
        if fact.startswith("sysctl "):
            _, name, value = fact.split(" ", 2)
            with open("/proc/sys/kernel/" + name, "w", encoding="utf-8") as file:
                file.write(value)
    for pid in processes():
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for _ in range(100):
        points = [line.split()[4] for line in read("/proc/self/mountinfo").splitlines() if line.split()[4].startswith(folder + "/")]
        if not points:
            break
        os.spawnlp(os.P_WAIT, "umount", "umount", "-l", "--", points[-1].encode().decode("unicode_escape"))
    for path in sorted({c[len("cgroup "):] for c in cgroups() if TAG in c and c not in before}, reverse=True):
        try:
            if os.path.exists(path + "/freezer.state"):
                with open(path + "/freezer.state", "w", encoding="ascii") as file:
                    file.write("THAWED")
            os.rmdir(path)
        except OSError:
            pass


def main():
    verb = sys.argv[1]
    if verb == "snapshot":
        print(*facts(), sep="\n")
        return 0
    before = read(sys.argv[2]).splitlines()
    if verb == "check":
        return check(before)
    clear(before, sys.argv[3])
    return 0


sys.exit(main())
