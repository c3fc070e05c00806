"""Whether repairs leave something behind in memory."""

from harness.agent import Agent
from harness.machine import MEASURED
from harness.node import MadeUpNode
from harness.samples import Row

# Each file is repaired five times: more within a minute would be a fight.
FILES, ROUNDS, BATCHES = 2_000, 5, 10


def measure():
    files = {f"declared-{number}.conf": f"options made-up-{number} value=1\n" for number in range(FILES)}
    names = sorted(files)
    sizes = []
    with MadeUpNode(files) as node, Agent(node, core=MEASURED) as agent:
        node.await_sync(names)
        for _ in range(ROUNDS):
            for batch in range(BATCHES):
                some = names[batch::BATCHES]
                for name in some:
                    (node.drop_ins / name).write_text("blacklist sctp\n", encoding="utf-8")
                node.await_sync(some)
            sizes.append(agent.memory()[0])
    return [Row("RSS grown from the 2,000th to the 10,000th repair", "MiB", [sizes[-1] - sizes[0]],
                note=f"of {FILES:,} declared files; {sizes[-1]:.1f} MiB in all")]
