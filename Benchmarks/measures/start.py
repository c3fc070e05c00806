"""From exec to READY, where no module has to be loaded, and what `check` costs."""

import socket
import subprocess
import tempfile
import time

from harness.agent import BINARY, Agent
from harness.machine import MEASURED
from harness.node import MadeUpNode
from harness.process import run
from harness.samples import Row
from measures.passes import DROP_IN, showconfig

ROUNDS = 31


class Starting(Agent):
    """An agent that nobody waits for: it says itself when it is ready."""

    def __enter__(self):
        return super(Agent, self).__enter__()


def measure():
    times = []
    with MadeUpNode() as node, tempfile.TemporaryDirectory() as scratch:
        for number in range(ROUNDS):
            path = f"{scratch}/{number}"
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
                notify.bind(path)
                notify.settimeout(20)
                agent = Starting(node, environment={"NOTIFY_SOCKET": path})
                began = time.monotonic()
                with agent:
                    while b"READY=1" not in notify.recv(4096):
                        pass
                    times.append((time.monotonic() - began) * 1000)
    # The first start writes the files and reads the program from the disk.
    return [Row("exec to READY, no module to load", "ms", times[1:], target=15), _check()]


def _check():
    """`check` as node-problem-detector runs it every half minute."""
    ours, theirs = [], []
    with MadeUpNode() as node:
        for number in range(25):
            node.put(f"root/etc/modprobe.d/made-up-{number}.conf", DROP_IN.format(number))
        for _ in range(ROUNDS):
            ours.append(1000 * run(BINARY, "check", *node.options, core=MEASURED, stdout=subprocess.DEVNULL, allowed=(0, 1))[1])
            theirs.append(1000 * showconfig(node))
    return Row(
        "sctp-agent check, 25 drop-ins", "ms", ours, "modprobe --showconfig", theirs, target=2.5,
        note="processor time of whole processes; docs/development/performance.md has the profile")
