import Modprobe
import Testing

@Suite struct ModprobeFileTests {
  private func read(_ text: String) -> ModprobeFile { read(Array(text.utf8)) }
  private func read(_ bytes: [UInt8]) -> ModprobeFile { ModprobeFile(path: "/etc/modprobe.d/a.conf", contents: bytes) }

  @Test(
    arguments: [
      ("blacklist sctp", .blacklist(ModuleName("sctp"))),
      ("blacklist sctp extra words", .blacklist(ModuleName("sctp"))),
      ("  \tblacklist\t sctp", .blacklist(ModuleName("sctp"))),
      ("blacklist nf-conntrack", .blacklist(ModuleName("nf_conntrack"))),
      ("alias net-pf-2-proto-132 off", .alias(pattern: "net_pf_2_proto_132", target: ModuleName("off"))),
      ("alias a-[b-c] d-e", .alias(pattern: "a_[b-c]", target: ModuleName("d_e"))),
      ("install sctp /bin/false", .install(pattern: "sctp", command: "/bin/false")),
      ("install sctp   /bin/false  ", .install(pattern: "sctp", command: "  /bin/false  ")),
      ("install s-* /bin/a-b", .install(pattern: "s_*", command: "/bin/a-b")),
      ("remove sctp /bin/true", .remove(pattern: "sctp", command: "/bin/true")),
      ("options sctp a=1 b=\"c d\"", .options(module: ModuleName("sctp"), parameters: "a=1 b=\"c d\"")),
      (
        "softdep a pre: b-c d post: e",
        .softdep(pattern: "a", pre: [ModuleName("b_c"), ModuleName("d")], post: [ModuleName("e")])
      ),
      ("softdep a b c", .softdep(pattern: "a", pre: [], post: [])),
      ("weakdep a b c", .weakdep(pattern: "a", modules: [ModuleName("b"), ModuleName("c")])),
    ] as [(String, ModprobeDirective)])
  func readsALine(line: String, directive: ModprobeDirective) {
    let file = read(line + "\n")
    #expect(file.rules.map(\.directive) == [directive])
    #expect(file.rules.map(\.text) == [line])
    #expect(file.skipped.isEmpty)
  }

  @Test(
    arguments: [
      ("blocklist sctp", "unknown command 'blocklist'"),
      ("Blacklist sctp", "unknown command 'Blacklist'"),
      (" # indented", "unknown command '#'"),
      ("include /etc/other", "unknown command 'include'"),
      ("blacklist", "'blacklist' without a name"),
      ("blacklist ", "'blacklist' without a name"),
      ("alias a", "'alias' without a module"),
      ("install sctp", "'install' with nothing after the name"),
      ("install sctp ", "'install' with nothing after the name"),
      ("options sctp", "'options' with nothing after the name"),
      ("blacklist a]", "unbalanced brackets"),
      ("blacklist [a", "unbalanced brackets"),
      ("alias a b]", "unbalanced brackets"),
    ])
  func passesOverABadLine(line: String, message: String) {
    let file = read("\n" + line + "\nblacklist sctp\n")
    #expect(file.skipped.map(\.text) == [line])
    #expect(file.skipped.map(\.location) == [RuleLocation(file: "/etc/modprobe.d/a.conf", line: 2)])
    #expect(file.skipped.map(\.message) == [message])
    #expect(file.rules.map(\.location.line) == [3])
  }

  @Test(arguments: ["", "\n", "# x", "#blacklist a\n", "  \n", "\t", "\\\n", "# a \\\nblacklist b\n", "\0blacklist a"])
  func saysNothing(text: String) {
    let file = read(text)
    #expect(file.rules.isEmpty)
    #expect(file.skipped.isEmpty)
  }

  @Test func aBackslashJoinsLinesAndTheFirstOneCounts() {
    let file = read("# x\nblacklist \\\n  sc\\\ntp\nblacklist b")
    #expect(file.rules.map(\.directive) == [.blacklist(ModuleName("sctp")), .blacklist(ModuleName("b"))])
    #expect(file.rules.map(\.location.line) == [2, 5])
    #expect(file.rules[0].text == "blacklist   sctp")
  }

  @Test func aBackslashBeforeAnotherByteVanishes() {
    #expect(read(#"install a b\tc \\d"#).rules.map(\.directive) == [.install(pattern: "a", command: #"btc \d"#)])
  }

  @Test func aBackslashAtTheEndVanishes() {
    #expect(read(#"blacklist sctp\"#).rules.map(\.directive) == [.blacklist(ModuleName("sctp"))])
  }

  @Test func aCarriageReturnIsPartOfTheName() {
    #expect(read("blacklist sctp\r\n").rules.map(\.directive) == [.blacklist(ModuleName("sctp\r"))])
  }

  @Test func aNULEndsTheLine() {
    #expect(read("blacklist sctp\0diag\n").rules.map(\.directive) == [.blacklist(ModuleName("sctp"))])
    #expect(read("install sctp\0 /bin/false\n").skipped.count == 1)
  }

  @Test func twoBlanksBehindTheNameHideTheFirstWordOfASoftdep() {
    #expect(read("softdep a  pre: b").rules.map(\.directive) == [.softdep(pattern: "a", pre: [], post: [])])
    #expect(
      read("softdep a   pre: b").rules.map(\.directive)
        == [.softdep(pattern: "a", pre: [ModuleName("b")], post: [])])
  }

  @Test func bytesThatAreNoTextMatchNoModule() {
    let file = read(Array("blacklist sct".utf8) + [0xF0, 0x0A])
    #expect(file.rules.count == 1)
    #expect(file.rules.map(\.directive) != [.blacklist(ModuleName("sctp"))])
  }

  @Test func readsTheStockFile() {
    let file = read(
      """
      # kernel modules from extra are not loaded on demand
      #
      # remove the next line to allow it
      blacklist sctp

      """)
    #expect(file.rules.map(\.location.line) == [4])
  }
}
