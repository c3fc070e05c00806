import Foundation

extension String {
  /// The text with each run of blanks and line ends as one blank, to look for a sentence however its lines are broken.
  var unwrapped: String { split(whereSeparator: \.isWhitespace).joined(separator: " ") }
}

/// A root file system, procfs and sysfs made up for one test, and the built binary to run on them.
final class MadeUpNode {
  let directory: URL
  var root: URL { directory.appending(path: "root") }

  /// Stock RHEL: the module is there, and blacklisted.
  init(moduleState: String? = nil, commandLine: String = "quiet") throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "sctp-agent-\(UUID().uuidString)")
    for path in ["etc/modprobe.d", "etc/modules-load.d", "usr/lib/modprobe.d", "lib/modules/5.14.0/kernel/net/sctp"] {
      try FileManager.default.createDirectory(
        at: root.appending(path: path), withIntermediateDirectories: true)
    }
    try put("etc/modprobe.d/sctp-blacklist.conf", "# as the distribution ships it\nblacklist sctp\n")
    try put("lib/modules/5.14.0/modules.dep", "kernel/net/sctp/sctp.ko.xz:\n")
    try put("lib/modules/5.14.0/modules.alias", "alias net-pf-2-proto-132 sctp\nalias net-pf-10-proto-132 sctp\n")
    try put("lib/modules/5.14.0/kernel/net/sctp/sctp.ko.xz", "not really")
    try put("../proc/cmdline", commandLine + "\n")
    try put("../proc/sys/kernel/modules_disabled", "0\n")
    try put("../sys/module/.keep", "")
    if let moduleState { try put("../sys/module/sctp/initstate", moduleState + "\n") }
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  func put(_ path: String, _ text: String) throws {
    let file = root.appending(path: path).standardizedFileURL
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  /// Returns the text of a file; nil if there is no such file.
  func text(_ path: String) -> String? {
    (try? Data(contentsOf: root.appending(path: path))).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Every path below the root that is no directory, with its bytes.
  func snapshot() throws -> [String: Data] {
    var files: [String: Data] = [:]
    let paths = FileManager.default.subpaths(atPath: root.path) ?? []
    for path in paths {
      let file = root.appending(path: path)
      if try file.resourceValues(forKeys: [.isDirectoryKey]).isDirectory != true {
        files[path] = try Data(contentsOf: file)
      }
    }
    return files
  }

  struct Outcome {
    let status: Int32
    let output: String
    let errors: String
  }

  /// The options that lead a command to this node.
  var options: [String] {
    [
      "--root", root.path, "--procfs", directory.appending(path: "proc").path, "--sysfs",
      directory.appending(path: "sys").path, "--kernel-release", "5.14.0", "--node-name",
      "worker-0",
    ]
  }

  /// Runs the binary on this node, from the directory that holds its root.
  func run(_ command: String..., input: String = "", environment: [String: String] = [:]) throws -> Outcome {
    try Self.run(command + options, input: input, environment: environment, in: directory)
  }

  /// - Parameter directory: the working directory; nil: that of the tests.
  static func run(
    _ arguments: [String], input: String = "", environment: [String: String] = [:], in directory: URL? = nil
  ) throws -> Outcome {
    let process = try made(arguments, environment: environment)
    if let directory { process.currentDirectoryURL = directory }
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    try stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try stdin.fileHandleForWriting.close()
    let output = try stdout.fileHandleForReading.readToEnd() ?? Data()
    let errors = try stderr.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: errors, as: UTF8.self))
  }

  /// The binary stands beside the test bundle.
  static func made(_ arguments: [String], environment: [String: String] = [:]) throws -> Process {
    let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    let process = Process()
    process.executableURL = products.appending(path: "sctp-agent")
    process.arguments = arguments
    process.environment = environment
    // Where coverage is measured or races are looked for, the binary's own count too.
    for variable in ["LLVM_PROFILE_FILE", "TSAN_OPTIONS"] {
      process.environment?[variable] = ProcessInfo.processInfo.environment[variable]
    }
    return process
  }
}
