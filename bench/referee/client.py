"""A client that looks closely at what it is answered, and the contract that it checks."""

import json
import os
import re
import socket
from dataclasses import dataclass

from process import Invalid
from secure import context

HELLO = b"Hello, World!"


class Unanswered(Invalid):
    """Nothing wrong came, but nothing right either."""


@dataclass
class Response:
    status: int
    headers: dict  # names in lower case
    body: bytes
    framing: str
    size: int  # bytes on the wire


class Client:
    """A plain blocking HTTP/1.1 client."""

    def __init__(self, address, timeout=10, tls=False):
        try:
            self.socket = socket.create_connection(address, timeout)
        except TimeoutError:
            raise Unanswered("no connection in time") from None
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            self.socket = context().wrap_socket(self.socket, server_hostname="localhost")
        self.buffer = b""
        self.received = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def fill(self):
        try:
            data = self.socket.recv(1 << 18)
        except TimeoutError:
            raise Unanswered("no answer in time") from None
        if not data:
            raise Unanswered("connection closed early")
        self.received += len(data)
        self.buffer += data

    def take(self, count):
        if len(self.buffer) < count:
            parts, have = [self.buffer], len(self.buffer)
            while have < count:
                self.buffer = b""
                self.fill()
                parts.append(self.buffer)
                have += len(self.buffer)
            self.buffer = b"".join(parts)
        out, self.buffer = self.buffer[:count], self.buffer[count:]
        return out

    def until(self, mark):
        while mark not in self.buffer:
            self.fill()
        out, _, self.buffer = self.buffer.partition(mark)
        return out

    def response(self):
        begin = self.received - len(self.buffer)
        line, *lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        match = re.fullmatch(r"HTTP/1\.1 (\d{3})( .*)?", line)
        if not match:
            raise Invalid(f"status line {line!r}")
        fields = (field.partition(":") for field in lines)
        headers = {name.lower(): value.strip() for name, _, value in fields}
        if "content-length" in headers:
            framing, body = "length", self.take(int(headers["content-length"]))
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            framing, body = "chunked", b"".join(self.chunks())
        else:
            raise Invalid("neither Content-Length nor chunked")
        size = self.received - len(self.buffer) - begin
        return Response(int(match[1]), headers, body, framing, size)

    def chunks(self):
        while count := int(self.until(b"\r\n").partition(b";")[0], 16):
            yield self.take(count + 2)[:-2]
        self.until(b"\r\n")

    def ended(self):
        """Whether the server closes the connection now."""
        try:
            self.socket.settimeout(2)
            return not self.buffer and self.socket.recv(1) == b""
        except TimeoutError:
            return False
        except ConnectionResetError:
            return True


def request(path, headers=(), body=b""):
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", *headers]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


@dataclass
class Exchange:
    request: bytes
    body: bytes  # what the response must have
    kind: str = ""  # and its content type


class Contract:
    """What a server must answer to a scenario's requests on one path."""

    def __init__(self, scenario, server, path=None):
        self.scenario = scenario
        self.server = server
        self.path = path or scenario.path
        self.exchanges = self.make(scenario)
        self.size = 0  # on the wire, of a right answer
        self.notes = set()

    def make(self, scenario):
        """Two exchanges, and not the same where they can differ; the first is what is timed."""
        path = self.path
        if path == "/headers":
            timed = Exchange(request(path, scenario.headers), b"%d" % (1 + len(scenario.headers)))
            return [timed, Exchange(request(path, ("A: 1", "B: 2")), b"3")]
        if path == "/echo":
            other = 0 if self.server.floor else 1
            bodies = (os.urandom(scenario.body - less) for less in (0, other))
            return [Exchange(request(path, body=body), body) for body in bodies]
        if path == "/order":
            # Whitespace goes, and so does what the type does not have.
            timed = scenario.content.encode()
            longer = b' {"more": [1], ' + timed[1:]
            exchanges = [Exchange(request(path, scenario.headers, sent), timed, "application/json") for sent in (timed, longer)]
            return exchanges[: 1 if self.server.floor else 2]
        if path.startswith("/bytes/"):
            return [Exchange(request(path), b"x" * int(path[7:]))] * 2
        if path.startswith("/sleep/"):
            return [Exchange(request(path), b"ok")] * 2
        if path == "/json":
            message = b'{"message":"Hello, World!"}'
            return [Exchange(request(path), message, "application/json")] * 2
        return [Exchange(request(path, scenario.headers), HELLO, "text/plain")] * 2

    def check(self, client, exchange):
        """Takes one response and raises Invalid unless it is right."""
        response = client.response()
        headers, body = response.headers, response.body
        if response.status != 200:
            raise Invalid(f"status {response.status}")
        if not self.server.floor:
            if exchange.kind == "application/json":
                body = json.dumps(json.loads(body), separators=(",", ":")).encode()
            if body != exchange.body:
                raise Invalid(f"wrong body ({len(body)} bytes)")
            if not headers.get("content-type", "").startswith(exchange.kind):
                raise Invalid(f"content type {headers.get('content-type')!r}")
        says_close = headers.get("connection", "").lower() == "close"
        if says_close and not self.scenario.closes:
            raise Invalid("closes a keep-alive connection")
        remarks = {
            "chunked": response.framing == "chunked",
            "no Date": "date" not in headers,
            "no Server": "server" not in headers,
            "closes without saying so": self.scenario.closes and not says_close,
        }
        self.notes |= {remark for remark, true in remarks.items() if true}
        return response

    def validate(self, address):
        """The scenario's exchanges on one connection, each looked at closely."""
        with Client(address, tls=self.scenario.tls) as client:
            if self.scenario.depth > 1:
                client.send(self.exchanges[0].request * self.scenario.depth)
                for _ in range(self.scenario.depth):
                    self.size = self.check(client, self.exchanges[0]).size
                return
            for turn, exchange in enumerate(self.exchanges):
                client.send(exchange.request)
                response = self.check(client, exchange)
                if turn == 0:
                    self.size = response.size
                if self.scenario.closes:
                    if not client.ended():
                        raise Invalid("ignores Connection: close")
                    return

    def probe(self, address, timeout):
        """One exchange on a fresh connection, while the server is busy."""
        try:
            with Client(address, timeout, self.scenario.tls) as client:
                client.send(self.exchanges[0].request)
                self.check(client, self.exchanges[0])
        except (Unanswered, OSError) as error:
            self.notes.add(f"unanswered under load: {error}")

    def check_timed(self, requests, received, connections):
        """Raises Invalid unless the answers of a load had the size of the right one."""
        # Up to a whole batch a connection was under way when the time was over.
        under_way = connections * self.scenario.depth * self.size
        least, most = 0.99 * requests * self.size, 1.01 * requests * self.size + under_way
        if requests and not least <= received <= most:
            mean = received / requests
            raise Invalid(f"timed answers of {mean:,.0f} bytes, not {self.size:,}")


def never_answered(address, count, tls=False):
    """Opens connections at once -> how many are never answered."""
    clients, stuck = [], 0
    for _ in range(count):
        clients.append(Client(address, timeout=2, tls=tls))
        clients[-1].send(request("/plaintext"))
    for client in clients:
        try:
            client.socket.settimeout(2 if not stuck else 0.02)
            client.response()
        except Invalid:
            stuck += 1
        client.socket.close()
    return stuck
