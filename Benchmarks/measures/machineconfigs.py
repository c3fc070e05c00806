"""Reading a rendered MachineConfig, beside PyYAML with libyaml and `kubectl kustomize`."""

import base64
import json
import random
import shutil
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote

from harness.agent import BINARY
from harness.machine import MEASURED
from harness.peers import CACHE
from harness.process import run
from harness.samples import Row

SIZES = {"100 KB": 100_000, "5 MB": 5_000_000}
# A node's own file is JSON, so only `lint` reads YAML of megabytes, and libyaml takes most of the time there.
TARGETS = {("5 MB", "python3 CSafeLoader"): 0.6}
ROUNDS = 7
PYTHON = """
import sys, yaml
with open(sys.argv[1], "rb") as file:
    yaml.load(file, Loader=yaml.CSafeLoader)
"""


def rendered(size):
    """A rendered pool in the form in which `oc get -o yaml` prints it: many small files, some larger ones, units."""
    source = random.Random(1)
    lines = [
        "apiVersion: machineconfiguration.openshift.io/v1", "kind: MachineConfig", "metadata:",
        "  labels:", "    machineconfiguration.openshift.io/role: worker", "  name: rendered-worker-bench", "spec:",
        "  config:", "    ignition:", "      version: 3.4.0", "    storage:", "      files:"]
    length = 0
    number = 0
    while length < 0.9 * size:
        number += 1
        text = "".join(f"option_{source.randrange(1000)} = value {source.randrange(10**6)}\n"
                       for _ in range(source.choice([3, 10, 40, 120])))
        data = ("data:text/plain;charset=utf-8;base64," + base64.b64encode(text.encode()).decode()
                if number % 2 else "data:," + quote(text))
        entry = ["      - contents:", '          compression: ""', f"          source: {data}", "        mode: 420",
                 "        overwrite: true", f"        path: /etc/made-up/{number}.conf"]
        lines += entry
        length += sum(map(len, entry))
    lines += ["    systemd:", "      units:"]
    while length < size:
        number += 1
        entry = ["      - contents: |", "          [Unit]", f"          Description=Made up {number}", "",
                 "          [Service]", "          Type=oneshot", "          ExecStart=/usr/bin/true",
                 "        enabled: true", f"        name: made-up-{number}.service"]
        lines += entry
        length += sum(map(len, entry))
    return "\n".join(lines) + "\n"


def kubectl():
    """None: neither installed nor to be had."""
    found = shutil.which("kubectl") or CACHE / "kubectl"
    return found if Path(found).exists() else None


def _lint(file):
    # 5 MB are more than the operator can store, which is an error.
    return run(BINARY, "lint", file, core=MEASURED, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, allowed=(0, 1))[1]


def measure():
    rows = []
    program = kubectl()
    with tempfile.TemporaryDirectory(dir="/dev/shm") as scratch:
        for name, size in SIZES.items():
            directory = Path(scratch) / name.replace(" ", "")
            directory.mkdir()
            file = directory / "rendered.yaml"
            file.write_text(rendered(size), encoding="utf-8")
            (directory / "kustomization.yaml").write_text(json.dumps({"resources": [file.name]}), encoding="utf-8")
            peers = {"python3 CSafeLoader": lambda: run("/usr/bin/python3", "-c", PYTHON, file, core=MEASURED)[1]}
            if program:
                peers["kubectl kustomize"] = lambda: run(
                    program, "kustomize", directory, core=MEASURED, stdout=subprocess.DEVNULL)[1]
            _lint(file)
            samples = {peer: ([], []) for peer in peers}
            for _ in range(ROUNDS):
                ours = _lint(file) * 1000
                for peer, reading in peers.items():
                    samples[peer][0].append(ours)
                    samples[peer][1].append(reading() * 1000)
            rows += [Row(f"reading a rendered MachineConfig of {name}", "ms", ours, peer, theirs,
                         target=TARGETS.get((name, peer), 0.2))
                     for peer, (ours, theirs) in samples.items()]
            if not program:
                rows.append(Row(f"reading a rendered MachineConfig of {name}", "ms", [], "kubectl kustomize", target=0.2,
                                failure="kubectl is not there"))
    rows[0].note = (
        "processor time of whole processes; ours is `sctp-agent lint`, which also decodes and judges every file; of 100 KB "
        "nearly all is the start of the process, half of it the argument parser's")
    return rows
