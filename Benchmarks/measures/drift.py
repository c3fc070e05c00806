"""From a drift to the repaired file, beside an inotifywait loop that copies it."""

import os
import random
import time
from contextlib import contextmanager

from harness.agent import Agent
from harness.machine import LOADING, MEASURED
from harness.node import MadeUpNode
from harness.process import Process
from harness.samples import Row, percentile
from harness.watch import Watch

DRIFTS, ROUNDS = 10_000, 20
PEER_DRIFTS = 1_000
# In seconds; fewer rounds have to do where they take longer.
LIMIT = 120
FILES, REPAIRS = 10, 5
LOOP = """
inotifywait -q -m -e close_write -e moved_to -e moved_from -e delete --format %f "$2" | while read -r name; do
  cmp -s "$1/$name" "$2/$name" || cp "$1/$name" "$2/$name"
done
"""


def append(path):
    with open(path, "a", encoding="utf-8") as file:
        file.write("blacklist sctp\n")


def replace(path):
    new = path.with_name(".new")
    new.write_text("blacklist sctp\n", encoding="utf-8")
    new.rename(path)


CHANGES = [append, replace, os.remove]


def drift(node, watch, name, change):
    """Milliseconds from the change to the repaired file."""
    # What runs is at rest before, as it is on a node.
    time.sleep(random.uniform(0.001, 0.002))
    began = time.monotonic()
    change(node.drop_ins / name)
    watch.until(lambda: node.in_sync(name))
    return (time.monotonic() - began) * 1000


def _node():
    return MadeUpNode({f"declared-{number}.conf": f"options made-up-{number} value=1\n" for number in range(FILES)})


def _agent(count):
    """One agent repairs each file five times: more within a minute would be a fight."""
    times = []
    while len(times) < count:
        with _node() as node, Agent(node, core=MEASURED) as agent:
            node.await_sync(node.declared)
            time.sleep(0.05)
            with Watch(node.drop_ins) as watch:
                for number in range(min(REPAIRS * FILES, count - len(times))):
                    name = f"declared-{number % FILES}.conf"
                    times.append(drift(node, watch, name, CHANGES[number % len(CHANGES)]))
            agent.check()
    return times


@contextmanager
def _loop(node):
    """The peer, with the good files beside the directory."""
    good = node.directory / "good"
    for name, text in node.declared.items():
        node.put(f"good/{name}", text)
        (node.drop_ins / name).write_text(text, encoding="utf-8")
    with Process("sh", "-c", LOOP, "sh", good, node.drop_ins, core=MEASURED):
        time.sleep(0.5)
        yield


def _peer(count):
    times = []
    with _node() as node, _loop(node), Watch(node.drop_ins) as watch:
        for number in range(count):
            times.append(drift(node, watch, f"declared-{number % FILES}.conf", CHANGES[number % len(CHANGES)]))
    return times


def measure():
    os.sched_setaffinity(0, {LOADING})
    ours, theirs = [], []
    end = time.monotonic() + LIMIT
    while len(ours) < ROUNDS and time.monotonic() < end:
        ours.append(_agent(DRIFTS // ROUNDS))
        theirs.append(_peer(PEER_DRIFTS // ROUNDS))
    flat = [each for times in ours for each in times]
    return [
        Row("drift to repaired, median", "ms", [percentile(times, 0.5) for times in ours], "inotifywait loop",
            [percentile(times, 0.5) for times in theirs], target=0.3,
            note=f"{len(flat):,} drifts, {sum(map(len, theirs)):,} of the loop: appended to, replaced or removed, one of {FILES} files; in memory"),
        Row("drift to repaired, 99th percentile", "ms", [percentile(flat, 0.99)], target=5),
    ]
