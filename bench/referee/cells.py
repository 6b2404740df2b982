"""One cell: a server, started afresh, in a scenario."""

import signal
import subprocess

from client import Contract, Unanswered, never_answered
from counts import run_instructions, run_syscalls
from hello import run_hello
from encrypted import run_held, run_shaking, run_storm, run_stuck
from held import run_burst, run_idle
from load import run_load, run_slow
from process import Invalid, Process
from streams import run_drip, run_stream

RUNS = dict(
    load=run_load,
    idle=run_idle,
    slow=run_slow,
    burst=run_burst,
    stream=run_stream,
    drip=run_drip,
    encrypted=run_load,
    shaking=run_shaking,
    storm=run_storm,
    held=run_held,
    stuck=run_stuck,
)
NOISY = 0.10  # of the machine, used by neither the server nor the client
# Seconds after which a cell of a kind is given up, beside its loads.
LIMITS = dict(instructions=900, hello=700)


def quietest(name, server, scenario, options):
    """The quietest of up to --tries cells; chosen by the noise alone."""
    if scenario.key in server.lacks or server.only and scenario.key not in server.only:
        return None
    if scenario.typed and not (server.typed or server.floor):
        return None
    if scenario.kind in ("stream", "drip") and not server.streams:
        return None
    if scenario.tls and not server.tls:
        return None
    best = None
    for _ in range(options.tries):
        result = bounded(name, server, scenario, options)
        if result.get("noise", 0) < NOISY:
            return result
        best = min(best or result, result, key=lambda cell: cell["noise"])
    return best


def bounded(name, server, scenario, options):
    """A cell that ends, whatever the server does."""

    def late(*_):
        raise Invalid("took too long")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(LIMITS.get(scenario.kind, 90) + 10 * options.seconds)
    try:
        return cell(name, server, scenario, options)
    except (Invalid, OSError, subprocess.SubprocessError) as error:
        return dict(invalid=str(error) or type(error).__name__)
    finally:
        signal.alarm(0)


def cell(name, server, scenario, options):
    if scenario.kind == "hello":
        return run_hello(name, options)
    if scenario.kind == "instructions":
        return run_instructions(server, options)
    if scenario.kind == "syscalls":
        return run_syscalls(server, scenario, options)
    contract = Contract(scenario, server)
    with Process(server, scenario, options) as process:
        process.wait_ready()
        contract.validate(process.address)
        fresh = 0 if scenario.kind == "burst" else min(64, scenario.connections)
        if not server.floor and never_answered(process.address, fresh, scenario.tls):
            contract.notes.add(f"some of {fresh} fresh connections never answered")
        result = RUNS[scenario.kind](process, contract, options)
        if process.popen.poll() is not None:
            raise Invalid("died under load")
        try:
            contract.validate(process.address)
        except Unanswered as error:
            contract.notes.add(f"after the load: {error}")
    served = max(1, result["requests"] + result.get("slow", {}).get("requests", 0))
    result["vcsw"] = process.rusage.ru_nvcsw / served
    result["ivcsw"] = process.rusage.ru_nivcsw / served
    result["notes"] = sorted(contract.notes)
    return result
