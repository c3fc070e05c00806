"""A made-up node for the measurements: everything in place, nothing to load."""

import dataclasses
import pathlib

RELEASE = "6.1.0-bench"
# What the distributions' own drop-ins are made of.
LINES = (
    "# This file is part of the measurement.\nblacklist driver_{0}_a\nblacklist driver-{0}-b\n"
    "options driver_{0}_c power_save=1 debug=0\nalias pci:v0000{0:04X}d*sv*sd*bc*sc*i* driver_{0}_c\n"
    "install driver_{0}_d /bin/true\nsoftdep driver_{0}_e pre: driver_{0}_f post: driver_{0}_g\n")


@dataclasses.dataclass
class Node:
    path: pathlib.Path

    @property
    def arguments(self):
        """Of every command that looks at a node."""
        return ["--root", str(self.path), "--procfs", f"{self.path}/proc", "--sysfs", f"{self.path}/sys",
                "--kernel-release", RELEASE]


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o644)


def make(root, drop_ins=25):
    """A node with SCTP built into its kernel, with this many files in its modprobe.d."""
    tree = root / "lib/modules" / RELEASE
    write(tree / "modules.builtin", "kernel/net/sctp/sctp.ko\n")
    for name in ("modules.dep", "modules.alias", "modules.softdep"):
        write(tree / name, "")
    write(root / "proc/cmdline", "quiet\n")
    write(root / "proc/modules", "")
    write(root / "proc/sys/kernel/ostype", "Linux\n")
    write(root / "proc/sys/kernel/modules_disabled", "0\n")
    write(root / "sys/module/.keep", "")
    write(root / "etc/modprobe.d/sctp-blacklist.conf", "")
    write(root / "etc/modules-load.d/sctp-load.conf", "sctp")
    for directory in ("run", "usr/lib/modprobe.d", "usr/lib/modules-load.d", "var/lib/sctp-agent"):
        (root / directory).mkdir(parents=True, exist_ok=True)
    for number in range(drop_ins - 1):
        write(root / f"etc/modprobe.d/driver-{number:05}.conf", LINES.format(number))
    return Node(root)
