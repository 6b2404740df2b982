"""What is asked of the servers."""

import json
from dataclasses import dataclass

MIB = 1 << 20

# What a desktop browser sends with a page's request; Host makes twelve.
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.7,de;q=0.3",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Referer: http://127.0.0.1/some/earlier/page?with=query&and=more",
    "Cookie: session=5f2b9c7ad0e14c8f9a6b3d21; theme=dark; consent=yes;"
    " _id=GA1.1.1234567890.1700000000",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Priority: u=0, i",
)


# An order of a shop, as JSON of 1 KiB: texts, numbers, flags, lists and objects inside of one another.
ORDER = dict(
    id=4711,
    customer=dict(name="Ada Lovelace", mail="ada@example.org", newsletter=False),
    items=[
        dict(article=1000 + n, name=f"Tea number {n}, first flush", count=n % 4 + 1, cents=495 * n, gift=n % 3 == 0)
        for n in range(1, 9)
    ],
    tags=["express", "fragile", "weekend"],
    remark=None,
    note="",
)
ORDER["note"] = "x" * (1024 - len(json.dumps(ORDER, separators=(",", ":"))))


@dataclass(frozen=True)
class Scenario:
    key: str
    title: str
    # load, idle, slow, burst, stream, drip, encrypted, shaking, storm, held, stuck, instructions,
    # syscalls or hello
    kind: str = "load"
    path: str = "/plaintext"
    connections: int = 64
    depth: int = 1  # requests sent at once on a connection
    body: int = 0
    content: str = ""  # instead of a body of that many bytes
    headers: tuple = ()
    floor: str = ""  # what the floor must be told to answer likewise
    cpus: tuple = ()  # of the server and of wrk, whatever --pin says
    once: bool = False  # one round tells it all
    vary: bool = False  # no two requests in a row have the same head
    tls: bool = False  # over HTTPS
    typed: bool = False  # only for servers that read content into types

    @property
    def closes(self):
        return "Connection: close" in self.headers


SCENARIOS = {
    scenario.key: scenario
    for scenario in (
        Scenario("plain_1", "plaintext, 1 connection", connections=1),
        Scenario(
            "plain_1_same",
            "plaintext, 1 connection, server and client on one CPU",
            connections=1,
            cpus=(1, 1),
        ),
        Scenario("plain_64", "plaintext, 64 connections"),
        Scenario("plain_512", "plaintext, 512 connections", connections=512),
        Scenario("pipeline", "plaintext, 64 connections, pipelined 16 deep", depth=16),
        Scenario(
            "close",
            "plaintext, a connection per request, 64 at once",
            headers=("Connection: close",),
            floor="--close 1",
        ),
        Scenario(
            "headers",
            "/headers with a browser's 12 headers, 64 connections",
            path="/headers",
            headers=BROWSER,
        ),
        Scenario(
            "varied",
            "plaintext, 64 connections, heads that vary in their fields, their order and the query",
            path="/plaintext?q=0",
            vary=True,
        ),
        Scenario("json", "/json, 64 connections", path="/json"),
        Scenario(
            "echo_1k",
            "POST /echo of 1 KiB, 64 connections",
            path="/echo",
            body=1024,
            floor="--body 1024 --reply 1024",
        ),
        Scenario(
            "json_1k",
            "POST /order: 1 KiB of JSON to a struct and back, 64 connections",
            path="/order",
            content=json.dumps(ORDER, separators=(",", ":")),
            headers=("Content-Type: application/json",),
            floor="--body 1024 --reply 1024",
            typed=True,
        ),
        Scenario(
            "echo_1m",
            "POST /echo of 1 MiB, 16 connections",
            path="/echo",
            body=MIB,
            connections=16,
            floor=f"--body {MIB} --reply {MIB}",
        ),
        Scenario(
            "bytes_1m",
            "GET /bytes/1048576, 16 connections",
            path=f"/bytes/{MIB}",
            connections=16,
            floor=f"--reply {MIB}",
        ),
        Scenario("idle", "idle keep-alive connections, and 64 busy ones beside them", kind="idle"),
        Scenario("slow", "200 connections on /sleep/100 beside 32 on /plaintext", kind="slow"),
        Scenario("burst", "600 keep-alive connections opened at once", kind="burst"),
        Scenario(
            "rows_1e6",
            "a million rows, one write each, without Content-Length",
            kind="stream",
        ),
        Scenario(
            "rows_1e6_length",
            "a million rows, one write each, with Content-Length",
            kind="stream",
        ),
        Scenario(
            "copy_small",
            "10 MB copied from a reader that hands out 100 bytes at a time",
            kind="stream",
        ),
        Scenario("drip", "lines that are not flushed, seen by the client", kind="drip"),
        Scenario("tls_64", "HTTPS: plaintext, 64 connections", kind="encrypted", tls=True),
        Scenario(
            "tls_1m",
            "HTTPS: GET /bytes/1048576, 16 connections",
            kind="encrypted",
            path=f"/bytes/{MIB}",
            connections=16,
            tls=True,
        ),
        Scenario(
            "tls_close",
            "HTTPS: a full handshake, one request and a close, 8 at once",
            kind="shaking",
            connections=8,
            headers=("Connection: close",),
            tls=True,
        ),
        Scenario("tls_idle", "HTTPS: idle keep-alive connections", kind="held", tls=True),
        Scenario(
            "tls_storm",
            "HTTPS: requests on one connection while 64 clients do nothing but shake hands",
            kind="storm",
            tls=True,
        ),
        Scenario(
            "tls_stuck",
            "HTTPS: 20 new clients beside 300 whose handshakes are stuck",
            kind="stuck",
            tls=True,
            once=True,
        ),
        Scenario(
            "syscalls",
            "system calls per request (strace), plaintext, 64 connections",
            kind="syscalls",
            once=True,
        ),
        Scenario(
            "instructions",
            "user-space instructions per request (callgrind, 1 connection)",
            kind="instructions",
            once=True,
        ),
        Scenario("hello", "what the smallest program costs to build", kind="hello", once=True),
    )
}

# Those that the picture shows, and that a quick run runs.
LOADS = [key for key, scenario in SCENARIOS.items() if scenario.kind == "load"]
SECURE = [key for key, scenario in SCENARIOS.items() if scenario.tls]
QUICK = ["plain_1_same", "plain_64", "pipeline", "close", "headers"]
