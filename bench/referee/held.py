"""Connections that are held open: idle ones by the thousand, and a burst of fresh ones."""

import resource
import select
import socket
import struct
import time

from client import HELLO, request
from load import run_load

BURST = 600
# Read to the end, a wake-up a second shows; and it is not yet anyone's keep-alive time-out.
QUIET_SECONDS = 3


def connection(address, index):
    """A socket that leaves no port in TIME_WAIT, from one of several addresses."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.bind((f"127.0.0.{1 + index % 8}", 0))
    return client


def most(server, options):
    """As many idle connections as asked for, or as the server has descriptors for."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 500
    return min(options.idle, limit // server.descriptors, limit)


def open_idle(address, count, sockets):
    """Opens them, each with one request answered. -> (never answered, what stopped it)"""
    stuck, end = 0, time.monotonic() + 30

    def ask():
        client = connection(address, len(sockets))
        client.settimeout(2 if not stuck else 0.1)
        client.connect(address)
        client.sendall(request("/plaintext"))
        return client

    def answered(client):
        got = b""
        while not got.endswith(HELLO):
            data = client.recv(4096)
            if not data:
                raise OSError("closed")
            got += data
        if not got.startswith(b"HTTP/1.1 200"):
            raise OSError("not a 200")

    try:
        while len(sockets) < count:
            for client in [ask() for _ in range(min(100, count - len(sockets)))]:
                try:
                    answered(client)
                    sockets.append(client)
                except TimeoutError:
                    stuck += 1
                    client.close()
            if stuck > 200 or time.monotonic() > end:
                return stuck, "too slow"
    except OSError as error:
        return stuck, str(error)
    return stuck, ""


def quiet(process):
    """How often a second its threads wake up while nobody asks for anything."""
    begin, before = time.monotonic(), process.switches()
    time.sleep(QUIET_SECONDS)
    after = process.switches()
    woken = sum(max(0, count - before.get(task, 0)) for task, count in after.items())
    return woken / (time.monotonic() - begin)


def run_idle(process, contract, options):
    """Load; then idle connections, watched while nothing happens; then load beside them."""
    alone = run_load(process, contract, options)
    before = process.memory("VmRSS")
    sockets = []
    try:
        stuck, problem = open_idle(process.address, most(contract.server, options), sockets)
        time.sleep(1)
        grown = process.memory("VmRSS") - before
        wakeups = quiet(process)
        result = run_load(process, contract, options)
        poll = select.poll()
        for client in sockets:
            poll.register(client, select.POLLIN)
        lost = len(poll.poll(0))
    finally:
        for client in sockets:
            client.close()

    def kept(key):
        # With fewer idle connections, the figure would not answer the question.
        return None if problem else result[key] / alone[key]

    return result | dict(
        idle=len(sockets),
        lost=lost,
        stuck=stuck,
        problem=problem,
        kib_per_conn=grown / max(1, len(sockets)),
        wakeups=None if problem else wakeups,
        rps_kept=kept("rps"),
        cpu_kept=kept("cpu_us"),
        noise=max(result["noise"], alone["noise"]),
        requests=result["requests"] + alone["requests"] + len(sockets),
    )


class Burst:
    """Many connections that send a request as soon as they are open, and stay open."""

    def __init__(self, address):
        self.open = {}
        self.poll = select.epoll()
        for index in range(BURST):
            client = connection(address, index)
            client.setblocking(False)
            client.connect_ex(address)
            self.open[client.fileno()] = client
            self.poll.register(client, 0)

    def turn(self, limit):
        """A request on each. -> the seconds after which each was answered, in order"""
        begin, times = time.monotonic(), []
        waiting = {fd: b"" for fd in self.open}
        for fd in waiting:
            self.poll.modify(fd, select.EPOLLOUT)
        while waiting and time.monotonic() < begin + limit:
            for fd, event in self.poll.poll(0.1):
                try:
                    answered = self.advance(fd, event, waiting)
                except OSError:
                    self.open.pop(fd).close()
                    waiting.pop(fd, None)
                    continue
                if answered:
                    del waiting[fd]
                    times.append(time.monotonic() - begin)
        return times

    def advance(self, fd, event, waiting):
        """Sends the request, or takes a part of the answer. -> whether that was the last"""
        if event & select.EPOLLOUT:
            self.open[fd].sendall(request("/plaintext"))
            self.poll.modify(fd, select.EPOLLIN)
            return False
        data = self.open[fd].recv(4096)
        if not data or fd not in waiting:
            raise OSError("closed, or answered without being asked")
        waiting[fd] += data
        return waiting[fd].startswith(b"HTTP/1.1 200") and waiting[fd].endswith(HELLO)

    def close(self):
        self.poll.close()
        for client in self.open.values():
            client.close()


def run_burst(process, _contract, _options):
    begin = time.monotonic()
    burst = Burst(process.address)
    try:
        opened = time.monotonic() - begin
        first = [opened + seconds for seconds in burst.turn(3)]
        again = burst.turn(3) if len(first) == BURST else []
        threads = len(process.threads())
    finally:
        burst.close()
    return dict(
        in_time=sum(seconds <= 1 for seconds in first),
        answered=len(first),
        again=sum(seconds <= 1 for seconds in again),
        last_ms=max(first, default=0) * 1000,
        threads=threads,
        hwm_mib=process.memory("VmHWM") / 1024,
        requests=len(first) + len(again),
        errors={},
    )
