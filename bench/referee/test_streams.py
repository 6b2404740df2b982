"""That streams are taken out of their framing, compared in full and timed rightly."""

import socketserver
import threading
import time
import types
import unittest
from unittest import mock

import cells
import goals
import report
import streams
from client import Contract
from process import Invalid
from scenarios import SCENARIOS
from servers import BUFFERED, SERVERS, Server

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


class Closing(socketserver.ThreadingTCPServer):
    """Answers each connection's request with these pieces, and closes it."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *pieces):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                path = self.request.recv(65536).split()[1].decode()
                for piece in pieces:
                    self.request.sendall(piece(path) if callable(piece) else piece)

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def __enter__(self):
        # What the referee asks of a process.
        self.address = self.server_address
        self.cpu = time.process_time
        self.memory = lambda _key: 1024
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()


class Framing(unittest.TestCase):
    def test_all_three(self):
        for answer, framing in (
            (CHUNKED + b"3\r\n1,1\r\nA\r\n\n2,4\n3,9\n4\r\n0\r\n\r\n", "chunked"),
            (HEAD + b"Content-Length: 13\r\n\r\n1,1\n2,4\n3,9\n4", "length"),
            (b"HTTP/1.0 200 OK\r\n\r\n1,1\n2,4\n3,9\n4", "close"),
        ):
            self.assertEqual(streams.unframed(answer), (b"1,1\n2,4\n3,9\n4", framing))

    def test_what_is_not_whole_or_not_an_answer(self):
        for answer, verdict in (
            (CHUNKED + b"3\r\n1,1\r\n", "chunk size"),
            (CHUNKED + b"3\r\n1,1", "a chunk that does not end"),
            (CHUNKED + b"3\r\n1,1\n\n0\r\n\r\n", "a chunk that does not end"),
            (CHUNKED + b"0\r\n\r\nmore", "more after"),
            (HEAD + b"Content-Length: 4\r\n\r\n1,1", "3 bytes for"),
            (HEAD.replace(b"200", b"500") + b"\r\n", "head"),
            (HEAD, "head"),
            (b"", "head"),
        ):
            with self.assertRaisesRegex(Invalid, verdict):
                streams.unframed(answer)

    def test_one_wrong_byte_is_seen(self):
        right = streams.rows(1000)
        streams.compare(bytearray(right), right)
        with self.assertRaisesRegex(Invalid, "from 500"):
            streams.compare(right[:500] + b"?" + right[501:], right)
        with self.assertRaisesRegex(Invalid, "from the end"):
            streams.compare(right[:-1], right)

    def test_contents(self):
        self.assertEqual(streams.rows(4), b"0,0\n1,1\n2,4\n3,9\n")
        letters = streams.letters(27)
        self.assertEqual(len(letters), 2700)
        self.assertEqual((letters[99:101], letters[2599:2601]), (b"ab", b"za"))


class Streams(unittest.TestCase):
    options = types.SimpleNamespace(seconds=0.01)

    def run_stream(self, content):
        contract = Contract(SCENARIOS["copy_small"], Server(""))
        with Closing(lambda path: HEAD + b"\r\n" + content(int(path.split("/")[2]))) as server:
            return streams.run_stream(server, contract, self.options), contract.notes

    def test_figures(self):
        cell, notes = self.run_stream(streams.letters)
        self.assertEqual(notes, {"close"})
        self.assertAlmostEqual(cell["wire"], 1, places=4)
        self.assertGreater(cell["cpu_ns"], 0)
        self.assertGreater(cell["ns"] * streams.PIECES, 1e6)

    def test_wrong_content_does_not_count(self):
        with self.assertRaisesRegex(Invalid, "wrong content"):
            self.run_stream(lambda pieces: streams.letters(pieces).replace(b"q", b"Q", 1))
        with self.assertRaisesRegex(Invalid, "or more"):
            self.run_stream(lambda pieces: streams.letters(4 * pieces + 1000))

    def test_the_slow_are_given_less(self):
        def slowly(pieces):
            time.sleep(pieces * 1e-5)
            return streams.letters(pieces)

        with mock.patch.object(streams, "PATIENCE", 0.1):
            cell, notes = self.run_stream(slowly)
        note = next(note for note in notes if "only" in note)
        self.assertLess(int(note.split()[0].replace(",", "")), streams.PIECES / 5)
        self.assertGreater(cell["ns"], 1e4)

    def test_lateness(self):
        def line(_path):
            return b"14\r\n%d\n\r\n" % time.time_ns()

        def halves(_path):
            time.sleep(0.1)
            line = b"%d\n" % (time.time_ns() - 50_000_000)
            return b"5\r\n%b\r\nf\r\n%b\r\n" % (line[:5], line[5:])

        with Closing(CHUNKED, line, halves, b"0\r\n\r\n") as server:
            first, second = streams.drip(server.address, 10, 2)
            with self.assertRaisesRegex(Invalid, "wrong lines"):
                streams.drip(server.address, 10, 3)
        self.assertLess(first, 50)
        self.assertGreater(second, 50)
        self.assertLess(second, 100)

    def test_lines_are_found_before_the_end_of_their_chunk_has_come(self):
        text = b"%d\n" % time.time_ns()
        self.assertEqual(streams.lines(CHUNKED + b"14\r\n" + text), [text[:-1]])
        self.assertEqual(streams.lines(CHUNKED + b"14\r\n" + text[:-1]), [])
        self.assertEqual(streams.lines(CHUNKED + b"14\r\n" + text + b"\r\n14\r\n" + text), [text[:-1]] * 2)
        self.assertEqual(streams.lines(HEAD + b"\r\n" + text + text), [text[:-1]] * 2)


class Tables(unittest.TestCase):
    results = {
        "bhrh": [dict(cpu_ns=104, wire=1.0005), dict(cpu_ns=150, wire=1.0005)],
        BUFFERED: [dict(cpu_ns=100, wire=1.0005), dict(cpu_ns=120, wire=1.0005)],
        "go": [dict(cpu_ns=440, wire=1.004), dict(cpu_ns=430, wire=1.004)],
        "axum": [dict(cpu_ns=100, wire=1.3), {"invalid": "wrong content"}],
    }

    def test_goals(self):
        text = goals.table({"rows_1e6": self.results})
        self.assertIn("| ahead of go | 127 | 435 (go) | hit |", text)
        self.assertIn("| 1.5 or less | 1.15 | 1 (axum) | hit |", text)
        self.assertIn("| 1.01 or less | 1 | 1 (go) | hit |", text)

    def test_a_row_says_what_it_is_to_ours_with_a_buffer(self):
        text = report.table(SCENARIOS["rows_1e6"], self.results)
        self.assertIn("| go | 435 | 3.99 |", text)

    def test_only_those_that_serve_them_are_asked(self):
        scenario = SCENARIOS["rows_1e6"]
        self.assertIsNone(cells.quietest("nginx", SERVERS["nginx"], scenario, None))
        self.assertIsNone(cells.quietest(BUFFERED, SERVERS[BUFFERED], SCENARIOS["drip"], None))
        self.assertTrue(all(SERVERS[name].streams for name in ("bhrh", "go", "axum", "python")))

    def test_streams_are_scenarios(self):
        kinds = {key for key, scenario in SCENARIOS.items() if scenario.kind == "stream"}
        self.assertEqual(kinds, set(streams.STREAMS))


if __name__ == "__main__":
    unittest.main()
