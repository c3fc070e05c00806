"""The agent under measurement."""

import http.client
import os
import socket
import time
from pathlib import Path

from harness.process import Process

REPOSITORY = Path(__file__).resolve().parents[2]
# As it ships, and how it was linked.
BINARY = Path(os.environ.get("SCTP_AGENT_BINARY", REPOSITORY / ".build/dist/sctp-agent"))
MAP = REPOSITORY / ".build/release.map"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port, process, seconds=20):
    """Returns once something listens there; raises where the process ends first or the time is over."""
    end = time.monotonic() + seconds
    while True:
        process.check()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError as error:
            if time.monotonic() > end:
                raise RuntimeError(f"{process.command[0]} does not listen on port {port}") from error
            time.sleep(0.02)


def get(port, path):
    """The body of an answer, whatever its status."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read()
    finally:
        connection.close()


class Agent(Process):
    """`sctp-agent run` on a made-up node, answering when the `with` block begins."""

    def __init__(self, node, *options, core=None, prefix=(), environment=None, program=BINARY):
        self.port = free_port()
        super().__init__(
            *prefix, program, "run", "--listen", f"127.0.0.1:{self.port}", "--log-level", "error", *node.options,
            *options, core=core, environment=environment)

    def __enter__(self):
        super().__enter__()
        await_port(self.port, self, 60)
        get(self.port, "/livez")
        return self

    def passes(self):
        """How many passes it has made."""
        for line in get(self.port, "/metrics").splitlines():
            if line.startswith(b"sctp_agent_reconcile_duration_seconds_count "):
                return int(line.split()[1])
        raise RuntimeError("/metrics does not count passes")
