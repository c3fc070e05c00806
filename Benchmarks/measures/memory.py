"""Memory after a million requests and ten thousand drifts."""

import time
from contextlib import ExitStack
from statistics import median

from harness.agent import Agent, get
from harness.machine import MEASURED
from harness.node import MadeUpNode
from harness.peers import GoServer, NodeExporter
from harness.samples import Row
from measures.requests import load

REQUESTS = 1_000_000
# The peers have settled long before.
PEER_REQUESTS = 50_000
DRIFTS = 10_000
# In seconds; it is a minute without the option.
RESYNC = 10


def ask(server, path, requests):
    """At least so many requests, with 64 connections."""
    done = 0
    while done < requests:
        done += load(server.port, path, 64, 5 if requests > PEER_REQUESTS else 1)[0]


def _drift(node):
    """Changes one file again and again: the agent repairs it five times, and then takes it for a fight and backs off."""
    for number in range(DRIFTS):
        (node.drop_ins / "sctp-blacklist.conf").write_text(f"blacklist sctp # {number}\n", encoding="utf-8")
        time.sleep(0.0005)


def _settled(agent):
    """Medians of RSS and PSS over the time from one pass that only time called for to the next.

    After such a pass the agent gives back what passes need.
    """
    time.sleep(RESYNC + 2)
    samples = []
    for _ in range(RESYNC):
        samples.append(agent.memory())
        time.sleep(1)
    return [median(sizes) for sizes in zip(*samples)]


def measure():
    with ExitStack() as stack:
        node = stack.enter_context(MadeUpNode())
        agent = stack.enter_context(Agent(node, "--resync", str(RESYNC), core=MEASURED))
        time.sleep(1)
        first, _ = agent.memory()
        size = len(get(agent.port, "/status"))
        ask(agent, "/status", REQUESTS)
        _drift(node)
        exporter, go = (stack.enter_context(peer) for peer in (NodeExporter(MEASURED), GoServer(size, MEASURED)))
        for peer in (exporter, go):
            ask(peer, peer.path, PEER_REQUESTS)
        get(exporter.port, "/metrics")
        rss, pss = _settled(agent)
        theirs = {peer.name: peer.memory()[0] for peer in (exporter, go)}
    return [
        Row("RSS after 1,000,000 requests and 10,000 drifts", "MiB", [rss], target=6.5,
            note=f"{first:.1f} MiB at first, before it has rested; it repairs a file that is changed again and again five times, "
            f"then backs off; peers after {PEER_REQUESTS:,} requests"),
        Row("PSS after the same", "MiB", [pss], target=8),
        Row("RSS, both after their requests", "MiB", [rss], "node_exporter", [theirs["node_exporter"]], target=0.6),
        Row("RSS, both after their requests", "MiB", [rss], "Go net/http", [theirs["Go net/http"]], target=1),
    ]
