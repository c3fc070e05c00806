import Glibc
import NodeTesting
import Testing

@testable import Modprobe

@Suite struct ShellPatternTests {
  private func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    pattern.withUnsafeBufferPointer { pattern in text.withUnsafeBufferPointer { ShellPattern.matches(pattern, $0) } }
  }

  @Test(
    arguments: [
      ("sctp", "sctp", true), ("sctp", "sctp_diag", false), ("s*", "sctp", true), ("*", "", true), ("*p", "sctp", true),
      ("s?tp", "sctp", true), ("s[a-d]tp", "sctp", true), ("s[!c]tp", "sctp", false), ("s[^x]tp", "sctp", true),
      ("s\\*", "s*", true), ("s\\*", "sctp", false), ("[sctp", "[sctp", true),
      ("a*b*c", "axxbyyc", true), ("a*b*c", "axxbyy", false), ("s[]c]tp", "s]tp", true), ("net/*", "net/a/b", true),
      ("\\", "\\", false), ("[a-]x", "-x", true), ("", "", true), ("", "a", false),
    ])
  func matchesLikeTheShell(pattern: String, text: String, expected: Bool) {
    #expect(matches(Array(pattern.utf8), Array(text.utf8)) == expected)
  }

  @Test func agreesWithTheCLibrary() {
    var generator = SeededGenerator(seed: 1)
    let alphabet = "ab-_*?[]!^\\é".map { Array(String($0).utf8) }
    for _ in 0..<50_000 {
      let pattern: [UInt8] = (0..<Int.random(in: 0...8, using: &generator)).flatMap { _ in
        alphabet.randomElement(using: &generator) ?? []
      }
      let text: [UInt8] = (0..<Int.random(in: 0...6, using: &generator)).flatMap { _ in
        alphabet.randomElement(using: &generator) ?? []
      }
      let expected = (pattern + [0]).withUnsafeBufferPointer { pattern in
        (text + [0]).withUnsafeBufferPointer { text in
          pattern.withMemoryRebound(to: CChar.self) { pattern in
            text.withMemoryRebound(to: CChar.self) { text in
              fnmatch(pattern.baseAddress, text.baseAddress, 0) == 0
            }
          }
        }
      }
      #expect(
        matches(pattern, text) == expected,
        "\(String(decoding: pattern, as: UTF8.self)) on \(String(decoding: text, as: UTF8.self))")
    }
  }

  @Test func manyStarsEndSoon() {
    let pattern = [UInt8](repeating: UInt8(ascii: "*"), count: 2000) + [UInt8(ascii: "b")]
    #expect(!matches(pattern, [UInt8](repeating: UInt8(ascii: "a"), count: 2000)))
  }
}
