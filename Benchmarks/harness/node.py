"""A made-up node: the directory trees that the agent takes for a node's, in memory."""

import json
import shutil
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

RELEASE = "5.14.0"


class MadeUpNode:
    """The stock files of RHEL and a module that is loaded; gone when the `with` block ends."""

    def __init__(self, files=None):
        """`files`: what the intent declares beside the documented files, as {name in /etc/modprobe.d: text}."""
        self.directory = Path(tempfile.mkdtemp(prefix="sctp-agent-bench-", dir="/dev/shm"))
        tree = f"root/lib/modules/{RELEASE}"
        self.put("root/etc/modprobe.d/sctp-blacklist.conf", "blacklist sctp\n")
        self.put("root/etc/modules-load.d/.keep")
        self.put("root/usr/lib/modprobe.d/.keep")
        self.put(f"{tree}/modules.dep", "kernel/net/sctp/sctp.ko:\n")
        self.put(f"{tree}/modules.alias", "alias net-pf-2-proto-132 sctp\nalias net-pf-10-proto-132 sctp\n")
        self.put(f"{tree}/kernel/net/sctp/sctp.ko")
        self.put("proc/cmdline", "quiet\n")
        self.put("proc/sys/kernel/modules_disabled", "0\n")
        self.put("sys/module/sctp/initstate", "live\n")
        self.declared = {"sctp-blacklist.conf": ""} | (files or {})
        self.put("intent.json", json.dumps(machine_config("bench", {
            **{f"/etc/modprobe.d/{name}": text for name, text in self.declared.items()},
            "/etc/modules-load.d/sctp-load.conf": "sctp"})))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.directory)

    @property
    def drop_ins(self):
        return self.directory / "root/etc/modprobe.d"

    def put(self, path, text=""):
        file = self.directory / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def in_sync(self, name):
        """Whether a declared drop-in is as the intent says."""
        try:
            return (self.drop_ins / name).read_text(encoding="utf-8") == self.declared[name]
        except FileNotFoundError:
            return False

    def await_sync(self, names, seconds=60):
        """Returns once all of them are; raises where the time is over."""
        end = time.monotonic() + seconds
        for name in names:
            while not self.in_sync(name):
                if time.monotonic() > end:
                    raise RuntimeError(f"{name} was not repaired within {seconds} s")
                time.sleep(0.002)

    @property
    def options(self):
        return ["--root", self.directory / "root", "--procfs", self.directory / "proc", "--sysfs", self.directory / "sys",
                "--kernel-release", RELEASE, "--intent", self.directory / "intent.json"]


def machine_config(name, files):
    """A MachineConfig that declares {path: text}."""
    return {
        "apiVersion": "machineconfiguration.openshift.io/v1", "kind": "MachineConfig",
        "metadata": {"name": name, "labels": {"machineconfiguration.openshift.io/role": "worker"}},
        "spec": {"config": {"ignition": {"version": "3.2.0"}, "storage": {"files": [
            {"path": path, "mode": 0o644, "overwrite": True, "contents": {"source": "data:," + quote(text)}}
            for path, text in files.items()]}}}}
