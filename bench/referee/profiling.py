"""Where a server's time goes in a scenario: a Markdown table of microseconds per request.

Each sample that `perf` takes of the server is counted for the system call that it was in, for
interrupts, or for the program or library that ran; shares of samples are shares of the CPU time
that the kernel has accounted for. Under a hypervisor without counters the clock interrupts, so
what runs with interrupts off is counted where they are let in again: trust the groups, not lines.
"""

import argparse
import collections
import os
import re
import shutil
import signal
import subprocess
import tempfile

from cells import RUNS
from client import Contract
from figures import number
from process import Invalid, Process
from scenarios import SCENARIOS
from servers import SERVERS, Server

SYSTEM_CALL = re.compile(r"^__(?:x64|arm64)_sys_(\w+)")
SWITCHES = {"vcsw": "switches, voluntary", "ivcsw": "switches, involuntary"}


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/profile", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    loads = [key for key, scenario in SCENARIOS.items() if scenario.kind in ("load", "encrypted", "slow")]
    parser.add_argument("scenario", choices=loads)
    words = f"of {', '.join(SERVERS)}; or NAME=COMMAND, as for bench/run --add"
    parser.add_argument("servers", nargs="*", default=["floor-epoll", "bhrh"], help=words)
    parser.add_argument("--seconds", type=int, default=4, help="of load (default: 4)")
    parser.add_argument("--frequency", type=int, default=2000, help="samples a second and thread")
    options = parser.parse_args()
    options.pin, options.threads = False, 2
    for at, spec in enumerate(options.servers):
        name, _, command = spec.partition("=")
        if command:
            SERVERS[name], options.servers[at] = Server(command), name
    return options


def group(stack):
    """What a sample counts for; `stack` has (symbol, where it is from), the innermost first."""
    for symbol, _ in stack:
        if found := SYSTEM_CALL.match(symbol):
            return f"{found[1]} (kernel)"
    if "kernel" in stack[0][1]:
        return "interrupts and the like (kernel)"
    return os.path.basename(stack[0][1])


def script(path):
    """The samples as text: a line a frame, and an empty line behind each sample."""
    command = ["perf", "script", "-i", path, "-F", "ip,sym,dso"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def samples(text):
    """-> group -> how many samples"""
    counts = collections.Counter()
    for sample in text.split("\n\n"):
        lines = re.findall(r"^\s+[0-9a-f]+ (.*?)(?:\+0x[0-9a-f]+)? \((.*)\)$", sample, re.M)
        if lines:
            counts[group(lines)] += 1
    return counts


def profile(name, scenario, options):
    """-> group -> microseconds per request; and the switches per request"""
    server = SERVERS[name]
    contract = Contract(scenario, server)
    path = os.path.join(options.folder, "perf.data")
    with Process(server, scenario, options) as process:
        process.wait_ready()
        contract.validate(process.address)
        pids = ",".join(map(str, process.tree()))
        record = ["perf", "record", "-q", "-g", "-e", "cpu-clock", "-F", str(options.frequency)]
        perf = subprocess.Popen(
            [*record, "-o", path, "-p", pids], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            result = RUNS[scenario.kind](process, contract, options)
        finally:
            perf.send_signal(signal.SIGINT)
            perf.wait(30)
    counts = samples(script(path))
    total = sum(counts.values())
    if not total:
        raise Invalid("no samples")
    table = {key: result["cpu_us"] * count / total for key, count in counts.items()}
    served = result["requests"] + result.get("slow", {}).get("requests", 0)
    more = {title: getattr(process.rusage, f"ru_n{key}") / served for key, title in SWITCHES.items()}
    return table, result["cpu_us"], more


def rows(found):
    """The rows of the table: groups by their size, together, and the switches."""
    names = list(found)
    keys = {key for table, _, _ in found.values() for key in table}

    def largest(key):
        return max(table.get(key, 0) for table, _, _ in found.values())

    for key in sorted(keys, key=largest, reverse=True):
        if largest(key) >= 0.01 * max(cpu for _, cpu, _ in found.values()):
            yield [key, *(number(found[name][0].get(key, 0)) for name in names)]
    yield ["all CPU time, µs", *(number(found[name][1]) for name in names)]
    for title in SWITCHES.values():
        yield [title, *(number(found[name][2][title]) for name in names)]


def main():
    options = arguments()
    scenario = SCENARIOS[options.scenario]
    options.folder = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="referee-")
    try:
        found = {name: profile(name, scenario, options) for name in options.servers}
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)
    print(f"{scenario.title}, per request:\n")
    print("| where | " + " | ".join(found) + " |")
    print("|---|" + "---:|" * len(found))
    for row in rows(found):
        print("| " + " | ".join(row) + " |")


if __name__ == "__main__":
    main()
