"""A running server, and what the kernel says about it."""

import itertools
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from secure import certificate
from servers import BIN, HERE


class Invalid(Exception):
    """Why a cell does not count."""


def read(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def taskset(scenario, options, which):
    """The command before the server's (0) or the client's (1) that keeps it on one CPU."""
    cpus = scenario.cpus or ((0, 1) if options.pin else ())
    return ["taskset", "-c", str(cpus[which])] if cpus else []


class Process:
    """A server, started for one cell. `prefix` is a command to run it under."""

    # Below the ports that the system gives to clients.
    ports = itertools.cycle(range(12000 + os.getpid() % 4000, 32000))

    def __init__(self, server, scenario, options, prefix=(), threads=None):
        self.address = ("127.0.0.1", self.free_port())
        self.rusage = None
        fill = dict(
            bin=BIN,
            here=HERE,
            python=sys.executable,
            host="127.0.0.1",
            port=self.address[1],
            bind=f"127.0.0.1:{self.address[1]}",
            threads=threads or options.threads,
            floor=scenario.floor,
            tls=f"--tls {certificate(options.folder)}" if scenario.tls else "",
        )
        command = [*prefix, *taskset(scenario, options, 0)]
        command += shlex.split(server.command.format(**fill))
        extra = {name: value.format(**fill) for name, value in server.environment.items()}
        self.log = tempfile.TemporaryFile(dir=options.folder)
        self.popen = subprocess.Popen(
            command,
            env={**os.environ, **extra},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    @classmethod
    def free_port(cls):
        for port in itertools.islice(cls.ports, 20000):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue
        raise Invalid("no free port")

    def wait_ready(self, limit=15):
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if self.popen.poll() is not None:
                raise Invalid(f"exited {self.popen.returncode}: {self.output()[-200:]}")
            try:
                socket.create_connection(self.address, 1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise Invalid("not ready in time")

    def output(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace").strip()

    def tree(self):
        """Its process id and those of its descendants."""
        found, todo = [], [self.popen.pid]
        while todo:
            found.append(todo.pop())
            for children in Path(f"/proc/{found[-1]}/task").glob("*/children"):
                todo += map(int, read(children).split())
        return found

    def threads(self):
        return [task for pid in self.tree() for task in Path(f"/proc/{pid}/task").glob("*")]

    def cpu(self):
        """Seconds of user and system time, of all threads and children, dead threads too."""
        # The CPU-time clock of another process (clock_getcpuclockid): nanoseconds, where
        # /proc/PID/stat counts in hundredths of a second.
        total = 0.0
        for pid in self.tree():
            try:
                total += time.clock_gettime(~pid << 3 | 2)
            except OSError:
                pass  # it ended meanwhile
        return total

    def memory(self, key):
        """KiB of VmRSS or VmHWM, added up over the process tree."""
        found = (re.search(rf"{key}:\s+(\d+)", read(f"/proc/{pid}/status")) for pid in self.tree())
        return sum(int(match[1]) for match in found if match)

    def switches(self):
        """thread -> how often it has given up a processor so far, of its own will or not"""
        pattern = re.compile(r"ctxt_switches:\s+(\d+)")
        counts = {}
        for task in self.threads():
            counts[task] = sum(map(int, pattern.findall(read(task / "status"))))
        return counts

    def stop(self):
        """Ends it; wait4's rusage covers its whole life, dead threads too."""
        pid = self.popen.pid
        if self.popen.returncode is None:
            self.popen.send_signal(signal.SIGTERM)
            end = time.monotonic() + 5
            done = 0
            while not done and time.monotonic() < end:
                done, _, self.rusage = os.wait4(pid, os.WNOHANG)
                time.sleep(0.01)
            if not done:
                self.popen.kill()
                _, _, self.rusage = os.wait4(pid, 0)
            self.popen.returncode = 0
        try:
            os.killpg(pid, signal.SIGKILL)  # a session of its own: stray children only
        except ProcessLookupError:
            pass
