#!/usr/bin/env python3
# words.py RUNTIME COUNT - COUNT random command lines, made of the verbs' own options and of odd words. Prints those that end it by a
# signal, with a code that is not one of its own (3: no such verb), or with an exception of its runtime's own; fails where there is one. The seed is fixed: a failure comes back.
import random, re, subprocess, sys

runtime, count = sys.argv[1], int(sys.argv[2])
random.seed(20261121)
VERBS = ("checkpoint completion create delete events exec explain features kill list mounts pause ps restore resume run start "
         "state update help frob").split()
FILES = {"--log", "--pid-file", "--image-path", "--work-path"}  # these write
VALUED = ["--log-level", "--cgroup-manager", "--rootless", "--log-format", "--root=/nonexistent/r --root"]
GLOBAL = ["--debug", "--systemd-cgroup", "--log-format=json", "--log-format", "json", "--rootless=auto", "--cgroup-manager", "cgroupfs"]
ODD = ["", "x", "3", "-1", "true", "false", "0", "a=b", "--", "-", "-x", "c1", "@f", "a b", "--tty", "=", "=x"]
options = set()
for verb in VERBS:
    text = subprocess.run([runtime, verb, "-h"], capture_output=True, text=True).stdout
    options |= set(re.findall(r"(?<!\w)(--?[a-z][a-z0-9-]*)", text))
options = sorted(options - FILES)
assert len(options) > 40, options


def word():
    kind = random.random()
    if kind < 0.45:
        return random.choice(options) + random.choice(["", "", "=", "=x", "=1", "=true"])
    if kind < 0.55:
        return "-" + "".join(random.choices("abcdefgpqtuv", k=random.randint(1, 4)))
    return random.choice(ODD)


bad = 0
for _ in range(count):
    words = ["--root", "/nonexistent/r"] + random.sample(GLOBAL, random.choice([0, 0, 0, 1, 2])) 
    if random.random() < 0.2:
        words += random.choice(VALUED).split() + [random.choice(["--", "-", "--x", "list"])]
    words += [random.choice(VERBS)]
    words += [word() for _ in range(random.randint(0, 6))]
    done = subprocess.run([runtime] + words, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    text = (done.stdout + done.stderr).decode("utf-8", "replace")
    codes = (3,) if "No help topic for" in text else (0, 1, 255)
    if done.returncode not in codes or re.search(r"Unhandled|Exception|NotSupported", text):
        bad += 1
        print(done.returncode, words, text[:200])
sys.exit(bad > 0)
