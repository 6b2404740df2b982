"""Load from wrk, and what it cost the server."""

import json
import os
import re
import subprocess
import time

from client import Contract
from process import Invalid, read, taskset
from servers import HERE

SCRIPT = HERE / "referee/wrk.lua"
# The slow scenario's cells last longer: at 2 seconds each sleeper's last, cut-off request would be
# a twentieth of what it did.
SLOW_TIMES = 5


class Wrk:
    """wrk in the background; `result()` waits for it."""

    def __init__(self, address, scenario, options, **other):
        path = other.get("path", scenario.path)
        connections = other.get("connections", scenario.connections)
        threads = min(connections, other.get("threads", 1 if options.pin else 2))
        self.seconds = other.get("seconds", options.seconds)
        command = taskset(scenario, options, 1)
        command += ["wrk", "-t", threads, "-c", connections, "-d", f"{self.seconds}s", "-s", SCRIPT]
        for header in scenario.headers:
            command += ["-H", header]
        scheme = "https" if scenario.tls else "http"
        command += [f"{scheme}://{address[0]}:{address[1]}{path}", "--", scenario.depth]
        command += [scenario.content or scenario.body, int(scenario.vary)]
        self.connections = connections
        self.begin = time.monotonic()
        self.popen = subprocess.Popen(
            [str(word) for word in command],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.returncode is None:
            self.popen.kill()
            self.popen.wait()
        self.popen.stdout.close()

    def at(self, share):
        """Sleeps until this share of the time is over."""
        time.sleep(max(0.0, self.begin + share * self.seconds - time.monotonic()))

    def result(self):
        end = self.begin + self.seconds + 15
        done = 0
        while not done and time.monotonic() < end:
            time.sleep(0.005)
            done, status, usage = os.wait4(self.popen.pid, os.WNOHANG)
        if not done:
            raise Invalid("wrk does not end")
        self.popen.returncode = os.waitstatus_to_exitcode(status)
        text = self.popen.stdout.read()
        line = re.search(r"^\{.*\}$", text, re.M)
        if not line:
            raise Invalid(f"wrk: {text.strip()[-200:]}")
        raw = json.loads(line[0])
        if raw["status"]:
            raise Invalid(f"{raw['status']} responses not 2xx under load")
        return dict(
            requests=raw["requests"],
            rps=raw["requests"] / (raw["us"] / 1e6),
            p50=raw["p50"] / 1000,
            p99=max(raw["p50"], raw["p99"]) / 1000,
            received=raw["bytes"],
            errors={k: raw[k] for k in ("connect", "read", "write", "timeout") if raw[k]},
            client_cpu=usage.ru_utime + usage.ru_stime,
        )


def busy():
    """Seconds that all processors have been busy, stolen time included."""
    user, nice, system, _, _, irq, soft, steal, *_ = map(
        int, read("/proc/stat").split("\n")[0].split()[1:]
    )
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


class Meter:
    """What a stretch of load cost the server, and who else used the machine."""

    def __init__(self, process):
        self.process = process
        self.begin = time.monotonic(), process.cpu(), busy()

    def read(self, *streams):
        end = time.monotonic(), self.process.cpu(), busy()
        wall, cpu, all_busy = (after - before for before, after in zip(self.begin, end))
        requests = sum(stream["requests"] for stream in streams)
        client = sum(stream.pop("client_cpu") for stream in streams)
        return dict(
            cpu_us=cpu * 1e6 / max(1, requests),
            client_us=client * 1e6 / max(1, requests),
            noise=max(0.0, all_busy - cpu - client) / (wall * os.cpu_count()),
            hwm_mib=self.process.memory("VmHWM") / 1024,
        )


def run_load(process, contract, options):
    meter = Meter(process)
    with Wrk(process.address, contract.scenario, options) as wrk:
        wrk.at(0.3)
        contract.probe(process.address, options.seconds)
        wrk.at(0.7)
        threads = len(process.threads())
        contract.probe(process.address, options.seconds)
        stream = wrk.result()
    contract.check_timed(stream["requests"], stream["received"], wrk.connections)
    return stream | meter.read(stream) | dict(threads=threads)


def run_slow(process, contract, options):
    """Sleeping handlers and quick ones at once. -> the quick ones' cell, the sleepers' within it"""
    scenario = contract.scenario
    sleeping = Contract(scenario, contract.server, path="/sleep/100")
    before = time.monotonic()
    sleeping.validate(process.address)
    if time.monotonic() - before < 0.2:
        raise Invalid("did not sleep")
    seconds = SLOW_TIMES * options.seconds
    slow = dict(path="/sleep/100", connections=200, threads=1, seconds=seconds)
    quick = dict(path="/plaintext", connections=32, threads=1, seconds=seconds)
    meter = Meter(process)
    with (
        Wrk(process.address, scenario, options, **slow) as slow_wrk,
        Wrk(process.address, scenario, options, **quick) as quick_wrk,
    ):
        threads = 0
        for share in (0.2, 0.4, 0.6, 0.8):
            quick_wrk.at(share)
            threads = max(threads, len(process.threads()))
            watched = contract if share in (0.2, 0.6) else sleeping
            watched.probe(process.address, 2)
        quick, slow = quick_wrk.result(), slow_wrk.result()
    contract.check_timed(quick["requests"], quick["received"], quick_wrk.connections)
    sleeping.check_timed(slow["requests"], slow["received"], slow_wrk.connections)
    contract.notes |= sleeping.notes
    cost = meter.read(quick, slow)
    slow["share"] = slow["rps"] / (slow_wrk.connections / 0.1)
    return quick | cost | dict(slow=slow, threads=threads)
