"""What much of everything costs: rules, declared files, and files that do not concern the agent."""

import re
import signal
import time
from pathlib import Path

from harness.agent import Agent, get
from harness.machine import MEASURED
from harness.node import MadeUpNode
from harness.samples import Row

RULES, DECLARED = 8_000, 6_000
ROUNDS = 7
GIBIBYTE = 1 << 30
# Where drop-ins are read from.
DIRECTORIES = [f"{parent}/{name}" for parent in ("etc", "run", "usr/lib") for name in ("modprobe.d", "modules-load.d")]
# About a megabyte.
BACKUP = b"# a backup of something\n" * 40_000


def measure():
    return _answers() + [_stop()] + _foreign()


def _answers():
    """How long the page and /status take, and how large they are, where very many rules concern sctp."""
    with MadeUpNode() as node:
        for number in range(RULES):
            node.put(f"root/etc/modprobe.d/made-up-{number}.conf", "blacklist sctp\n")
        with Agent(node, "--observe-only", core=MEASURED) as agent:
            rows = []
            for path in ("/", "/status"):
                get(agent.port, path)
                times, size = [], 0
                for _ in range(ROUNDS):
                    agent.popen.send_signal(signal.SIGHUP)  # after a pass it is put together again
                    time.sleep(0.3)
                    began = time.monotonic()
                    size = len(get(agent.port, path))
                    times.append((time.monotonic() - began) * 1000)
                rows += [
                    Row(f"GET {path} with {RULES:,} rules", "ms", times, target=50),
                    Row("the size of its answer", "KiB", [size / 1024], target=512)]
    return rows


def _stop():
    """From SIGTERM to the exit, in the pass that writes very many declared files."""
    files = {f"declared-{number}.conf": f"options made-up-{number} value=1\n" for number in range(DECLARED)}
    times = []
    for share in (0.01, 0.3, 0.6):
        with MadeUpNode(files) as node, Agent(node, core=MEASURED) as agent:
            while sum(1 for _ in node.drop_ins.iterdir()) < share * DECLARED:
                time.sleep(0.005)
            began = time.monotonic()
            agent.popen.send_signal(signal.SIGTERM)
            agent.popen.wait(10)
            times.append(time.monotonic() - began)
    return Row(f"SIGTERM to exit, while {DECLARED:,} declared files are written", "s", times, target=1)


def _foreign():
    """Peak memory with a gibibyte of files that do not concern the agent: backups, and drop-ins about other modules."""
    rows = []
    for name, suffix in (("backups", "bak"), ("drop-ins", "conf")):
        with MadeUpNode() as node:
            for directory in DIRECTORIES:
                for number in range(GIBIBYTE // len(DIRECTORIES) // len(BACKUP)):
                    file = node.directory / "root" / directory / f"made-up-{number}.{suffix}"
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(BACKUP)
            with Agent(node, core=MEASURED) as agent:
                agent.popen.send_signal(signal.SIGHUP)
                time.sleep(5)
                rows.append(Row(f"peak memory beside 1 GiB of {name}", "MiB", [_peak(agent.id)], target=32))
    return rows


def _peak(process):
    """The high-water mark of its memory in MiB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024
