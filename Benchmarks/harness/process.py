"""A process that a measure starts, and what the kernel says of it."""

import os
import signal
import subprocess
from pathlib import Path


class Process:
    """Runs until the `with` block ends, on one core where one is given."""

    def __init__(self, *command, core=None, environment=None):
        self.command = [str(word) for word in command]
        if core is not None:
            self.command = ["taskset", "-c", str(core)] + self.command
        self.environment = {**os.environ, **(environment or {})}
        self.popen = None

    def __enter__(self):
        self.popen = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, start_new_session=True)
        return self

    def __exit__(self, *_):
        self.stop()

    @property
    def id(self):
        return self.popen.pid

    def stop(self):
        """Asks it and its children to end, and makes them end after ten seconds. Returns what was said on stderr."""
        self._signal(signal.SIGTERM)
        try:
            return self.popen.communicate(timeout=10)[1]
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            return self.popen.communicate()[1]

    def _signal(self, number):
        # It leads a group of its own, which has everything that it started.
        try:
            os.killpg(self.id, number)
        except ProcessLookupError:
            pass

    def check(self):
        """Raises where it has ended already."""
        if self.popen.poll() is not None:
            said = self.stop().decode(errors="replace").strip().splitlines()
            raise RuntimeError(f"{self.command[0]} ended with {self.popen.returncode}: {' / '.join(said[-3:])}")

    def ids(self):
        """Its own id and those of its children."""
        children = Path(f"/proc/{self.id}/task/{self.id}/children").read_text(encoding="ascii")
        return [self.id] + [int(child) for child in children.split()]

    def _tasks(self):
        return [task for process in self.ids() for task in Path(f"/proc/{process}/task").iterdir()]

    def cpu(self):
        """Seconds of processor time, user and system, of all its threads and children."""
        return sum(int((task / "schedstat").read_text(encoding="ascii").split()[0]) for task in self._tasks()) / 1e9

    def loop_cpu(self):
        """The same of its first thread only."""
        return int(Path(f"/proc/{self.id}/task/{self.id}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9

    def voluntary_switches(self):
        """How often its threads have gone to sleep."""
        total = 0
        for task in self._tasks():
            for line in (task / "status").read_text(encoding="ascii").splitlines():
                if line.startswith("voluntary_ctxt_switches:"):
                    total += int(line.split()[1])
        return total

    def memory(self):
        """(RSS, PSS) in MiB, with its children."""
        sums = {"Rss:": 0, "Pss:": 0}
        for process in self.ids():
            for line in Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines():
                name, *rest = line.split()
                if name in sums:
                    sums[name] += int(rest[0])
        return sums["Rss:"] / 1024, sums["Pss:"] / 1024


def run(*command, core=None, **options):
    """Runs a command to its end. Returns (stdout, seconds of its processor time); raises where it fails."""
    words = [str(word) for word in command]
    allowed = options.pop("allowed", (0,))
    everywhere = os.sched_getaffinity(0)
    # It inherits the core. By way of taskset(1) it would be charged for that program's milliseconds too.
    if core is not None:
        os.sched_setaffinity(0, {core})
    try:
        popen = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=options.pop("stdout", subprocess.PIPE), **options)
    finally:
        os.sched_setaffinity(0, everywhere)
    out = popen.stdout.read() if popen.stdout else b""
    _, status, usage = os.wait4(popen.pid, 0)
    popen.returncode = os.waitstatus_to_exitcode(status)
    if popen.stdout:
        popen.stdout.close()
    if popen.returncode not in allowed:
        raise RuntimeError(f"{' '.join(words[:6])} ended with {popen.returncode}")
    return out, usage.ru_utime + usage.ru_stime
