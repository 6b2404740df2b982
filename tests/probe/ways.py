#!/usr/bin/env python3
"""Plays the cases of the conformance probe over each way in: TCP, a Unix socket, TLS 1.2 and TLS 1.3.

    cargo build --example probe
    python3 -B tests/probe/ways.py PATH/TO/probe.py

The probe only speaks TCP. For the other ways, a relay stands between it and `examples/probe`: plain bytes on the
probe's side, the way on the server's. The relay passes on what is more than bytes, too: the end of one side, and resets.
All ways run at once. A failure, or a verdict that differs from TCP's, makes the exit status 1.
"""
import json
import os
import select
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SERVER = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "debug/examples/probe")
WAYS = ["tcp", "unix", "tls12", "tls13"]
# What a side may be ahead of the other.
AHEAD = 1 << 18


class Plain:
    """The end of a connection that moves bytes as they are."""

    def __init__(self, sock):
        self.sock = sock
        self.out = b""

    def begin(self):
        pass

    def put(self, data):
        self.out += data

    def take(self, data):
        """What the peer has said by these bytes, and whether it has said its last."""
        return data, not data

    def end(self):
        """The last thing to send."""


class Encrypted(Plain):
    """The same, inside of TLS."""

    def __init__(self, sock, context):
        super().__init__(sock)
        self.received, self.sent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.received, self.sent, server_hostname="localhost")

    def begin(self):
        """Shakes hands."""
        self.sock.settimeout(10)
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.sock.sendall(self.sent.read())
                data = self.sock.recv(1 << 16)
                if not data:
                    raise OSError("closed during the handshake")
                self.received.write(data)
        self.sock.sendall(self.sent.read())

    def put(self, data):
        self.tls.write(data)
        self.out += self.sent.read()

    def take(self, data):
        if not data:
            return b"", True
        self.received.write(data)
        said = b""
        while True:
            try:
                piece = self.tls.read(1 << 16)
            except ssl.SSLWantReadError:
                # An answer to a key update, for instance.
                self.out += self.sent.read()
                return said, False
            except ssl.SSLZeroReturnError:
                piece = b""
            if not piece:
                return said, True
            said += piece

    def end(self):
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            # The peer has not said `close_notify` yet.
            pass
        self.out += self.sent.read()


def relay(client, server):
    """Moves everything between the two until both have ended."""
    for end in (client, server):
        end.sock.setblocking(False)
    # For each end: whether it still sends, and whether its last word has been passed on.
    sends, passed = {client: True, server: True}, {client: False, server: False}
    other = {client: server, server: client}
    while not all(passed.values()):
        for end in (client, server):
            to = other[end]
            if not sends[end] and not passed[end] and not to.out:
                passed[end] = True
                try:
                    to.sock.shutdown(socket.SHUT_WR)
                except OSError:
                    return
        readers = [end.sock for end in (client, server) if sends[end] and len(other[end].out) < AHEAD]
        writers = [end.sock for end in (client, server) if end.out]
        if not readers and not writers:
            continue
        readable, writable, _ = select.select(readers, writers, [], 60)
        if not readable and not writable:
            return
        for end in (client, server):
            try:
                if end.sock in writable:
                    end.out = end.out[end.sock.send(end.out):]
                if end.sock in readable:
                    said, ended = end.take(end.sock.recv(1 << 16))
                    if said:
                        other[end].put(said)
                    if ended:
                        sends[end] = False
                        other[end].end()
            except BlockingIOError:
                pass
            except OSError:
                # A reset is passed on as one.
                other[end].sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return


def serve(listener, connect):
    """Relays each connection that comes."""

    def one(sock):
        try:
            server = connect()
        except OSError:
            # The server is not there (yet), so neither is the relay.
            sock.close()
            return
        try:
            server.begin()
            relay(Plain(sock), server)
        except OSError:
            pass
        finally:
            sock.close()
            server.sock.close()

    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=one, args=(sock,), daemon=True).start()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def certificate(place):
    """A key and its certificate, in one file."""
    file = os.path.join(place, "localhost.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", file, "-out", file + ".chain"], check=True, stderr=subprocess.DEVNULL)
    with open(file + ".chain", encoding="ascii") as chain, open(file, "a", encoding="ascii") as both:
        both.write(chain.read())
    return file


def start(way, place):
    """The server, and the port where the probe finds it. The relays of this program live as long as it does."""
    port, path, file = free_port(), os.path.join(place, way + ".sock"), os.path.join(place, "localhost.pem")
    bind = "unix:" + path if way == "unix" else "127.0.0.1:%d" % port
    encryption = ["--tls-cert", file] if way.startswith("tls") else []
    server = subprocess.Popen([SERVER, "--bind", bind] + encryption, stdout=subprocess.PIPE)
    server.stdout.readline()
    if way == "tcp":
        return server, port

    def connect():
        if way == "unix":
            sock = socket.socket(socket.AF_UNIX)
            sock.connect(path)
            return Plain(sock)
        context = ssl.create_default_context(cafile=file)
        context.minimum_version = context.maximum_version = \
            ssl.TLSVersion.TLSv1_2 if way == "tls12" else ssl.TLSVersion.TLSv1_3
        sock = socket.create_connection(("127.0.0.1", port))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return Encrypted(sock, context)

    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    threading.Thread(target=serve, args=(listener, connect), daemon=True).start()
    return server, listener.getsockname()[1]


def verdicts(report):
    with open(report, encoding="utf-8") as file:
        return {result["id"]: (result["verdict"], result["scored"], result["why"]) for result in json.load(file)["results"]}


def main():
    probe, began = sys.argv[1], time.monotonic()
    wrong = 0
    with tempfile.TemporaryDirectory() as place:
        certificate(place)
        running = {}
        for way in WAYS:
            server, port = start(way, place)
            report = os.path.join(place, way + ".json")
            # A wait that is longer than the probe's own: four of them share the machine.
            command = [sys.executable, "-B", probe, "--port", str(port), "--quiet", "--timeout", "4", "--json", report]
            running[way] = (server, subprocess.Popen(command, stdout=subprocess.PIPE, text=True), report)
        results = {}
        for way, (server, player, report) in running.items():
            output, _ = player.communicate()
            server.terminate()
            server.wait()
            if not os.path.exists(report):
                raise SystemExit("%s: the probe gave no report:\n%s" % (way, output))
            results[way] = verdicts(report)
        for way in WAYS:
            scored = [verdict for verdict, is_scored, _ in results[way].values() if is_scored]
            counts = {word: scored.count(word) for word in ["pass", "warn", "fail", "skip"]}
            print("%-6s %d scored: %s" % (way, len(scored), ", ".join("%d %s" % (n, word) for word, n in counts.items())))
            for case, (verdict, is_scored, why) in results[way].items():
                expected = results["tcp"][case][0]
                if (verdict == "fail" and is_scored) or verdict != expected:
                    print("       %s: %s (over TCP: %s): %s" % (case, verdict, expected, why))
                    wrong += 1
            wrong += not scored
    print("%.0f s" % (time.monotonic() - began))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
