"""Whether repairs leave something behind in memory."""

import time

from harness.agent import Agent
from harness.machine import MEASURED
from harness.node import MadeUpNode
from harness.samples import Row

# Each file is repaired five times: more within a minute would be a fight.
FILES, ROUNDS, BATCH = 2_000, 5, 200
# In seconds; fewer repairs have to do where they take longer.
LIMIT = 100


def measure():
    files = {f"declared-{number}.conf": f"options made-up-{number} value=1\n" for number in range(FILES)}
    names = sorted(files)
    first = repairs = 0
    with MadeUpNode(files) as node, Agent(node, core=MEASURED) as agent:
        node.await_sync(names)
        end = time.monotonic() + LIMIT
        while repairs < FILES * ROUNDS and time.monotonic() < end:
            some = [names[(repairs + number) % FILES] for number in range(BATCH)]
            for name in some:
                (node.drop_ins / name).write_text("blacklist sctp\n", encoding="utf-8")
            node.await_sync(some)
            repairs += BATCH
            if repairs == FILES:
                first = agent.memory()[0]
        last = agent.memory()[0]
    if not first:
        raise RuntimeError(f"there were only {repairs:,} repairs in {LIMIT} s")
    return [Row(f"RSS grown from the {FILES:,}th to the {repairs:,}th repair", "MiB", [last - first],
                note=f"with {FILES:,} declared files; {last:.1f} MiB in all")]
