"""What can be counted instead of timed: instructions, and system calls."""

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


def collected(server, contract, count, options):
    """Instructions of a whole life of the server in which it answered `count` requests."""
    scenario, exchange = contract.scenario, contract.exchanges[0]
    out = os.path.join(options.folder, "callgrind.out")
    command = [*CALLGRIND, f"--callgrind-out-file={out}"]
    with Process(server, scenario, options, command, threads=1) as process:
        process.wait_ready(60)
        with Client(process.address, timeout=60) as client:
            for _ in range(count):
                client.send(exchange.request)
                contract.check(client, exchange)
    found = re.search(r"Collected : (\d+)", process.output())
    if not found:
        raise Invalid("no callgrind total")
    return int(found[1])


def run_instructions(server, options):
    """Runs of N and 2 N requests under callgrind; the difference is N requests."""
    def a_request(key):
        contract = Contract(SCENARIOS[key], server)
        count = options.instructions
        more = collected(server, contract, 2 * count, options)
        return (more - collected(server, contract, count, options)) / count

    return dict(plain=a_request("plain_64"), headers=a_request("headers"))


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
