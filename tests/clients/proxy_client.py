"""Python's own clients through a proxy: `proxy_client.py PROXY SERVER`, both as host:port."""

import http.client
import sys
import urllib.request

proxy, server = sys.argv[1:]

# An absolute target.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": f"http://{proxy}"}))
assert opener.open(f"http://{server}/page.txt", timeout=20).read() == b"a page\n"

# CONNECT, as HTTP/1.0 in Python before 3.12.
connection = http.client.HTTPConnection(proxy, timeout=20)
host, port = server.split(":")
connection.set_tunnel(host, int(port))
for _ in range(2):
    connection.request("GET", "/page.txt")
    assert connection.getresponse().read() == b"a page\n"
