"""In a virtual machine with a stock kernel: from an intent to usable SCTP, the module's load included."""

import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from harness.agent import BINARY, REPOSITORY
from harness.process import run
from harness.samples import Row

SCENARIOS = Path(__file__).resolve().parents[1] / "vm"
# The guest's clock counts instructions, so that one boot is much like another.
ROUNDS = 2


def _boots():
    """Milliseconds, by what was measured, of one boot for each way."""
    measured = {}
    environment = {**os.environ, "SCTP_AGENT_VM_SCENARIOS": str(SCENARIOS), "SCTP_AGENT_BINARY": str(BINARY)}
    with tempfile.TemporaryDirectory() as scratch, ThreadPoolExecutor() as pool:
        consoles = [Path(scratch) / way for way in ("agent", "modprobe")]
        list(pool.map(lambda console: run(
            REPOSITORY / "Tests/VM/lib/scenario", f"usable (WAY={console.name})", console, env=environment), consoles))
        text = "\n".join(console.read_text(errors="replace") for console in consoles)
    for what, centiseconds in re.findall(r"^measured: (\w+) (\d+)", text, re.M):
        measured[what] = int(centiseconds) * 10
    return measured


def measure():
    # What both boots share is made before.
    for tool in ("lib/packages", "lib/kernel", "lib/tools"):
        run(REPOSITORY / "Tests/VM" / tool)
    boots = [_boots() for _ in range(ROUNDS)]
    samples = {what: [boot[what] for boot in boots] for what in ("agent", "modprobe", "boot")}
    return [
        Row("intent to usable SCTP, in the VM", "ms", samples["agent"], "modprobe sctp alone", samples["modprobe"], target=1.5,
            note="emulated, by a clock that counts a billion instructions a second, as a slow core of a server does; the "
            "agent writes the files, loads the module and proves it by an association"),
        Row("intent to usable SCTP, in the VM", "ms", samples["agent"], "a reboot of that VM", samples["boot"],
            note="the documented way needs a drain and a reboot; this is the kernel and an initramfs only, without the "
            "drain, firmware and services"),
    ]
