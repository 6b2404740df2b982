#!/usr/bin/env python3
"""Ordinary Python clients against a server with the methods of `reference.py`.

    python3 clients.py http://127.0.0.1:PORT/

http.client, urllib, and requests, which has to be installed (`pip install requests`).
"""

import hashlib
import http.client
import socket
import sys
import unittest
import urllib.error
import urllib.parse
import urllib.request

import requests

URL = "http://127.0.0.1:8000/"


def digest(body):
    return "%d %s\n" % (len(body), hashlib.sha256(body).hexdigest())


class HttpClient(unittest.TestCase):
    def setUp(self):
        address = urllib.parse.urlsplit(URL)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        self.addCleanup(self.connection.close)

    def ask(self, *args, **kwargs):
        self.connection.request(*args, **kwargs)
        response = self.connection.getresponse()
        return response, response.read()

    def test_one_connection_serves_many_requests(self):
        self.connection.connect()
        first = self.connection.sock
        requests_made = (("GET", None), ("POST", b"hello"), ("HEAD", None), ("PUT", b"x" * 99999))
        for method, body in requests_made:
            response, content = self.ask(method, "/path", body)
            self.assertEqual(response.status, 200)
            self.assertEqual(response.version, 11)
            if body:
                self.assertEqual(content.decode(), digest(body))
        self.assertIs(self.connection.sock, first)

    def test_headers_arrive(self):
        response, content = self.ask("GET", "/a?b=c", headers={"X-One": "1", "X-Two": "caf\u00e9"})
        self.assertEqual(response.getheader("Server"), "twin/1.0 fixed/1.0")
        self.assertEqual(response.getheader("Content-Type"), "text/plain; charset=utf-8")
        self.assertIn("X-One: 1\nX-Two: caf\u00e9\n", content.decode())
        self.assertTrue(content.startswith(b"command: GET\npath: /a?b=c\n"))

    def test_error_page(self):
        response, content = self.ask("NOTFOUND", "/")
        self.assertEqual((response.status, response.reason), (404, "Not Found"))
        self.assertEqual(response.getheader("Content-Type"), "text/html;charset=utf-8")
        self.assertEqual(int(response.getheader("Content-Length")), len(content))
        self.assertEqual(len(content), 455)
        # The server has closed; http.client opens a new connection by itself.
        self.assertEqual(self.ask("GET", "/")[0].status, 200)

    def test_unknown_method(self):
        response, content = self.ask("BREW", "/")
        self.assertEqual((response.status, response.reason), (501, "Unsupported method ('BREW')"))
        self.assertIn(b"Server does not support this operation", content)

    def test_head_has_no_body(self):
        get, content = self.ask("GET", "/same")
        head, nothing = self.ask("HEAD", "/same")
        self.assertEqual(nothing, b"")
        # The page names the method twice, and HEAD is a letter longer.
        self.assertEqual(int(head.getheader("Content-Length")), len(content) + 2)
        self.assertEqual(get.getheader("Content-Type"), head.getheader("Content-Type"))

    def test_reason_phrase(self):
        self.assertEqual(self.ask("REASON", "/")[0].reason, "All Good")
        response, _ = self.ask("REASON", "/none")
        self.assertEqual((response.status, response.reason), (299, ""))

    def test_interim_answers_are_passed_over(self):
        self.connection.putrequest("POST", "/")
        self.connection.putheader("Content-Length", "5")
        self.connection.putheader("Expect", "100-continue")
        self.connection.endheaders()
        self.connection.send(b"hello")
        response = self.connection.getresponse()
        self.assertEqual(response.read().decode(), digest(b"hello"))

    def test_latin_one(self):
        headers = {"X-Special-Incoming": "\u00c4rger"}
        response, content = self.ask("LATINONEHEADER", "/", headers=headers)
        self.assertEqual(response.getheader("X-Special"), "D\u00e4ngerous Mind")
        self.assertEqual(content.decode("utf-8"), "\u00c4rger")

    def test_explicit_close(self):
        response, _ = self.ask("GET", "/", headers={"Connection": "close"})
        self.assertEqual(response.status, 200)
        self.assertEqual(self.connection.sock.recv(1), b"")


class Urllib(unittest.TestCase):
    def test_get(self):
        with urllib.request.urlopen(URL + "file", timeout=20) as response:
            self.assertTrue(response.read().startswith(b"command: GET\npath: /file\n"))

    def test_post(self):
        with urllib.request.urlopen(URL, data=b"a=1&b=2", timeout=20) as response:
            self.assertEqual(response.read().decode(), digest(b"a=1&b=2"))

    def test_error(self):
        request = urllib.request.Request(URL, method="SEND_ERROR")
        with self.assertRaises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request, timeout=20)
        self.assertEqual(caught.exception.code, 400)
        self.assertIn(b"Bad request syntax or unsupported method", caught.exception.read())
        caught.exception.close()


class OldClient(unittest.TestCase):
    def test_http_0_9(self):
        address = urllib.parse.urlsplit(URL)
        with socket.create_connection((address.hostname, address.port), 20) as sock:
            sock.sendall(b"GET /old\r\n")
            with sock.makefile("rb") as answer:
                self.assertTrue(answer.read().startswith(b"command: GET\npath: /old\n"))

    def test_http_1_0(self):
        address = urllib.parse.urlsplit(URL)
        with socket.create_connection((address.hostname, address.port), 20) as sock:
            sock.sendall(b"GET /old HTTP/1.0\r\n\r\n")
            with sock.makefile("rb") as answer:
                self.assertTrue(answer.read().startswith(b"HTTP/1.1 200 OK\r\nServer: twin/1.0"))


class Requests(unittest.TestCase):
    def setUp(self):
        self.session = requests.Session()
        self.session.trust_env = False
        self.addCleanup(self.session.close)

    def test_session(self):
        for _ in range(3):
            answer = self.session.get(URL + "page", params={"q": "\u00e9"}, timeout=20)
            self.assertEqual(answer.status_code, 200)
            self.assertIn("path: /page?q=%C3%A9\n", answer.text)
            self.assertEqual(answer.encoding, "utf-8")

    def test_post(self):
        body = b"\x00\xff" * 50000
        self.assertEqual(self.session.post(URL, data=body, timeout=20).text, digest(body))
        answer = self.session.put(URL, json={"a": 1}, timeout=20)
        self.assertEqual(answer.text, digest(b'{"a": 1}'))

    def test_error(self):
        answer = self.session.request("ESCAPE", URL, timeout=20)
        self.assertEqual(answer.status_code, 404)
        self.assertEqual(answer.encoding, "utf-8")
        self.assertIn("Gr\u00f6\u00dfe &lt;b&gt; &amp; \"c\" 'd'", answer.text)
        self.assertIn("\u03a9 &lt;i&gt;", answer.text)

    def test_head(self):
        answer = self.session.head(URL, timeout=20)
        self.assertEqual((answer.status_code, answer.content), (200, b""))
        self.assertGreater(int(answer.headers["content-length"]), 0)


if __name__ == "__main__":
    URL = sys.argv.pop(1)
    unittest.main()
