"""A performance referee for HTTP/1.1 servers on one machine; Linux, loopback only.

Each cell (scenario x server x round) starts the server afresh, checks that it answers rightly,
drives load at it, goes on checking meanwhile, and reads the server's CPU time, context switches
and memory from the kernel. Rounds rotate the order of the servers; the tables give medians over
rounds, and the ratio of each server to the epoll floor measured in the same round. See README.md.
"""

import argparse
import dataclasses
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import picture
import report
import scenarios
import servers
from cells import quietest
from figures import number
from scenarios import SCENARIOS
from servers import SERVERS, Server


def arguments():
    parser = argparse.ArgumentParser(
        prog="bench/run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    words = "comma list, or one of 'all', {} (default: all); of {}"
    add("--servers", default="all", help=words.format("'quick', 'rivals', 'secure'", ", ".join(SERVERS)))
    add("--without", default="", metavar="SERVERS", help="comma list of those to leave out")
    add(
        "--add",
        action="append",
        default=[],
        metavar="NAME=COMMAND",
        help="another server, or another command for a known one; {bind} {host} {port} {threads}"
        " {tls} are filled in",
    )
    add("--scenarios", default="all", help=words.format("'quick', 'secure'", ", ".join(SCENARIOS)))
    add("--rounds", type=int, default=3)
    add("--seconds", type=int, default=2, help="of load in a cell (default: 2)")
    add("--threads", type=int, help="of a server (default: 2; 1 with --pin)")
    add("--pin", action="store_true", help="server on CPU 0, wrk on CPU 1")
    add("--idle", type=int, default=10000, help="idle connections (default: 10000)")
    add("--instructions", type=int, default=2000, help="requests in callgrind's shorter run")
    add(
        "--tries",
        type=int,
        default=2,
        help="a cell measured while others kept the machine busy is tried again, and the quietest"
        " try kept (default: 2)",
    )
    add("--json", metavar="OUT", help="write every cell there, after each scenario")
    add("--markdown", metavar="OUT", help="write the tables there, after each scenario")
    add("--svg", metavar="OUT", help="write the picture of ratios to the floor there")
    add(
        "--report",
        nargs="+",
        metavar="JSON",
        help="measure nothing: the tables of these earlier runs together",
    )
    options = parser.parse_args()
    options.threads = options.threads or (1 if options.pin else 2)
    for spec in options.add:
        name, _, command = spec.partition("=")
        known = SERVERS.get(name, Server("", lacks=("hello",)))
        SERVERS[name] = dataclasses.replace(known, command=command)
    options.servers = chosen(
        options.servers,
        all=SERVERS,
        quick=servers.QUICK,
        rivals=servers.RIVALS,
        secure=servers.SECURE,
    )
    options.servers += [spec.partition("=")[0] for spec in options.add]
    without = options.without.split(",")
    options.servers = [name for name in dict.fromkeys(options.servers) if name not in without]
    options.scenarios = chosen(
        options.scenarios, all=SCENARIOS, quick=scenarios.QUICK, secure=scenarios.SECURE
    )
    if unknown := (set(options.servers) - set(SERVERS)) | (set(options.scenarios) - set(SCENARIOS)):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


def chosen(text, **groups):
    return list(groups[text]) if text in groups else text.split(",")


def merge(paths):
    """Several runs as one: their rounds side by side, each beside its own floor."""
    facts, merged = None, {}
    for path in paths:
        run = json.loads(Path(path).read_text())
        facts = facts or run["host"]
        for key, results in run["results"].items():
            into = merged.setdefault(key, {})
            before = max(map(len, into.values()), default=0)
            for name, cells in results.items():
                have = into.setdefault(name, [])
                have += [None] * (before - len(have)) + cells
    return facts, merged


def write(options, facts, results):
    """What is known so far, so that a run that is broken off has told something."""
    if options.json and not options.report:
        Path(options.json).write_text(json.dumps(dict(host=facts, results=results), indent=1))
    if options.svg:
        Path(options.svg).write_text(picture.draw(results))
    if options.markdown:
        out = Path(options.markdown)
        beside = os.path.relpath(options.svg, out.parent) if options.svg else None
        out.write_text(report.page(facts, results, beside))


def measure(options, facts):
    results = {}
    for key in options.scenarios:
        scenario = SCENARIOS[key]
        rows = results[key] = {name: [] for name in options.servers}
        rounds = 1 if scenario.once else options.rounds
        for turn in range(rounds):
            first = turn * len(options.servers) // rounds
            for name in options.servers[first:] + options.servers[:first]:
                cell = quietest(name, SERVERS[name], scenario, options)
                rows[name].append(cell)
                tell(f"{key} {turn + 1}/{rounds} {name}", cell, scenario)
        write(options, facts, results)
        if not options.markdown:
            print(report.table(scenario, rows), flush=True)
    return results


def tell(where, cell, scenario):
    """Reports progress on stderr."""
    if cell:
        what = cell.get("invalid") or number(cell.get(report.ORDER[scenario.kind][0]))
        print(f"{where}: {what}", file=sys.stderr, flush=True)


def main():
    options = arguments()
    if options.report:
        facts, results = merge(options.report)
        write(options, facts, results)
        if not options.markdown:
            print(report.page(facts, results))
        return
    # Ended from outside, it ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    options.folder = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="referee-")
    try:
        facts = report.host(options)
        if not options.markdown:
            print(report.heading(facts), flush=True)
        measure(options, facts)
    finally:
        shutil.rmtree(options.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
