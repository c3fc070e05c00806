"""Processor time per request and requests per second, beside nginx, Go and node_exporter."""

import re
from contextlib import ExitStack

from harness.agent import Agent, get
from harness.machine import CORES, LOADING, MEASURED
from harness.node import MadeUpNode
from harness.peers import GoServer, Least, Nginx, NodeExporter
from harness.process import run
from harness.samples import Row

SECONDS = 1
# The C program makes the calls that every server makes for a request, and nothing else: that is the limit. Go and
# node_exporter are there to compare.
TARGETS = {"nginx": 0.9, "Go net/http": None, "node_exporter": None, "the least, in C": 1.05}
ROUNDS = {"nginx": 9, "Go net/http": 5, "node_exporter": 5, "the least, in C": 5}


def load(port, path, connections, seconds=SECONDS, threads=1):
    """Requests answered, and for how many seconds they came. One thread keeps to its core; several go everywhere."""
    out, _ = run("wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"http://127.0.0.1:{port}{path}",
                 core=LOADING if threads == 1 else None)
    match = re.search(rb"(\d+) requests in ([\d.]+)(ms|s|m),", out)
    if not match:
        raise RuntimeError("wrk did not say how many requests there were")
    return int(match[1]), float(match[2]) * {b"ms": 0.001, b"s": 1, b"m": 60}[match[3]]


def measure():
    rows = []
    with ExitStack() as stack:
        node = stack.enter_context(MadeUpNode())
        agent = stack.enter_context(Agent(node, core=MEASURED))
        agent.name, agent.path = "sctp-agent", "/status"
        size = len(get(agent.port, "/status"))
        peers = [stack.enter_context(peer) for peer in (
            Nginx(size, MEASURED), GoServer(size, MEASURED), NodeExporter(MEASURED), Least(size, MEASURED))]
        for server in [agent, *peers]:
            load(server.port, server.path, 64, 1)
        for connections in (64, 512):
            rows += _compare(agent, peers, connections)
    rows[0].note = f"the body of /status has {size} bytes; so have nginx's and Go's answers; node_exporter serves its landing page"
    return rows


def _compare(agent, peers, connections):
    cost = {peer.name: ([], []) for peer in peers}
    rate = {peer.name: ([], []) for peer in peers}
    widest = ([], [])
    for number in range(max(ROUNDS.values())):
        ours = _sample(agent, connections)
        for peer in peers:
            if number < ROUNDS[peer.name]:
                theirs = _sample(peer, connections)
                for side, (microseconds, per_second) in enumerate((ours, theirs)):
                    cost[peer.name][side].append(microseconds)
                    rate[peer.name][side].append(per_second)
        # One thread of wrk is busy all the time with any of these servers: with more, the servers are the limit.
        for side, server in enumerate((agent, peers[0])):
            requests, seconds = load(server.port, server.path, connections, threads=len(CORES))
            widest[side].append(requests / seconds)
    at = f"{connections} connections"
    floor = "a C program that only receives and sends: what the kernel takes for one recv and one send a request"
    return [
        Row(f"processor time per request, {at}", "µs", *_beside(peer.name, cost), target=TARGETS[peer.name],
            note=floor if peer.name == "the least, in C" else "")
        for peer in peers
    ] + [
        Row(f"requests per second, {at}", "", *_beside("nginx", rate), target=1.05, at_least=True),
        Row("the same, the client on every core", "", widest[0], "nginx", widest[1], target=1.05, at_least=True),
    ]


def _beside(name, samples):
    ours, theirs = samples[name]
    return ours, name, theirs


def _sample(server, connections):
    before = server.cpu()
    requests, seconds = load(server.port, server.path, connections)
    return (server.cpu() - before) / requests * 1e6, requests / seconds
