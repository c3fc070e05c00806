import Foundation
import Testing

/// A daemon whose standard error is not read, is closed, or was never there.
@Suite struct LogTests {
  private static let blacklist = "etc/modprobe.d/sctp-blacklist.conf"

  /// Runs the daemon under a shell that changes its descriptors.
  private func daemon(_ node: MadeUpNode, _ redirection: String, standardError: Pipe? = nil) throws -> Process {
    let made = try MadeUpNode.made(["run", "--listen", "none"] + node.options)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let binary = try #require(made.executableURL?.path)
    process.arguments = ["-c", "exec \"$@\" \(redirection)", "sh", binary] + (made.arguments ?? [])
    process.environment = made.environment
    if let standardError { process.standardError = standardError }
    try process.run()
    return process
  }

  private func isRepaired(_ node: MadeUpNode) -> Bool {
    for _ in 0..<400 {
      if node.text(Self.blacklist) == "" { return true }
      usleep(25_000)
    }
    return false
  }

  private func stop(_ process: Process) -> (status: Int32, seconds: Double) {
    let began = ContinuousClock.now
    process.terminate()
    process.waitUntilExit()
    return (process.terminationStatus, Double((ContinuousClock.now - began).components.seconds))
  }

  /// Runs the daemon until its log says that the first pass is over, and returns the lines.
  private func lines(_ node: MadeUpNode, _ options: String...) throws -> [String] {
    let process = try MadeUpNode.made(["run", "--listen", "127.0.0.1:0"] + options + node.options)
    let log = Pipe()
    process.standardError = log
    try process.run()
    var text = Data()
    var descriptor = pollfd(fd: log.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
    // Each pass ends with what the node is: "Ready: …" or "Not ready: …".
    while text.range(of: Data("eady: ".utf8)) == nil, poll(&descriptor, 1, 60_000) > 0 {
      let more = log.fileHandleForReading.availableData
      if more.isEmpty { break }
      text += more
    }
    process.terminate()
    text += try log.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private func fields(_ line: String) throws -> [String: String] {
    try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
  }

  @Test func `the first line says what runs where, and with which settings`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let first = try #require(try lines(node, "--unblock", "all").first)
    let words = try #require(
      first.wholeMatch(
        of:
          /\S+ notice: sctp-agent (\S+) on worker-0: kernel 5.14.0, root (\S+), intent (.+), policy all, address (\S+)/),
      "\(first)")
    #expect(!words.1.isEmpty && words.4.hasPrefix("127.0.0.1:") && words.4 != "127.0.0.1:0")
    #expect(words.2 == node.root.path)
    #expect(words.3 == "/etc/sctp-agent/intent.d or built in")
  }

  @Test func `a line of the JSON log has its fields`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let records = try lines(node, "--log-format", "json").map(fields)
    for record in records {
      #expect(record["node"] == "worker-0")
      #expect(record["time"] != nil && record["level"] != nil && record["message"] != nil)
    }
    let first = try #require(records.first)
    #expect(first["version"] != nil && first["kernel"] == "5.14.0" && first["root"] == node.root.path)
    #expect(
      first["policy"] == "blacklist" && first["intent"] != nil && first["address"]?.hasPrefix("127.0.0.1:") == true)
    let write = try #require(records.first { $0["message"]?.hasPrefix("done: write") == true })
    #expect(write["path"]?.hasPrefix("/etc/") == true)
    let state = try #require(records.first { $0["condition"] != nil })
    #expect(state["reason"] != nil)
  }

  @Test func `a load that is refused has the module and the reason`() throws {
    let node = try MadeUpNode()
    let records = try lines(node, "--log-format", "json").map(fields)
    let failure = try #require(records.first { $0["module"] != nil }, "\(records)")
    #expect(failure["module"] == "sctp" && failure["reason"] != nil && failure["level"] == "error")
  }

  @Test func `debug says what woke the loop and what a pass did, and trace what it found`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let usual = try lines(node)
    #expect(!usual.contains { $0.contains("the pass took") || $0.contains("woken by") })
    try node.put(Self.blacklist, "blacklist sctp\n")
    let debug = try lines(node, "--log-level", "debug")
    #expect(debug.contains { $0.contains("debug: the pass took") && $0.contains("files not in sync") })
    #expect(debug.contains { $0.contains("debug: woken by") })
    #expect(!debug.contains { $0.contains("trace: ") })
    try node.put(Self.blacklist, "blacklist sctp\n")
    let trace = try lines(node, "--log-level", "trace")
    #expect(trace.contains { $0.contains("trace: FilesInSync is True (InSync)") })
    #expect(trace.contains { $0.contains("trace: /etc/modprobe.d/sctp-blacklist.conf is InSync") })
    #expect(trace.contains { $0.contains("trace: module sctp is live") })
  }

  @Test func `a full pipe stops neither repairs nor SIGTERM, and what was dropped is counted`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let pipe = Pipe()
    // The size of a pipe: pipe(7).
    let size = 65536
    try pipe.fileHandleForWriting.write(contentsOf: Data(repeating: UInt8(ascii: "x"), count: size))
    let process = try daemon(node, "", standardError: pipe)
    #expect(isRepaired(node))
    try node.put(Self.blacklist, "blacklist sctp\n")
    #expect(isRepaired(node))
    #expect(try pipe.fileHandleForReading.read(upToCount: size)?.count == size)
    try node.put(Self.blacklist, "blacklist sctp # 2\n")
    #expect(isRepaired(node))
    let (status, seconds) = stop(process)
    #expect(status == 0 && seconds < 5)
    try? pipe.fileHandleForWriting.close()
    let rest = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(rest.contains("log lines were dropped"), "\(rest)")
    #expect(rest.contains("stopping on request"), "\(rest)")
  }

  @Test func `a reader that goes away does not end the daemon`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let pipe = Pipe()
    let process = try daemon(node, "", standardError: pipe)
    #expect(isRepaired(node))
    try pipe.fileHandleForReading.close()
    try node.put(Self.blacklist, "blacklist sctp\n")
    #expect(isRepaired(node))
    #expect(stop(process).status == 0)
  }

  @Test(arguments: ["2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
  func `closed descriptors are not taken by other files`(_ redirection: String) throws {
    let node = try MadeUpNode(moduleState: "live")
    let process = try daemon(node, redirection)
    #expect(isRepaired(node))
    for descriptor in 0...2 where redirection.contains(descriptor == 0 ? "<" : descriptor == 1 ? " >" : "2>") {
      let target = try FileManager.default.destinationOfSymbolicLink(
        atPath: "/proc/\(process.processIdentifier)/fd/\(descriptor)")
      #expect(target == "/dev/null", "\(descriptor)")
    }
    try node.put(Self.blacklist, "blacklist sctp\n")
    #expect(isRepaired(node))
    #expect(stop(process).status == 0)
  }

  // At its start the thread sanitizer itself writes a file, and dies of the limit: tsan_platform_linux.cpp.
  @Test(.disabled(if: ProcessInfo.processInfo.environment["TSAN_OPTIONS"] != nil, "the sanitizer writes a file"))
  func `a limit of the file size is a failure that is reported`() throws {
    let node = try MadeUpNode(moduleState: "live")
    let outcome = try MadeUpNode.made(["apply"] + node.options)
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let binary = try #require(outcome.executableURL?.path)
    process.arguments = ["-c", "ulimit -f 0; exec \"$@\" 2>&1", "sh", binary] + (outcome.arguments ?? [])
    process.environment = ["LLVM_PROFILE_FILE": "/dev/null"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 1)
    #expect(text.contains("EFBIG"), "\(text)")
    #expect(node.text(Self.blacklist)?.contains("blacklist sctp") == true)
  }
}
