"""Attacks a server for a while each, and prints what a polite client saw meanwhile.

    cargo build --release -p bhrh-tests --bin siege-server
    python3 tests/siege/siege.py target/release/siege-server --seconds 60 [--only NAME ...]

The polite client sends `GET /plaintext` every 0.2 s, on a connection that it keeps and on a new one in
turn, from an address of its own. Attackers are processes of their own; they have four addresses, or as
many as the attack's name says. Figures of one run are good to a millisecond or two if nothing else runs
on the machine. It takes `ulimit -n 20000`.

Other servers, built by `bench/build` (`bench/README.md`), are attacked likewise, as far as they serve
what the attack asks for:

    python3 tests/siege/siege.py --peers bench/target/release --seconds 20
"""

import argparse
import copy
import errno
import multiprocessing
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

FIRST = ("127.0.0.1", 18700)
SECOND = ("127.0.0.1", 18701)
POLITE = "127.0.0.77"
BENCH = Path(__file__).resolve().parent.parent.parent / "bench"


def connect(address, source=None):
    stream = socket.socket()
    stream.settimeout(20)
    if source:
        stream.bind((source, 0))
    stream.connect(address)
    return stream


def answer(stream):
    """The body of the next answer, which has a length."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = stream.recv(4096)
        if not piece:
            raise OSError("closed")
        received += piece
    head, body = received.split(b"\r\n\r\n", 1)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise OSError("not answered as it should be")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    while len(body) < length:
        piece = stream.recv(4096)
        if not piece:
            raise OSError("closed")
        body += piece
    return body


def polite(address, seconds, report):
    """The polite client: latencies in seconds, and the number of requests without an answer."""
    request = b"GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n"
    latencies, lost, kept = [], 0, None
    end = time.monotonic() + seconds
    count = 0
    while time.monotonic() < end:
        began = time.monotonic()
        # A kept connection may be closed while nothing is under way on it. Then there is a new one.
        for attempt in range(2):
            is_new = count % 2 == 1 or kept is None
            try:
                stream = connect(address, POLITE) if is_new else kept
                stream.sendall(request)
                answer(stream)
                latencies.append(time.monotonic() - began)
                if count % 2:
                    stream.close()
                else:
                    kept = stream
                break
            except OSError:
                if count % 2 == 0:
                    kept = None
                if is_new:
                    lost += 1
                    break
        count += 1
        time.sleep(max(0, began + 0.2 - time.monotonic()))
    report.put((latencies, lost))


class Attack:
    """Connections that are opened again as they close. `begin` is sent at once; every `pause` seconds, each
    connection sends `piece` (if any) and takes `bite` bytes (if any)."""

    def __init__(
        self, count, begin, piece=b"", pause=0.4, bite=1 << 16, reopen=False, addresses=4, own=False
    ):
        self.count, self.begin, self.piece = count, begin, piece
        self.pause, self.bite, self.reopen = pause, bite, reopen
        # How many addresses the connections come from.
        self.addresses = addresses
        # Only siege-server has what it asks for.
        self.own = own

    def source(self, number):
        number %= self.addresses
        return f"127.{1 + number // 250}.{1 + number % 250}.1"

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
                stream.bind((self.source(opened), 0))
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
                        open_ones[stream] = unsent[stream.send(unsent):]
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
    return lambda n: f"POST {path.format(n=n)} HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n".encode()


def get(path, more=""):
    return lambda n: f"GET {path.format(n=n)} HTTP/1.1\r\nHost: a\r\n{more}\r\n".encode()


def half_head(_):
    return b"GET /plaintext HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 60_000


def half_body(_):
    return b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 60001\r\n\r\n" + b"x" * 60_000


def frame(opcode, payload):
    """A WebSocket frame, under a mask of zeros."""
    return bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload


def websocket(first=b""):
    fields = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    return lambda n: get("/ws", f"{fields}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")(n) + first


CHUNKED = "Transfer-Encoding: chunked\r\n"
DRIP = b"x" * 240
CHUNK = b"96\r\n" + b"x" * 0x96 + b"\r\n"
PANICS = ["method", "bomb/1", "bomb/2", "bomb/3", "extension", "display", "log_message", "log_request"]
PANICS += ["log_error", "log_access", "send_error", "version_string", "address_string", "handle_one_request"]


def panic(n):
    return get(f"/panic/{PANICS[n % len(PANICS)]}")(n)


# Name: the attack, and the number of processes that it takes.
ATTACKS = {
    "nothing": (None, 0),
    "8 uploads": (Attack(8, upload("/echo"), DRIP), 1),
    "600 uploads": (Attack(600, upload("/echo"), DRIP), 1),
    "600 uploads, a path each": (Attack(600, upload("/{n}"), DRIP, own=True), 1),
    "600 chunked, unread": (Attack(600, get("/plaintext", CHUNKED), CHUNK), 1),
    "600 chunked, unread, a path each": (Attack(600, get("/{n}", CHUNKED), CHUNK, own=True), 1),
    "600 slow readers": (Attack(600, get("/bytes/1048576"), b"", 0.02, 500), 1),
    "3000 unread bodies": (Attack(3000, get("/plaintext?{n}", CHUNKED), reopen=True), 1),
    "12000 unread bodies": (Attack(3000, get("/plaintext?{n}", CHUNKED), reopen=True), 4),
    "12000 unread bodies, a path each": (Attack(3000, get("/{n}", CHUNKED), reopen=True, own=True), 4),
    "12000 half heads of 60 kB": (Attack(3000, half_head), 4),
    "12000 half heads, one address": (Attack(3000, half_head, addresses=1, own=True), 4),
    "12000 half heads, 1000 addresses": (Attack(3000, half_head, addresses=1000, own=True), 4),
    "12000 half bodies of 60 kB": (Attack(3000, half_body), 4),
    "12000 idle": (Attack(3000, lambda _: b""), 4),
    "2000 slow methods": (Attack(500, get("/sleep/1000"), reopen=True, own=True), 4),
    "2000 slow methods, a path each": (Attack(500, get("/{n}/sleep/1000"), reopen=True, own=True), 4),
    "panics": (Attack(100, panic, pause=0.1, reopen=True, own=True), 1),
    "a log that sleeps 4 s": (Attack(600, get("/slow-log"), own=True), 1),
    "blocked stderr": (Attack(100, get("/plaintext"), pause=0.05, reopen=True, own=True), 1),
    "12000 idle WebSockets": (Attack(3000, websocket(), own=True), 4),
    "600 WebSockets, slow readers": (Attack(600, websocket(), frame(1, b"much"), 0.02, 500, own=True), 1),
    "600 WebSockets, storms of pings": (Attack(600, websocket(), frame(9, b"?") * 500, 0.02, 1, own=True), 1),
    "600 WebSockets, listeners that sleep 1 s": (Attack(600, websocket(), frame(1, b"sleep"), own=True), 1),
    "600 WebSockets, listeners that panic": (Attack(600, websocket(frame(1, b"panic")), own=True), 1),
    "flood of connections": ("flood", 2),
}
ALIKE = [name for name, (attack, _) in ATTACKS.items() if not getattr(attack, "own", False)]
STOPS = {"SIGSTOP of 6 s": 6, "SIGSTOP of 90 s": 90}
SHORT = "3000 idle, 1024 descriptors"
ATTACKS[SHORT] = (Attack(3000, lambda _: b""), 1)

# The servers of `bench/`: the command, and what is asked for instead of `/echo`.
PEERS = {
    "bhrh": ("{bin}/examples/bench --bind {bind} --threads 2", "/echo"),
    "hyper": ("{bin}/peer-hyper --bind {bind} --threads 2", "/echo"),
    "hyper, with its timer": ("{bin}/peer-hyper --bind {bind} --threads 2 --timer", "/echo"),
    "actix-web": ("{bin}/peer-actix --bind {bind} --threads 2", "/echo"),
    "Go": ("{bin}/peer-go --bind {bind}", "/echo"),
    # It discards the body, as it has no method that reads one.
    "nginx": ("{python} {bench}/peers/nginx_conf.py --bind {bind} --threads 2", "/plaintext"),
}


def flood(address, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            connect(address).close()
        except OSError:
            pass


def peak(process):
    """The most memory that the server has used, with its children, in MiB."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    kib = 0
    for number in [process.pid, *children]:
        status = Path(f"/proc/{number}/status").read_text()
        kib += int(status.split("VmHWM:")[1].split()[0])
    return kib >> 10


class Server:
    """A server that is running, if only `descriptors` are its own."""

    def __init__(self, command, name, listens=(FIRST,)):
        descriptors = 1024 if name == SHORT else 20000
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        blocked = name == "blocked stderr"
        self.process = subprocess.Popen(
            command + ["log"] * blocked,
            stdout=subprocess.DEVNULL,
            # Nobody reads a pipe.
            stderr=subprocess.PIPE if blocked else subprocess.DEVNULL,
            preexec_fn=limit,
            env={**os.environ, "GOMAXPROCS": "2"},
        )
        for address in listens:
            self.await_listener(address)

    def await_listener(self, address):
        for _ in range(500):
            try:
                return connect(address).close()
            except OSError:
                time.sleep(0.02)
        sys.exit(f"{self.process.args} does not listen")

    def kill(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def attack_at(nice, attack, *arguments):
    """Attacks with this priority. The attackers of another machine would take none of the server's processors."""
    os.nice(nice)
    attack(*arguments)


def besiege(server, name, attacked, asked, seconds, path, nice):
    """A row's cells from `answered` on, and how many requests were lost."""
    attack, processes = ATTACKS[name]
    if path != "/echo" and isinstance(attack, Attack):
        attack, begin = copy.copy(attack), attack.begin
        attack.begin = lambda n: begin(n).replace(b" /echo ", f" {path} ".encode())
    report = multiprocessing.Queue()
    context = [multiprocessing.Process(target=polite, args=(asked, seconds, report))]
    for _ in range(processes):
        target = flood if attack == "flood" else attack
        context.append(multiprocessing.Process(target=attack_at, args=(nice, target, attacked, seconds)))
    for process in context[1:] + context[:1]:
        process.start()
    latencies, lost = report.get()
    memory = peak(server.process)
    for process in context:
        process.terminate()
        process.join()
    latencies.sort()
    at = lambda part: latencies[int(part * (len(latencies) - 1))] * 1000 if latencies else float("nan")
    answered = f"{len(latencies)} of {len(latencies) + lost}"
    return f"{answered} | {at(0.5):.1f} | {at(0.99):.1f} | {at(1):.1f} | {memory}", lost


def stop(server, address, seconds, count=3000):
    """Requests that arrive while the process is stopped, on connections that are kept."""
    request = b"GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n"
    kept = [connect(address) for _ in range(count)]
    for stream in kept:
        stream.sendall(request)
        answer(stream)
    server.process.send_signal(signal.SIGSTOP)
    for stream in kept:
        stream.sendall(request)
    time.sleep(seconds)
    server.process.send_signal(signal.SIGCONT)
    lost = 0
    for stream in kept:
        try:
            answer(stream)
        except OSError:
            lost += 1
    return f"{count - lost} of {count} | | | | {peak(server.process)}", lost


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="?")
    parser.add_argument("--peers", metavar="FOLDER", help="attack the servers of bench/ in this folder")
    parser.add_argument("--servers", nargs="*", default=list(PEERS))
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--max-threads", type=int, nargs="*", default=[8, 512])
    parser.add_argument("--nice", type=int, default=0, help="of the attackers; 19 leaves the processors to the server")
    parser.add_argument("--only", nargs="*", metavar="NAME")
    options = parser.parse_args()
    lost = 0

    def row(name, who, server, attacked, asked, path="/echo"):
        nonlocal lost
        try:
            if name in STOPS:
                cells, missing = stop(server, asked, STOPS[name])
            else:
                cells, missing = besiege(server, name, attacked, asked, options.seconds, path, options.nice)
        finally:
            server.kill()
        lost += missing
        print(f"| {name} | {who} | {cells} |", flush=True)

    who = "server" if options.peers else "max_threads"
    print(f"| attack | {who} | answered | median, ms | p99, ms | worst, ms | peak MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    bind = lambda address: "{}:{}".format(*address)
    if options.peers:
        values = {"bin": options.peers, "bench": BENCH, "python": sys.executable, "bind": bind(FIRST)}
        for name in options.only or [*ALIKE, SHORT, *STOPS]:
            for peer in options.servers:
                command, path = PEERS[peer]
                server = Server(command.format(**values).split(), name)
                row(name, peer, server, FIRST, FIRST, path)
        return
    for name in options.only or [*ATTACKS, *STOPS]:
        for most in options.max_threads:
            command = [options.program, bind(FIRST), bind(SECOND), str(options.threads), str(most)]
            row(name, most, Server(command, name, (FIRST, SECOND)), FIRST, SECOND)
    sys.exit(lost > 0)


if __name__ == "__main__":
    main()
