"""The tables of the bench: what is judged, and what each verb costs."""
import statistics

VERBS = ["run", "create", "start", "state", "list", "exec", "kill", "delete", "--version"]

# What is judged: (row, runtime that it is held against, bar, goal). A bar of None is only reported.
CONTRACT = [
    ("run spec", "crun", 0.75, 0.55),
    ("cycle spec", "crun", 0.8, 0.6),
    ("run docker", "crun", 0.75, 0.55),
    ("cycle docker", "crun", 0.75, 0.55),
    ("--version", "crun", 0.6, 0.5),
    ("state", "crun", 0.6, 0.5),
    ("exec", "crun", 0.7, 0.5),
    ("run spec", "runc", 0.35, 0.25),
    ("cycle spec", "runc", 0.35, 0.25),
    ("run docker", "runc", 0.35, 0.25),
    ("cycle docker", "runc", 0.35, 0.25),
    ("exec", "runc", 0.3, None),
    ("--version", "runc", None, None),
    ("state", "runc", None, None),
    ("run spec", "floor", None, 1.5),
]
WORDS = {
    "run spec": "`run`, `runc spec`'s config",
    "cycle spec": "`create` + `start` + `delete`, `runc spec`'s config",
    "run docker": "`run`, Docker's config and profile",
    "cycle docker": "`create` + `start` + `delete`, Docker's config and profile",
    "--version": "`--version`",
    "state": "`state` of a running container",
    "exec": "`exec` of true in a running container",
    "payload": "`busybox true` alone, without a container",
}
RSS_BAR, RSS_GOAL = 64, 32


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def verdict(value, bar, goal):
    if bar is not None and value > bar:
        return "**misses the bar**"
    if goal is not None and value > goal:
        return "bar met, goal missed" if bar is not None else "goal missed"
    return "goal met" if goal is not None else ""


def contract_table(samples, rss):
    rows = []
    for row, peer, bar, goal in CONTRACT:
        if not samples.has(peer, row):
            continue
        medians = samples.median("csrunc", row) / samples.median(peer, row)
        minima = samples.least("csrunc", row) / samples.least(peer, row)
        rows.append([
            f"{WORDS[row]}: against {peer}",
            f"≤ {bar}" if bar else "report" if goal else "",
            f"≤ {goal}" if goal else "",
            f"**{medians:.2f}**", f"{minima:.2f}", f"{samples.cpu('csrunc', row) / samples.cpu(peer, row):.2f}",
            verdict(medians, bar, goal),
        ])
    kb = rss["csrunc"][0]
    rows.append(["RSS of a container's init in `created`", f"≤ {RSS_BAR} kB", f"{RSS_GOAL} kB", f"**{kb} kB**", f"{kb} kB", "", verdict(kb, RSS_BAR, RSS_GOAL)])
    return table(["what", "bar", "goal", "ratio of medians", "of minima", "of processor time", ""], rows)


def times_table(samples, names):
    rows = []
    for row, words in WORDS.items():
        cells = []
        for name in [*names, "floor", "payload"]:
            cells.append(f"{samples.median(name, row):.2f} ({samples.least(name, row):.2f})" if samples.has(name, row) else "")
        if any(cells):
            rows.append([words, *cells[:-1]] if row != "payload" else [words, *cells[-1:], *[""] * len(names)])
    columns = [*names, "floor"]
    cpu = [[words, *(f"{samples.cpu(name, row):.2f}" if samples.has(name, row) else "" for name in columns)] for row, words in WORDS.items() if row != "payload"]
    return table(["ms: median (minimum)", *columns], rows) + "\n\n" + table(["ms of processor time: median", *columns], cpu)


def verbs_table(samples, names, calls, rss):
    """Per verb: system calls, minor faults, ms; no clock but in the last."""
    rows = []
    for verb in VERBS:
        row = {"run": "run spec"}.get(verb, verb if samples.has("csrunc", verb) else verb + " sleep")
        cells = [str(calls[name][verb]) for name in names]
        cells += [str(round(statistics.median(samples.faults[name, row]))) for name in names]
        cells += [f"{samples.median(name, row):.2f}" for name in names]
        rows.append([f"`{verb}`", *cells])
    head = [f"{group}: {name}" for group in ("system calls", "minor faults", "ms") for name in names]
    memory = table(["kB of a created container's init", *names], [
        ["RSS (`smaps_rollup`)", *(f"{rss[name][0]:,}" for name in names)],
        ["VmRSS (`status`)", *(f"{rss[name][1]:,}" for name in names)],
    ])
    return table(["verb", *head], rows) + "\n\n" + memory


def instructions_table(text):
    """From the lines of ../vm/instructions: millions per verb, with each manager of cgroups, and the ratio to crun."""
    found = {}
    for line in text.splitlines():
        runtime, manager, verb, count = line.split("\t")
        found[manager, verb, runtime] = int(count) / 1e6
    names = list(dict.fromkeys(runtime for _, _, runtime in found))
    rows = []
    for manager in dict.fromkeys(manager for manager, _, _ in found):
        for verb in VERBS:
            counts = [found[manager, verb, name] for name in names]
            ratios = [f"{counts[0] / count:.2f}" for count in counts[1:]]
            rows.append([f"`{verb}`", manager, *(f"{count:.2f}" for count in counts), *ratios])
    return table(["verb, on cgroup v2", "manager", *(f"million instructions: {name}" for name in names), *(f"against {name}" for name in names[1:])], rows)
