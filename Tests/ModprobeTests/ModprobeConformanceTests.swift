import Modprobe
import NodeTesting
import Testing

/// What kmod 30 and systemd 252 gave for real files. Each set prints how many of its cases agree.
@Suite struct ModprobeConformanceTests {
  @Test(.needsCases("modprobe-real")) func realFilesOfModprobe() throws {
    let cases = SharedCases("modprobe-real")
    let expected = try cases.decode([String: Shown].self, from: "expected-kmod30.json")
    var tally = Tally("modprobe-real")
    for (name, shown) in expected {
      let configuration = try configuration(of: name, in: cases)
      let dump = try cases.contents(of: "expected-kmod30/\(name).dump")
      tally.count(
        name,
        configuration.showConfig() == Array(withoutTail(dump)) && shown.agrees(with: configuration)
          && configuration.skipped.map(\.location.line) == skippedLines(shown.stderr.lines)
          && configuration.blacklistRules(of: sctp).isEmpty != shown.sctp?.blacklisted
          && install(of: sctp, in: configuration) == shown.sctp?.install)
    }
    tally.report(expecting: expected.count)
  }

  @Test(.needsCases("modprobe-variants")) func variantsOfModprobe() throws {
    let cases = SharedCases("modprobe-variants")
    struct Variant: Decodable {
      let dump: [String]
      let stderr: Lines
      let sctp_blacklisted: Bool
      let sctp_install: String?
    }
    let expected = try cases.decode([String: Variant].self, from: "expected-kmod30.json")
    var tally = Tally("modprobe-variants")
    for (name, variant) in expected {
      let configuration = try configuration(of: name, in: cases)
      tally.count(
        name,
        configuration.showConfigEntries().map(\.text) == variant.dump
          && configuration.skipped.map(\.location.line) == skippedLines(variant.stderr.lines)
          && configuration.blacklistRules(of: sctp).isEmpty != variant.sctp_blacklisted
          && install(of: sctp, in: configuration) == variant.sctp_install)
    }
    tally.report(expecting: expected.count)
  }

  @Test(.needsCases("kmod-testsuite")) func treesOfTheKmodTestSuite() throws {
    let cases = SharedCases("kmod-testsuite")
    let expected = try cases.decode([String: Shown].self, from: "expected-kmod30.json")
    var tally = Tally("kmod-testsuite")
    for (directory, shown) in expected {
      let files = try cases.files(endingWith: ".conf").filter { $0.hasPrefix("rootfs-pristine/\(directory)/") }
      let dropIns = try files.map { DropIn(path: "/\($0)", contents: try cases.contents(of: $0)) }
      let configuration = ModprobeConfiguration(dropIns: .modprobe([dropIns], kmod: kmod), kmod: kmod)
      tally.count(
        directory,
        !files.isEmpty && shown.agrees(with: configuration)
          && configuration.skipped.map(\.location.line) == skippedLines(shown.stderr.lines))
    }
    let commandLines = try cases.files(endingWith: "proc/cmdline")
    for path in commandLines {
      let commandLine = KernelCommandLine(try cases.contents(of: path))
      let configuration = ModprobeConfiguration(dropIns: .modprobe([]), commandLine: commandLine)
      let correct = try cases.contents(of: path.replacing("proc/cmdline", with: "correct.txt"))
      tally.count(path, configuration.shows(correct))
    }
    tally.report(expecting: expected.count + commandLines.count)
  }

  @Test(.needsCases("modules-load-real")) func realFilesOfModulesLoad() throws {
    let cases = SharedCases("modules-load-real")
    let expected = try cases.decode([String: [String]].self, from: "expected-systemd252.json")
    var tally = Tally("modules-load-real")
    for (name, modules) in expected {
      let file = ModulesLoadFile(path: name, contents: try cases.contents(of: name))
      tally.count(name, file.entries.map(\.module) == modules.map { ModuleName($0) })
    }
    tally.report(expecting: expected.count)
  }

  @Test(.needsCases("modprobe-real")) func realConflictsWithSCTP() throws {
    let cases = SharedCases("modprobe-real")
    struct Conflict: Decodable {
      let blocked_by: [String]
    }
    let expected = try cases.decode([String: Conflict].self, from: "expected-conflicts.json")
    var tally = Tally("expected-conflicts")
    for (name, conflict) in expected {
      let configuration = try configuration(of: name, in: cases)
      var blockers: [String] = []
      if !configuration.blacklistRules(of: sctp).isEmpty { blockers.append("blacklist") }
      if let command = install(of: sctp, in: configuration),
        InstallCommand(command).effect(on: sctp) == .stops, !configuration.hasSoftdep(sctp)
      {
        blockers.append("install sctp \(command)")
      }
      tally.count(name, blockers == conflict.blocked_by)
    }
    tally.report(expecting: expected.count)
  }

  private let sctp = ModuleName("sctp")
  /// The version that the cases were recorded with.
  private let kmod = KmodVersion(30)

  private func configuration(of name: String, in cases: SharedCases) throws -> ModprobeConfiguration {
    ModprobeConfiguration(
      dropIns: .modprobe([[DropIn(path: "/etc/modprobe.d/a.conf", contents: try cases.contents(of: name))]]),
      kmod: kmod)
  }

  private func install(of module: ModuleName, in configuration: ModprobeConfiguration) -> String? {
    guard case .install(_, let command)? = configuration.installRules(matching: module).first?.directive else {
      return nil
    }
    return command
  }

  /// The dump without the blank line that modprobe prints before its indexes.
  private func withoutTail(_ dump: [UInt8]) -> ArraySlice<UInt8> {
    dump.last == UInt8(ascii: "\n") && dump.dropLast().last ?? 10 == UInt8(ascii: "\n") ? dump.dropLast() : dump[...]
  }

  /// The numbers of the lines that kmod complained of.
  private func skippedLines(_ messages: [String]) -> [Int] {
    messages.compactMap { message in
      guard let range = message.firstRange(of: " line ") else { return nil }
      return Int(message[range.upperBound...].prefix { $0.isNumber })
    }
  }
}

/// What `modprobe --showconfig` showed, by kind.
private struct Shown: Decodable {
  struct LoadVerdict: Decodable {
    let blacklisted: Bool
    let install: String?
  }

  let alias: [String]
  let blacklist: [String]
  let install: [String: String]
  let options: [String]
  let remove: [String: String]
  let softdep: [String]
  let stderr: Lines
  let sctp: LoadVerdict?

  func agrees(with configuration: ModprobeConfiguration) -> Bool {
    // The set gives values without the blanks before them; the dump beside it has those.
    func entries(_ kind: String) -> [(name: Substring, value: Substring)] {
      configuration.showConfigEntries().map(\.text).filter { $0.hasPrefix(kind + " ") }.map { line in
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        return (words[1], words.count > 2 ? words[2].drop { $0 == " " || $0 == "\t" } : "")
      }
    }
    func lines(_ kind: String) -> [String] { entries(kind).map { $1.isEmpty ? String($0) : "\($0) \($1)" } }
    // Of several commands for a name the set's table has the last one; the dump has all.
    func lasts(_ kind: String) -> [String: String] {
      Dictionary(entries(kind).map { (String($0), String($1)) }, uniquingKeysWith: { _, last in last })
    }
    return lines("alias") == alias && lines("blacklist") == blacklist && lines("options") == options
      && lines("softdep") == softdep && lasts("install") == install && lasts("remove") == remove
  }
}

/// Messages, given as a list or as one text.
private struct Lines: Decodable {
  let lines: [String]

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let list = try? container.decode([String].self) {
      lines = list
    } else {
      lines = try container.decode(String.self).split(separator: "\n").map(String.init)
    }
  }
}

/// How many cases of a set agree.
private struct Tally {
  let set: String
  private var agreeing = 0
  private var others: [String] = []

  init(_ set: String) { self.set = set }

  mutating func count(_ name: String, _ agrees: Bool) {
    if agrees { agreeing += 1 } else { others.append(name) }
  }

  func report(expecting total: Int) {
    print("\(set): \(agreeing) of \(total) agree")
    #expect(agreeing == total, "\(set): \(others.sorted())")
  }
}

extension ModprobeConfiguration {
  /// Whether the text is what modprobe showed of this configuration, or what it would insert of `mod_simple`.
  fileprivate func shows(_ text: [UInt8]) -> Bool {
    let expected = String(decoding: text, as: UTF8.self)
    guard expected.hasPrefix("insmod ") else {
      return String(decoding: showConfig(), as: UTF8.self) + "\n# End of configuration files. Dumping indexes now:\n\n"
        == expected
    }
    let options = rules.compactMap { rule -> String? in
      if case .options(ModuleName("mod_simple"), let parameters) = rule.directive { return parameters }
      return nil
    }
    return expected.hasSuffix(" \(options.joined(separator: " ")) \n")
  }
}
