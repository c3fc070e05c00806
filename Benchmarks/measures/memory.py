"""Memory after a million requests and ten thousand drifts."""

import time
from contextlib import ExitStack

from harness.agent import Agent, get
from harness.machine import LOADING, MEASURED
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


def _served_and_drifted():
    """RSS and PSS of an agent with the documented intent, at first and at rest after it all.

    At rest: after a pass that only time called for, when the agent has given back what passes need.
    """
    with MadeUpNode() as node, Agent(node, "--resync", str(RESYNC), core=MEASURED) as agent:
        time.sleep(1)
        first = agent.memory()
        ask(agent, "/status", REQUESTS)
        # More than five a minute look like a fight, so most of these are seen and left for later.
        file = node.drop_ins / "sctp-blacklist.conf"
        for number in range(DRIFTS):
            file.write_text(f"blacklist sctp # {number}\n", encoding="utf-8")
            time.sleep(0.0005)
        time.sleep(RESYNC + 2)
        get(agent.port, "/status")
        return first, agent.memory(), size(agent)


def size(agent):
    return len(get(agent.port, "/status"))


def measure():
    first, (rss, pss), bytes_of_status = _served_and_drifted()
    with ExitStack() as stack:
        exporter, go = (stack.enter_context(peer) for peer in (NodeExporter(MEASURED), GoServer(bytes_of_status, LOADING)))
        ask(exporter, "/", PEER_REQUESTS)
        get(exporter.port, "/metrics")
        ask(go, "/status", PEER_REQUESTS)
        theirs = {peer.name: peer.memory()[0] for peer in (exporter, go)}
    return [
        Row("RSS after 1,000,000 requests and 10,000 drifts", "MiB", [rss], target=11,
            note=f"{first[0]:.1f} MiB at first; it repairs a file that is changed again and again five times, then backs "
            f"off; peers after {PEER_REQUESTS:,} requests"),
        Row("PSS after the same", "MiB", [pss], target=8),
        Row("RSS, both after their requests", "MiB", [rss], "node_exporter", [theirs["node_exporter"]], target=0.6),
        Row("RSS, both after their requests", "MiB", [rss], "Go net/http", [theirs["Go net/http"]], target=1),
    ]
