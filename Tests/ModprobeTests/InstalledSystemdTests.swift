import Modprobe
import NodeTesting
import Testing

/// Random files, read here and by the installed systemd-modules-load. No module has their names.
@Suite struct InstalledSystemdTests {
  private static let files = 200

  @Test func triesWhatTheInstalledSystemdTries() throws {
    let scratch = try ScratchDirectory()
    defer { scratch.remove() }
    var generator = SeededGenerator(seed: 252)
    let pieces = [
      "\n", "\n", "\r\n", "\r", "\0", " ", "\t", "#", ";", ",", "-", "_", "zzqx", "zzqy-z", "\\", "\"", "é",
    ]
    var expectations: [[ModuleName]] = []
    var script = """
      export SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console
      for program in /usr/lib/systemd/systemd-modules-load /lib/systemd/systemd-modules-load; do
        [ -x $program ] && break
      done

      """
    for number in 0..<Self.files {
      let count = Int.random(in: 0...40, using: &generator)
      let contents = (0..<count).flatMap { _ in Array(RandomModprobe.pick(pieces, &generator).utf8) }
      try scratch.write(contents, to: "\(number).conf")
      // What is one name in several words is tried as one, and the log shows it as it is.
      expectations.append(ModulesLoadFile(path: "a", contents: contents).entries.map(\.module))
      script += "$program $PWD/\(number).conf >\(number).log 2>&1\n"
    }
    _ = try scratch.shell(script)
    guard String(decoding: try scratch.read("0.log"), as: UTF8.self).contains("apply: ") else {
      print("installed systemd-modules-load: skipped, it is absent or silent")
      return
    }
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
