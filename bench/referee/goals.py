"""The figures that bhrh is to reach, against those of the same run."""

from dataclasses import dataclass
from typing import Callable

from figures import median, number, percent, ratio
from servers import BUFFERED, ENCRYPTED, OURS, SERVERS


def of(key):
    """A figure as the cells have it."""
    return lambda results, name: median(results.get(name, ()), key)


def to_floor(key):
    """A figure as a ratio to the floor's."""
    return lambda results, name: ratio(results, name, key)


def to_buffered(key):
    """A figure as a ratio to that of our own program with a BufWriter."""
    return lambda results, name: ratio(results, name, key, base=BUFFERED)


def to_hyper(key):
    """A figure as a ratio to that of the server that the encrypted ones are compared with."""
    return lambda results, name: ratio(results, name, key, base=ENCRYPTED)


@dataclass
class Goal:
    scenario: str
    what: str
    figure: Callable  # (results of the scenario, server) -> number or None
    goal: float = None  # None: to be ahead of `rival`
    rival: str = ""  # who that is; else all of them
    more: bool = False  # more is better
    show: Callable = number


def cpu(scenario, title, goal):
    return Goal(scenario, f"{title}: CPU per request, × the floor's", to_floor("cpu_us"), goal)


def rate(scenario, title):
    what = f"{title}: requests per second, × the floor's"
    return Goal(scenario, what, to_floor("rps"), more=True)


def stream(scenario, title, piece):
    """What small writes may cost."""
    return (
        Goal(scenario, f"{title}: CPU a {piece}, ns", of("cpu_ns"), rival="go"),
        Goal(scenario, f"{title}: CPU, × that with a BufWriter", to_buffered("cpu_ns"), 1.5),
        Goal(scenario, f"{title}: bytes on the wire, × the content's", of("wire"), 1.01),
    )


GOALS = [
    cpu("plain_64", "plaintext, 64 connections", 1.03),
    rate("plain_64", "plaintext, 64 connections"),
    cpu("plain_512", "plaintext, 512 connections", 1.03),
    rate("plain_512", "plaintext, 512 connections"),
    Goal(
        "plain_1_same",
        "plaintext, 1 connection, one CPU: requests per second, × the floor's",
        to_floor("rps"),
        0.97,
        more=True,
    ),
    cpu("pipeline", "pipelined, depth 16", 1.15),
    cpu("close", "connection per request", 1.20),
    cpu("headers", "browser-like headers", 1.10),
    cpu("echo_1k", "echo 1 KiB", 1.05),
    cpu("echo_1m", "echo 1 MiB", 1.20),
    cpu("bytes_1m", "download 1 MiB", 1.05),
    Goal("instructions", "instructions after slow requests, plaintext", of("plain_slow"), 3900),
    Goal("instructions", "the same, browser headers", of("headers_slow"), 7300),
    Goal("syscalls", "system calls per request, but for waiting", of("working"), 2),
    Goal("syscalls", "system calls per request, for waiting", of("waiting"), 0.2),
    Goal("idle", "memory of an idle connection, KiB", of("kib_per_conn"), 0.4),
    Goal(
        "idle",
        "requests per second beside 10,000 idle connections, relative to none",
        of("rps_kept"),
        0.95,
        more=True,
        show=percent,
    ),
    Goal(
        "idle",
        "CPU per request beside 10,000 idle connections, relative to none",
        of("cpu_kept"),
        1.05,
    ),
    Goal("idle", "wake-ups per second when nothing happens", of("wakeups"), 0),
    Goal(
        "slow",
        "200 sleepers: of the ideal rate",
        of("slow.share"),
        0.98,
        more=True,
        show=percent,
    ),
    Goal("slow", "32 beside them: requests per second", of("rps"), rival="hyper", more=True),
    Goal("slow", "32 beside them: p99, ms", of("p99"), rival="hyper"),
    Goal("slow", "threads meanwhile", of("threads"), 210),
    Goal("burst", "of 600 connections, answered within a second", of("in_time"), 600, more=True),
    *stream("rows_1e6", "a million rows", "row"),
    *stream("rows_1e6_length", "a million rows, length said", "row"),
    *stream("copy_small", "10 MB in reads of 100 bytes", "read"),
    Goal("drip", "a line each 10 ms: the latest, ms", of("late_max"), 60),
    Goal("drip", "a line before a sleep of 1 s: how late, ms", of("late_alone"), 60),
    Goal("tls_64", "HTTPS, 64 connections: CPU per request, × hyper's", to_hyper("cpu_us"), 0.95),
    Goal("tls_1m", "HTTPS, 1 MiB: CPU per response, µs", of("cpu_us"), rival="hyper"),
    Goal("tls_1m", "HTTPS, 1 MiB: CPU per response, µs", of("cpu_us"), rival="nginx"),
    Goal("tls_close", "HTTPS, handshake and request: CPU, × hyper's", to_hyper("cpu_us"), 0.86),
    Goal("tls_idle", "HTTPS: memory of an idle connection, KiB", of("kib_per_conn"), 4.0),
    Goal("tls_storm", "HTTPS, beside 64 clients that shake hands: p99, ms", of("p99"), 2),
    Goal("tls_stuck", "HTTPS, 300 stuck: 20 new clients, ms", of("fresh_ms"), 60),
    Goal("tls_stuck", "HTTPS, 300 stuck: threads", of("threads"), 4),
    Goal("hello", "hello: crates", of("crates"), 15),
    Goal("hello", "hello: clean release build, s", of("build_s"), 10),
    Goal("hello", "hello: stripped binary, KB", of("kb"), 500),
]


def best(goal, results):
    """-> (the best peer's figure, its name), or None"""
    peers = [name for name, server in SERVERS.items() if not server.floor and name in results]
    peers = [name for name in peers if name == goal.rival or not goal.rival]
    found = [(goal.figure(results, name), name) for name in peers if not name.startswith(OURS)]
    found = [pair for pair in found if pair[0] is not None]
    pick = max if goal.more else min
    return pick(found, default=None)


def line(goal, results):
    """A row of the table, and whether the goal is hit (None if that cannot be said)."""
    ours, peer = goal.figure(results, OURS), best(goal, results)
    target = goal.goal if goal.goal is not None else peer and peer[0]
    if goal.goal is None:
        wanted = f"ahead of {goal.rival or 'every peer'}"
    else:
        wanted = goal.show(target)
        if goal.goal:
            wanted += " or more" if goal.more else " or less"
    hit = None
    if ours is not None and target is not None:
        # At the goal as it is shown: a goal has three digits, and so has what is measured.
        at = goal.goal is not None and goal.show(ours) == goal.show(target)
        hit = at or (ours > target if goal.more else ours < target)
    shown = f"{goal.show(peer[0])} ({peer[1]})" if peer else "–"
    verdict = {True: "hit", False: "miss", None: "–"}[hit]
    return [goal.what, wanted, goal.show(ours), shown, verdict], hit


def table(all_results):
    """Markdown; the scenarios that were not run have no rows."""
    asked = [goal for goal in GOALS if goal.scenario in all_results]
    rows = [line(goal, all_results[goal.scenario]) for goal in asked]
    if not rows:
        return ""
    said = [hit for _, hit in rows if hit is not None]
    lines = ["| figure | goal | bhrh | best peer | |", "|---|---:|---:|---:|---|"]
    lines += ["| " + " | ".join(row) + " |" for row, _ in rows]
    return "\n".join(lines + ["", f"{sum(said)} of {len(said)} goals hit."]) + "\n"
