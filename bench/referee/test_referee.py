"""That the referee sees wrong answers, and reckons rightly; README.md says how to run it."""

import contextlib
import dataclasses
import io
import json
import socketserver
import ssl
import sys
import tempfile
import threading
import unittest
from unittest import mock
from xml.etree import ElementTree

import goals
import picture
import profiling
import report
import shaking
from client import Contract
from figures import number, ratio
from process import Invalid
from scenarios import SCENARIOS
from secure import certificate, first_message
from servers import FLOOR, SERVERS, Server

RIGHT = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 13\r\n\r\nHello, World!"


class Canned(socketserver.ThreadingTCPServer):
    """Answers each read with the same bytes."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, answer):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                while self.request.recv(65536):
                    self.request.sendall(answer)

        self.answer = answer
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class Encrypted(Canned):
    """Does so inside of TLS, and closes after one answer."""

    def __init__(self, answer, folder):
        super().__init__(answer)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        place = certificate(folder)
        self.context.load_cert_chain(place / "cert.pem", place / "key.pem")

    def finish_request(self, request, client_address):
        with contextlib.suppress(OSError):
            with self.context.wrap_socket(request, server_side=True) as secured:
                secured.recv(65536)
                secured.sendall(self.answer)


class Handshakes(unittest.TestCase):
    def shaken(self, answer):
        out = io.StringIO()
        with tempfile.TemporaryDirectory() as folder, Encrypted(answer, folder) as server:
            words = ["shaking.py", str(server.server_address[1]), "2", "1", "/plaintext"]
            with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(out):
                shaking.main()
            server.shutdown()
        return json.loads(out.getvalue())

    def test_each_connection_counts_once_if_its_answer_is_right(self):
        told = self.shaken(RIGHT)
        self.assertGreater(told["connections"], 2)
        self.assertEqual(told["problems"], [])

    def test_wrong_answers_are_told(self):
        told = self.shaken(RIGHT.replace(b"World", b"world"))
        self.assertEqual(told["connections"], 0)
        self.assertIn("answered b'HTTP/1.1 200", told["problems"][0])

    def test_the_first_message_is_one_record_of_a_handshake(self):
        message = first_message()
        self.assertEqual((message[0], int.from_bytes(message[3:5], "big")), (22, len(message) - 5))


class Answers(unittest.TestCase):
    def verdict(self, answer, key="plain_64"):
        contract = Contract(SCENARIOS[key], Server(""))
        with Canned(answer) as server:
            try:
                contract.validate(server.server_address)
                return contract
            except Invalid as error:
                return str(error)
            finally:
                server.shutdown()

    def test_right(self):
        contract = self.verdict(RIGHT)
        self.assertEqual(contract.size, len(RIGHT))
        self.assertEqual(contract.notes, {"no Date", "no Server"})

    def test_wrong(self):
        for change, verdict in (
            ((b"World", b"world"), "wrong body"),
            ((b"200 OK", b"500 No"), "status 500"),
            ((b"text/plain", b"text/html"), "content type"),
            ((b"HTTP/1.1", b"HTTP/1.0"), "status line"),
            ((b"Content-Length: 13\r\n", b""), "neither"),
            ((b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), "closes a keep-alive"),
        ):
            self.assertIn(verdict, self.verdict(RIGHT.replace(*change)))
        self.assertIn("ignores Connection: close", self.verdict(RIGHT, "close"))

    def test_heads_that_are_counted(self):
        from counts import odd_heads

        requests = {}
        for key, scenario, change in odd_heads(SCENARIOS["plain_64"]):
            requests[key] = change(Contract(scenario, Server("")).exchanges[0].request)
        self.assertIn(b"GET /plaintext?q=a%20b HTTP/1.1\r\n", requests["escape"])
        self.assertIn(b"\r\nHost:127.0.0.1\r\n", requests["tight"])
        self.assertIn(b"\r\nCookie: name=caf\xe9\r\n", requests["latin_1"])

    def test_answers_that_were_timed_have_the_right_size(self):
        contract = self.verdict(RIGHT)
        contract.check_timed(1000, 1000 * len(RIGHT) + 64, 64)
        for received in (1000 * (len(RIGHT) - 13), 1000 * (len(RIGHT) + 30)):
            with self.assertRaises(Invalid):
                contract.check_timed(1000, received, 64)


def cell(rps, cpu, **more):
    return dict(rps=rps, cpu_us=cpu, p50=1, p99=2, hwm_mib=3, errors={}, **more)


class Reckoning(unittest.TestCase):
    results = {
        FLOOR: [cell(100, 10), cell(50, 20), cell(100, 10)],
        "bhrh": [cell(99, 10.3), cell(40, 21), cell(98, 10.34)],
        "hyper": [cell(90, 11), None, {"invalid": "wrong body"}],
    }

    def test_ratios_are_of_the_same_round(self):
        self.assertAlmostEqual(ratio(self.results, "bhrh", "cpu_us"), 1.034)
        self.assertAlmostEqual(ratio(self.results, "hyper", "rps"), 0.9)
        self.assertIsNone(ratio(self.results, "axum", "rps"))

    def test_goals(self):
        text = goals.table({"plain_64": self.results})
        self.assertIn("| 1.03 or less | 1.03 | 1.1 (hyper) | hit |", text)
        self.assertIn("| ahead of every peer | 0.98 | 0.9 (hyper) | hit |", text)
        worse = self.results | {"bhrh": [cell(80, 10.4)]}
        text = goals.table({"plain_64": worse})
        self.assertIn("| 1.03 or less | 1.04 | 1.1 (hyper) | miss |", text)
        self.assertIn("0 of 2 goals hit", text)

    def test_goals_name_scenarios_and_rivals_that_there_are(self):
        for goal in goals.GOALS:
            self.assertIn(goal.scenario, SCENARIOS)
            self.assertIn(goal.rival or "hyper", SERVERS)

    def test_tables_tell_of_invalid_cells(self):
        text = report.table(SCENARIOS["plain_64"], self.results)
        self.assertIn("INVALID: wrong body", text)
        self.assertLess(text.index("| **bhrh** |"), text.index("| hyper |"))

    def test_every_kind_has_a_table(self):
        kinds = {scenario.kind for scenario in SCENARIOS.values()}
        self.assertEqual(kinds, set(report.HEADS))
        self.assertEqual(kinds, set(report.ROWS))
        for scenario in SCENARIOS.values():
            empty = report.table(scenario, {"hyper": [{"invalid": "why"}]})
            heads, _, row = empty.splitlines()[2:5]
            if scenario.kind not in ("syscalls",):
                self.assertEqual(heads.count("|"), row.count("|"), scenario.key)

    def test_the_picture_is_xml(self):
        drawn = picture.draw({"plain_64": self.results, "close": {FLOOR: [None]}})
        ElementTree.fromstring(drawn)
        self.assertIn("bhrh: 1.03", drawn)

    def test_numbers(self):
        shown = [number(x) for x in (None, 0, 0.0004, 0.0123, 1.034, 12.34, 123.4, 12345)]
        self.assertEqual(shown, ["–", "0", "0", "0.0123", "1.03", "12.3", "123", "12,345"])

    def test_servers_can_be_given_another_command(self):
        other = dataclasses.replace(SERVERS["bhrh"], command="x --bind {bind}")
        self.assertEqual(other.lacks, SERVERS["bhrh"].lacks)


class Profiles(unittest.TestCase):
    def test_samples_count_for_the_call_that_they_were_in(self):
        text = """
            ffffffff81 skb_clone+0x10 ([kernel.kallsyms])
            ffffffff82 tcp_sendmsg+0x3c ([kernel.kallsyms])
            ffffffff83 __x64_sys_sendto+0x1 ([kernel.kallsyms])
                  7f01 __send+0x55 (/usr/lib/libc.so.6)

            ffffffff84 net_rx_action ([kernel.kallsyms])
                  5501 bhrh::proto::fast::read+0x5 (/target/examples/bench)

                  5502 <bhrh::exchange::Exchange as a::B>::c+0x5 (/target/examples/bench)
                  5503 [unknown] (/target/examples/bench)
"""
        expected = {"sendto (kernel)": 1, "interrupts and the like (kernel)": 1, "bench": 1}
        self.assertEqual(profiling.samples(text), expected)


if __name__ == "__main__":
    unittest.main()
