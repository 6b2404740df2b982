"""What can be counted instead of timed: instructions, and system calls."""

import dataclasses
import os
import re
import signal
import subprocess
import time

from client import Client, Contract
from load import Wrk
from process import Invalid, Process, read
from scenarios import SCENARIOS

# The calls with which a thread waits, or gives way to others.
WAITING = (
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "futex",
    "restart_syscall",
    "nanosleep",
    "clock_nanosleep",
    "sched_yield",
    "io_uring_enter",
)
CALLGRIND = ("valgrind", "--tool=callgrind")


# ---------------------------------------------------------------- instructions


def collected(server, contract, count, options, slow=False):
    """Instructions of a whole life of the server in which it answered `count` requests. `slow`: after
    two whose handler slept, as some do in the life of a server that is used.
    """
    scenario, exchange = contract.scenario, contract.exchanges[0]
    out = os.path.join(options.folder, "callgrind.out")
    command = [*CALLGRIND, f"--callgrind-out-file={out}"]
    with Process(server, scenario, options, command, threads=1) as process:
        process.wait_ready(60)
        with Client(process.address, timeout=60) as client:
            sleeping = Contract(scenario, server, path="/sleep/100")
            for _ in range(2 if slow and not server.floor else 0):
                client.send(sleeping.exchanges[0].request)
                sleeping.check(client, sleeping.exchanges[0])
            for _ in range(count):
                client.send(exchange.request)
                contract.check(client, exchange)
    found = re.search(r"Collected : (\d+)", process.output())
    if not found:
        raise Invalid("no callgrind total")
    return int(found[1])


def run_instructions(server, options):
    """Runs of N and 2 N requests under callgrind; the difference is N requests."""

    def a_request(scenario, slow, change=lambda request: request):
        contract = Contract(scenario, server)
        timed = contract.exchanges[0]
        timed.request = change(timed.request)
        count = options.instructions
        more = collected(server, contract, 2 * count, options, slow)
        return (more - collected(server, contract, count, options, slow)) / count

    plain, browser = SCENARIOS["plain_64"], SCENARIOS["headers"]
    cell = dict(
        plain=a_request(plain, slow=False),
        headers=a_request(browser, slow=False),
        plain_slow=a_request(plain, slow=True),
        headers_slow=a_request(browser, slow=True),
    )
    for key, scenario, change in odd_heads(plain):
        try:
            cell[key] = a_request(scenario, True, change)
        except Invalid:
            pass  # Not every server takes them.
    return cell


def odd_heads(plain):
    """Heads that are not as most are, and right. -> key, scenario, what is done to its request"""
    escape = dataclasses.replace(plain, path="/plaintext?q=a%20b")
    latin_1 = dataclasses.replace(plain, headers=("Cookie: name=caf\xe9",))
    return [
        ("escape", escape, lambda request: request),
        ("tight", plain, lambda request: request.replace(b"Host: ", b"Host:")),
        ("latin_1", latin_1, lambda request: request),
    ]


# ---------------------------------------------------------------- system calls


def summary(path):
    """What `strace -c` wrote: call -> how often."""
    end = time.monotonic() + 10
    while not (text := read(path)).rstrip().endswith("total"):
        if time.monotonic() > end:
            raise Invalid("no summary of strace")
        time.sleep(0.02)
    calls = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)", line)
        if match and match[2] != "total":
            calls[match[2]] = int(match[1])
    return calls


def traced(process, contract, seconds, options):
    """Load while all system calls are counted. -> (requests, call -> how often)"""
    out = os.path.join(options.folder, f"strace-{seconds}")
    pids = [word for pid in process.tree() for word in ("-p", str(pid))]
    strace = subprocess.Popen(
        ["strace", "-f", "-c", "-o", out, *pids],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 10
        while any("TracerPid:\t0" in read(task / "status") for task in process.threads()):
            if time.monotonic() > end or strace.poll() is not None:
                raise Invalid("strace cannot attach")
            time.sleep(0.02)
        load = measured(process, contract, seconds, options)
        strace.send_signal(signal.SIGINT)
        strace.wait(10)
    finally:
        if strace.poll() is None:
            strace.kill()
            strace.wait()
    return load, summary(out)


def measured(process, contract, seconds, options):
    with Wrk(process.address, contract.scenario, options, seconds=seconds) as wrk:
        load = wrk.result()
    contract.check_timed(load["requests"], load["received"], wrk.connections)
    return load["requests"]


def run_syscalls(server, scenario, options):
    """All calls in a short and a long load, whose difference has no opening of connections in it.

    A traced server is slow, so that it always finds work and hardly waits. How often it waits is
    counted apart, by a filter in the kernel that stops it for the calls that wait and no others.
    """
    contract = Contract(scenario, server)
    with Process(server, scenario, options) as process:
        process.wait_ready()
        contract.validate(process.address)
        short, few = traced(process, contract, 1, options)
        long, many = traced(process, contract, 3, options)
    if long <= short:
        raise Invalid("no more requests in more time")
    calls = {name: (many[name] - few.get(name, 0)) / (long - short) for name in many}

    out = os.path.join(options.folder, "strace-waiting")
    names = "trace=" + ",".join(f"?{name}" for name in WAITING)
    command = ["strace", "-D", "-f", "-c", "-o", out, "--seccomp-bpf", "-e", names]
    with Process(server, scenario, options, command) as process:
        process.wait_ready()
        contract.validate(process.address)
        requests = measured(process, contract, options.seconds, options)
    waiting = {name: count / max(1, requests) for name, count in summary(out).items()}
    return dict(
        working=sum(count for name, count in calls.items() if name not in WAITING),
        waiting=sum(waiting.values()),
        calls={name: count for name, count in calls.items() if name not in WAITING} | waiting,
        notes=sorted(contract.notes),
    )
