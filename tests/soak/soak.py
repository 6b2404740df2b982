#!/usr/bin/env python3
"""Normal and hostile clients against one server, for as long as you like.

Every answer to a normal client is checked. At the end of the first minute, then every ten minutes and at the
end, all clients go away and the server is looked at: it has to have the threads and the descriptors that it had
after the first minute, and no more memory than at most in the first minute. The exit status is 1 if it has not,
or if an answer was wrong.

    python3 tests/soak/soak.py --minutes 60
    python3 tests/soak/soak.py --server "cargo run -q --example probe --"

Loopback only; needs Linux (/proc), `openssl` for the server's certificates, and nothing but the standard library.
"""

import argparse
import collections
import contextlib
import os
import random
import re
import resource
import shlex
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import encrypted
import just_above

DEFAULT_SERVER = "cargo run -q -p bhrh-tests --bin soak-server --"

# How far the server may be from what it was after the first minute, when nobody is connected.
THREADS = 1  # The last spare thread may have ended, or taken over a loop.
DESCRIPTORS = 0
# In KiB, beside the most that it had in the first minute. What the allocator keeps when nobody is
# connected goes up and down by half.
MEMORY = 4096

# The server's descriptors are bounded, so that a flood runs into that bound, too.
NOFILE = 380
FLOOD = 450
PATIENCE = 30.0
# For how many seconds after a flood a client that came before its end may learn that it was turned away.
AFTERWARDS = 10


class Wrong(Exception):
    """A normal client did not get what it should have."""


class Refused(Exception):
    """The server is full, and said so."""


class Client:
    """A socket that reads responses strictly."""

    def __init__(self, soak, source=None, address=None):
        self.soak = soak
        source = (source, 0) if source else None
        address = address or random.choice(soak.addresses)
        self.began = time.monotonic()
        self.socket = socket.create_connection(address, PATIENCE, source)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def drip(self, data, size, gap):
        """In pieces; whether all of it could be sent."""
        for at in range(0, len(data), size):
            if self.soak.pausing.wait(gap):
                return False
            try:
                self.send(data[at:at + size])
            except OSError:
                return False
        return True

    def more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise Wrong(f"the connection ended after {self.buffer[:200]!r}")
        self.buffer += piece

    def until(self, mark):
        while mark not in self.buffer:
            self.more()
        before, _, self.buffer = self.buffer.partition(mark)
        return before

    def exactly(self, count):
        while len(self.buffer) < count:
            self.more()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def response(self, method="GET"):
        """The status and the body of the next final response."""
        while True:
            lines = self.until(b"\r\n\r\n").split(b"\r\n")
            # A refusal says HTTP/1.0 where there is no thread for the handler's own words.
            match = re.fullmatch(rb"HTTP/1\.(?:1 (\d\d\d)|0 (503)) [ -~]*", lines[0])
            if not match:
                raise Wrong(f"no status line: {lines[0][:200]!r}")
            status = int(match[1] or match[2])
            if status >= 200:
                break
        fields = collections.defaultdict(list)
        for line in lines[1:]:
            name, colon, value = line.partition(b":")
            if not colon or not re.fullmatch(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
                raise Wrong(f"no field line: {line[:200]!r}")
            fields[name.lower()].append(value.strip())
        if method == "HEAD" or status in (204, 304):
            return status, b""
        if fields[b"transfer-encoding"] == [b"chunked"] and not fields[b"content-length"]:
            body = b""
            while True:
                size = int(self.until(b"\r\n"), 16)
                body += self.exactly(size)
                if self.exactly(2) != b"\r\n":
                    raise Wrong("a chunk without its end")
                if size == 0:
                    return status, body
        if len(fields[b"content-length"]) != 1 or fields[b"transfer-encoding"]:
            raise Wrong(f"no framing: {lines!r}"[:300])
        return status, self.exactly(int(fields[b"content-length"][0]))

    def expect(self, status, body, method="GET"):
        found = self.response(method)
        if found[0] == 503 and self.soak.may_be_full(self.began):
            raise Refused
        if found != (status, body):
            raise Wrong(f"{found[0]} {found[1][:100]!r} instead of {status} {body[:100]!r}")
        self.soak.count("normal")

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def rest(self, seconds=PATIENCE):
        """All that comes until the server closes, or an error says that it has."""
        self.socket.settimeout(seconds)
        data = self.buffer
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionError:
            pass
        return data


def request(method, path, *fields, body=b""):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *fields]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(path, body):
    data = request("POST", path, "Transfer-Encoding: chunked")
    at = 0
    while at < len(body):
        piece = body[at:at + random.randint(1, 5000)]
        at += len(piece)
        data += b"%x\r\n%s\r\n" % (len(piece), piece)
    return data + random.choice([b"0\r\n\r\n", b"0\r\nX-Sum: 7\r\n\r\n"])


def content():
    return random.randbytes(random.choice([1, 10, 1000, 20_000, 200_000]))


# Normal clients. What they are told is checked.

def kept_alive(soak):
    with Client(soak) as client:
        for _ in range(random.randint(1, 30)):
            if soak.pausing.wait(random.uniform(0, 0.1)):
                return
            kind = random.randrange(5)
            body = content()
            if kind == 0:
                client.send(request("HEAD", "/"))
                client.expect(200, b"", "HEAD")
            elif kind == 1:
                client.send(request("POST", "/", body=body))
                client.expect(200, body)
            elif kind == 2:
                client.send(chunked("/", body))
                client.expect(200, body)
            elif kind == 3:
                client.send(request("POST", "/unread", body=body))
                client.expect(200, b"OK")
            else:
                client.send(request("GET", "/"))
                client.expect(200, b"OK")


def pipelined(soak):
    with Client(soak) as client:
        bodies = [random.randbytes(random.randint(1, 300)) for _ in range(random.randint(2, 40))]
        parts = [chunked("/", body) if len(body) % 2 else request("POST", "/", body=body) for body in bodies]
        client.send(b"".join(parts))
        for body in bodies:
            client.expect(200, body)


def in_pieces(soak):
    with Client(soak) as client:
        if client.drip(chunked("/", b"abc" * 30), random.randint(5, 60), 0.02):
            client.expect(200, b"abc" * 30)


def large(soak):
    with Client(soak) as client:
        client.send(request("GET", "/large"))
        client.expect(200, b"x" * (1 << 20))


def blocked(soak):
    with Client(soak) as client:
        for _ in range(3):
            client.send(request("GET", "/block"))
            client.expect(200, b"OK")


def expecting(soak):
    body = content()
    with Client(soak) as client:
        head = request("POST", "/", "Expect: 100-continue", body=body)[:-len(body)]
        client.send(head)
        interim = client.until(b"\r\n\r\n")
        if interim.startswith(b"HTTP/1.1 503") and soak.may_be_full(client.began):
            raise Refused
        if not interim.startswith(b"HTTP/1.1 100"):
            raise Wrong(f"no 100: {interim[:100]!r}")
        client.send(body)
        client.expect(200, body)


def half_closed(soak):
    with Client(soak) as client:
        client.send(request("POST", "/", body=b"last words"))
        client.socket.shutdown(socket.SHUT_WR)
        client.expect(200, b"last words")


def streamed(soak):
    body = random.randbytes(300_000)
    with Client(soak) as client:
        def write():
            # Where the connection is turned away, the reader below says so.
            with contextlib.suppress(OSError):
                client.send(chunked("/stream", body))

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        client.expect(200, body)
        writer.join()


# Hostile clients. They only have to be survived, unless they say otherwise.

def slow_head(soak):
    with Client(soak) as client:
        client.drip(request("GET", "/", *[f"X-{n}: {n}" for n in range(50)]), 1, 0.25)


def idle(soak):
    with Client(soak):
        soak.pausing.wait(random.uniform(1, 12))


def slow_body(soak):
    with Client(soak) as client:
        path = random.choice(["/", "/unread", "/stream"])
        client.send(request("POST", path, "Content-Length: 100000"))
        client.drip(b"z" * 40, 1, 0.3)


def stalled_body(soak):
    with Client(soak) as client:
        client.send(request("POST", "/", "Transfer-Encoding: chunked") + b"ffff\r\nsome")
        soak.pausing.wait(7)


def slow_reader(soak):
    with Client(soak) as client:
        client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.send(request("GET", "/large") * random.randint(1, 20))
        for _ in range(random.randint(1, 60)):
            if soak.pausing.wait(0.1) or not client.socket.recv(500):
                return


def reset_anywhere(soak):
    client = Client(soak)
    stage = random.randrange(6)
    if stage >= 1:
        client.send(b"GET / HT")
    if stage >= 2:
        client.send(b"TP/1.1\r\nHost: a\r\n\r\n")
    if stage >= 3:
        client.socket.recv(10)
    if stage >= 4:
        client.send(request("POST", "/", "Content-Length: 50000") + b"some of it")
    if stage >= 5:
        client.send(request("GET", "/large") * 3)
    soak.pausing.wait(random.choice([0, 0.01, 0.05]))
    client.reset()


def aborted_upload(soak):
    with Client(soak) as client:
        path = random.choice(["/", "/unread", "/stream"])
        client.send(request("POST", path, "Content-Length: 3000000") + random.randbytes(200_000))


def garbage(soak):
    with Client(soak) as client:
        data = random.choice([
            random.randbytes(2000), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\r\n" * 500, b"\0" * 500,
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\n" + random.randbytes(300), b"GET\n\n" * 100])
        client.send(data)
        client.socket.shutdown(socket.SHUT_WR)
        client.rest()


SMUGGLED = b"POST /smuggled HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nSMUGGLED"

SMUGGLERS = [
    ["Content-Length: 4", "Transfer-Encoding: chunked", b"0\r\n\r\n"],
    ["Transfer-Encoding: chunked", "Transfer-Encoding: identity", b"0\r\n\r\n"],
    ["Transfer-Encoding: xchunked", b"0\r\n\r\n"],
    ["Transfer-Encoding : chunked", b"0\r\n\r\n"],
    ["Transfer-Encoding:\x0bchunked", b"0\r\n\r\n"],
    ["Content-Length: 0", "Content-Length: 5", b""],
    ["Content-Length: +0", b""],
    ["Content-Length: 0, 0", b""],
    ["X: a\rContent-Length: 0", b""],
    ["X: a\n y", b""],
    ["Transfer-Encoding: chunked", b"1\r\nZZ0\r\n\r\n"],
    ["Transfer-Encoding: chunked", b"0x0\r\n\r\n"],
    ["Transfer-Encoding: chunked", b"1;a\nZ\r\n0\r\n\r\n"],
    ["Transfer-Encoding: chunked", b"0\n\n"],
    ["Transfer-Encoding: chunked", b"10000000000000000\r\n"],
]


def smuggler(soak):
    *fields, body = random.choice(SMUGGLERS)
    with Client(soak) as client:
        client.send(request("POST", "/unread", *fields) + body + SMUGGLED)
        client.socket.shutdown(socket.SHUT_WR)
        data = client.rest()
        if b"SMUGGLED" in data or data.count(b"HTTP/1.1 ") > 1:
            raise Wrong(f"smuggled with {fields!r}: {data[:500]!r}")


def huge_head(soak):
    with Client(soak) as client:
        data, status = random.choice([
            (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n", b"414"),
            (request("GET", "/", "X: " + "a" * 70_000), b"431"),
            (request("GET", "/", *["X: y"] * 200), b"431"),
            (request("GET", "/", *["X: " + "a" * 60_000] * 20), b"431"),
        ])
        try:
            client.send(data)
            found = client.rest()
        except OSError:
            return
        # The answer may be lost to a client that would not stop, and a busy machine may need more time
        # for a head than there is. Another answer may not be there.
        if found and found.split(b" ")[1] not in (status, b"408", b"503"):
            raise Wrong(f"{found[:100]!r} instead of {status!r}")


def panicking(soak):
    with Client(soak) as client:
        client.send(request("GET", random.choice(["/panic", "/fail"])))
        if client.response()[0] not in (500, 503):
            raise Wrong("a panic without a 500")


def flood(soak):
    """More connections than the server may have, by its own limit and by the system's."""
    soak.flooding.set()
    clients = []
    try:
        for _ in range(FLOOD):
            client = socket.socket()
            client.setblocking(False)
            client.connect_ex(soak.addresses[0])
            clients.append(client)
            if len(clients) % 50 == 0 and soak.pausing.wait(0.02):
                break
        soak.pausing.wait(random.uniform(0.1, 2))
    finally:
        for client in clients:
            client.close()
        time.sleep(1.5)
        soak.calm_since = time.monotonic()
        soak.flooding.clear()
    soak.pausing.wait(20)


NORMAL = [kept_alive, kept_alive, pipelined, in_pieces, large, blocked, expecting, half_closed, streamed]
HOSTILE = [slow_head, slow_head, idle, idle, slow_body, stalled_body, slow_reader, slow_reader, reset_anywhere,
           aborted_upload, garbage, smuggler, huge_head, panicking, flood]
NORMAL += just_above.NORMAL + encrypted.NORMAL
HOSTILE += just_above.HOSTILE + encrypted.HOSTILE
# What only the server of this directory has.
OWN = {large, blocked, streamed, slow_reader, panicking, *just_above.NORMAL, *just_above.HOSTILE,
       *encrypted.NORMAL, *encrypted.HOSTILE}


class Soak:
    # For the modules with more clients.
    Wrong, request = Wrong, staticmethod(request)

    def __init__(self, options):
        self.options = options
        self.counts = collections.Counter()
        self.lock = threading.Lock()
        self.wrong = []
        self.pausing = threading.Event()
        self.flooding = threading.Event()
        self.calm_since = 0.0
        self.ended = False
        self.active = 0
        self.delay = 2.0
        # Held while the server is stopped, and how often it was.
        self.still, self.stops = threading.Lock(), 0
        self.latencies = []
        own = "soak-server" in options.server
        command = shlex.split(options.server) + ["--bind", "127.0.0.1:0"]
        if own:
            self.folder = tempfile.TemporaryDirectory()
            self.authority = encrypted.Authority(self.folder.name)
            command += ["--tls", self.folder.name]
        bound = (NOFILE, NOFILE)
        self.server = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE if own else subprocess.DEVNULL, text=True,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, bound))
        self.addresses = []
        for _ in range(3 if own else 1):
            ready = self.server.stdout.readline()
            where = re.search(r"on ([\d.]+) port (\d+)", ready)
            if not where:
                sys.exit(f"the server does not say where it is: {ready!r}")
            self.addresses.append((where[1], int(where[2])))
        self.secured = self.addresses.pop() if own else None

    def client(self, source=None, address=None):
        return Client(self, source, address)

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def failed(self, action, error):
        with self.lock:
            self.wrong.append(f"{action.__name__}: {error}")
            print(f"WRONG {self.wrong[-1]}", flush=True)

    def act(self, action):
        """One client after another of a kind, until the end."""
        while not self.ended:
            if self.pausing.is_set():
                time.sleep(0.1)
                continue
            with self.lock:
                self.active += 1
            began = time.monotonic()
            try:
                action(self)
                if action in HOSTILE:
                    self.count("hostile")
            except Refused:
                self.count("refused")
            except Wrong as error:
                self.excused(action, error, began)
            except OSError as error:
                # A hostile client is not owed anything.
                if action in HOSTILE:
                    self.count("hostile")
                else:
                    self.excused(action, error, began)
            except Exception:
                self.failed(action, traceback.format_exc())
            finally:
                with self.lock:
                    self.active -= 1
            time.sleep(self.delay * random.uniform(0.1, 0.6))

    def may_be_full(self, began):
        """Whether a flood may have cost a client its place that came at this time."""
        lately = began < self.calm_since and time.monotonic() < self.calm_since + AFTERWARDS
        return lately or self.flooding.is_set()

    def excused(self, action, error, began):
        """In a flood, the server may turn anybody away, even without a word."""
        if self.may_be_full(began) and action in NORMAL:
            self.count("refused")
        else:
            self.failed(action, error)

    def state(self, memory="VmRSS"):
        base = f"/proc/{self.server.pid}"
        with open(f"{base}/status") as file:
            status = dict(line.split(":", 1) for line in file)
        descriptors = len(os.listdir(f"{base}/fd"))
        return int(status["Threads"]), descriptors, int(status[memory].split()[0])

    def processor(self):
        """Seconds of processor time of the server and of this script."""
        with open(f"/proc/{self.server.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK") + time.process_time()

    def quiet(self, ends):
        """The server's state once all clients have gone and it has noticed. `ends`: they stay away."""
        self.pausing.set()
        deadline = time.monotonic() + 60
        while self.active and time.monotonic() < deadline:
            time.sleep(0.1)
        # Clocks have to run out for what was left behind: wait until nothing changes any more.
        last, since = self.state()[:2], time.monotonic()
        while time.monotonic() - since < 12:
            time.sleep(0.5)
            if self.state()[:2] != last:
                last, since = self.state()[:2], time.monotonic()
        state = self.state()
        self.ended = ends
        self.pausing.clear()
        return state

    def run(self):
        own = "soak-server" in self.options.server
        if own:
            threading.Thread(target=just_above.read_in_fits, args=(self,), daemon=True).start()
        for action in NORMAL + HOSTILE:
            if own or action not in OWN:
                threading.Thread(target=self.act, args=(action,), daemon=True).start()
        began = time.monotonic()
        used, at = self.processor(), began
        baseline, quiet_at, minute = None, 1, 0
        print("minute  normal hostile refused wrong  threads fds  RSS/KiB  processor", flush=True)
        while minute < self.options.minutes:
            time.sleep(1)
            if self.server.poll() is not None:
                self.failed(self.run, f"the server has ended: {self.server.returncode}")
                break
            now, spent = time.monotonic(), self.processor()
            if now - at >= 5:
                # Others have work to do.
                share = (spent - used) / (now - at)
                self.delay = min(30.0, max(0.2, self.delay * (1.25 if share > self.options.load else 0.9)))
                used, at = spent, now
            if now - began < 60 * (minute + 1):
                continue
            minute += 1
            self.report(minute, self.state(), share)
            if minute == quiet_at or minute >= self.options.minutes:
                quiet_at = 10 if minute == 1 else minute + 10
                state = self.quiet(ends=minute >= self.options.minutes)
                self.report(minute, state, 0, "  nobody connected")
                baseline = baseline or (*state[:2], self.state("VmHWM")[2])
                self.compare(baseline, state)
        self.ended = True
        if own:
            told, fault = just_above.report(self.latencies)
            print(f"{told}, {self.stops} stops", flush=True)
            if fault:
                self.failed(just_above.polite, fault)
        self.server.kill()
        self.server.wait()
        print(f"{'FAILED' if self.wrong else 'passed'}: {dict(self.counts)}, {len(self.wrong)} wrong", flush=True)
        return 1 if self.wrong else 0

    def report(self, minute, state, share, note=""):
        counts = [self.counts[name] for name in ("normal", "hostile", "refused")]
        row = "{:6} {:7} {:7} {:7} {:5}  {:7} {:3} {:8}".format(minute, *counts, len(self.wrong), *state)
        print(f"{row}  {share:8.0%}{note}", flush=True)

    def compare(self, before, now):
        tolerances = THREADS, DESCRIPTORS, MEMORY
        names = "threads", "descriptors", "KiB of memory"
        for name, tolerance, one, other in zip(names, tolerances, before, now):
            if other - one > tolerance:
                self.failed(self.compare, f"{other} {name}, {one} in the first minute")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--server", default=DEFAULT_SERVER, help="prints where it listens; is given --bind")
    parser.add_argument("--load", type=float, default=0.2, help="processor time for server and script, in cores")
    sys.exit(Soak(parser.parse_args()).run())


if __name__ == "__main__":
    main()
