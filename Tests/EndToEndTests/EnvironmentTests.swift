import Foundation
import Testing

@Suite struct EnvironmentTests {
  private func plan(_ variables: [String: String], _ arguments: String...) throws -> MadeUpNode.Outcome {
    let node = try MadeUpNode()
    try node.put("etc/modprobe.d/a.conf", "blacklist sctp\n")
    return try MadeUpNode.run(["plan"] + arguments + node.options, environment: variables, in: node.directory)
  }

  @Test func `a variable sets an option, and an option on the command line wins`() throws {
    let declared = try plan(["SCTP_AGENT_UNBLOCK": "declared"])
    #expect(!declared.output.contains("write /etc/modprobe.d/a.conf"))
    #expect(declared.errors.isEmpty)
    let wins = try plan(["SCTP_AGENT_UNBLOCK": "declared"], "--unblock", "blacklist")
    #expect(wins.output.contains("write /etc/modprobe.d/a.conf"))
    #expect(try plan(["SCTP_AGENT_UNBLOCK": "nonsense"]).status == 64)
  }

  @Test func `a variable sets an option that has a short name, unless either name is given`() throws {
    #expect(try plan(["SCTP_AGENT_OUTPUT": "json"]).output.hasPrefix("{"))
    #expect(try !plan(["SCTP_AGENT_OUTPUT": "json"], "-o", "text").output.hasPrefix("{"))
    #expect(try !plan(["SCTP_AGENT_OUTPUT": "json"], "--output=text").output.hasPrefix("{"))
  }

  @Test func `a list is separated by commas`() throws {
    let roles = try MadeUpNode.run(["render"], environment: ["SCTP_AGENT_ROLE": "worker,infra"])
    #expect(roles.output.contains("/role: worker") && roles.output.contains("/role: infra"))
  }

  @Test func `a variable of a command below a command works`() throws {
    let outcome = try MadeUpNode.run(["config", "modprobe"], environment: ["SCTP_AGENT_ROOT": "/nowhere"])
    #expect(outcome.errors.contains("'/nowhere'"))
  }

  @Test(arguments: [
    ("SCTP_AGENT_UNBLCOK", "SCTP_AGENT_UNBLOCK"), ("SCTP_AGENT_LOGLEVEL", "SCTP_AGENT_LOG_LEVEL"),
    ("SCTP_AGENT_INTENTS", "SCTP_AGENT_INTENT"),
  ])
  func `a variable that no option has is named in a warning with the nearest one`(name: String, nearest: String) throws
  {
    let outcome = try plan([name: "x"])
    #expect(
      outcome.errors
        == "warning: the environment variable \(name) has no effect: no option has it; did you mean \(nearest)?\n")
    #expect(outcome.status == 2)
  }

  @Test(arguments: [
    "SCTP_AGENT_LOG_LEVEL", "SCTP_AGENT_SERVICE_HOST", "SCTP_AGENT_SERVICE_PORT", "SCTP_AGENT_SERVICE_PORT_HTTP",
    "SCTP_AGENT_PORT", "SCTP_AGENT_PORT_9132_TCP", "SCTP_AGENT_PORT_9132_TCP_PROTO", "SCTP_AGENT_PORT_9132_TCP_ADDR",
    "SCTP_AGENT_PORT_9132_TCP_PORT", "SCTP_AGENT_NODES_SERVICE_HOST", "SCTP_AGENT_NODES_PORT_9133_SCTP_ADDR",
  ])
  func `an option of another command and what Kubernetes sets for a Service are no mistakes`(name: String) throws {
    #expect(try plan([name: "debug"]).errors.isEmpty)
  }
}

@Suite struct VersionAndCompletionTests {
  @Test func `version is that of --version, and that of the server in JSON`() throws {
    let text = try MadeUpNode.run(["version"])
    #expect(text.status == 0)
    #expect(try text.output == MadeUpNode.run(["--version"]).output)
    let json = try MadeUpNode.run(["version", "-o", "json"]).output
    let keys = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: String]
    #expect(keys.map { Set($0.keys) } == ["version", "commit", "swift"])
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func `completion prints the script of a shell`(shell: String) throws {
    let script = try MadeUpNode.run(["completion", shell])
    #expect(script.status == 0)
    #expect(script.output.contains("nfd-features-dir"))
    #expect(try MadeUpNode.run(["completion", "tcsh"]).status == 64)
  }
}
