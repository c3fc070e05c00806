import Foundation
import Testing

/// Several processes that want to change one node.
@Suite struct LockTests {
  private static let blacklist = "etc/modprobe.d/sctp-blacklist.conf"
  private static let stock = "# as the distribution ships it\nblacklist sctp\n"

  private func isOnStandby(_ document: [String: Any]) -> Bool {
    (document["agent"] as? [String: Any])?["standby"] as? Bool == true
  }

  @Test func `revert beside a running agent changes nothing and says how to stop it`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    let before = try daemon.node.snapshot()
    let revert = try daemon.node.run("revert")
    #expect(revert.status == 1)
    let names = ["process \(daemon.process.processIdentifier)", "systemctl", "kubectl", "--force"]
    #expect(names.filter { !revert.errors.contains($0) } == [])
    #expect(try daemon.node.snapshot() == before)
  }

  @Test func `revert with force beside a running agent loses no original`() throws {
    let node = try MadeUpNode(moduleState: "live")
    for number in 0..<20 { try node.put("etc/modprobe.d/other\(number).conf", "# \(number)\nblacklist sctp\n") }
    let before = try node.snapshot()
    do {
      let daemon = try Daemon(node)
      #expect(try daemon.status(where: daemon.files("InSync")) != nil)
      for _ in 0..<5 { _ = try node.run("revert", "--force") }
      // The sixth repair of a path in a minute makes it contended.
      #expect(try daemon.status(where: daemon.files("InSync", "Contended")) != nil)
    }
    let revert = try node.run("revert")
    #expect(revert.status == 0, "\(revert)")
    let after = try node.snapshot()
    #expect(before.filter { $0.value != after[$0.key] } == [:])
    #expect(after["etc/modules-load.d/sctp-load.conf"] == nil)
  }

  @Test func `a second agent only observes, names the first, and takes over when it ends`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let first = try Daemon(node)
    #expect(try first.status(where: first.files("InSync")) != nil)
    let second = try Daemon(node, socket: "t")
    let status = try #require(try second.status(where: isOnStandby))
    let notes = status["notes"] as? [String] ?? []
    #expect(notes.contains { $0.contains("process \(first.process.processIdentifier)") })
    #expect(try first.status(where: { !isOnStandby($0) }) != nil)

    first.process.terminate()
    first.process.waitUntilExit()
    try node.put(Self.blacklist, Self.stock)
    #expect(try second.status(where: { !isOnStandby($0) && second.files("InSync")($0) }) != nil)
    #expect(node.text(Self.blacklist) == "")
  }

  @Test func `apply waits for a running agent and then says who changes the node`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    let began = ContinuousClock.now
    let apply = try daemon.node.run("apply")
    #expect(apply.status == 1)
    #expect(ContinuousClock.now - began >= .seconds(10))
    #expect(apply.errors.contains("nothing was changed: sctp-agent run (process \(daemon.process.processIdentifier)"))
  }

  @Test func `apply goes on as soon as the agent ends`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let apply: Process
    let errors = Pipe()
    do {
      let daemon = try Daemon(node)
      #expect(try daemon.status(where: daemon.files("InSync")) != nil)
      apply = try MadeUpNode.made(["apply"] + node.options)
      apply.standardError = errors
      try apply.run()
      // It says that it waits.
      #expect(!errors.fileHandleForReading.availableData.isEmpty)
      #expect(apply.isRunning)
    }
    apply.waitUntilExit()
    let rest = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(!rest.contains("nothing was changed"))
    // Nobody has the lock any more, whatever the file says.
    #expect(try node.run("revert").status == 0)
  }

  @Test func `observing and looking take no lock`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let daemon = try Daemon(node, "--observe-only")
    #expect(try daemon.status(where: daemon.files("Drifted")) != nil)
    for command in ["plan", "check", "explain", "revert"] { _ = try node.run(command) }
    #expect(node.text("var/lib/sctp-agent/agent.lock") == nil)
    #expect(try node.run("apply").status == 0 || node.text(Self.blacklist) == "")
  }
}
