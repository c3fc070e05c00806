import Testing

@testable import sctp_agent

@Suite struct TextLayoutTests {
  @Test func `text is broken between words, at 80 columns`() {
    let lines = TextLayout.wrapped(Array(repeating: "word", count: 40).joined(separator: " "), indent: 4)
    #expect(lines.count == 3)
    #expect(lines.allSatisfy { $0.hasPrefix("    word") && $0.count <= 80 })
  }

  @Test func `a word that is longer than a line stays whole`() {
    let path = "/" + String(repeating: "x", count: 100)
    #expect(TextLayout.wrapped("see \(path) there") == ["see", path, "there"])
  }

  @Test func `a command is broken so that it can be pasted, and never within quotes`() {
    let quoted = "'" + Array(repeating: "a b", count: 15).joined(separator: " ") + "'"
    let lines = TextLayout.wrappedCommand("sed -i \(quoted) \(quoted) a.conf")
    #expect(lines == ["sed -i \(quoted) \\", "\(quoted) a.conf"])
  }
}
