"""Attacks a server for a while each, and prints what a polite client saw meanwhile.

    cargo build --release -p bhrh-tests --bin siege-server
    python3 tests/siege/siege.py target/release/siege-server --seconds 60 [--only NAME ...]

The polite client sends `GET /` every 0.2 s, on a connection that it keeps and on a new one in turn, from
an address of its own. Attackers are processes of their own. Figures of one run are good to a millisecond
or two if nothing else runs on the machine.
"""

import argparse
import errno
import multiprocessing
import signal
import socket
import subprocess
import sys
import time

FIRST = ("127.0.0.1", 18700)
SECOND = ("127.0.0.1", 18701)
POLITE = "127.0.0.77"


def connect(address, source=None):
    stream = socket.socket()
    stream.settimeout(20)
    if source:
        stream.bind((source, 0))
    stream.connect(address)
    return stream


def polite(address, seconds, report):
    """The polite client: latencies in seconds, and the number of requests without an answer."""
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    latencies, lost, kept = [], 0, None
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        began = time.monotonic()
        try:
            if count % 2:
                stream = connect(address, POLITE)
            else:
                kept = stream = kept or connect(address, POLITE)
            stream.sendall(request)
            answer = b""
            while not answer.endswith(b"up"):
                piece = stream.recv(4096)
                if not piece:
                    raise OSError("closed")
                answer += piece
            latencies.append(time.monotonic() - began)
            if count % 2:
                stream.close()
        except OSError:
            lost += 1
            kept = None
        count += 1
        time.sleep(max(0, began + 0.2 - time.monotonic()))
    report.put((latencies, lost))


class Attack:
    """Connections that are opened again as they close. `begin` is sent at once; every `pause` seconds, each
    connection sends `piece` (if any) and takes `bite` bytes (if any)."""

    def __init__(self, count, begin, piece=b"", pause=0.4, bite=1 << 16, reopen=False):
        self.count, self.begin, self.piece = count, begin, piece
        self.pause, self.bite, self.reopen = pause, bite, reopen

    def __call__(self, address, seconds):
        open_ones, opened, end = {}, 0, time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            missing = min(self.count - len(open_ones), 1000)
            for _ in range(missing):
                stream = socket.socket()
                stream.setblocking(False)
                if self.bite < 1 << 16:
                    stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                stream.bind((f"127.0.{1 + opened % 4}.1", 0))
                try:
                    stream.connect(address)
                except OSError as error:
                    if error.errno != errno.EINPROGRESS:
                        stream.close()
                        continue
                open_ones[stream] = self.begin(opened)
                opened += 1
            for stream, unsent in list(open_ones.items()):
                try:
                    if unsent:
                        stream.send(unsent)
                        open_ones[stream] = b""
                    elif self.piece:
                        stream.send(self.piece)
                    if not stream.recv(self.bite):
                        raise OSError("closed")
                    if self.reopen:
                        raise OSError("answered")
                except BlockingIOError:
                    continue
                except OSError:
                    del open_ones[stream]
                    stream.close()
            time.sleep(max(0, began + self.pause - time.monotonic()))


def upload(path):
    return lambda n: (
        f"POST {path.format(n=n)} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n".encode()
    )


def get(path, more=""):
    return lambda n: f"GET {path.format(n=n)} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode()


CHUNKED = "Transfer-Encoding: chunked\r\n"
DRIP = b"x" * 240
CHUNK = b"96\r\n" + b"x" * 0x96 + b"\r\n"

# Name: the attack, and the number of processes that it takes.
ATTACKS = {
    "nothing": (None, 0),
    "8 uploads, one path": (Attack(8, upload("/up"), DRIP), 1),
    "600 uploads, one path": (Attack(600, upload("/up"), DRIP), 1),
    "600 uploads, a path each": (Attack(600, upload("/{n}"), DRIP), 1),
    "600 chunked, unread": (Attack(600, get("/{n}", CHUNKED), CHUNK), 1),
    "600 slow readers": (Attack(600, get("/large"), b"", 0.02, 500), 1),
    "3000 unread bodies": (Attack(3000, get("/{n}", CHUNKED), reopen=True), 1),
    "12000 unread bodies": (Attack(3000, get("/{n}", CHUNKED), reopen=True), 4),
    "2000 slow methods": (Attack(500, get("/sleep/1000"), reopen=True), 4),
    "panics": (Attack(100, get("/panic")), 1),
    "flood of connections": ("flood", 2),
}


def flood(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connect(FIRST).close()
        except OSError:
            pass


def besiege(program, name, threads, max_threads, seconds):
    addresses = [f"{host}:{port}" for host, port in (FIRST, SECOND)]
    server = subprocess.Popen(
        [program, *addresses, str(threads), str(max_threads)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    server.stdout.readline()
    attack, processes = ATTACKS[name]
    report = multiprocessing.Queue()
    context = [multiprocessing.Process(target=polite, args=(SECOND, seconds, report))]
    for _ in range(processes):
        target = (flood, (seconds,)) if attack == "flood" else (attack, (FIRST, seconds))
        context.append(multiprocessing.Process(target=target[0], args=target[1]))
    for process in context[1:] + context[:1]:
        process.start()
    latencies, lost = report.get()
    for process in context:
        process.terminate()
        process.join()
    server.send_signal(signal.SIGKILL)
    server.wait()
    latencies.sort()
    at = lambda part: latencies[int(part * (len(latencies) - 1))] * 1000 if latencies else float("nan")
    answered = f"{len(latencies)} of {len(latencies) + lost}"
    print(f"| {name} | {max_threads} | {answered} | {at(0.5):.1f} | {at(0.99):.1f} | {at(1):.1f} |", flush=True)
    return lost


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--max-threads", type=int, nargs="*", default=[8, 512])
    parser.add_argument("--only", nargs="*", default=list(ATTACKS))
    options = parser.parse_args()
    print("| attack | max_threads | answered | median, ms | p99, ms | worst, ms |\n| --- | ---: | ---: | ---: | ---: | ---: |")
    lost = 0
    for name in options.only:
        for most in options.max_threads:
            lost += besiege(options.program, name, options.threads, most, options.seconds)
    sys.exit(lost > 0)


if __name__ == "__main__":
    main()
