"""The servers that the agent is measured against, each with the same body as the agent's /status."""

import os
import tempfile
from pathlib import Path

from harness.agent import REPOSITORY, await_port, free_port
from harness.process import Process, run

CACHE = REPOSITORY / ".build/bench"
PEERS = Path(__file__).resolve().parents[1] / "peers"


def _built(name, source, *compiler, **options):
    """The program of a source file, built anew where that has changed. The compiler takes `-o PROGRAM SOURCE` behind it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    program = CACHE / name
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        run(*compiler, "-o", program, source, **options)
    return program


class Server(Process):
    """A peer that listens when the `with` block begins."""

    def __init__(self, name, path, *command, core=None, environment=None):
        super().__init__(*command, core=core, environment=environment)
        self.name = name
        self.path = path

    def __enter__(self):
        super().__enter__()
        await_port(self.port, self)
        return self


class Nginx(Server):
    """One worker that returns a body of `size` bytes from memory, without an access log."""

    def __init__(self, size, core=None, prefix=(), single=False):
        self.port = free_port()
        self.scratch = tempfile.TemporaryDirectory(prefix="sctp-agent-bench-nginx-")
        text = (PEERS / "nginx.conf").read_text(encoding="utf-8")
        # A word of its configuration has less than 4096 bytes; a longer body is put together of several.
        pieces = ["x" * min(4000, size - start) for start in range(0, size, 4000)]
        sets = "" if len(pieces) == 1 else "".join(f"set $b{number} {piece}; " for number, piece in enumerate(pieces))
        body = pieces[0] if len(pieces) == 1 else "".join(f"$b{number}" for number in range(len(pieces)))
        values = {"PORT": self.port, "SCRATCH": self.scratch.name, "SETS": sets, "BODY": body,
                  "MASTER": "off" if single else "on"}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        configuration = Path(self.scratch.name) / "nginx.conf"
        configuration.write_text(text, encoding="utf-8")
        super().__init__("nginx", "/status", *prefix, "/usr/sbin/nginx", "-p", self.scratch.name, "-c", configuration,
                         core=core)

    def __exit__(self, *_):
        super().__exit__()
        self.scratch.cleanup()


class GoServer(Server):
    """Go's net/http."""

    def __init__(self, size, core=None):
        self.port = free_port()
        super().__init__("Go net/http", "/status", self.program(), f"127.0.0.1:{self.port}", size, core=core)

    @staticmethod
    def program():
        return _built("go-server", PEERS / "server.go", "go", "build",
                      env={**os.environ, "GOCACHE": str(CACHE / "go"), "GO111MODULE": "off", "GOFLAGS": ""})


class Least(Server):
    """A loop of epoll_wait, recv and send, which looks at nothing: what no server can do without."""

    def __init__(self, size, core=None):
        self.port = free_port()
        super().__init__("the least, in C", "/status", self.program(), self.port, size, core=core)

    @staticmethod
    def program():
        return _built("least", PEERS / "least.c", "cc", "-O2", "-Wall", "-Werror")


class NodeExporter(Server):
    """node_exporter's landing page, which it has ready, as the agent has its status."""

    BINARY = Path("/usr/bin/prometheus-node-exporter")

    def __init__(self, core=None):
        self.port = free_port()
        super().__init__("node_exporter", "/", self.BINARY, f"--web.listen-address=127.0.0.1:{self.port}", core=core)
