import Modprobe
import Testing

@Suite struct ModulesLoadFileTests {
  private func read(_ text: String) -> ModulesLoadFile { ModulesLoadFile(path: "/a.conf", contents: Array(text.utf8)) }

  @Test(
    arguments: [
      ("sctp", ["sctp"]), ("sctp\n", ["sctp"]), ("", []), ("\n \n\t\n", []),
      ("# a\n; b\n  # c\n\tsctp  \n", ["sctp"]), ("a-b\nc\n", ["a_b", "c"]), ("a\r\nb\rc\0d", ["a", "b", "c", "d"]),
      ("a b\n", ["a b"]), ("sctp # x\n", ["sctp # x"]), ("x;y\nx;y\n", ["x;y", "x;y"]), ("a\\\nb\n", ["a\\", "b"]),
      ("sctp\u{0B}\n", ["sctp\u{0B}"]), ("\u{FEFF}sctp", ["\u{FEFF}sctp"]),
    ] as [(String, [String])])
  func namesAModuleALine(text: String, expected: [String]) {
    #expect(read(text).entries.map(\.module.rawValue) == expected)
  }

  @Test func knowsTheLinesOfItsEntries() {
    #expect(read("# a\r\n\r\nsctp\r\n\nx-y").entries.map(\.location.line) == [3, 5])
    #expect(read("x-y").entries.map(\.text) == ["x-y"])
  }

  @Test(arguments: ["a b", "a,b", "sctp # comment", "\u{FEFF}sctp", "sctp\u{0B}", "sctp\u{A0}"])
  func suspectsWhatIsNoModule(text: String) {
    #expect(read(text + "\n").suspicious.map(\.location.line) == [1])
    #expect(read(text + "\n").entries.count == 1)
  }

  @Test(arguments: ["sctp", "net-pf-2-proto-132", "fs-ext4", "pci:v00008086d*", "crypto-hmac(sha1)"])
  func doesNotSuspectAName(text: String) { #expect(read(text).suspicious.isEmpty) }

  @Test func stopsAtALineThatIsTooLong() {
    let long = String(repeating: "a", count: 1 << 20)
    #expect(read("b\n\(long)\nc\n").entries.map(\.text) == ["b"])
    #expect(read("b\n\(long)\nc\n").suspicious.map(\.location.line) == [2])
    #expect(read("b\n\(long.dropLast())\nc\n").entries.count == 3)
  }
}
