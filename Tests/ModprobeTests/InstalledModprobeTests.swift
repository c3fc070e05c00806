import FoundationEssentials
import Modprobe
import NodeTesting
import Testing

/// Random configurations, shown here and by the installed modprobe.
@Suite(.enabled(if: InstalledModprobe.isKnown, "needs modprobe of kmod 28 to 34, to compare with"))
struct InstalledModprobeTests {
  private static let trees = 1000

  @Test func showsWhatTheInstalledModprobeShows() throws {
    let scratch = try ScratchDirectory()
    defer { scratch.remove() }
    let release = String(decoding: try scratch.shell("uname -r | tr -d '\\n'"), as: UTF8.self)
    let commandLine = KernelCommandLine((try? Data(contentsOf: URL(filePath: "/proc/cmdline"))).map(Array.init) ?? [])

    var generator = SeededGenerator(seed: 30)
    var expectations: [[UInt8]] = []
    var script = ""
    for number in 0..<Self.trees {
      let tree = try RandomTree(number, in: scratch, release: release, &generator)
      let configuration = ModprobeConfiguration(
        dropIns: .modprobe(tree.directories, kmod: InstalledModprobe.kmod), softdepIndex: tree.softdepIndex,
        commandLine: commandLine, kmod: InstalledModprobe.kmod)
      expectations.append(configuration.showConfig())
      script +=
        "\(InstalledModprobe.program) -d \(number)/root --showconfig \(tree.options) >\(number)/shown 2>/dev/null\n"
    }
    _ = try scratch.shell(script)

    var agreeing = 0
    for (number, expected) in expectations.enumerated() {
      let shown = withoutIndexes(try scratch.read("\(number)/shown"))
      if withoutBlankBeforePost(expected) == shown { agreeing += 1 } else { try keep(number, expected, shown) }
    }
    print("installed modprobe: \(agreeing) of \(Self.trees) random trees agree")
    #expect(agreeing == Self.trees)
  }

  @Test(.enabled(if: InstalledModprobe.mayReadOtherCommandLines, "needs the right to mount (root)"))
  func takesFromTheCommandLineWhatTheInstalledModprobeTakes() throws {
    let scratch = try ScratchDirectory()
    defer { scratch.remove() }
    try scratch.createDirectory("none")
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "\"", " ", ".", "=", ",", "-", "_", "[", "]", "\n", "\t", "\u{0B}", "sctp", "m", "modprobe.blacklist=", "a=1",
      "é",
      " m.p=", " \"m.p=",
    ]
    var lines: [[UInt8]] = []
    // The kernel takes no argument of more than 128 KiB, and the program can be a long command.
    var script =
      "exec 2>/dev/null\nunshare -m --propagation private sh -c '\nshow() { \(InstalledModprobe.program) --showconfig -C none; }\n"
    for number in 0..<Self.trees {
      let count = Int.random(in: 0...30, using: &generator)
      lines.append((0..<count).flatMap { _ in Array(RandomModprobe.pick(pieces, &generator).utf8) })
      try scratch.write(lines[number], to: "\(number)")
      script +=
        "mount --bind \(number) /proc/cmdline; show >\(number).shown; umount /proc/cmdline\n"
    }
    _ = try scratch.shell(script + "'\n")

    var agreeing = 0
    for (number, line) in lines.enumerated() {
      let configuration = ModprobeConfiguration(
        dropIns: .modprobe([]), commandLine: KernelCommandLine(line), kmod: InstalledModprobe.kmod)
      let shown = withoutIndexes(try scratch.read("\(number).shown"))
      let agrees = configuration.showConfig() == shown
      if agrees { agreeing += 1 }
      #expect(agrees, "\(String(decoding: line, as: UTF8.self))")
    }
    print("installed modprobe: \(agreeing) of \(Self.trees) random command lines agree")
  }

  /// Shows one difference.
  private func keep(_ number: Int, _ expected: [UInt8], _ shown: [UInt8]) throws {
    let ours = expected.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let theirs = shown.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let difference = zip(ours, theirs).first { $0 != $1 }
    Issue.record(
      """
      tree \(number): \(ours.count) lines here, \(theirs.count) there; first difference:
      \(difference.map { String(decoding: $0.0, as: UTF8.self).debugDescription } ?? "at the end")
      \(difference.map { String(decoding: $0.1, as: UTF8.self).debugDescription } ?? "at the end")
      """)
  }

  /// What stands before the dump of the indexes.
  private func withoutIndexes(_ shown: [UInt8]) -> [UInt8] {
    let marker = Array("\n# End of configuration files. Dumping indexes now:\n".utf8)
    guard shown.count >= marker.count else { return shown }
    let start = stride(from: shown.count - marker.count, through: 0, by: -1).first { shown[$0...].starts(with: marker) }
    return start.map { Array(shown[..<$0]) } ?? shown
  }

  /// kmod 30 prints no blank there.
  private func withoutBlankBeforePost(_ shown: [UInt8]) -> [UInt8] {
    let lines = shown.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count == 3, words[0].elementsEqual("softdep".utf8), words[2].starts(with: "pre: ".utf8),
        let post = words[2].firstRange(of: " post: ".utf8)
      else { return line }
      return line[..<post.lowerBound] + line[(post.lowerBound + 1)...]
    }
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}

/// The modprobe to compare with.
private enum InstalledModprobe {
  /// The command that `Tests/Matrix/run` names, or the installed one.
  static let program = ProcessInfo.processInfo.environment["SCTP_AGENT_MODPROBE"] ?? "modprobe"
  static let kmod = KmodVersion(
    Int(said(by: "\(program) --version 2>/dev/null | sed -n 's/^kmod version \\([0-9]*\\).*/\\1/p' | tr -d '\\n'")) ?? 0
  )
  static let isKnown = (28...KmodVersion.newest.number).contains(kmod.number)
  static let mayReadOtherCommandLines =
    said(by: "unshare -m --propagation private mount --bind /dev/null /proc/cmdline 2>/dev/null && echo yes") == "yes\n"

  private static func said(by script: String) -> String {
    guard let scratch = try? ScratchDirectory() else { return "" }
    defer { scratch.remove() }
    return String(decoding: (try? scratch.shell(script)) ?? [], as: UTF8.self)
  }
}

/// Random files in up to three directories, and what modprobe is told to read them.
private struct RandomTree {
  private(set) var directories: [[DropIn]] = []
  private(set) var options = ""
  private(set) var softdepIndex: [UInt8]?

  private static let names = [
    "a.conf", "b.conf", "Z.conf", "10-x.conf", "9-x.conf", "modules.conf", "modules.t.conf", "old.alias",
    ".hidden.conf",
    "backup.conf~", "noext", "a.b.conf", "é.conf", "m.conf", "sctp-blacklist.conf",
  ]

  init(_ number: Int, in scratch: ScratchDirectory, release: String, _ generator: inout SeededGenerator) throws {
    let tree = "\(number)/root\(ModuleDirectory.of(release))"
    try scratch.createDirectory(tree)
    if generator.once(in: 3) {
      softdepIndex = RandomModprobe.file(&generator)
      try scratch.write(softdepIndex ?? [], to: "\(tree)/modules.softdep")
    }
    for directory in 0..<Int.random(in: 1...3, using: &generator) {
      let path = "\(number)/d\(directory)"
      options += " -C \(path)"
      try scratch.createDirectory(path)
      var dropIns: [DropIn] = []
      for name in Self.names.shuffled(using: &generator).prefix(Int.random(in: 0...6, using: &generator)) {
        switch Int.random(in: 0..<15, using: &generator) {
        case 0:
          try scratch.link("\(path)/\(name)", to: "/dev/null")
          dropIns.append(DropIn(path: "/\(path)/\(name)", contents: []))
        case 1 where number.isMultiple(of: 2):
          // No directory takes part.
          try scratch.createDirectory("\(path)/\(name)")
        case 1:
          // kmod 30 takes a dangling link for a file, unless it saw a directory just before.
          try scratch.link("\(path)/\(name)", to: "nowhere")
          dropIns.append(DropIn(path: "/\(path)/\(name)", contents: [], isDangling: true))
        default:
          let contents = RandomModprobe.file(&generator)
          try scratch.write(contents, to: "\(path)/\(name)")
          dropIns.append(DropIn(path: "/\(path)/\(name)", contents: contents))
        }
      }
      directories.append(dropIns)
    }
  }
}
