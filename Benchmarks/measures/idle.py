"""How often an idle process wakes up."""

import shutil
import tempfile
import time
from contextlib import ExitStack

from harness.agent import BINARY, Agent
from harness.node import MadeUpNode
from harness.peers import NodeExporter
from harness.samples import Row

SETTLE, SECONDS = 5, 60


def measure():
    with ExitStack() as stack:
        memory = stack.enter_context(tempfile.TemporaryDirectory(prefix="sctp-agent-bench-idle-", dir="/dev/shm"))
        processes = [stack.enter_context(process) for process in (
            Agent(stack.enter_context(MadeUpNode())),
            Agent(stack.enter_context(MadeUpNode()), program=shutil.copy(BINARY, memory)),
            NodeExporter())]
        time.sleep(SETTLE)
        before = [process.voluntary_switches() for process in processes]
        time.sleep(SECONDS)
        ours, from_memory, theirs = (
            process.voluntary_switches() - count for process, count in zip(processes, before))
    return [
        Row("voluntary context switches in 60 s, idle", "", [ours], target=4, note="one pass a minute, and no watchdog"),
        Row("the same, the program in memory", "", [from_memory], target=2,
            note="a host that drops cached pages which no process maps makes the agent read its own again"),
        Row("the same beside node_exporter", "", [ours], "node_exporter", [max(theirs, 1)]),
    ]
