import Foundation
import Testing

/// The threads of the daemon with the proofs and the echo, and without.
@Suite(
  .disabled(if: ProcessInfo.processInfo.environment["TSAN_OPTIONS"] != nil, "the thread sanitizer has its own thread"))
struct PathThreadsTests {
  /// Returns the names of the threads once they are those expected, or as they are after 20 s. A thread has the name of the
  /// process until it gives itself its own.
  private func threads(of process: Process, expected: [String]) -> [String] {
    let directory = "/proc/\(process.processIdentifier)/task"
    var names: [String] = []
    for _ in 0..<800 {
      let tasks = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
      names = tasks.compactMap { try? String(contentsOfFile: "\(directory)/\($0)/comm", encoding: .utf8) }
        .map { $0.trimmingCharacters(in: .newlines) }.sorted()
      if names == expected { break }
      usleep(25_000)
    }
    return names
  }

  private func expectThreads(_ options: [String], _ expected: [String]) throws {
    // The module is not there, so no SCTP socket is opened on the machine of the test.
    let node = try MadeUpNode()
    let process = try MadeUpNode.made(["run", "--listen", "127.0.0.1:0", "--observe-only"] + options + node.options)
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    #expect(threads(of: process, expected: expected) == expected)
    // Not only for a moment.
    usleep(300_000)
    #expect(threads(of: process, expected: expected) == expected)
  }

  /// Field 19 of proc_pid_stat(5), for each thread by its name.
  private func niceValues(of process: Process) throws -> [String: Int] {
    let directory = "/proc/\(process.processIdentifier)/task"
    return try Dictionary(
      uniqueKeysWithValues: FileManager.default.contentsOfDirectory(atPath: directory).map {
        let stat = try String(contentsOfFile: "\(directory)/\($0)/stat", encoding: .utf8)
        let name = stat.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" }
        let fields = stat.drop { $0 != ")" }.split(separator: " ")
        return (String(name), Int(fields[17]) ?? -100)
      })
  }

  @Test func `the processor goes to repairs and answers first`() throws {
    let node = try MadeUpNode()
    let process = try MadeUpNode.made(
      ["run", "--listen", "127.0.0.1:0", "--observe-only", "--echo", "127.0.0.1:9133", "--prove", "localhost:9133"]
        + node.options)
    process.standardError = FileHandle.nullDevice
    try process.run()
    defer {
      process.terminate()
      process.waitUntilExit()
    }
    let names = ["http", "sctp-agent", "sctp-echo", "sctp-paths"]
    #expect(threads(of: process, expected: names) == names)
    let own = Int(getpriority(Int32(PRIO_PROCESS.rawValue), 0))
    let nicer = min(19, max(own, 10))
    // A thread has its name a moment before it has its nice value.
    usleep(300_000)
    #expect(try niceValues(of: process) == ["http": own, "sctp-agent": own, "sctp-echo": nicer, "sctp-paths": nicer])
  }

  @Test func `without the options there are two threads`() throws { try expectThreads([], ["http", "sctp-agent"]) }

  @Test(arguments: [
    (["--echo", "127.0.0.1:9133"], ["http", "sctp-agent", "sctp-echo"]),
    (["--prove", "localhost:9133"], ["http", "sctp-agent", "sctp-paths"]),
    (["--echo", "127.0.0.1:9133", "--prove", "localhost:9133"], ["http", "sctp-agent", "sctp-echo", "sctp-paths"]),
  ])
  func `each option has one thread of its own`(_ options: [String], _ expected: [String]) throws {
    try expectThreads(options, expected)
  }
}
