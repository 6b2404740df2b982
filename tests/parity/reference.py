#!/usr/bin/env python3
"""The reference of the parity tests: Python's own http.server behind a fixed set of methods.

    python3 reference.py --bind 127.0.0.1:PORT [--protocol HTTP/1.1] [--handler full]
                         [--server-version twin/1.0] [--sys-version fixed/1.0]
                         [--default-request-version HTTP/0.9] [--compat newest|installed]

PORT 0 lets the system choose.  When it listens it prints exactly one line on stdout:

    Serving HTTP on 127.0.0.1 port NNNN (http://127.0.0.1:NNNN/) ...

and afterwards only log lines on stderr.  `examples/twin` takes the same options and must
answer the same bytes.

Handlers (--handler):
    full     everything below; the one that comparisons play against
    base     only TEST KEEP KEYERROR NOTFOUND EXPLAINERROR CUSTOM LATINONEHEADER SEND_ERROR
             and HEAD; there is no GET (so GET is a 501); default_request_version HTTP/1.1
    page     GET gives a small HTML page without Content-Length, and tells in X- headers
             what the handler saw; default_request_version HTTP/0.9
    refuse   as page, but handle_expect_100 always refuses with 417
    log      GET -> 200 without any further header; ERROR -> 404 with its own message
    http09   GET writes `OK: here is PATH` and nothing else: for HTTP/0.9 clients

Methods of `full` (every name below is a do_NAME method; * = as in CPython's own tests):
    TEST*           204, Content-Type, Connection: close
    KEEP*           204, Content-Type, Connection: keep-alive
    KEYERROR*       send_error(999): a code that is not in `responses`
    NOTFOUND*       send_error(404)
    EXPLAINERROR*   send_error(999, "Short Message", "This is a long \\n explanation")
    CUSTOM*         send_response(999), Content-Type, Connection: close
    LATINONEHEADER* 999 with a Latin-1 header; body = the request's X-Special-Incoming as UTF-8
    SEND_ERROR*     send_error(code of the path, e.g. /204); a path that is not /NNN: 400
    HEAD*           /NNN: send_error(NNN); any other path: the headers that GET would send
    GET             echo: command, path, request_version, requestline, "", then every header
    POST PUT        read Content-Length bytes; `N sha256hex`; a bad Content-Length: 400
    LINE            read one line from rfile, answer its bytes in hex
    BUFFER          send_response_only, header, flush_headers, header, end_headers, body
                    (path /slow: 0.4 s pause after flush_headers)
    NOFLUSH         send_response, header, 0.4 s pause, end_headers, body
    CLOSE           200 with Content-Length, then close_connection = True
    STAY            200 with Content-Length, then close_connection = False
    ERRFORMAT       send_error with its own error_message_format and error_content_type
    ESCAPE          send_error whose texts have < > & " ' and non-ASCII characters
    REASON          /none: send_response(299) (no phrase known); else send_response(200, "All Good")
    INTERIM         103 with a Link header through send_response_only, then 200
    INFO            what version_string, date_time_string(...), address_string ... return
    LOG             calls log_message, log_error, log_request by hand, then 200
    SILENT          sends nothing and returns
    RAISE           fails inside the handler
handle_expect_100: the path /refuse is refused by send_error(417); /refuse-open by a 417 that
leaves the connection open; everything else is accepted.

--compat newest (the default) adds to an older Python what later versions of its http.server do
(see SHIMS below); --compat installed runs the installed http.server untouched.
"""

import argparse
import hashlib
import http.client
import http.server
import io
import json
import re
import socketserver
import sys
import time
from http import HTTPStatus

# ------------------------------------------------------------------ SHIMS (--compat newest)
# 1. gh-54930 (July 2026: 3.13, 3.15 and later): every malformed request line is answered
#    with a status line; only a two-word GET may get a bare HTTP/0.9 reply.
# 2. gh-70765 (October 2025: 3.13, 3.14, 3.15): an HTTP/0.9 request has no header block, so none
#    is read.
# 3. gh-131724 (3.15): 100 header lines are allowed, the 101st is refused (before: 99).
# 4. gh-102247 (3.13): the phrases of 413, 414, 416 and 422 (and the long text of 413).
# 5. gh-123430 (3.14): the default error page has a <style> element that allows dark mode.
RENAMED = {413: ("Content Too Large", "Content is too large"),
           414: ("URI Too Long", "URI is too long"),
           416: ("Range Not Satisfiable", "Cannot satisfy request range"),
           422: ("Unprocessable Content", "")}
DARK_MODE = """\
        <style type="text/css">
            :root {
                color-scheme: light dark;
            }
        </style>
"""
HEADER_LIMIT = 100
LINE_LIMIT = 65536


def read_header_block(fp, max_headers=None):
    limit = HEADER_LIMIT if max_headers is None else max_headers
    lines = []
    while (line := fp.readline(LINE_LIMIT + 1)) not in (b"\r\n", b"\n", b""):
        if len(line) > LINE_LIMIT:
            raise http.client.LineTooLong("header line")
        lines.append(line)
        if len(lines) > limit:
            raise http.client.HTTPException("got more than %d headers" % limit)
    return lines


class Newest(http.server.BaseHTTPRequestHandler):
    """BaseHTTPRequestHandler, brought up to the newest known behaviour."""

    shims = True
    simple_version = "HTTP/0.9"     # what default_request_version is when nothing is overridden

    def parse_request(self):
        if not self.shims:
            self.default_request_version = self.simple_version
            return super().parse_request()
        words = self.raw_requestline.decode("iso-8859-1").split()
        simple = len(words) == 2 and words[0] == "GET"
        self.default_request_version = self.simple_version if simple else "HTTP/1.1"
        if not simple:
            return super().parse_request()
        kept, self.rfile = self.rfile, io.BytesIO()
        try:
            return super().parse_request()
        finally:
            self.rfile = kept


# ------------------------------------------------------------------ the handlers
class Common(Newest):
    def text(self, body, code=200, kind="text/plain; charset=utf-8"):
        if isinstance(body, str):
            body = body.encode("utf-8")
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def code_in_path(self):
        found = re.fullmatch(r"/([1-9][0-9]{2})", self.path)
        return int(found.group(1)) if found else None


class Base(Common):
    simple_version = "HTTP/1.1"

    def _empty(self, code, connection):
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Connection", connection)
        self.end_headers()

    def do_TEST(self):
        self._empty(HTTPStatus.NO_CONTENT, "close")

    def do_KEEP(self):
        self._empty(HTTPStatus.NO_CONTENT, "keep-alive")

    def do_CUSTOM(self):
        self._empty(999, "close")

    def do_KEYERROR(self):
        self.send_error(999)

    def do_NOTFOUND(self):
        self.send_error(HTTPStatus.NOT_FOUND)

    def do_EXPLAINERROR(self):
        self.send_error(999, "Short Message", "This is a long \n explanation")

    def do_LATINONEHEADER(self):
        self.send_response(999)
        self.send_header("X-Special", "D\u00e4ngerous Mind")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write((self.headers.get("x-special-incoming") or "").encode("utf-8"))

    def do_SEND_ERROR(self):
        self.send_error(self.code_in_path() or 400)

    def do_HEAD(self):
        self.send_error(self.code_in_path() or 400)


class Full(Base):
    simple_version = "HTTP/0.9"

    def handle_expect_100(self):
        if self.path == "/refuse":
            self.send_error(HTTPStatus.EXPECTATION_FAILED)
            return False
        if self.path == "/refuse-open":
            self.send_response(HTTPStatus.EXPECTATION_FAILED)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return False
        return super().handle_expect_100()

    def do_GET(self):
        lines = ["command: " + self.command, "path: " + self.path,
                 "request_version: " + self.request_version,
                 "requestline: " + self.requestline, ""]
        lines += ["%s: %s" % pair for pair in self.headers.items()]
        self.text("\n".join(lines) + "\n")

    def do_HEAD(self):
        if self.code_in_path():
            self.send_error(self.code_in_path())
        else:
            self.do_GET()

    def do_POST(self):
        declared = self.headers.get("Content-Length", "0")
        if not re.fullmatch(r"[0-9]+", declared, re.ASCII):
            self.send_error(400, "Bad Content-Length")
            return
        body = self.rfile.read(int(declared))
        self.text("%d %s\n" % (len(body), hashlib.sha256(body).hexdigest()))

    do_PUT = do_POST

    def do_LINE(self):
        self.text(self.rfile.readline(1000).hex() + "\n")

    def do_BUFFER(self):
        self.send_response_only(200)
        self.send_header("X-First", "1")
        self.flush_headers()
        if self.path == "/slow":
            time.sleep(0.4)
        self.send_header("X-Second", "2")
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"body")

    def do_NOFLUSH(self):
        self.send_response(200)
        self.send_header("Content-Length", "4")
        time.sleep(0.4)
        self.end_headers()
        self.wfile.write(b"body")

    def do_CLOSE(self):
        self.text("closing\n")
        self.close_connection = True

    def do_STAY(self):
        self.text("staying\n")
        self.close_connection = False

    def do_ERRFORMAT(self):
        self.error_message_format = ("code=%(code)d code=%(code)s message=%(message)s "
                                     "explain=%(explain)s 100%%\n")
        self.error_content_type = "text/plain;charset=utf-8"
        self.send_error(self.code_in_path() or 404, "a <b> & \"c\" 'd'", "<why> & %s")

    def do_ESCAPE(self):
        self.send_error(404, "Gr\u00f6\u00dfe <b> & \"c\" 'd'", "\u03a9 <i> & \"e\" 'f'")

    def do_REASON(self):
        if self.path == "/none":
            self.send_response(299)
        else:
            self.send_response(200, "All Good")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_INTERIM(self):
        self.send_response_only(103)
        self.send_header("Link", "</style.css>; rel=preload")
        self.end_headers()
        self.text("final\n")

    def do_INFO(self):
        facts = [("client", self.client_address[0]), ("address_string", self.address_string()),
                 ("command", self.command), ("path", self.path),
                 ("request_version", self.request_version), ("requestline", self.requestline),
                 ("close_connection", str(bool(self.close_connection)).lower()),
                 ("protocol_version", self.protocol_version),
                 ("server_version", self.server_version), ("sys_version", self.sys_version),
                 ("version_string", self.version_string()),
                 ("error_content_type", self.error_content_type),
                 ("date 0", self.date_time_string(0)),
                 ("date 784111777", self.date_time_string(784111777)),
                 ("date 951782400", self.date_time_string(951782400)),
                 ("date 4102444799", self.date_time_string(4102444799)),
                 ("date now", self.date_time_string()),
                 ("log date", self.log_date_time_string()),
                 ("headers", str(len(self.headers))),
                 ("host", str(self.headers.get("HOST")))]
        self.text("".join("%s: %s\n" % fact for fact in facts))

    def do_LOG(self):
        self.log_message("plain %s and %d and %%", "text", 5)
        self.log_message("no arguments")
        self.log_message("%s", "esc \x1b nul \x00 del \x7f c1 \x9f nbsp \u00a0 tab \t nl \n "
                               "back \\ quote \" done")
        self.log_error("oh %s", "no")
        self.log_request()
        self.log_request(200)
        self.log_request(HTTPStatus.NOT_FOUND, 123)
        self.log_request("-", "0")
        self.text("logged\n")

    def do_SILENT(self):
        pass

    def do_RAISE(self):
        raise RuntimeError("do_RAISE was called")


class Page(Common):
    simple_version = "HTTP/0.9"

    def do_GET(self):
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html")
        self.send_header("X-Command", self.command)
        self.send_header("X-Path", self.path)
        self.send_header("X-Request-Version", self.request_version)
        self.send_header("X-Requestline", self.requestline)
        self.send_header("X-Headers", json.dumps(list(self.headers.items())))
        self.end_headers()
        self.wfile.write(b"<html><body>Data</body></html>\r\n")


class Refuse(Page):
    def handle_expect_100(self):
        self.send_error(HTTPStatus.EXPECTATION_FAILED)
        return False


class Log(Common):
    simple_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(HTTPStatus.OK)
        self.end_headers()

    def do_ERROR(self):
        self.send_error(HTTPStatus.NOT_FOUND, "File not found")


class Http09(Common):
    simple_version = "HTTP/0.9"

    def do_GET(self):
        self.wfile.write(("OK: here is %s\r\n" % self.path).encode("utf-8"))


HANDLERS = {"full": Full, "base": Base, "page": Page, "refuse": Refuse, "log": Log,
            "http09": Http09}


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def server_bind(self):
        # HTTPServer looks up the name of its address here, which can take seconds.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bind", default="127.0.0.1:0")
    parser.add_argument("--protocol", default="HTTP/1.1")
    parser.add_argument("--handler", default="full", choices=sorted(HANDLERS))
    parser.add_argument("--server-version", default="twin/1.0")
    parser.add_argument("--sys-version", default="fixed/1.0")
    parser.add_argument("--default-request-version", default=None)
    parser.add_argument("--compat", default="newest", choices=["newest", "installed"])
    args = parser.parse_args()
    handler = HANDLERS[args.handler]
    handler.protocol_version = args.protocol
    handler.server_version = args.server_version
    handler.sys_version = args.sys_version
    if args.default_request_version:
        handler.simple_version = args.default_request_version
    if args.compat == "installed":
        Newest.shims = False
    else:
        handler.responses = {**handler.responses, **RENAMED}
        page = handler.error_message_format
        if "<style" not in page:
            handler.error_message_format = page.replace("        <title>",
                                                        DARK_MODE + "        <title>")
        if sys.version_info < (3, 15):
            http.client._read_headers = read_header_block
    host, port = args.bind.rsplit(":", 1)
    with Server((host, int(port)), handler) as server:
        host, port = server.server_address[:2]
        print("Serving HTTP on %s port %d (http://%s:%d/) ..." % (host, port, host, port),
              flush=True)
        try:
            server.serve_forever(0.1)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
