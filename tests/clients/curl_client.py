"""curl's WebSocket, as PyPI's `curl_cffi` has it, at an echo server: `curl_client.py URL [UNIX_SOCKET]`.

Debian's curl is built without it.
"""

import os
import select
import sys
import time

from curl_cffi import Curl, CurlECode, CurlError, CurlInfo, CurlOpt, CurlWsFlag

url, *unix_socket = sys.argv[1:]
curl = Curl()
curl.setopt(CurlOpt.URL, url.encode())
# It is ours once the handshake is done.
curl.setopt(CurlOpt.CONNECT_ONLY, 2)
if "SSL_CERT_FILE" in os.environ:
    curl.setopt(CurlOpt.CAINFO, os.environ["SSL_CERT_FILE"].encode())
if unix_socket:
    curl.setopt(CurlOpt.UNIX_SOCKET_PATH, unix_socket[0].encode())
curl.perform()
assert curl.getinfo(CurlInfo.RESPONSE_CODE) == 101
socket = curl.getinfo(CurlInfo.ACTIVESOCKET)
end = time.monotonic() + 30


def when_ready(call):
    while True:
        assert time.monotonic() < end, "too late"
        try:
            return call()
        except CurlError as error:
            if error.code != CurlECode.AGAIN:
                raise
            select.select([socket], [], [], 0.1)


def send(payload, flags):
    while payload:
        sent = when_ready(lambda: curl.ws_send(payload, flags))
        payload = payload[sent:]


def receive():
    """A message, and the flags of its frames."""
    message, flags = b"", 0
    while True:
        piece, frame = when_ready(curl.ws_recv)
        message += piece
        flags |= frame.flags
        if not frame.bytesleft and not frame.flags & CurlWsFlag.CONT:
            return message, flags


for text in ["hello", "ä€😀", "x" * 70000]:
    send(text.encode(), CurlWsFlag.TEXT)
    message, flags = receive()
    assert message.decode() == text and flags & CurlWsFlag.TEXT, (message[:20], flags)
bytes_ = b"\0\xff" * 40000
send(bytes_, CurlWsFlag.BINARY)
message, flags = receive()
assert message == bytes_ and flags & CurlWsFlag.BINARY
send(b"still there?", CurlWsFlag.PING)
message, flags = receive()
assert message == b"still there?" and flags & CurlWsFlag.PONG, (message, flags)
send((4000).to_bytes(2, "big") + b"done", CurlWsFlag.CLOSE)
message, flags = receive()
assert message[:2] == (4000).to_bytes(2, "big") and flags & CurlWsFlag.CLOSE, (message, flags)
curl.close()
