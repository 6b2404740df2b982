"""What encryption costs besides the requests: handshakes, idle connections, clients that get stuck."""

import json
import os
import statistics
import subprocess
import sys
import time

from client import Client, request
from held import connection
from load import Meter, run_load
from process import Invalid
from secure import context, first_message
from servers import HERE

IDLE = 2000
STORM = 64
STUCK = 300
FRESH = 20
# Longer than the time that servers give a handshake, where they have one.
PATIENCE = 15


class Shaking:
    """shaking.py in the background."""

    def __init__(self, process, clients, seconds, *path):
        words = [process.address[1], clients, seconds, *path]
        command = [sys.executable, "-B", HERE / "referee/shaking.py", *words]
        self.popen = subprocess.Popen(
            [str(word) for word in command], stdout=subprocess.PIPE, text=True
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.popen.returncode is None:
            self.popen.kill()
            self.popen.wait()
        self.popen.stdout.close()

    def goes_on(self):
        """Whether it is still at it."""
        done = os.waitid(os.P_PID, self.popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return done is None

    def result(self):
        text = self.popen.stdout.read()
        _, status, usage = os.wait4(self.popen.pid, 0)
        self.popen.returncode = os.waitstatus_to_exitcode(status)
        if self.popen.returncode:
            raise Invalid("the clients that shake hands failed")
        raw = json.loads(text)
        if raw["problems"]:
            raise Invalid(f"shaking hands: {raw['problems'][0]}")
        return dict(
            requests=raw["connections"],
            rps=raw["connections"] / raw["seconds"],
            client_cpu=usage.ru_utime + usage.ru_stime,
            errors={},
        )


def run_shaking(process, contract, options):
    """A full handshake, one request and a close, again and again, by eight clients."""
    meter = Meter(process)
    clients = contract.scenario.connections
    with Shaking(process, clients, options.seconds, contract.path) as shaking:
        stream = shaking.result()
    return stream | meter.read(stream)


def run_storm(process, contract, options):
    """Requests on one connection that is kept, while others shake hands and do nothing else."""
    times, request = [], contract.exchanges[0].request
    meter = Meter(process)
    with (
        Client(process.address, tls=True) as client,
        Shaking(process, STORM, 2 * options.seconds) as shaking,
    ):
        time.sleep(0.5)  # until it blows
        while shaking.goes_on():
            begin = time.monotonic()
            client.send(request)
            contract.check(client, contract.exchanges[0])
            times.append(1000 * (time.monotonic() - begin))
            time.sleep(0.001)
        stream = shaking.result()
    cost = meter.read(stream)
    shares = statistics.quantiles(times, n=100)
    late = dict(quick=len(times), p50=shares[49], p99=shares[98], last_ms=max(times))
    return stream | cost | late


def run_held(process, contract, options):
    """What connections cost that wait, each after one request."""
    run_load(process, contract, options)
    before = process.memory("VmRSS")
    clients, secure = [], context()
    try:
        for index in range(IDLE):
            plain = connection(process.address, index)
            plain.settimeout(10)
            plain.connect(process.address)
            clients.append(secure.wrap_socket(plain, server_hostname="localhost"))
            clients[-1].sendall(request("/plaintext"))
            if not clients[-1].recv(4096).startswith(b"HTTP/1.1 200"):
                raise Invalid("not a 200")
        time.sleep(1)
        grown = process.memory("VmRSS") - before
    finally:
        for client in clients:
            client.close()
    return dict(
        idle=len(clients),
        kib_per_conn=grown / IDLE,
        hwm_mib=process.memory("VmHWM") / 1024,
        requests=IDLE,
        errors={},
    )


def run_stuck(process, contract, _options):
    """Clients that send half a message and no more; beside them, new ones with a request each."""
    half = first_message()
    half = half[: len(half) // 2]
    stuck = []
    try:
        for index in range(STUCK):
            stuck.append(connection(process.address, index))
            stuck[-1].connect(process.address)
            stuck[-1].sendall(half)
        time.sleep(0.2)
        begin = time.monotonic()
        for _ in range(FRESH):
            with Client(process.address, timeout=5, tls=True) as client:
                client.send(contract.exchanges[0].request)
                contract.check(client, contract.exchanges[0])
        fresh_ms = 1000 * (time.monotonic() - begin)
        threads = len(process.threads())
        closed = None if any(not ends(client, begin) for client in stuck) else time.monotonic()
    finally:
        for client in stuck:
            client.close()
    return dict(
        fresh_ms=fresh_ms,
        threads=threads,
        closed_s=closed and closed - begin,
        hwm_mib=process.memory("VmHWM") / 1024,
        requests=FRESH,
        errors={},
    )


def ends(client, begin):
    """Whether the server closes this connection while there is patience."""
    client.settimeout(max(0.001, begin + PATIENCE - time.monotonic()))
    try:
        while client.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True
