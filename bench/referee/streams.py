"""Answers that a server makes piece by piece: what a piece costs, and how late it is seen.

Each answer is on a connection of its own that closes after it, so that its end is seen without
looking at what comes: the content is taken out of its framing, and compared in full, when the
server's cost has been read.
"""

import os
import re
import resource
import socket
import statistics
import time

from client import Unanswered, request
from load import busy
from process import Invalid

ROWS = 1_000_000
LETTERS = b"".join(bytes([letter]) * 100 for letter in b"abcdefghijklmnopqrstuvwxyz")
PIECES = 100_000
# A server is given fewer pieces if the first tenth says that all would take longer than this.
PATIENCE = 20


def rows(count):
    return b"".join(b"%d,%d\n" % (row, row * row) for row in range(count))


def letters(pieces):
    return (LETTERS * (pieces // 26 + 1))[: 100 * pieces]


# key -> number of pieces, the content of one or more pieces, whether it is requested with its length
STREAMS = dict(
    rows_1e6=(ROWS, "rows", rows, False),
    rows_1e6_length=(ROWS, "rows", rows, True),
    copy_small=(PIECES, "copy", letters, False),
)


def answer(address, path, most, timeout=30):
    """Everything that comes, and the seconds until its end."""
    room, have = bytearray(most), 0
    with socket.create_connection(address, timeout) as client:
        begin = time.monotonic()
        client.sendall(request(path, ("Connection: close",)))
        try:
            # recv_into: a megabyte that is made anew for each piece would cost more than the server.
            while count := client.recv_into(memoryview(room)[have:]):
                have += count
        except TimeoutError:
            raise Unanswered("no answer in time") from None
        seconds = time.monotonic() - begin
    if have == most:
        raise Invalid(f"{most:,} bytes or more")
    return room[:have], seconds


def unframed(data):
    """-> (the content, how it was framed); raises Invalid unless it is an answer, and whole"""
    head, mark, body = data.partition(b"\r\n\r\n")
    if not mark or not re.match(rb"HTTP/1\.[01] 200 ", head):
        raise Invalid(f"head {bytes(head[:60])!r}")
    fields = [field.partition(b":") for field in head.lower().split(b"\r\n")[1:]]
    fields = {bytes(name): bytes(text.strip()) for name, _, text in fields}
    if fields.get(b"transfer-encoding") == b"chunked":
        return unchunked(body), "chunked"
    if length := fields.get(b"content-length"):
        if int(length) != len(body):
            raise Invalid(f"{len(body):,} bytes for a Content-Length of {int(length):,}")
        return body, "length"
    return body, "close"


def unchunked(body):
    parts, at = [], 0
    while True:
        end = body.find(b"\r\n", at)
        line = bytes(body[at:end]) if end >= 0 else b""
        if not re.fullmatch(rb"[0-9a-fA-F]+", line):
            raise Invalid(f"chunk size {line[:20]!r}")
        begin, at = end + 2, end + 4 + int(line, 16)
        if body[at - 2 : at] != b"\r\n":
            raise Invalid("a chunk that does not end")
        if at == begin + 2:
            if at != len(body):
                raise Invalid("more after the last chunk")
            return b"".join(parts)
        parts.append(memoryview(body)[begin : at - 2])


def compare(content, right):
    if content != right:
        at = next((i for i, (a, b) in enumerate(zip(content, right)) if a != b), "the end")
        raise Invalid(f"wrong content ({len(content):,} bytes of {len(right):,}), from {at}")


# ---------------------------------------------------------------- what a piece costs


class Stream:
    """The content of a number of pieces of a scenario."""

    def __init__(self, key, share=1):
        count, name, content, sized = STREAMS[key]
        self.pieces = max(1, int(count * share))
        self.content = content(self.pieces)
        self.path = f"/{name}/{self.pieces}"
        if sized:
            self.path += f"/{len(self.content)}"

    def ask(self, process):
        """-> what one answer cost the server, and who else used the machine meanwhile"""
        # A row that is a chunk of its own has half as much again, and more.
        most = 3 * len(self.content) + (1 << 16)
        before = process.cpu(), own_cpu(), busy(), time.monotonic()
        data, seconds = answer(process.address, self.path, most)
        after = process.cpu(), own_cpu(), busy(), time.monotonic()
        cpu, own, everyone, wall = (end - begin for begin, end in zip(before, after))
        content, framing = unframed(data)
        compare(content, self.content)
        return dict(
            pieces=self.pieces,
            cpu=cpu,
            seconds=seconds,
            wire=len(data) / len(self.content),
            framing=framing,
            noise=max(0.0, everyone - cpu - own) / (wall * os.cpu_count()),
        )


def own_cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def run_stream(process, contract, options):
    """Answers, one after the other, for as long as a cell lasts."""
    key = contract.scenario.key
    first = Stream(key, 0.1).ask(process)
    share = min(1, max(0.001, PATIENCE / 10 / first["seconds"]))
    stream, answers = Stream(key, share), []
    while sum(each["seconds"] for each in answers) < options.seconds:
        answers.append(stream.ask(process))
    contract.notes.add(answers[0]["framing"])
    if share < 1:
        contract.notes.add(f"{stream.pieces:,} pieces only")
    pieces = sum(each["pieces"] for each in answers)
    seconds = sum(each["seconds"] for each in answers)
    return dict(
        cpu_ns=1e9 * sum(each["cpu"] for each in answers) / pieces,
        ns=1e9 * seconds / pieces,
        wire=statistics.median(each["wire"] for each in answers),
        seconds=statistics.median(each["seconds"] for each in answers),
        noise=statistics.mean(each["noise"] for each in answers),
        hwm_mib=process.memory("VmHWM") / 1024,
        requests=len(answers) + 1,
        errors={},
    )


# ---------------------------------------------------------------- how late it is seen


def lines(data):
    """The times in what has come so far; a chunk may begin in the middle of a line."""
    body = data.partition(b"\r\n\r\n")[2]
    body = re.sub(rb"(?:\A|\r\n)[0-9a-fA-F]+\r\n", b"", body)
    return re.findall(rb"^(\d{19})\n", body, re.M)


def drip(address, ms, count, timeout=10):
    """Asks for lines that say when they were written. -> how late each was seen, in ms"""
    late, have, seen = [], bytearray(), 0
    with socket.create_connection(address, timeout) as client:
        client.sendall(request(f"/drip/{ms}/{count}", ("Connection: close",)))
        try:
            while data := client.recv(1 << 16):
                now = time.time_ns()
                have += data
                times = lines(have)
                late += [(now - int(written)) / 1e6 for written in times[seen:]]
                seen = len(times)
        except TimeoutError:
            raise Unanswered("no line in time") from None
    content, _ = unframed(have)
    if not re.fullmatch(rb"(\d{19}\n){%d}" % count, content) or len(late) != count:
        raise Invalid(f"wrong lines ({len(content):,} bytes)")
    return late


def run_drip(process, _contract, _options):
    """Two hundred lines, a hundred a second; and one before a sleep of a second."""
    begin = busy(), process.cpu(), own_cpu(), time.monotonic()
    late = drip(process.address, 10, 200)
    alone = [drip(process.address, 1000, 1)[0] for _ in range(2)]
    end = busy(), process.cpu(), own_cpu(), time.monotonic()
    everyone, cpu, own, wall = (after - before for before, after in zip(begin, end))
    return dict(
        late_max=max(late),
        late_median=statistics.median(late),
        late_alone=max(alone),
        noise=max(0.0, everyone - cpu - own) / (wall * os.cpu_count()),
        requests=3,
        errors={},
    )
