import Modprobe
import NodeTesting
import Testing

/// Random files, read here and by the installed systemd-modules-load. No module has their names.
@Suite struct InstalledSystemdTests {
  private static let files = 200
  /// Runs it on a file, as `tell FILE`, and has it say what it does: the one that `Tests/Matrix/run` names, or the installed
  /// one.
  private static let tell = """
    export SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console
    tell() {
      local program=/usr/lib/systemd/systemd-modules-load
      [ -x $program ] || program=/lib/systemd/systemd-modules-load
      ${SCTP_AGENT_MODULES_LOAD:-$program} "$1" 2>&1
    }

    """
  private static let tells: Bool = {
    guard let scratch = try? ScratchDirectory() else { return false }
    defer { scratch.remove() }
    let said = try? scratch.shell(tell + ": >empty.conf; tell $PWD/empty.conf")
    return String(decoding: said ?? [], as: UTF8.self).contains("apply: ")
  }()

  @Test(.enabled(if: tells, "needs a systemd-modules-load that tells what it does"))
  func triesWhatTheInstalledSystemdTries() throws {
    let scratch = try ScratchDirectory()
    defer { scratch.remove() }
    var generator = SeededGenerator(seed: 252)
    let pieces = [
      "\n", "\n", "\r\n", "\r", "\0", " ", "\t", "#", ";", ",", "-", "_", "zzqx", "zzqy-z", "\\", "\"", "é",
    ]
    var expectations: [[ModuleName]] = []
    var script = Self.tell
    for number in 0..<Self.files {
      let count = Int.random(in: 0...40, using: &generator)
      let contents = (0..<count).flatMap { _ in Array(RandomModprobe.pick(pieces, &generator).utf8) }
      try scratch.write(contents, to: "\(number).conf")
      // What is one name in several words is tried as one, and the log shows it as it is.
      expectations.append(ModulesLoadFile(path: "a", contents: contents).entries.map(\.module))
      script += "tell $PWD/\(number).conf >\(number).log\n"
    }
    _ = try scratch.shell(script)
    var agreeing = 0
    for (number, expected) in expectations.enumerated() {
      let log = String(decoding: try scratch.read("\(number).log"), as: UTF8.self)
      let tried = log.split(separator: "\n").filter { $0.hasPrefix("Loading module: ") }
        .map { ModuleName($0.dropFirst("Loading module: ".count)) }
      if tried == expected { agreeing += 1 }
      #expect(tried == expected, "\(number)")
    }
    print("installed systemd-modules-load: \(agreeing) of \(Self.files) random files agree")
  }
}
