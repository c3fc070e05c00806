"""The machine that measures, and how quiet it is."""

import os
import platform
import time
from pathlib import Path

# The measured process runs on the first, what loads or watches it on the last.
CORES = sorted(os.sched_getaffinity(0))
MEASURED, LOADING = CORES[0], CORES[-1]


def _ticks():
    fields = [int(word) for word in Path("/proc/stat").read_text(encoding="ascii").split("\n", maxsplit=1)[0].split()[1:]]
    return sum(fields), fields[3] + fields[4]


def busy(seconds=1.0):
    """The share of all cores' time that is in use at the moment."""
    total, idle = _ticks()
    time.sleep(seconds)
    later, later_idle = _ticks()
    return 1 - (later_idle - idle) / max(1, later - total)


def take_precedence():
    """What is measured, and what measures it, goes before whatever else this machine does; as root only."""
    try:
        os.setpriority(os.PRIO_PROCESS, 0, -15)
    except PermissionError:
        pass


def description():
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", maxsplit=1)[1].strip()
            break
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    return f"{model}, {len(CORES)} cores, {system}, Linux {platform.release().split('-', maxsplit=1)[0]}"
