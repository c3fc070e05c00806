"""The size of the binary as it ships, and what each dependency adds."""

import os
import re
import tempfile
from pathlib import Path

from harness.agent import BINARY, MAP
from harness.peers import NodeExporter
from harness.process import run
from harness.samples import Row

MEGABYTE = 1_000_000
# Part of an input file's path in the linker's map: whose it is. The first that matches counts.
OWNERS = [
    ("swift-argument-parser", r"/ArgumentParser"),
    ("swift-log", r"/Logging\.build/"),
    ("FoundationEssentials", r"libFoundationEssentials\.a|lib_FoundationC"),
    ("string processing, for FoundationEssentials", r"libswift_StringProcessing\.a|libswift_RegexParser\.a"),
    ("concurrency, for swift-log and FoundationEssentials", r"libswift_Concurrency\.a|libdispatch\.a|libBlocksRuntime\.a"),
    ("libmd", r"libmd\.a"),
    ("libyaml", r"libyaml\.a"),
    ("zlib", r"libz\.a"),
    ("libstdc++", r"libstdc\+\+\.a"),
    ("Swift's standard library and run time", r"libswift|swiftrt\.o"),
    ("sctp-agent itself", r"\.build/"),
    ("relocations and tables", r"<internal>"),
]
LINE = re.compile(r"\s*[0-9a-f]+\s+[0-9a-f]+\s+([0-9a-f]+)\s+\d+ (\s*)(.*)")
NOT_IN_THE_FILE = (".debug", ".symtab", ".strtab", ".shstrtab", ".comment", ".note.stapsdt", ".bss", ".tbss")


def _owned(lines):
    """Bytes by owner, from lld's map: a section's line is not indented, an input's by eight blanks."""
    sizes = {}
    section = ""
    for match in filter(None, map(LINE.match, lines)):
        size, indent, name = int(match[1], 16), len(match[2]), match[3]
        if indent == 0:
            section = name
        elif indent == 8 and not section.startswith(NOT_IN_THE_FILE):
            owner = next((owner for owner, pattern in OWNERS if re.search(pattern, name)), "C's start-up files")
            sizes[owner] = sizes.get(owner, 0) + size
    return sizes


def measure():
    with tempfile.TemporaryDirectory() as scratch:
        exporter = Path(scratch) / "exporter"
        run("strip", "-o", exporter, NodeExporter.BINARY)
        theirs = os.stat(exporter).st_size / MEGABYTE
    size = os.stat(BINARY).st_size / MEGABYTE
    with open(MAP, encoding="utf-8", errors="replace") as lines:
        owned = sorted(_owned(lines).items(), key=lambda item: -item[1])
    listed = ", ".join(f"{name} {size / MEGABYTE:.2f} MB" for name, size in owned)
    return [
        Row("stripped binary", "MB", [size], target=18, note=listed),
        Row("stripped binary", "MB", [size], "node_exporter", [theirs]),
    ]
