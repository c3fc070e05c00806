import Foundation
import Linux
import StatusServer
import Testing

/// Runs the body while a server answers on the endpoint that it is given.
private func withServer(showing snapshot: PublishedSnapshot?, _ body: (_ endpoint: String) throws -> Void) throws {
  let socket = FileManager.default.temporaryDirectory.appending(path: "s-\(UUID().uuidString)").path
  let board = try StatusBoard()
  if let snapshot { board.publish(snapshot) }
  let listener = try #require(try Listener.open(.unix(path: socket)))
  let server = try StatusServer(listeners: [listener], board: board)
  let thread = try server.start()
  defer {
    server.stop()
    thread.join()
    try? FileManager.default.removeItem(atPath: socket)
  }
  try body("unix:\(socket)")
}

@Suite struct WithoutProcfsTests {
  /// Runs the agent on the node, in mounts of its own in which nothing is mounted at /proc.
  private static func run(_ node: MadeUpNode, _ command: String) throws -> (status: Int32, output: String) {
    let agent = try MadeUpNode.made([])
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = [
      "-m", "/bin/sh", "-c", "mount -t tmpfs none /proc && exec \"$0\" \"$@\"", agent.executableURL?.path ?? "",
      command, "--root", node.root.path, "--kernel-release", "5.14.0",
    ]
    process.environment = agent.environment
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, text)
  }

  private static let mayUnshare: Bool = {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/unshare")
    process.arguments = ["-m", "/bin/sh", "-c", "mount -t tmpfs none /proc"]
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }()

  @Test(.enabled(if: mayUnshare, "needs the right to mount"), arguments: ["check", "explain"])
  func `without procfs the arguments count, and what is missing is said`(command: String) throws {
    let (status, output) = try Self.run(try MadeUpNode(), command)
    #expect(status == 2)
    #expect(output.unwrapped.contains("procfs is not mounted there; mount it, or name it with --procfs"))
    #expect(!output.contains("USAGE"))
  }
}

@Suite struct CommandTests {
  @Test func `apply prints each failure once`() throws {
    let node = try MadeUpNode()
    // The ledger cannot be kept, so no file is written.
    try node.put("var/lib/sctp-agent", "a file in the place of the directory")
    try node.put("etc/modprobe.d/other.conf", "blacklist sctp\n")
    let outcome = try node.run("apply")
    #expect(outcome.status == 1)
    let lines = outcome.errors.split(separator: "\n")
    #expect(lines.contains { $0.contains("/var/lib/sctp-agent") }, "\(outcome.errors)")
    #expect(Set(lines).count == lines.count, "\(outcome.errors)")
    // The table below the errors does not repeat them.
    let everything = (outcome.errors + outcome.output).unwrapped
    for error in ["ledger.jsonl': not a directory", "sctp.ko.xz is gone"] {
      #expect(everything.ranges(of: error).count == 1, "\(everything)")
    }
    #expect(outcome.output.contains("see the error above"))
    #expect(!outcome.output.contains("remedy: sctp-agent apply"))
  }

  @Test func `plan shows the diffs and changes nothing`() throws {
    let node = try MadeUpNode()
    let before = try node.snapshot()
    let plan = try node.run("plan")
    #expect(plan.status == 2)
    #expect(plan.output.contains("-blacklist sctp\n"))
    #expect(plan.output.contains("+sctp\n\\ No newline at end of file\n"))
    #expect(plan.output.contains("# load sctp\n"))
    #expect(try node.snapshot() == before)
  }

  @Test func `apply writes the documented files and a second one nothing`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let first = try node.run("apply")
    #expect(first.output.contains("done: write /etc/modprobe.d/sctp-blacklist.conf"))
    #expect(node.text("etc/modprobe.d/sctp-blacklist.conf") == "")
    #expect(node.text("etc/modules-load.d/sctp-load.conf") == "sctp")
    let before = try node.snapshot()
    let second = try node.run("apply")
    #expect(!second.output.contains("done:"))
    #expect(try node.snapshot() == before)
    #expect(try node.run("plan").status == 0)
  }

  @Test func `revert brings every byte back`() throws {
    let node = try MadeUpNode(moduleState: "live")
    try node.put("etc/modprobe.d/hardening.conf", "# Fünf\r\nblacklist sctp\n\u{FEFF}options x")
    let before = try node.snapshot()
    _ = try node.run("apply")
    #expect(node.text("etc/modprobe.d/hardening.conf")?.contains("\n# blacklist sctp\n") == true)
    let revert = try node.run("revert")
    #expect(revert.status == 0)
    #expect(revert.output.contains("module sctp stays loaded until the next boot"))
    #expect(try node.snapshot() == before)
    #expect(!FileManager.default.fileExists(atPath: node.root.appending(path: "var/lib/sctp-agent").path))
  }

  @Test func `revert leaves what another program has changed since`() throws {
    let node = try MadeUpNode(moduleState: "live")
    _ = try node.run("apply")
    try node.put("etc/modules-load.d/sctp-load.conf", "sctp\ndccp\n")
    let revert = try node.run("revert")
    #expect(revert.status == 1)
    #expect(node.text("etc/modules-load.d/sctp-load.conf") == "sctp\ndccp\n")
    #expect(node.text("var/lib/sctp-agent/ledger.jsonl")?.contains("/etc/modules-load.d/sctp-load.conf") == true)
  }

  @Test func `check says in one line which rule blocks`() throws {
    let check = try MadeUpNode().run("check")
    #expect(check.status == 1)
    #expect(check.output == "NotOK: Blocked: sctp is blacklisted at /etc/modprobe.d/sctp-blacklist.conf:2\n")
  }

  @Test(arguments: [("check", 2), ("explain", 2), ("plan", 1), ("apply", 1)] as [(String, Int32)])
  func `a root that does not exist is reported`(command: String, status: Int32) throws {
    let outcome = try MadeUpNode.run([command, "--root", "/nowhere"])
    #expect(outcome.status == status)
    #expect((outcome.output + outcome.errors).contains("failed to list '/nowhere': there is no such directory"))
  }

  @Test func `a user who may not read the ledger may still check and explain`() throws {
    let node = try MadeUpNode(moduleState: "live")
    _ = try node.run("apply")
    // A directory in its place: what root cannot read either.
    let ledger = node.root.appending(path: "var/lib/sctp-agent/ledger.jsonl")
    try FileManager.default.removeItem(at: ledger)
    try FileManager.default.createDirectory(at: ledger, withIntermediateDirectories: true)
    #expect(try node.run("explain").status == 0)
    #expect(try node.run("check").output.contains("ledger") == false)
    #expect(try node.run("apply").errors.contains("ledger.jsonl"))
  }

  @Test func `explain names the winning rule of each way`() throws {
    let node = try MadeUpNode()
    try node.put("etc/modprobe.d/a.conf", "install sctp /bin/false\n")
    let text = try node.run("explain")
    #expect(text.status == 1)
    #expect(text.output.contains("\nmodprobe      blocked by /etc/modprobe.d/a.conf:1\n"), "\(text.output)")
    let json = try node.run("explain", "-o", "json")
    let document = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(Set(document.keys) == ["kernel", "modules", "notes"])
    let modules = try #require(document["modules"] as? [[String: Any]])
    #expect(modules[0]["name"] as? String == "sctp")
  }

  @Test(arguments: [
    ("plan", "apiVersion: v1\nkind: MachineConfig\nspec: [\n"),
    ("apply", "{\"ignition\": {\"version\": \"9.0.0\"}}"),
  ])
  func `a bad intent is refused with its place and nothing is written`(command: String, intent: String) throws {
    let node = try MadeUpNode()
    let before = try node.snapshot()
    let outcome = try node.run(command, "--intent", "-", input: intent)
    #expect(outcome.status == 1)
    #expect(outcome.errors.firstMatch(of: /^-:\d+:\d+: error: .+ \[[a-z-]+\]/) != nil)
    #expect(try node.snapshot() == before)
  }

  @Test(arguments: ["intents", "./intents/", "intents/bad.yaml", "root/../intents/bad.yaml"])
  func `a relative intent is found and named as given`(path: String) throws {
    let node = try MadeUpNode()
    try node.put("../intents/bad.yaml", "kind: MachineConfig\nspec: [\n")
    let outcome = try node.run("plan", "--intent", path)
    let name = path.hasSuffix(".yaml") ? path : path.hasSuffix("/") ? path + "bad.yaml" : path + "/bad.yaml"
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("\(name):"))
    #expect(!outcome.errors.contains("[unreadable]"))
  }

  @Test func `an intent that does not exist is the only finding`() throws {
    let outcome = try MadeUpNode().run("plan", "--intent", "nowhere.yaml")
    #expect(outcome.status == 1)
    #expect(outcome.errors.split(separator: "\n").count == 1)
    #expect(outcome.errors.hasPrefix("nowhere.yaml:1:1: error: "))
  }

  @Test func `paths outside the two directories are ignored and listed`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let intent = """
      apiVersion: machineconfiguration.openshift.io/v1
      kind: MachineConfig
      metadata: {name: x, labels: {machineconfiguration.openshift.io/role: worker}}
      spec:
        config:
          ignition: {version: 3.2.0}
          storage:
            files:
            - {path: /etc/crio/crio.conf, mode: 420, contents: {source: "data:,x"}}
            - {path: /etc/modules-load.d/s.conf, mode: 420, contents: {source: "data:,sctp%0A"}}
      """
    let outcome = try node.run("apply", "-o", "json", "--intent", "-", input: intent)
    #expect(node.text("etc/crio/crio.conf") == nil)
    #expect(node.text("etc/modules-load.d/s.conf") == "sctp\n")
    #expect(outcome.output.contains("\"path\" : \"/etc/crio/crio.conf\""))
  }

  @Test func `a symlinked directory is refused and the other one is written`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let link = node.root.appending(path: "etc/modules-load.d")
    try FileManager.default.removeItem(at: link)
    try FileManager.default.createDirectory(
      at: node.root.appending(path: "elsewhere"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: "/elsewhere")
    let outcome = try node.run("apply")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("SymlinkedDirectory"))
    #expect(node.text("elsewhere/sctp-load.conf") == nil)
    #expect(node.text("etc/modprobe.d/sctp-blacklist.conf") == "")
  }

  @Test func `plan names the ways that a rule blocks of each module once`() throws {
    let node = try MadeUpNode()
    try node.put("lib/modules/5.14.0/modules.dep", "sctp.ko:\nsctp_diag.ko: sctp.ko\n")
    for module in ["sctp", "sctp_diag"] { try node.put("lib/modules/5.14.0/\(module).ko", "") }
    try node.put("etc/modprobe.d/z.conf", "install sctp* /bin/false\n")
    try node.put("etc/modules-load.d/diag.conf", "sctp_diag\n")
    try node.put(
      "../intent.json",
      """
      {"apiVersion": "machineconfiguration.openshift.io/v1", "kind": "MachineConfig", "metadata": {"name": "x", "labels":
      {"machineconfiguration.openshift.io/role": "worker"}}, "spec": {"config": {"ignition": {"version": "3.2.0"}, "storage":
      {"files": [{"path": "/etc/modules-load.d/a.conf", "mode": 420, "contents": {"source": "data:,sctp%0Asctp_diag"}}]}}}}
      """)
    let plan = try node.run("plan", "--intent", "intent.json")
    let stays = "stays: /etc/modprobe.d/z.conf:1: install sctp* /bin/false (blocks autoload, boot, explicit)"
    #expect(plan.output.unwrapped.split(separator: stays).count == 3)
    #expect(plan.output.hasSuffix("Plan: 2 writes, 0 loads; 2 rules stay: not Ready after apply\n"), "\(plan.output)")
  }

  @Test(
    arguments: [
      (["revert"], ["--root", "--force"]), (["config", "modprobe"], ["--root", "--kmod-version"]),
      (["config", "modules-load"], ["--root"]),
    ])
  func `a command takes the options of all, and offers those that it obeys`(
    command: [String], offered: [String]
  ) throws {
    let help = try MadeUpNode.run(command + ["--help"]).output
    for option in offered { #expect(help.contains(option)) }
    for option in ["--intent", "--role", "--unblock"] { #expect(!help.contains(option), "\(help)") }
    let node = try MadeUpNode()
    let ignored = ["--intent", "x", "--role", "worker", "--unblock", "all"]
    #expect(try MadeUpNode.run(command + ignored + node.options).status == 0)
  }

  @Test func `a usage error exits with 64`() throws {
    #expect(try MadeUpNode.run(["plan", "--nonsense"]).status == 64)
    for option in ["--resync", "--probe-interval", "--max-connections"] {
      for number in ["0", "10000000000000000", "9223372036854775807"] {
        #expect(try MadeUpNode.run(["run", "--listen", "none", option, number]).status == 64)
      }
    }
    #expect(try MadeUpNode.run(["--version"]).status == 0)
  }

  @Test func `status says when no agent answers`() throws {
    let outcome = try MadeUpNode.run(["status", "--endpoint", "unix:/nonexistent/socket"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("ENOENT"))
  }

  @Test func `an agent that has just started is not ready`() throws {
    try withServer(showing: nil) { endpoint in
      let status = try MadeUpNode.run(["status", "--endpoint", endpoint])
      #expect(status.status == 1)
      #expect(status.output.hasPrefix("✗ not ready: Starting\n  "))
    }
  }

  @Test func `what is no agent's answer is unknown`() throws {
    let other = PublishedSnapshot(
      ready: true, status: Array("{\"status\":\"up\"}\n".utf8), etag: "1", readyz: [],
      page: { PageText(opening: "", rest: "") }, version: [],
      metrics: { [] }, openMetrics: { [] })
    try withServer(showing: other) { endpoint in
      let status = try MadeUpNode.run(["status", "--endpoint", endpoint])
      #expect(status.status == 2)
      #expect(status.output.isEmpty)
      #expect(status.errors.contains("it is not an agent's /status; name the agent's own address"))
    }
  }

  @Test(
    arguments: [("check", 2), ("explain", 2), ("plan", 1), ("config modprobe", 1), ("lint -", 1)] as [(String, Int32)])
  func `a result that cannot be written is a failure`(command: String, status: Int32) throws {
    let node = try MadeUpNode(moduleState: "live")
    let words = command.split(separator: " ").map(String.init)
    let process = try MadeUpNode.made(words + (words[0] == "lint" ? [] : node.options))
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = errors
    try process.run()
    let text = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == status)
    #expect(text.contains("failed to write the result to standard output: no space left on device (ENOSPC)"))
  }

  @Test(arguments: [("check", 2), ("explain", 2), ("apply", 1)] as [(String, Int32)])
  func `an intent on standard input that cannot be read is reported`(command: String, status: Int32) throws {
    let node = try MadeUpNode()
    let process = try MadeUpNode.made([command, "--intent", "-"] + node.options)
    process.standardInput = FileHandle(forReadingAtPath: "/")
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == status)
  }

  @Test func `a terminal obeys nothing that a name holds`() throws {
    let node = try MadeUpNode(moduleState: "live")
    try node.put("etc/modprobe.d/a\u{1B}[31m.conf", "blacklist sctp\n# \u{1B}[2J\u{9B}31m\u{202E}\u{7F}\u{200B}\n")
    let plan = try node.run("plan").output
    #expect(plan.contains("\n # \\x1b[2J\\x9b31m\\u202e\\x7f\\u200b\n"))
    let json = try node.run("plan", "-o", "json").output
    #expect(json.contains(##"\n # \u001b[2J\u009b31m\u202e\u007f\u200b\n"##))
    for command in ["plan", "plan -o json", "explain -o json", "apply", "revert"] {
      let output = try MadeUpNode.run(command.split(separator: " ").map(String.init) + node.options).output
      #expect(
        output.contains("/etc/modprobe.d/a\\x1b[31m.conf") || output.contains(#"/etc/modprobe.d/a\u001b[31m.conf"#))
      #expect(!output.unicodeScalars.contains { "\u{1B}\u{9B}\u{202E}\u{7F}\u{200B}".unicodeScalars.contains($0) })
    }
    for format in ["text", "journal"] {
      let run = try MadeUpNode.run(["run", "--log-format", format, "--listen", "x\r\n\u{1B}y"])
      #expect(run.status == 1)
      #expect(run.errors.contains("'x\\x0d\\x0a\\x1by'"))
      #expect(run.errors.filter(\.isNewline).count == 1)
    }
  }

  @Test(arguments: [true, false])
  func `the journal's form is used for the journal`(isItsStream: Bool) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID().uuidString)")
    try Data().write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    var status = stat()
    #expect(stat(file.path, &status) == 0)
    // A child inherits the variable though its standard error leads elsewhere.
    let stream = "\(status.st_dev):\(status.st_ino + (isItsStream ? 0 : 1))"
    let process = try MadeUpNode.made(["run", "--listen", "nonsense"], environment: ["JOURNAL_STREAM": stream])
    process.standardError = try FileHandle(forWritingTo: file)
    try process.run()
    process.waitUntilExit()
    let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
    #expect(text.contains("failed to read the address 'nonsense'"))
    #expect(text.hasPrefix("<3>") == isItsStream)
  }

  @Test func `the endpoint may be a URL`() throws {
    let outcome = try MadeUpNode.run(["status", "--endpoint", "http://127.0.0.1:1/status"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("ECONNREFUSED"))
  }

  @Test func `lint prints its findings for people and programs`() throws {
    let node = try MadeUpNode()
    try node.put("a.json", #"{"ignition": {"version": "3.2.0"}, "storage": {"files": [{"path": "a"}]}}"#)
    let file = node.root.appending(path: "a.json").path
    let text = "the path 'a' is not absolute; begin it with '/'"
    let lines = try MadeUpNode.run(["lint", file])
    #expect(lines.status == 1)
    #expect(lines.output == "\(file):1:67: error: \(text) [path]\n")
    let json = try JSONSerialization.jsonObject(with: Data(MadeUpNode.run(["lint", "-o", "json", file]).output.utf8))
    let expected: NSDictionary = [
      "errors": 1, "warnings": 0,
      "issues": [["severity": "error", "file": file, "line": 1, "column": 67, "code": "path", "message": text]],
    ]
    #expect(json as? NSDictionary == expected)
  }
}
