"""Clients that stay just within what the server allows, from many addresses, and a polite client beside them.

The rates and times are those of `server.rs` and of the defaults of `Limits` and `Timeouts`. A client below them
is cut off; these are not, so they cost the server as much as a client can.
"""

import os
import random
import signal
import socket
import time

# From an address each: what the server shares out between clients, it shares out between these.
POLITE = "127.0.0.77"

# `Timeouts::body_rate` is 500 bytes per second, `Timeouts::write_rate` 240.
PIECE, BITE, PAUSE = b"z" * 240, 120, 0.4

# The polite client's bounds, in seconds. The server needs 20 ms at most for it, also under attack, on a machine
# with nothing else to do (docs/performance.md). Here some forty threads of one Python process take turns, on a
# machine of two cores where other builds may run. A loop that waits for a client or for the reader of the log
# stands still for a second at least, and for most requests; then these bounds are passed, too.
MEDIAN, P99 = 0.25, 4.0
# Fewer latencies than that say nothing about one of a hundred.
ENOUGH = 100

STOPPED = 6.0


def anywhere():
    """A source address of its own."""
    return f"127.{random.randint(1, 200)}.{random.randint(1, 254)}.{random.randint(1, 254)}"


def head(method, path, *fields):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", *fields]).encode() + b"\r\n\r\n"


def crowd(soak, begin, step, count=16):
    """Connections that begin alike, and go on step by step, for ten seconds."""
    clients = []
    try:
        for _ in range(count):
            client = soak.client(anywhere())
            clients.append(client)
            client.send(begin)
        end = time.monotonic() + 10
        while clients and time.monotonic() < end and not soak.pausing.wait(PAUSE):
            for client in list(clients):
                try:
                    step(client)
                except OSError:
                    clients.remove(client)
                    client.socket.close()
    finally:
        for client in clients:
            client.socket.close()


def bodies(soak):
    """More slow uploads than there are threads."""
    path = random.choice(["/", "/unread", "/stream"])
    begin = head("POST", path, f"Content-Length: {1 << 20}")
    crowd(soak, begin, lambda client: client.send(PIECE))


def chunks(soak):
    """The same in chunks, to methods that read and to one that does not."""
    method, path = random.choice([("GET", "/"), ("POST", "/"), ("POST", "/unread")])
    begin = head(method, f"{path}?{random.random()}", "Transfer-Encoding: chunked")
    crowd(soak, begin, lambda client: client.send(b"%x\r\n%s\r\n" % (len(PIECE), PIECE)))


def readers(soak):
    """Large answers that are taken evenly and slowly."""
    def step(client):
        if not client.socket.recv(BITE):
            raise OSError("closed")

    crowd(soak, head("GET", "/large"), step, 8)


def heads(soak):
    """A head that takes nearly all of its time, with nearly all that it may hold; it is answered."""
    lines = [b"X-%d: %s\r\n" % (number, b"y" * random.choice([1, 5000])) for number in range(97)]
    with soak.client(anywhere()) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n")
        for at in range(0, len(lines), 20):
            if soak.pausing.wait(0.5):
                return
            client.send(b"".join(lines[at:at + 20]))
        client.send(b"\r\n")
        client.expect(200, b"OK")


def idlers(soak):
    """Connections that ask again just before they are closed; they are answered."""
    with soak.client(anywhere()) as client:
        for _ in range(2):
            client.send(head("GET", "/"))
            client.expect(200, b"OK")
            if soak.pausing.wait(7):
                return


def stopped(soak):
    """The server is stopped for longer than most times are, and goes on. Nobody else may notice more than that."""
    if soak.pausing.wait(15):
        return
    with soak.still:
        os.kill(soak.server.pid, signal.SIGSTOP)
        time.sleep(STOPPED)
        os.kill(soak.server.pid, signal.SIGCONT)
        soak.stops += 1
    soak.pausing.wait(25)


def polite(soak):
    """A request each 0.2 s, on a new connection and on one that is kept in turn. Its latencies are kept unless
    the server was stopped meanwhile or turns clients away."""
    kept = None
    try:
        for count in range(200):
            stops, began = soak.stops, time.monotonic()
            client = kept if count % 2 and kept else soak.client(POLITE)
            client.send(head("GET", "/"))
            client.expect(200, b"OK")
            if stops == soak.stops and soak.still.acquire(blocking=False):
                soak.still.release()
                if stops == soak.stops:
                    soak.latencies.append(time.monotonic() - began)
            if client is not kept:
                if kept:
                    kept.socket.close()
                kept = client
            if soak.pausing.wait(0.2):
                return
    finally:
        if kept:
            kept.socket.close()


def report(latencies):
    """The polite client's median and 99th percentile, and what is wrong with them."""
    ordered = sorted(latencies)
    if len(ordered) < ENOUGH:
        return "", f"only {len(ordered)} latencies"
    median, p99 = ordered[len(ordered) // 2], ordered[len(ordered) * 99 // 100]
    told = f"polite client: {len(ordered)} answers, median {median * 1000:.1f} ms, p99 {p99 * 1000:.0f} ms, " \
           f"worst {ordered[-1] * 1000:.0f} ms"
    return told, told if median > MEDIAN or p99 > P99 else ""


def read_in_fits(soak):
    """Reads the server's log, and stops reading again and again, for long enough to fill the pipe."""
    while soak.server.poll() is None:
        end = time.monotonic() + 5
        while time.monotonic() < end or soak.pausing.is_set():
            if not os.read(soak.server.stderr.fileno(), 1 << 16):
                return
        soak.pausing.wait(20)


NORMAL = [heads, idlers, polite]
HOSTILE = [bodies, bodies, chunks, readers, stopped]
