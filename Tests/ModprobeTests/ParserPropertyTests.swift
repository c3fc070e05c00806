import NodeTesting
import Testing

@testable import Modprobe

/// What holds for any input.
@Suite struct ParserPropertyTests {
  /// What is shown is a configuration again, and that one shows itself. Left out are backslashes, which vanish when
  /// they are read, and softdeps without words, which are shown in a form that is a bad line.
  @Test func whatIsShownReadsAndShowsTheSame() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let contents = RandomModprobe.file(&generator).filter { $0 != UInt8(ascii: "\\") && $0 != 0 }
      let shown = show(contents).split(separator: UInt8(ascii: "\n"))
        .filter { !$0.starts(with: "softdep ".utf8) || $0.last != UInt8(ascii: " ") }
        .flatMap { $0 + [UInt8(ascii: "\n")] }
      #expect(show(shown) == shown, "\(String(decoding: contents, as: UTF8.self))")
    }
  }

  @Test func everyRuleStandsOnALineOfTheFile() {
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<500 {
      let contents = RandomModprobe.file(&generator)
      let file = ModprobeFile(path: "a", contents: contents)
      let lines = contents.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      let numbers = (file.rules.map(\.location) + file.skipped.map(\.location)).map(\.line)
      #expect(numbers.allSatisfy { (1...lines.count).contains($0) })
      #expect(file.rules.map(\.location.line) == file.rules.map(\.location.line).sorted())
    }
  }

  @Test func noBytesStopAReader() {
    var generator = SeededGenerator(seed: 13)
    let alphabet = Array(" \t\r\n\0\\\"'#;=.,-_[]!^*?/:|&<>{}()$aliasblocknre".utf8) + [0x80, 0xE9, 0xFF]
    for _ in 0..<5000 {
      let count = Int.random(in: 0...60, using: &generator)
      let bytes = (0..<count).map { _ in alphabet[Int.random(in: alphabet.indices, using: &generator)] }
      let text = String(decoding: bytes, as: UTF8.self)
      let dropIn = DropIn(path: text, contents: bytes)
      let configuration = ModprobeConfiguration(
        dropIns: .modprobe([[dropIn, DropIn(path: "a.conf", contents: bytes)]]), softdepIndex: bytes,
        weakdepIndex: bytes, commandLine: KernelCommandLine(bytes))
      _ = configuration.showConfigEntries().map(\.text)
      _ = configuration.rules.map(\.directive)
      _ = configuration.installRules(matching: ModuleName(text)) + configuration.aliasRules(matching: text)
      _ = ModulesLoadFile(path: text, contents: bytes)
      _ = DropInEdit.commentingOut(lines: [1, 2], of: bytes)
      _ = InstallCommand(text).effect(on: ModuleName("sctp"))
      let index = ModuleIndex(dep: bytes, alias: bytes, builtin: bytes)
      let names: Set = [ModuleName(text), ModuleName("a")]
      _ = (index.files(of: names), index.modules(forAliases: names))
      _ = (index.aliases(of: names), index.builtin(among: names))
    }
  }

  private func show(_ contents: [UInt8]) -> [UInt8] {
    ModprobeConfiguration(dropIns: .modprobe([[DropIn(path: "a.conf", contents: contents)]])).showConfig()
  }
}
