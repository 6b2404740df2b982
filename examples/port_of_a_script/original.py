#!/usr/bin/env python3
"""A guestbook: the script that `main.rs` beside it is a port of.

    python3 original.py --bind 127.0.0.1:8000
"""

import argparse
import html
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

LARGEST_FORM = 10_000

PAGE = """\
<!DOCTYPE html>
<title>Guestbook</title>
<h1>Guestbook</h1>
<ul>
{entries}</ul>
<form method="post" action="/sign">
<input name="name" placeholder="Name"> <input name="message" placeholder="Message">
<button>Sign</button>
</form>
"""


class Guestbook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Guestbook/1.0"
    sys_version = "example"
    error_message_format = """\
<!DOCTYPE html>
<title>%(message)s</title>
<h1>%(message)s</h1>
<p>%(explain)s (%(code)d)</p>
<p><a href="/">Back to the guestbook</a></p>
"""
    error_content_type = "text/html; charset=utf-8"

    # On the class: every request has a handler object of its own.
    entries = []
    lock = threading.Lock()

    def do_GET(self):
        if self.path == "/":
            self.send_page(self.page())
        else:
            self.send_error(404, explain="There is only the guestbook here.")

    def do_HEAD(self):
        self.do_GET()

    def do_POST(self):
        if self.path != "/sign":
            self.send_error(404, explain="Only /sign can be posted to.")
            return
        length = int(self.headers.get("Content-Length", 0))
        if length > LARGEST_FORM:
            self.send_error(413, "Too long", "Please be brief.")
            return
        if self.headers.get_content_type() != "application/x-www-form-urlencoded":
            self.send_error(415, explain="Please use the form.")
            return
        form = parse_qs(self.rfile.read(length).decode("utf-8", "replace"))
        name = form.get("name", [""])[0].strip()
        message = form.get("message", [""])[0].strip()
        if not name or not message:
            self.send_error(400, "Something is missing", "Please give a name & a message.")
            return
        with self.lock:
            self.entries.append((name, message))
        # A redirect, so that reloading the page does not sign again.
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def page(self):
        with self.lock:
            entries = "".join("<li><b>%s</b>: %s</li>\n" % (html.escape(name), html.escape(message))
                              for name, message in self.entries)
        return PAGE.format(entries=entries)

    def send_page(self, page):
        body = page.encode("utf-8")
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format, *args):
        sys.stderr.write("guestbook: %s: %s\n" % (self.address_string(), format % args))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bind", default="127.0.0.1:8000")
    host, port = parser.parse_args().bind.rsplit(":", 1)
    with ThreadingHTTPServer((host, int(port)), Guestbook) as server:
        host, port = server.server_address[:2]
        print(f"Serving HTTP on {host} port {port} (http://{host}:{port}/) ...", flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
