import Foundation
import NodeTesting
import Testing

/// A daemon on a made-up node, reached over a unix socket.
final class Daemon {
  let node: MadeUpNode
  let process: Process
  let endpoint: String

  init(_ node: MadeUpNode, _ more: String..., socket name: String = "s") throws {
    self.node = node
    let socket = node.directory.appending(path: name).path
    endpoint = "unix:\(socket)"
    process = try MadeUpNode.made(
      ["run", "--listen", endpoint, "--log-level", "error"] + more + node.options)
    try process.run()
  }

  deinit {
    if process.isRunning { process.terminate() }
    process.waitUntilExit()
  }

  /// The status once `holds` is true of it; nil: that did not happen within ten seconds.
  func status(where holds: ([String: Any]) -> Bool) throws -> [String: Any]? {
    for _ in 0..<200 {
      let outcome = try MadeUpNode.run(["status", "--endpoint", endpoint, "-o", "json"])
      if let document = try? JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any],
        holds(document)
      {
        #expect(try JSONSchema.status().findings(Array(outcome.output.utf8)) == [])
        return document
      }
      usleep(50_000)
    }
    return nil
  }

  /// Whether there are files and each one is in one of the states.
  func files(_ states: String...) -> ([String: Any]) -> Bool {
    { document in
      let files = document["files"] as? [[String: Any]] ?? []
      return !files.isEmpty && files.allSatisfy { states.contains($0["state"] as? String ?? "") }
    }
  }
}

@Suite struct DaemonTests {
  @Test func `the daemon repairs drift and counts it`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    try daemon.node.put("etc/modprobe.d/sctp-blacklist.conf", "blacklist sctp\n")
    let drifted = try daemon.status { ($0["drift"] as? [String: Any])?["total"] as? Int == 1 }
    #expect(drifted != nil)
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    #expect(daemon.node.text("etc/modprobe.d/sctp-blacklist.conf") == "")
  }

  @Test func `the status holds what explain says`() throws {
    let node = try MadeUpNode(commandLine: "quiet module_blacklist=dccp,sctp")
    try node.put("etc/modprobe.d/CIS.conf", "install sctp /bin/false\n")
    try node.put("etc/sysctl.conf", "net.sctp.rto_min = 500\n")
    let daemon = try Daemon(node, "--observe-only")
    let status = try #require(try daemon.status { ($0["modules"] as? [Any])?.isEmpty == false })
    let output = try node.run("explain", "-o", "json").output
    let explained = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
    for key in ["kernel", "notes"] {
      let (said, shown) = (status[key] as? NSObject, explained[key] as? NSObject)
      #expect(said != nil && said == shown, "\(key)")
    }
    let verdicts = [status, explained].map { ($0["modules"] as? [[String: Any]])?.first?["verdicts"] as? NSObject }
    #expect(verdicts[0] != nil && verdicts[0] == verdicts[1])
  }

  @Test func `the daemon unblocks what a new file blocks`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    try daemon.node.put("etc/modprobe.d/new.conf", "blacklist sctp\n")
    let status = try daemon.status { document in
      (document["files"] as? [[String: Any]] ?? []).contains {
        $0["path"] as? String == "/etc/modprobe.d/new.conf" && $0["state"] as? String == "InSync"
      }
    }
    #expect(status != nil)
    #expect(daemon.node.text("etc/modprobe.d/new.conf") == "# blacklist sctp\n")
  }

  @Test func observeOnlyTouchesNothing() throws {
    let node = try MadeUpNode(moduleState: "live")
    let before = try node.snapshot()
    let daemon = try Daemon(node, "--observe-only")
    #expect(try daemon.status(where: daemon.files("Drifted")) != nil)
    #expect(try node.snapshot() == before)
  }

  @Test func `a reload with a bad intent keeps the last good one`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let intent = node.directory.appending(path: "intent.yaml")
    let rendered = try MadeUpNode.run(["render"])
    try Data(rendered.output.utf8).write(to: intent)
    let daemon = try Daemon(node, "--intent", intent.path)
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    try Data("kind: [".utf8).write(to: intent)
    kill(daemon.process.processIdentifier, SIGHUP)
    let refused = try daemon.status { document in
      let conditions = document["conditions"] as? [[String: Any]] ?? []
      return conditions.first?["status"] as? String == "False"
    }
    #expect(refused != nil)
    try node.put("etc/modules-load.d/sctp-load.conf", "drift")
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
  }

  /// The daemon inherits the signals that are blocked here, so that sending one would prove nothing.
  @Test func `signals that mean nothing to the daemon are ignored`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    let status = try String(contentsOfFile: "/proc/\(daemon.process.processIdentifier)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigIgn:") })
    let ignored = try #require(UInt64(line.split(separator: "\t")[1], radix: 16))
    func isIgnored(_ signal: Int32) -> Bool { ignored & 1 << UInt64(signal - 1) != 0 }
    #expect([SIGUSR1, SIGUSR2, SIGALRM].allSatisfy(isIgnored))
    #expect(!isIgnored(SIGQUIT))
  }

  @Test(.enabled(if: geteuid() == 0, "needs rights that can be given up (root)"))
  func `only the thread that serves has given up its rights`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    let tasks = "/proc/\(daemon.process.processIdentifier)/task"
    var threads: [String: [String: String]] = [:]
    for task in try FileManager.default.contentsOfDirectory(atPath: tasks) {
      let name = try String(contentsOfFile: "\(tasks)/\(task)/comm", encoding: .utf8)
      let lines = try String(contentsOfFile: "\(tasks)/\(task)/status", encoding: .utf8).split(separator: "\n")
      threads[name.trimmingCharacters(in: .newlines)] = Dictionary(
        lines.map { line in
          let parts = line.split(separator: ":", maxSplits: 1)
          return (String(parts[0]), parts[1].split(separator: "\t").joined(separator: " "))
        }, uniquingKeysWith: { first, _ in first })
    }
    let serving = try #require(threads["http"])
    let loop = try #require(threads["sctp-agent"])
    #expect(serving["CapEff"] == "0000000000000000" && serving["CapPrm"] == "0000000000000000")
    #expect(loop["CapEff"] != "0000000000000000")
    // Landlock asks for this bit, and without Landlock the thread is another user's.
    #expect(serving["NoNewPrivs"] == "1" || serving["Uid"]?.hasPrefix("65534 ") == true)
  }

  @Test func `a ledger that cannot be read is reported and recovered from without a restart`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let ledger = "var/lib/sctp-agent/ledger.jsonl"
    try node.put("\(ledger)/in-the-way", "")
    let before = try node.snapshot()
    #expect(try node.run("apply").status == 1)
    let daemon = try Daemon(node)
    let blocked = try daemon.status { $0["reason"] as? String == "IsDirectory" }
    #expect((blocked?["message"] as? String)?.contains("/\(ledger)") == true)
    #expect(blocked?["ready"] as? Bool == false)
    #expect(try node.run("plan").status == 1)
    #expect(try node.snapshot().filter { !$0.key.hasSuffix(".lock") } == before)
    try FileManager.default.removeItem(at: node.root.appending(path: ledger))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    #expect(node.text("etc/modprobe.d/sctp-blacklist.conf") == "")
  }

  @Test func `termination ends the daemon with zero`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    daemon.process.terminate()
    daemon.process.waitUntilExit()
    #expect(daemon.process.terminationStatus == 0)
  }

  @Test func `a busy address is a clear error and the exit status is one`() throws {
    let daemon = try Daemon(try MadeUpNode(moduleState: "live"))
    #expect(try daemon.status(where: daemon.files("InSync")) != nil)
    let second = try MadeUpNode.run(["run", "--listen", daemon.endpoint] + daemon.node.options)
    #expect(second.status == 1)
    #expect(second.errors.contains("EADDRINUSE"))
  }
}
