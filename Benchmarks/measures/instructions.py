"""User instructions per request, as callgrind counts them."""

import re
import select
import socket
import subprocess
import tempfile
from pathlib import Path

from harness.agent import Agent, get
from harness.node import MadeUpNode
from harness.peers import Nginx
from harness.process import run
from harness.samples import Row

CONNECTIONS, WARM, ROUNDS = 64, 5, 100
REQUEST = b"GET /status HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Clients:
    """Connections that ask all at once, and again when all have their answer."""

    def __init__(self, port):
        self.sockets = [socket.create_connection(("127.0.0.1", port), 60) for _ in range(CONNECTIONS)]

    def ask(self, rounds):
        for _ in range(rounds):
            for client in self.sockets:
                client.sendall(REQUEST)
            for client in self.sockets:
                _receive(client)

    def close(self):
        for client in self.sockets:
            client.close()


def _receive(client):
    answer = client.recv(65536)
    head, _, body = answer.partition(b"\r\n\r\n")
    left = int(re.search(rb"(?i)content-length: *(\d+)", head)[1]) - len(body)
    while left > 0:
        select.select([client], [], [], 60)
        left -= len(client.recv(65536))


def _count(server, scratch):
    """Instructions per request of a server that runs under callgrind."""
    clients = Clients(server.port)
    clients.ask(WARM)
    run("callgrind_control", "--zero", server.id, stderr=subprocess.DEVNULL)
    clients.ask(ROUNDS)
    run("callgrind_control", "--dump", server.id, stderr=subprocess.DEVNULL)
    clients.close()
    server.stop()
    totals = [int(line.split()[1]) for file in sorted(Path(scratch).glob("out*"))
              for line in file.read_text(encoding="utf-8", errors="replace").splitlines() if line.startswith("totals:")]
    # The dump asked for; what comes at the end of the process is another.
    return max(totals) / (ROUNDS * CONNECTIONS)


def _callgrind(scratch):
    return ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={scratch}/out.%p"]


def measure():
    with MadeUpNode() as node:
        with tempfile.TemporaryDirectory() as scratch:
            with Agent(node, prefix=_callgrind(scratch)) as agent:
                size = len(get(agent.port, "/status"))
                ours = _count(agent, scratch)
        with tempfile.TemporaryDirectory() as scratch:
            with Nginx(size, prefix=_callgrind(scratch), single=True) as nginx:
                theirs = _count(nginx, scratch)
    return [Row("user instructions per request", "", [ours], "nginx", [theirs], target=0.5)]
