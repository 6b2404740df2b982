"""Who is measured, and how each is started."""

import os
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", HERE / "target")).resolve()
BIN = TARGET / "release"

# What ratios are to, and what the goals are about.
FLOOR = "floor-epoll"
OURS = "bhrh"
ENCRYPTED = "hyper"  # what the encrypted ones are compared with
BUFFERED = "bhrh+BufWriter"


@dataclass
class Server:
    # {bin} {here} {python} {bind} {host} {port} {threads} {floor} {tls} are filled in.
    command: str
    environment: dict = field(default_factory=dict)
    lacks: tuple = ()  # scenarios that it cannot serve
    only: tuple = ()  # nothing but these are run
    note: str = ""
    floor: bool = False  # understands no HTTP: bodies are not looked at
    descriptors: int = 1  # held for a connection
    streams: bool = False  # it serves /rows, /copy and /drip too
    tls: bool = False  # it speaks HTTPS too
    typed: bool = False  # it serves /order too
    version: str = ""  # crates of Cargo.lock, or a command that tells


def peer(name, threads="{threads}", **more):
    command = f"{{bin}}/{name} --bind {{bind}} --threads {threads}"
    return Server(command + " {tls}" * more.get("tls", False), **more)


def floor(mode, **more):
    # It runs no handlers that could sleep, and there is no program of it that says hello.
    lacks = ("slow", "hello")
    return peer(f"floor --mode {mode} {{floor}}", floor=True, lacks=lacks, **more)


SERVERS = {
    FLOOR: floor("epoll"),
    "floor-epoll-1": floor("epoll", threads="1", note="1 loop"),
    "floor-threads": floor("threads", note="a thread a connection"),
    OURS: peer("examples/bench", streams=True, tls=True, typed=True),
    "bhrh+log": peer("examples/bench --log", only=("plain_64",), note="with its access log"),
    BUFFERED: peer(
        "examples/bench --buffered",
        streams=True,
        only=("rows_1e6", "rows_1e6_length", "copy_small"),
    ),
    "may_minihttp": peer("peer-may_minihttp", version="may_minihttp may"),
    "hyper": peer("peer-hyper", tls=True, version="hyper tokio rustls"),
    "axum": peer("peer-axum", streams=True, typed=True, version="axum"),
    "xitca": peer("peer-xitca", version="xitca-web"),
    "actix": peer("peer-actix", tls=True, typed=True, version="actix-web"),
    "ntex": peer("peer-ntex", version="ntex"),
    "tiny_http": peer("peer-tiny_http", version="tiny_http", descriptors=2),
    "rouille": peer("peer-rouille", version="rouille", descriptors=2),
    "astra": peer(
        "peer-astra", threads="20000", version="astra", note="a thread a connection: pool of 20000"
    ),
    "go": Server(
        "{bin}/peer-go --bind {bind}",
        environment={"GOMAXPROCS": "{threads}"},
        lacks=("hello",),
        streams=True,
        version="go version",
    ),
    "nginx": Server(
        "{python} {here}/peers/nginx_conf.py --bind {bind} --threads {threads} {tls}",
        # It gives fixed answers, and forks, so that valgrind would count the wrong process.
        lacks=("headers", "echo_1k", "echo_1m", "slow", "instructions", "hello"),
        tls=True,
        note="fixed answers only",
        version="nginx -v",
    ),
    "python": Server(
        "{python} {here}/peers/python_http.py --bind {bind}",
        lacks=("hello",),
        streams=True,
        note="one GIL",
        version="python3 --version",
    ),
    # The pools that a slow handler blocks, given as many threads as it takes.
    "tiny_http@256": peer(
        "peer-tiny_http", threads="256", only=("slow",), note="256 handler threads"
    ),
    "rouille@256": peer("peer-rouille", threads="256", only=("slow",), note="256 handler threads"),
}

# Enough for a look at a change of the engine: the floor, us, and the peers hardest to beat.
QUICK = [FLOOR, OURS, "may_minihttp", "hyper"]
# And those that have been the best at something.
RIVALS = [*QUICK, "axum", "xitca", "ntex", "nginx", "tiny_http"]
# Those that speak HTTPS.
SECURE = [name for name, server in SERVERS.items() if server.tls]
