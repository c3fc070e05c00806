"""What proofs between nodes cost, in a virtual machine with SCTP, and how long `fleet` takes for many agents."""

import json
import os
import re
import tempfile
import time
from pathlib import Path

from harness.agent import BINARY, REPOSITORY, Agent, free_port
from harness.node import MadeUpNode
from harness.process import run
from harness.samples import Row

SCENARIOS = Path(__file__).resolve().parents[1] / "vm"
AGENTS, ROUNDS = 1000, 5


def _proofs():
    """The numbers of one boot, by name."""
    for tool in ("lib/packages", "lib/kernel", "lib/tools"):
        run(REPOSITORY / "Tests/VM" / tool)
    environment = {**os.environ, "SCTP_AGENT_VM_SCENARIOS": str(SCENARIOS), "SCTP_AGENT_BINARY": str(BINARY)}
    with tempfile.TemporaryDirectory() as scratch:
        console = Path(scratch) / "console"
        run(REPOSITORY / "Tests/VM/lib/scenario", "paths", console, env=environment)
        text = console.read_text(errors="replace")
    return {name: int(number) for name, number in re.findall(r"^measured: (\w+) (\d+)", text, re.M)}


def _fleet():
    """Seconds that `fleet` takes, by the clock: one agent answers at each of many addresses of the loopback."""
    samples = []
    with MadeUpNode() as node:
        # A port of its own on every address, beside the usual one on which the harness asks.
        port = free_port()
        with Agent(node, "--listen", f"0.0.0.0:{port}"):
            targets = [f"127.0.{number // 250 + 1}.{number % 250 + 1}:{port}" for number in range(AGENTS)]
            for _ in range(ROUNDS):
                began = time.monotonic()
                out, _ = run(BINARY, "fleet", "-o", "json", *targets, allowed=(0, 1))
                samples.append(time.monotonic() - began)
                answer = json.loads(out)
                if answer["unreachable"] or len(answer["nodes"]) != AGENTS:
                    raise RuntimeError(f"fleet reached {len(answer['nodes']) - answer['unreachable']} of {AGENTS} agents")
    return samples


def measure():
    proofs = _proofs()
    microseconds = proofs["proving_cpu"] - proofs["plain_cpu"]
    kibibytes = proofs["proving_memory"] - proofs["plain_memory"]
    return [
        Row("processor time of proving 16 addresses a minute", "% of a core",
            [max(0, microseconds) / proofs["seconds"] / 1e4], target=0.1,
            note="emulated, by a clock that counts a billion instructions a second, as a slow core of a server does; over "
            f"{proofs['seconds']} s the agent took {proofs['proving_cpu'] / 1000:.0f} ms with the proofs and {proofs['plain_cpu'] / 1000:.0f} ms without"),
        Row("RSS of proving 16 addresses a minute", "MiB", [max(0, kibibytes) / 1024], target=1,
            note=f"{proofs['proving_memory'] / 1024:.1f} MiB with the proofs and {proofs['plain_memory'] / 1024:.1f} MiB without"),
        Row(f"`fleet` over {AGENTS:,} agents' answers", "s", _fleet(), target=2,
            note="one agent that answers at as many addresses"),
    ]
