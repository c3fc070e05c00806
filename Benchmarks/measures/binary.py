"""The size of the binary as it ships, and what each dependency adds."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from harness.agent import BINARY, LINKED
from harness.peers import NodeExporter
from harness.process import run
from harness.samples import Row

MEGABYTE = 1_000_000
# The first that matches a symbol owns it. Swift's mangled names hold the module's name behind its length.
OWNERS = [
    ("FoundationEssentials", r"FoundationEssentials|_FoundationC"),
    ("swift-argument-parser", r"14ArgumentParser"),
    ("swift-log", r"7Logging"),
    ("swift-crypto with BoringSSL", r"6Crypto|CCrypto|BoringSSL|CXKCP"),
    ("swift-collections, in FoundationEssentials", r"15_RopeModule|InternalCollectionsUtilities|OrderedCollections|HashTree"),
    ("libyaml", r"^yaml_"),
    ("zlib", r"^(inflate|deflate|crc32|adler32|zlib|gz|_tr_)"),
    ("sctp-agent itself",
     r"12StatusServer|9LinuxNode|13MachineIntent|8Modprobe|9NodeAgent|9Reconcile|10sctp_agent|^C(Linux|Kmod|Yaml|Zlib|Version)_"),
    ("Swift's standard library and run time", r"^\$s|^_?swift|_ZN5swift|_ZN12_GLOBAL"),
]


def _owned(symbols):
    sizes = {}
    for line in symbols.splitlines():
        words = line.split(maxsplit=3)
        if len(words) == 4:
            owner = next((name for name, pattern in OWNERS if re.search(pattern, words[3])), "the rest (C and C++ run time)")
            sizes[owner] = sizes.get(owner, 0) + int(words[1], 16)
    return sizes


def measure():
    with tempfile.TemporaryDirectory() as scratch:
        exporter = Path(scratch) / "exporter"
        run("strip", "-o", exporter, NodeExporter.BINARY)
        theirs = os.stat(exporter).st_size / MEGABYTE
    size = os.stat(BINARY).st_size / MEGABYTE
    symbols, _ = run("nm", "--print-size", "--defined-only", LINKED, stderr=subprocess.DEVNULL)
    owned = sorted(_owned(symbols.decode(errors="replace")).items(), key=lambda item: -item[1])
    listed = ", ".join(f"{name} {size / MEGABYTE:.2f} MB" for name, size in owned)
    return [
        Row("stripped binary", "MB", [size], target=18, note=f"by symbols, of those that have a size: {listed}"),
        Row("stripped binary", "MB", [size], "node_exporter", [theirs]),
    ]
