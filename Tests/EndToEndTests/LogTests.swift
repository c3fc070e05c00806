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
