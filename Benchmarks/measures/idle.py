"""How often an idle process wakes up."""

import time
from contextlib import ExitStack

from harness.agent import Agent
from harness.node import MadeUpNode
from harness.peers import NodeExporter
from harness.samples import Row

SETTLE, SECONDS = 5, 60


def measure():
    with ExitStack() as stack:
        processes = [stack.enter_context(process) for process in (Agent(stack.enter_context(MadeUpNode())), NodeExporter())]
        time.sleep(SETTLE)
        before = [process.voluntary_switches() for process in processes]
        time.sleep(SECONDS)
        ours, theirs = (process.voluntary_switches() - count for process, count in zip(processes, before))
    return [
        Row("voluntary context switches in 60 s, idle", "", [ours], target=4, note="one pass a minute, and no watchdog"),
        Row("the same beside node_exporter", "", [ours], "node_exporter", [max(theirs, 1)]),
    ]
