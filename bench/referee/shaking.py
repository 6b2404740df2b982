"""Clients that shake hands over and over: `shaking.py PORT CLIENTS SECONDS [PATH]`.

With a path, each asks for it once on each connection, until the server closes. One thread, so that
the clients never take more than one processor from the server. Prints how many connections were
served, and what went wrong.
"""

import json
import selectors
import socket
import ssl
import sys
import time

from client import HELLO, request
from secure import context


class Shaker:
    """One client, and its connection of the moment."""

    def __init__(self, address, path, selector):
        self.address, self.selector = address, selector
        self.request = request(path, ("Connection: close",)) if path else b""
        self.context = context()
        self.count, self.problems = 0, []
        self.open()

    def open(self):
        plain = socket.create_connection(self.address, 10)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        plain.setblocking(False)
        self.socket = self.context.wrap_socket(
            plain, do_handshake_on_connect=False, server_hostname="localhost"
        )
        self.has_shaken, self.got = False, b""
        self.selector.register(self.socket, selectors.EVENT_READ, self)

    def go_on(self):
        """As far as what has come goes, perhaps with one connection after another."""
        try:
            while self.is_over():
                self.count += 1
                self.close()
                self.open()
        except OSError as error:
            self.problems.append(str(error))
            self.close()
            self.open()

    def is_over(self):
        """Takes a step. -> whether this connection has done all it has to"""
        try:
            if not self.has_shaken:
                self.socket.do_handshake()
                self.has_shaken = True
                if self.socket.session_reused:
                    raise OSError("a session was resumed")
                self.socket.sendall(self.request)
            while self.request and (data := self.socket.recv(1 << 16)):
                self.got += data
        except ssl.SSLWantReadError:
            return False
        right = self.got.startswith(b"HTTP/1.1 200 ") and self.got.endswith(HELLO)
        if self.request and not right:
            raise OSError(f"answered {self.got[:80]!r}")
        return True

    def close(self):
        self.selector.unregister(self.socket)
        self.socket.close()


def main():
    port, clients, seconds = (int(word) for word in sys.argv[1:4])
    path = sys.argv[4] if len(sys.argv) > 4 else ""
    with selectors.DefaultSelector() as selector:
        begin = time.monotonic()
        shakers = [Shaker(("127.0.0.1", port), path, selector) for _ in range(clients)]
        for shaker in shakers:
            shaker.go_on()
        while time.monotonic() < begin + seconds:
            for key, _ in selector.select(0.1):
                key.data.go_on()
        wall = time.monotonic() - begin
        for shaker in shakers:
            shaker.close()
    problems = [problem for shaker in shakers for problem in shaker.problems]
    count = sum(shaker.count for shaker in shakers)
    print(json.dumps(dict(connections=count, seconds=wall, problems=problems[:10])))


if __name__ == "__main__":
    main()
