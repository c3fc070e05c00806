import Modprobe
import NodeTesting
import Testing

@Suite struct DropInEditTests {
  @Test(
    arguments: [
      ("blacklist sctp\n", [1], "# blacklist sctp\n"),
      ("blacklist sctp", [1], "# blacklist sctp"),
      ("# a\r\nblacklist sctp\r\nx\r\n", [2], "# a\r\n# blacklist sctp\r\nx\r\n"),
      ("a\n\n\tblacklist sctp \nb", [3], "a\n\n# \tblacklist sctp \nb"),
      ("install sctp \\\n  /bin/false\nb\n", [1], "# install sctp \\\n#   /bin/false\nb\n"),
      ("install sctp a\\\\\nb\n", [1], "# install sctp a\\\\\nb\n"),
      ("a\nb\nc\n", [1, 3], "# a\nb\n# c\n"),
      ("a\n", [], "a\n"), ("a\n", [7], "a\n"), ("", [1], ""),
    ] as [(String, Set<Int>, String)])
  func marksTheLines(text: String, lines: Set<Int>, expected: String) {
    #expect(String(decoding: DropInEdit.commentingOut(lines: lines, of: Array(text.utf8)), as: UTF8.self) == expected)
  }

  @Test func keepsBytesThatAreNoText() {
    let bytes: [UInt8] = [0xE9, 0x00, 0x0A, 0x78, 0xFF, 0x0D, 0x0A, 0x00]
    #expect(
      DropInEdit.commentingOut(lines: [2], of: bytes) == [0xE9, 0x00, 0x0A, 0x23, 0x20, 0x78, 0xFF, 0x0D, 0x0A, 0x00])
  }

  @Test func removesThoseRulesAndNoOther() {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<500 {
      let contents = RandomModprobe.file(&generator)
      let file = ModprobeFile(path: "a", contents: contents)
      guard let chosen = file.rules.randomElement(using: &generator) else { continue }
      let edited = ModprobeFile(
        path: "a", contents: DropInEdit.commentingOut(lines: [chosen.location.line], of: contents))
      #expect(edited.rules == file.rules.filter { $0.location.line != chosen.location.line })
      #expect(edited.skipped == file.skipped)
    }
  }
}
