#!/usr/bin/env python3
"""CPython's own tests of BaseHTTPRequestHandler, played against another server over the wire.

    python3 cpython_suite.py PATH-TO-TWIN

The cases are those of the installed `test.test_httpservers`; nothing of them is copied, only what
they are played against is replaced. Left out are those that look inside the Python object: the
three on its header buffer (test_header_buffering_of_*) and test_close_connection, whose subject
`cases/methods.rs` (BUFFER, NOFLUSH) and `cases/persistence.rs` show on the wire instead.

Played: 22 of BaseHTTPServerTestCase, 2 of RequestHandlerLoggingTestCase, and 14 of
BaseHTTPRequestHandlerTestCase. CPython's tests have to be installed.
"""

import contextlib
import email.utils
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
import unittest
from unittest import mock

try:
    from test import test_httpservers as original
except ImportError as error:
    sys.exit("CPython's own tests are not installed (Debian: libpython3-testsuite): %s" % error)

TWIN = None


class Twin:
    """The twin with one of its handlers; one process serves all cases of that handler."""

    running = {}

    def __init__(self, handler):
        command = [TWIN, "--bind", "127.0.0.1:0", "--protocol", "HTTP/1.1", "--handler", handler]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        ready = self.process.stdout.readline().decode()
        self.address = "127.0.0.1", int(re.search(r"port (\d+)", ready).group(1))
        self.log = []
        self.logged = threading.Condition()
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()

    @classmethod
    def with_handler(cls, handler):
        if handler not in cls.running:
            cls.running[handler] = cls(handler)
        return cls.running[handler]

    @classmethod
    def stop_all(cls):
        for twin in cls.running.values():
            twin.process.kill()
            twin.process.wait()
            twin.reader.join()
            twin.process.stdout.close()
            twin.process.stderr.close()

    def read_log(self):
        for line in self.process.stderr:
            with self.logged:
                self.log.append(line.decode("utf-8"))
                self.logged.notify_all()

    def log_since(self, start):
        """What was logged after `start` lines, up to now: a request of our own marks the end."""
        self.exchange(b"MARK\r\n")
        with self.logged:
            if not self.logged.wait_for(self.mark_is_logged, timeout=20):
                raise AssertionError("the end mark was not logged")
            lines = self.log[start:-2]
            del self.log[-2:]
        return lines

    def mark_is_logged(self):
        return self.log and self.log[-1].endswith('"MARK" 400 -\n')

    def exchange(self, message):
        """Sends a message and nothing after it; returns all that comes back."""
        with socket.create_connection(self.address, timeout=20) as sock:
            try:
                sock.sendall(message)
                sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass                # refused half-way; the answer says why
            answer = b""
            with contextlib.suppress(ConnectionResetError):
                while chunk := sock.recv(65536):
                    answer += chunk
        return answer


class OverTheWire:
    """Takes the place of BaseTestCase's server thread."""

    handler_of_twin = None

    def setUp(self):
        self.twin = Twin.with_handler(self.handler_of_twin)
        self.HOST, self.PORT = self.twin.address

    def tearDown(self):
        if hasattr(self, "con"):
            self.con.close()


class BaseHTTPServerTestCase(OverTheWire, original.BaseHTTPServerTestCase):
    handler_of_twin = "base"

    def setUp(self):
        super().setUp()
        self.con = http.client.HTTPConnection(self.HOST, self.PORT, timeout=20)
        self.con.connect()


class RequestHandlerLoggingTestCase(OverTheWire, original.RequestHandlerLoggingTestCase):
    handler_of_twin = "log"

    def setUp(self):
        super().setUp()
        # The cases capture sys.stderr; here the log is in another process.
        patch = mock.patch.object(original.support, "captured_stderr", self.captured_log)
        patch.start()
        self.addCleanup(patch.stop)

    @contextlib.contextmanager
    def captured_log(self):
        start = len(self.twin.log)
        captured = mock.Mock()
        yield captured
        captured.getvalue.return_value = "".join(self.twin.log_since(start))


class Handler:
    """What a case finds out about its handler, told by the `page` handler in X- headers."""

    def __init__(self, handler="page"):
        self.twin = Twin.with_handler(handler)
        self.get_called = False

    def send(self, message):
        start = len(self.twin.log)
        answer = self.twin.exchange(message)
        lines = answer.splitlines(keepends=True)
        self.get_called = b"Data" in answer and b"Error code" not in answer
        told = dict(re.findall(r"^(X-[\w-]+): (.*)\r$", answer.decode("latin-1"), re.MULTILINE))
        self.command = told.get("X-Command")
        self.path = told.get("X-Path")
        self.request_version = told.get("X-Request-Version")
        self.headers = mock.Mock()
        # JSON has no tuples.
        pairs = tuple(map(tuple, json.loads(told.get("X-Headers", "[]"))))
        self.headers.items.return_value = pairs
        # A refused request has no X- headers, but its line is in the log.
        logged = re.search(r'\] "(.*)" \d+ -\n$', "".join(self.twin.log_since(start)))
        self.requestline = told.get("X-Requestline", logged.group(1) if logged else None)
        return [line for line in lines if not line.startswith(b"X-")]


class BaseHTTPRequestHandlerTestCase(original.BaseHTTPRequestHandlerTestCase):
    def setUp(self):
        self.handler = Handler()
        patch = mock.patch.object(
            original, "RejectingSocketlessRequestHandler", lambda: Handler("refuse"))
        patch.start()
        self.addCleanup(patch.stop)

    def send_typical_request(self, message):
        return self.handler.send(message)

    def test_request_length(self):
        # Retold, for the phrase that 414 has had since 3.13.
        result = self.send_typical_request(b"GET " + b"x" * 65537)
        self.assertEqual(result[0], b"HTTP/1.1 414 URI Too Long\r\n")
        self.assertFalse(self.handler.get_called)
        self.assertEqual(self.handler.requestline, "")

    def test_header_unbuffered_when_continue(self):
        # Retold: the original reads the handler's output in memory.
        result = self.send_typical_request(b"GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n")
        self.assertEqual(result[0], b"HTTP/1.1 100 Continue\r\n")
        self.assertEqual(result[1], b"\r\n")
        self.assertEqual(result[2], b"HTTP/1.1 200 OK\r\n")

    def test_unprintable_not_logged(self):
        # Retold with requests in place of log_message, so each path is logged in quotes.
        start = len(self.handler.twin.log)
        for line in (b"GET /foo HTTP/1.0", b"GET /\033bar\001\033 HTTP/1.0",
                     b"GET /\033\x7f\x9f\xa1beans. HTTP/1.0", b'GET /foo\\b"ar\007 HTTP/1.0'):
            self.handler.twin.exchange(line + b"\r\n\r\n")
        lines = self.handler.twin.log_since(start)
        self.assertNotIn("\033", "".join(lines))
        self.assertIn('"GET /foo HTTP/1.0" 200 -', lines[0])
        self.assertIn(r"/\x1bbar\x01\x1b", lines[1])
        self.assertIn("/\\x1b\\x7f\\x9f\xa1beans.", lines[2])
        self.assertIn(r'"GET /foo\\b"ar\x07 HTTP/1.0"', lines[3])

    def test_date_time_string(self):
        # Retold with the Date field.
        lines = self.send_typical_request(b"GET / HTTP/1.0\r\n\r\n")
        date = next(line for line in lines if line.startswith(b"Date: "))
        now = time.time()
        around = [email.utils.formatdate(now + second, usegmt=True) for second in range(-20, 2)]
        self.assertIn(date[len(b"Date: "):-2].decode(), around)


# By name, so that what a later Python adds is looked at before it is played.
CASES = {
    BaseHTTPServerTestCase: """
        command request_line_trimming version_bogus version_digits version_signs_and_underscores
        major_version_number_too_long minor_version_number_too_long version_none_get version_none
        version_invalid send_blank header_close header_keep_alive handler return_header_keep_alive
        internal_key_error return_custom_status return_explain_error latin1_header
        error_content_length send_error head_via_send_error""",
    RequestHandlerLoggingTestCase: "get err",
    BaseHTTPRequestHandlerTestCase: """
        unprintable_not_logged http_1_1 http_1_0 http_0_9 extra_space with_continue_1_0
        with_continue_1_1 header_unbuffered_when_continue with_continue_rejected request_length
        header_length too_many_headers html_escape_on_error date_time_string""",
}


def main():
    global TWIN
    TWIN = sys.argv[1]
    suite = unittest.TestSuite()
    for case, names in CASES.items():
        suite.addTests(case("test_" + name) for name in names.split())
    try:
        result = unittest.TextTestRunner(verbosity=2).run(suite)
    finally:
        Twin.stop_all()
    sys.exit(0 if result.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
