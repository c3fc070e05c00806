"""One pass over a node with nothing to do, beside `modprobe --showconfig` on the same directories."""

import signal
import subprocess
import time

from harness.agent import BINARY, Agent
from harness.machine import MEASURED
from harness.node import MadeUpNode
from harness.process import run
from harness.samples import Row

SIZES = (25, 2_000, 20_000)
ROUNDS = 7
DROP_IN = "# made up\noptions made-up-{0} value=1 other=2\nalias made-up-alias-{0} made-up-{0}\nblacklist made-up-{0}-old\n"


def _pass(agent):
    """Seconds of the reconcile loop's processor time for one pass, with its report."""
    passes, before = agent.passes(), agent.loop_cpu()
    agent.popen.send_signal(signal.SIGHUP)
    end = time.monotonic() + 30
    while agent.passes() == passes:
        if time.monotonic() > end:
            raise RuntimeError("no pass within 30 s of SIGHUP")
        time.sleep(0.01)
    time.sleep(0.02)
    return agent.loop_cpu() - before


def showconfig(node):
    directories = [word for name in ("etc", "usr/lib") for word in ("-C", node.directory / "root" / name / "modprobe.d")]
    return run("modprobe", "--showconfig", *directories, core=MEASURED, stdout=subprocess.DEVNULL)[1]


def _apply(node):
    return run(BINARY, "apply", *node.options, core=MEASURED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
               allowed=(0, 1))[1]


def measure():
    rows = []
    medians = {}
    for size in SIZES:
        with MadeUpNode() as node:
            for number in range(size):
                node.put(f"root/etc/modprobe.d/made-up-{number}.conf", DROP_IN.format(number))
            _apply(node)
            with Agent(node, "--resync", "3600", core=MEASURED) as agent:
                _pass(agent)
                ours, theirs = [], []
                for _ in range(ROUNDS):
                    ours.append(_pass(agent) * 1000)
                    theirs.append(showconfig(node) * 1000)
            # Beside the daemon it would wait for the lock.
            whole = [_apply(node) * 1000 for _ in range(ROUNDS)]
        files = f"{size:,} drop-ins"
        rows += [
            Row(f"one pass with nothing to do, {files}", "ms", ours, "modprobe --showconfig", theirs, target=1),
            Row(f"sctp-agent apply, nothing to do, {files}", "ms", whole, "modprobe --showconfig", theirs)]
        medians[size] = sorted(ours)[len(ours) // 2]
    rows[0].note = "processor time of the daemon's loop, rereading its intent too; `apply` is a whole process, as modprobe is"
    small, large = SIZES[1:]
    rows.append(Row(f"time per drop-in, {large:,} against {small:,}", "ms", [medians[large] / large], "the agent itself",
                    [medians[small] / small], target=1.25, note="1 is linear"))
    return rows
