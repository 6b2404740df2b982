"""The tables of a run, in Markdown."""

import os
import platform
import re
import statistics
import subprocess

import goals
from figures import good, median, number, percent, ratio, spread
from process import read
from scenarios import SCENARIOS
from servers import BUFFERED, ENCRYPTED, FLOOR, HERE, OURS, ROOT, SERVERS, Server

COSTS = ["CPU µs/req", "×floor CPU", "csw/req vol/inv", "peak MiB", "threads", "errors"]
PERCENTILES = ["p50 ms", "p99 ms"]
SPEED = ["req/s", "×floor", "±", *PERCENTILES]


def beside(heads):
    """The columns of what the floor cannot do."""
    return [head.replace("×floor", f"×{ENCRYPTED}") for head in heads]


HEADS = dict(
    load=[*SPEED, *COSTS],
    idle=["idle held", "KiB/idle conn", "wake-ups/s", "rate kept", "CPU/req ×", *SPEED, *COSTS],
    slow=["plain req/s", "±", *PERCENTILES, "slow req/s", "of ideal", *PERCENTILES, *COSTS],
    burst=["answered in 1 s", "in 3 s", "again in 1 s", "last ms", "threads", "peak MiB"],
    stream=["CPU ns/piece", "×BufWriter", "±", "wire ×", "s", "ns/piece", "peak MiB"],
    drip=["last ms", "median ms", "one line before 1 s of sleep, ms"],
    encrypted=beside([*SPEED, *COSTS]),
    shaking=beside(["connections/s", "×floor", "±", "CPU µs/connection", "×floor CPU", "peak MiB"]),
    storm=["p50 ms", "p99 ms", "worst ms", "handshakes/s", "CPU µs/handshake"],
    held=["idle held", "KiB/idle conn", "peak MiB"],
    stuck=["20 new clients, ms", "threads", "stuck ones closed after s"],
    instructions=[
        "plaintext",
        "browser headers",
        "plaintext after slow requests",
        "browser headers",
        "`%20`",
        "`Host:x`",
        "Latin-1",
    ],
    syscalls=["but for waiting", "for waiting", "which"],
    hello=["crates", "build s", "stripped KB"],
)
# What the rows are sorted by, and whether more is better.
ORDER = dict(
    load=("rps", True),
    idle=("kib_per_conn", False),
    slow=("rps", True),
    burst=("in_time", True),
    stream=("cpu_ns", False),
    drip=("late_max", False),
    encrypted=("cpu_us", False),
    shaking=("cpu_us", False),
    storm=("p99", False),
    held=("kib_per_conn", False),
    stuck=("fresh_ms", False),
    instructions=("plain", False),
    syscalls=("working", False),
    hello=("build_s", False),
)


def speed(results, name, base=FLOOR):
    cells = results[name]
    shown = [number(median(cells, key)) for key in ("p50", "p99")]
    to_base = number(ratio(results, name, "rps", base))
    return [number(median(cells, "rps")), to_base, spread(cells, "rps"), *shown]


def costs(results, name, base=FLOOR):
    cells = results[name]
    switches = " / ".join(number(median(cells, key), 2) for key in ("vcsw", "ivcsw"))
    rest = [number(median(cells, key)) for key in ("hwm_mib", "threads")]
    cpu = [number(median(cells, "cpu_us")), number(ratio(results, name, "cpu_us", base))]
    return [*cpu, switches, *rest, errors(good(cells))]


def errors(cells):
    total = {}
    for cell in cells:
        for stream, prefix in ((cell, ""), (cell.get("slow", {}), "slow ")):
            for kind, count in stream.get("errors", {}).items():
                total[prefix + kind] = total.get(prefix + kind, 0) + count
    return ", ".join(f"{count} {kind}" for kind, count in total.items()) or "0"


def load_row(results, name):
    return [*speed(results, name), *costs(results, name)]


def encrypted_row(results, name):
    return [*speed(results, name, ENCRYPTED), *costs(results, name, ENCRYPTED)]


def shaking_row(results, name):
    rates, cost = speed(results, name, ENCRYPTED), costs(results, name, ENCRYPTED)
    return [*rates[:3], *cost[:2], number(median(results[name], "hwm_mib"))]


def idle_row(results, name):
    cells = results[name]
    held = median(cells, "idle")
    held = None if held is None else held - median(cells, "lost")
    kept = [percent(median(cells, "rps_kept")), number(median(cells, "cpu_kept"))]
    shown = [f"{held:,.0f}" if held is not None else "–"]
    shown += [number(median(cells, key)) for key in ("kib_per_conn", "wakeups")]
    return [*shown, *kept, *load_row(results, name)]


def slow_row(results, name):
    cells = results[name]
    quick = speed(results, name)
    slow = [number(median(cells, "slow.rps")), percent(median(cells, "slow.share"))]
    slow += [number(median(cells, key)) for key in ("slow.p50", "slow.p99")]
    return [quick[0], *quick[2:], *slow, *costs(results, name)]


def plain_row(*keys):
    return lambda results, name: [number(median(results[name], key)) for key in keys]


def syscalls_row(results, name):
    cells = good(results[name])
    calls = sorted(cells[0]["calls"].items(), key=lambda pair: -pair[1]) if cells else ()
    which = ", ".join(f"{call} {number(count)}" for call, count in calls if count >= 0.02)
    return [*plain_row("working", "waiting")(results, name), which]


def stream_row(results, name):
    cells = results[name]
    to_buffered = number(ratio(results, name, "cpu_ns", base=BUFFERED))
    rest = [number(median(cells, key)) for key in ("wire", "seconds", "ns", "hwm_mib")]
    return [number(median(cells, "cpu_ns")), to_buffered, spread(cells, "cpu_ns"), *rest]


ROWS = dict(
    load=load_row,
    idle=idle_row,
    slow=slow_row,
    burst=plain_row("in_time", "answered", "again", "last_ms", "threads", "hwm_mib"),
    stream=stream_row,
    drip=plain_row("late_max", "late_median", "late_alone"),
    encrypted=encrypted_row,
    shaking=shaking_row,
    storm=plain_row("p50", "p99", "last_ms", "rps", "cpu_us"),
    held=plain_row("idle", "kib_per_conn", "hwm_mib"),
    stuck=plain_row("fresh_ms", "threads", "closed_s"),
    instructions=plain_row(
        "plain", "headers", "plain_slow", "headers_slow", "escape", "tight", "latin_1"
    ),
    syscalls=syscalls_row,
    hello=plain_row("crates", "build_s", "kb"),
)


def notes(server, cells):
    found = [server.note] if server.note else []
    found += sorted({note for cell in good(cells) for note in cell.get("notes", ())})
    found += sorted({f"INVALID: {cell['invalid']}" for cell in cells if cell and "invalid" in cell})
    problems = {(cell["idle"], cell["problem"]) for cell in good(cells) if cell.get("problem")}
    found += [f"stopped at {held}: {problem}" for held, problem in sorted(problems)]
    if stuck := sum(cell.get("stuck", 0) for cell in good(cells)):
        found.append(f"{stuck} connections never answered")
    return "; ".join(found)


def table(scenario, results):
    """One scenario's table; a server that cannot serve it has no row."""
    key, more = ORDER[scenario.kind]
    shown = [name for name, cells in results.items() if any(cells)]

    def place(name):
        figure = median(results[name], key)
        return (figure is None, -figure if more and figure is not None else figure)

    heads = ["server", *HEADS[scenario.kind], "notes"]
    lines = [f"### {scenario.title}", "", "| " + " | ".join(heads) + " |"]
    lines.append("|---" + "|---:" * (len(heads) - 2) + "|---|")
    for name in sorted(shown, key=place):
        title = f"**{name}**" if name.startswith(OURS) else name
        row = ROWS[scenario.kind](results, name)
        remarks = notes(SERVERS.get(name, Server("")), results[name])
        lines.append("| " + " | ".join([title, *row, remarks]) + " |")
    noise = [cell["noise"] for cells in results.values() for cell in good(cells) if "noise" in cell]
    if noise:
        client = median(results.get(FLOOR, ()), "client_us")
        text = f"Others' share of the machine: median {statistics.median(noise):.0%},"
        text += f" worst cell {max(noise):.0%}."
        if client:
            text += f" The client's own cost beside {FLOOR}: {number(client)} µs/req."
        lines += ["", text]
    return "\n".join(lines) + "\n"


# ---------------------------------------------------------------- the whole


def said(command):
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip().split("\n")[0]


def versions(names):
    """server -> what was measured under its name"""
    lock = read(HERE / "Cargo.lock")
    found = {}
    for name in names:
        server = SERVERS[name]
        if name == OURS:
            commit = said(["git", "-C", str(ROOT), "describe", "--always", "--dirty"])
            found[name] = f"commit {commit}" if commit else ""
        elif " -" in server.version or server.version.endswith(" version"):
            text = said(server.version.split())
            match = re.search(r"\d+(\.\d+)+", text)
            found[name] = match[0] if match else ""
        elif server.version:
            pairs = re.findall(r'name = "([^"]+)"\nversion = "([^"]+)"', lock)
            exact = dict(reversed(pairs))
            crates = server.version.split()
            found[name] = " with ".join(f"{crate} {exact.get(crate)}" for crate in crates)
    return found


def host(options):
    """What a reader has to know of a run."""
    model = re.search(r"model name\s*:\s*(.*)", read("/proc/cpuinfo"))
    return dict(
        cpus=os.cpu_count(),
        model=model[1] if model else platform.machine(),
        virtual="hypervisor" in read("/proc/cpuinfo"),
        kernel=os.uname().release,
        rustc=said(["rustc", "--version"]),
        threads=options.threads,
        pin=options.pin,
        seconds=options.seconds,
        rounds=options.rounds,
        versions=versions(options.servers),
    )


def heading(facts):
    kernel = re.match(r"[\d.]*\d", facts["kernel"])[0]
    machine = f"{facts['cpus']} CPUs ({facts['model']}{', virtual' if facts['virtual'] else ''})"
    text = f"{machine}, Linux {kernel}, {facts['rustc']}; servers with {facts['threads']} threads,"
    text += " each on CPU 0 and wrk on CPU 1" if facts["pin"] else " nothing pinned"
    text += f"; medians of {facts['rounds']} rounds, cells of {facts['seconds']} s.\n"
    which = (f"{name}: {what}" for name, what in facts["versions"].items() if what)
    return text + "Versions: " + "; ".join(which) + ".\n"


def page(facts, all_results, picture=None):
    """Everything, the goals first."""
    parts = [heading(facts)] if facts else []
    if picture:
        parts.append(f"![CPU per request and requests per second, against the floor]({picture})\n")
    if table_of_goals := goals.table(all_results):
        parts += ["### Goals\n", table_of_goals]
    order = [key for key in SCENARIOS if key in all_results]
    parts += [table(SCENARIOS[key], all_results[key]) for key in order]
    return "\n".join(parts)
