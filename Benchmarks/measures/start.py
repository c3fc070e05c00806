"""From exec to READY, where no module has to be loaded."""

import socket
import tempfile
import time

from harness.agent import Agent
from harness.node import MadeUpNode
from harness.samples import Row

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
    return [Row("exec to READY, no module to load", "ms", times[1:], target=15)]
